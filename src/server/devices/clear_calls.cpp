#include "server/devices/clear_calls.hpp"

#include <algorithm>
#include <set>

#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>

#include "codec/cgi/digest.hpp"
#include "codec/cgi/loose.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;

namespace {

constexpr std::size_t rows_most = 200'000;
constexpr std::size_t page_most = 1'000;

asio::awaitable<base::Result<Conversation::Answer>> answered(Conversation& link, std::string method,
                                                             json::object params, std::uint32_t object) {
    auto answer = co_await link.call(std::move(method), std::move(params), std::chrono::seconds(10), object);
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) co_return std::unexpected(refused(*answer->error));
    // Some say no more than that it was not done.
    if (const auto* done = answer->result.if_bool(); done != nullptr && !*done)
        co_return base::fail(ErrorKind::conflict, "refused", "The controller refused, without a reason.");
    co_return answer;
}

}  // namespace

asio::awaitable<base::Result<json::object>> ask(Conversation& link, std::string method, json::object params,
                                                std::uint32_t object) {
    auto answer = co_await answered(link, std::move(method), std::move(params), object);
    if (!answer) co_return std::unexpected(answer.error());
    co_return std::move(answer->params);
}

asio::awaitable<base::Result<std::uint32_t>> make_object(Conversation& link, std::string factory,
                                                         json::object params) {
    const auto answer = co_await answered(link, std::move(factory), std::move(params), 0);
    if (!answer) co_return std::unexpected(answer.error());
    json::error_code error;
    const auto number = answer->result.is_number() ? answer->result.to_number<std::uint32_t>(error) : 0U;
    if (error || number == 0) co_return std::unexpected(not_understood("it gave no object."));
    co_return number;
}

asio::awaitable<base::Result<json::value>> read_table(Conversation& link, std::string name) {
    auto said = co_await ask(link, "configManager.getConfig", {{"name", name}});
    if (!said) co_return std::unexpected(said.error());
    auto* table = said->if_contains("table");
    if (table == nullptr)
        co_return base::fail(ErrorKind::not_found, "no_table",
                             fmt::format("The controller has no table {}.", name));
    co_return std::move(*table);
}

asio::awaitable<base::Status> write_table(Conversation& link, std::string name, json::value table) {
    const auto said =
        co_await ask(link, "configManager.setConfig", {{"name", name}, {"table", std::move(table)}});
    if (!said) co_return std::unexpected(said.error());
    co_return base::Status{};
}

asio::awaitable<base::Status> log_in_clear(Conversation& link, const DeviceAddress& address) {
    if (address.password.empty()) co_return base::Status(std::unexpected(password_unreadable()));
    const json::object who{
        {"userName", address.account}, {"clientType", "sallyport"}, {"loginType", "Direct"}};
    auto first = who;
    first["password"] = "";
    const auto challenge = co_await link.call("global.login", std::move(first));
    if (!challenge && challenge.error().kind == ErrorKind::unavailable)
        co_return base::fail(
            ErrorKind::unavailable, "not_a_controller",
            "It closes a connection in clear. Check that the port is its device port; one that speaks "
            "encrypted only is added without “in clear”.");
    if (!challenge) co_return std::unexpected(challenge.error());
    if (!challenge->error || challenge->error->name != codec::dhip::login_challenge)
        co_return std::unexpected(challenge->error
                                      ? refused(*challenge->error)
                                      : base::Error{ErrorKind::corrupt, "protocol_error",
                                                    "The controller lets everybody in without a password."});
    const auto hash =
        codec::cgi::password_hash(address.account, text_in(challenge->params, "realm"), address.password);
    auto second = who;
    second["password"] =
        codec::cgi::login_answer(address.account, text_in(challenge->params, "random"), hash).reveal();
    second["authorityType"] = "Default";
    second["passwordType"] = "Default";
    const auto answer = co_await link.call("global.login", std::move(second));
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) co_return std::unexpected(refused(*answer->error));
    co_return base::Status{};
}

asio::awaitable<base::Status> read_list(Conversation& link, std::string kind, std::string key,
                                        std::function<void(const json::value& row)> take) {
    const auto begun = co_await ask(link, kind + ".startFind", {{"Condition", json::object()}});
    if (!begun) co_return std::unexpected(begun.error());
    const auto token = count_in(*begun, "Token", 0);
    const auto page = std::clamp<std::uint64_t>(count_in(*begun, "Caps", 100), 1, page_most);
    base::Status done;
    std::set<std::string> keys;
    std::size_t offset = 0;
    while (done) {
        const auto said =
            co_await ask(link, kind + ".doFind", {{"Token", token}, {"Offset", offset}, {"Count", page}});
        const auto* rows = said ? said->if_contains("Info") : nullptr;
        if (!said) done = std::unexpected(said.error());
        if (rows == nullptr || !rows->is_array() || rows->get_array().empty()) break;
        for (const auto& row : rows->get_array()) {
            if (const auto* members = row.if_object()) keys.insert(text_in(*members, key));
            take(row);
        }
        offset += rows->get_array().size();
        if (offset > rows_most)
            done = base::fail(ErrorKind::limit, "too_many_rows",
                              "The controller says that it holds more people than can be compared.");
    }
    const auto stopped = co_await ask(link, kind + ".stopFind", {{"Token", token}});
    if (!done) co_return done;
    if (keys.size() != offset || offset != count_in(*begun, "Total", offset))
        co_return std::unexpected(
            not_understood(fmt::format("the list of {} does not hold what it is said to hold.", kind)));
    if (!stopped && !is_refusal(stopped.error())) co_return std::unexpected(stopped.error());
    co_return base::Status{};
}

asio::awaitable<base::Result<std::uint64_t>> list_size(Conversation& link, std::string kind) {
    const auto begun = co_await ask(link, kind + ".startFind", {{"Condition", json::object()}});
    if (!begun) co_return std::unexpected(begun.error());
    const auto stopped = co_await ask(link, kind + ".stopFind", {{"Token", count_in(*begun, "Token", 0)}});
    if (!stopped && !is_refusal(stopped.error())) co_return std::unexpected(stopped.error());
    co_return count_in(*begun, "Total", 0);
}

std::string text_in(const json::object& object, std::string_view member) {
    codec::cgi::Fault fault;
    return codec::cgi::Loose(object, fault)[member].text(1'024);
}

std::uint64_t count_in(const json::object& object, std::string_view member, std::uint64_t otherwise) {
    codec::cgi::Fault fault;
    const auto said = codec::cgi::Loose(object, fault)[member];
    if (!said.present()) return otherwise;
    const auto number = static_cast<std::uint64_t>(said.integer(0, INT64_MAX));
    return fault ? otherwise : number;
}

}  // namespace sallyport::server

#include "server/outlets/outlet_server.hpp"

#include <algorithm>
#include <array>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>
#include <fmt/core.h>
#include <sodium.h>

#include "codec/x509/fingerprints.hpp"
#include "server/wire/outside_problem.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using ports::Connection;
using ports::ServerTrust;

namespace {

constexpr std::array<std::string_view, 3> tls_words{"off", "machine", "given"};

std::string_view word_of(ServerTrust::How how) {
    return tls_words[static_cast<std::size_t>(how)];
}

ServerTrust::How how_of(std::string_view word) {
    if (word == "off") return ServerTrust::How::clear;
    return word == "given" ? ServerTrust::How::given : ServerTrust::How::machine;
}

std::string purpose(std::string_view name) {
    return fmt::format("outlet.password:{}", name);
}

bool goes_elsewhere(const OutletServer& before, const OutletServer& after) {
    return before.host != after.host || before.port != after.port || before.trust.how != after.trust.how ||
           before.trust.authorities_pem != after.trust.authorities_pem;
}

}  // namespace

std::string text_in(const json::object& object, std::string_view member, std::string_view otherwise) {
    const auto* value = object.if_contains(member);
    return std::string(value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                              : otherwise);
}

bool truth_in(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    return value != nullptr && value->is_bool() && value->get_bool();
}

std::int64_t number_in(const json::object& object, std::string_view member) {
    const auto* value = object.if_contains(member);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

void tell_server(json::object& told, const OutletServer& server) {
    told["host"] = server.host;
    told["port"] = server.port;
    told["tls"] = word_of(server.trust.how);
    told["certificate"] = server.trust.authorities_pem;
    told["account"] = server.account;
    told["has_password"] = server.password.has_value();
}

OutletServer server_from(const json::object& stored) {
    OutletServer server;
    server.host = text_in(stored, "host");
    server.port = static_cast<std::uint16_t>(number_in(stored, "port"));
    server.trust = {how_of(text_in(stored, "tls")), text_in(stored, "certificate")};
    server.account = text_in(stored, "account");
    return server;
}

Answer<OutletServer> patched(const OutletServer& before, const OutletServerPatch& patch,
                             const CheckAuthorities& check) {
    auto server = before;
    if (patch.host) server.host = *patch.host;
    if (patch.port) server.port = static_cast<std::uint16_t>(*patch.port);
    if (patch.tls) server.trust.how = how_of(*patch.tls);
    if (patch.certificate) server.trust.authorities_pem = *patch.certificate;
    if (patch.account) server.account = *patch.account;
    if (server.trust.how == ServerTrust::How::given) {
        if (server.trust.authorities_pem.empty())
            return wrong_field("certificate", "missing",
                               "Paste the certificate that is to be believed, or believe this machine's "
                               "authorities.");
        if (const auto good = check(server.trust.authorities_pem); !good)
            return wrong_field("certificate", "pattern", good.error().message);
    }
    if (patch.password)
        server.password = *patch.password;
    else if (server.password && goes_elsewhere(before, server))
        return wrong_field("password", "missing",
                           "Type the password again: it would go to another server, or another way there.");
    return server;
}

base::Result<StoredOutlet> read_outlet(ports::Database& database, const Sealer& sealer,
                                       std::string_view name) {
    const auto rows = ports::read_from(database, [&](Connection& connection) {
        return connection.query("SELECT settings, password, revision FROM outlet WHERE name = $1", {name});
    });
    if (!rows) return std::unexpected(rows.error());
    StoredOutlet outlet;
    if (rows->empty()) return outlet;
    const auto& row = rows->front();
    boost::system::error_code failed;
    auto settings = json::parse(row.text(0), failed);
    if (failed || !settings.is_object())
        return base::fail(base::ErrorKind::corrupt, "outlet",
                          fmt::format("The stored settings of {} cannot be read.", name));
    outlet.settings = std::move(settings.get_object());
    outlet.revision = row.integer(2);
    if (row.is_null(1)) return outlet;
    auto password = sealer.unseal(row.blob(1), purpose(name));
    if (!password) return std::unexpected(password.error());
    outlet.password = *std::move(password);
    return outlet;
}

base::Status store_outlet(Connection& connection, const Sealer& sealer, std::string_view name,
                          const StoredOutlet& outlet) {
    std::optional<ports::Blob> box;
    if (outlet.password) box = sealer.seal(*outlet.password, purpose(name));
    return ports::ran(connection.execute(
        "INSERT INTO outlet (name, settings, password, revision) VALUES ($1, $2, $3, $4) ON CONFLICT (name) "
        "DO UPDATE SET settings = excluded.settings, password = excluded.password, revision = "
        "excluded.revision",
        {name, json::serialize(outlet.settings), box, outlet.revision}));
}

std::chrono::milliseconds outlet_pause(int failures, std::chrono::milliseconds longest) {
    const auto whole =
        std::min<std::int64_t>(longest.count(), std::int64_t{1'000} << std::clamp(failures - 1, 0, 20));
    return std::chrono::milliseconds{whole - randombytes_uniform(static_cast<std::uint32_t>(whole / 2 + 1))};
}

json::object told_of(const OutletState& state) {
    return {{"word", state.word},
            {"since", time_text(state.since)},
            {"problem", outside_problem(state.problem)},
            {"waiting", state.waiting},
            {"dropped", state.dropped}};
}

json::object outlet_test(const std::optional<ports::OutsideError>& problem,
                         std::chrono::steady_clock::time_point began) {
    const auto took = std::chrono::steady_clock::now() - began;
    return {{"problem", outside_problem(problem)},
            {"took_ms", std::chrono::duration_cast<std::chrono::milliseconds>(took).count()}};
}

json::object audited_outlet(json::object settings) {
    for (const auto* member : {"has_password", "revision", "state"}) settings.erase(member);
    if (const auto pem = text_in(settings, "certificate"); !pem.empty())
        settings["certificate"] = json::value_from(codec::x509::fingerprints_in(pem));
    return settings;
}

}  // namespace sallyport::server

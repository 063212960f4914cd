#include "server/devices/device_login.hpp"

#include <chrono>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>

#include "codec/dhip/reader.hpp"
#include "server/devices/registrations.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;

namespace {

using codec::dhip::Fault;
using codec::dhip::Reader;

std::string text_at(const json::object& object, std::string_view name) {
    Fault fault;
    return std::string(Reader(object, "answer", fault)[name].text(1'024));
}

/// As operators know it: what dials in has no address.
std::string name_of(const ports::Endpoint& endpoint) {
    return dials_in(endpoint) ? endpoint.address : ports::text_of(endpoint);
}

base::Error dial_error(const base::Error& error, const ports::Endpoint& endpoint) {
    const auto where = name_of(endpoint);
    if (error.code == "not_registered") {
        return {
            ErrorKind::unavailable, "device_not_registered",
            fmt::format("No device has dialled in as {} with this certificate. Point it here (register and "
                        "register_id in its configuration), compare the fingerprint with its panel, and "
                        "see that this platform listens for registrations.",
                        where)};
    }
    if (error.kind == ErrorKind::timeout) {
        return {
            ErrorKind::timeout, "device_timeout",
            fmt::format("{} did not answer in time. Check the address and that the controller is powered.",
                        where)};
    }
    if (error.code == "unknown_name") {
        return {ErrorKind::unavailable, "device_unknown_name",
                fmt::format("No address is known for the name {}. Check its spelling, or give the address of "
                            "the controller instead.",
                            endpoint.address)};
    }
    if (error.code == "refused") {
        return {
            ErrorKind::unavailable, "device_refused",
            fmt::format(
                "{} is there, but nothing listens on that port. Check the port and that the controller runs.",
                where)};
    }
    if (error.code == "tls_failed") {
        return {
            ErrorKind::unavailable, "device_refused",
            fmt::format("{} does not speak TLS as a controller does. Check that the port is its device port; "
                        "one that speaks in clear only has to be added as such.",
                        where)};
    }
    return {ErrorKind::unavailable, "device_unreachable",
            fmt::format("{} cannot be reached. Check the address and the network.", where)};
}

}  // namespace

base::Error not_understood(std::string_view why) {
    return {ErrorKind::corrupt, "protocol_error",
            fmt::format("The controller's answer is not understood: {}", why)};
}

base::Error password_unreadable() {
    return {ErrorKind::conflict, "device_wrong_password",
            "The stored password cannot be read with this key file. Enter the device's password again."};
}

base::Error another_device(std::string_view serial) {
    return {ErrorKind::conflict, "another_device",
            fmt::format("Another controller answers there, with the serial number {}. If it replaces the one "
                        "that was added, say so and type its password again.",
                        serial)};
}

base::Error refused(const codec::dhip::DeviceError& error) {
    if (error.name == "not_initialised") {
        return {ErrorKind::conflict, "device_uninitialised",
                "The controller has no password yet. Initialise it first, then add it."};
    }
    if (error.name == "wrong_password" || error.name == "not_logged_in") {
        return {ErrorKind::conflict, "device_wrong_password",
                "The controller does not accept this account and password. Check both; too many tries lock "
                "the account."};
    }
    if (error.name == "locked_out") {
        return {ErrorKind::limit, "device_locked_out",
                "Too many wrong passwords: the controller has locked the account for some minutes. Try again "
                "later."};
    }
    if (error.name == "roster_owned_by_other") {
        return {ErrorKind::conflict, "roster_owned_by_other", error.message};
    }
    return {ErrorKind::conflict, error.name, error.message};
}

asio::awaitable<base::Result<std::shared_ptr<Conversation>>> connect(asio::io_context& loop,
                                                                     ports::StreamDialler& dialler,
                                                                     DeviceAddress address, Notified notified,
                                                                     Pace pace) {
    struct Dialled {
        explicit Dialled(asio::io_context& io) : done(io, asio::steady_timer::time_point::max()) {}
        asio::steady_timer done;
        std::optional<base::Result<ports::StreamPtr>> stream;
    };
    auto dialled = std::make_shared<Dialled>(loop);
    const auto whom = dials_in(address.endpoint)
                          ? registered_as(address.endpoint.address, address.fingerprint)
                          : address.endpoint;
    dialler.dial(whom, nullptr, std::chrono::seconds(5), [dialled](base::Result<ports::StreamPtr> stream) {
        dialled->stream = std::move(stream);
        dialled->done.cancel();
    });
    if (!dialled->stream) co_await dialled->done.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!dialled->stream || !*dialled->stream) {
        co_return std::unexpected(
            dial_error(dialled->stream ? dialled->stream->error() : base::Error{}, address.endpoint));
    }
    auto conversation = std::make_shared<Conversation>(loop, std::move(**dialled->stream), pace);
    const auto seen = conversation->fingerprint();
    if (!address.fingerprint.empty() && seen != address.fingerprint) {
        co_return base::fail(
            ErrorKind::conflict, "certificate_mismatch",
            fmt::format(
                "{} shows another certificate (fingerprint {}) than the expected one. Compare it with "
                "the controller's panel; if the board was replaced, give the new fingerprint.",
                name_of(address.endpoint), seen));
    }
    conversation->start(std::move(notified));
    co_return conversation;
}

asio::awaitable<base::Status> log_in(Conversation& conversation, const DeviceAddress& address,
                                     base::Secret& session_key) {
    if (address.password.empty()) co_return base::Status(std::unexpected(password_unreadable()));
    const json::object who{
        {"userName", address.account}, {"clientType", "sallyport"}, {"loginType", "Direct"}};
    if (!session_key.empty()) {
        auto again = who;
        again["sessionKey"] = session_key.reveal();
        auto answer = co_await conversation.call("global.login", std::move(again));
        if (!answer) co_return std::unexpected(answer.error());
        if (!answer->error) {
            session_key = base::Secret(text_at(answer->params, "sessionKey"));
            co_return base::Status{};
        }
        session_key.clear();  // the controller was restarted, or the key is too old
    }
    auto first = who;
    first["password"] = "";
    auto challenge = co_await conversation.call("global.login", std::move(first));
    if (!challenge) co_return std::unexpected(challenge.error());
    if (challenge->error && challenge->error->name != codec::dhip::login_challenge)
        co_return std::unexpected(refused(*challenge->error));
    auto second = who;
    second["password"] = address.password.reveal();
    second["encryption"] = "TLS";
    auto answer = co_await conversation.call("global.login", std::move(second));
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) co_return std::unexpected(refused(*answer->error));
    session_key = base::Secret(text_at(answer->params, "sessionKey"));
    co_return base::Status{};
}

asio::awaitable<base::Result<DeviceStatus>> identify(Conversation& conversation) {
    auto answer = co_await conversation.call("sallyport.status", {});
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) co_return std::unexpected(refused(*answer->error));
    auto said = codec::dhip::status_from(answer->params);
    if (!said) co_return std::unexpected(not_understood(said.error().message));
    const auto offset_us = said->time.microseconds - now.count();
    co_return DeviceStatus{std::move(*said), conversation.fingerprint(), offset_us / 1000};
}

asio::awaitable<base::Status> claim(Conversation& conversation, std::string manager) {
    auto answer = co_await conversation.call("sallyport.claim", {{"manager", manager}, {"takeover", false}});
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) co_return std::unexpected(refused(*answer->error));
    co_return base::Status{};
}

asio::awaitable<base::Result<InitialisedDevice>> initialise(asio::io_context& loop,
                                                            ports::StreamDialler& dialler,
                                                            DeviceAddress address, base::Secret password,
                                                            std::optional<base::Secret> keypad_password) {
    auto conversation = co_await connect(loop, dialler, address, nullptr);
    if (!conversation) co_return std::unexpected(conversation.error());
    json::object params{{"password", password.reveal()}};
    if (keypad_password) params["keypadPassword"] = keypad_password->reveal();
    auto answer = co_await (*conversation)->call("sallyport.initialise", std::move(params));
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) {
        if (answer->error->name != "conflict" && answer->error->name != "already_initialised")
            co_return std::unexpected(refused(*answer->error));
        co_return base::fail(
            ErrorKind::conflict, "device_initialised",
            "The controller has a password already. Add it with that password, or restore its "
            "factory defaults at the keypad.");
    }
    Fault fault;
    const Reader said(answer->params, "answer", fault);
    InitialisedDevice made{std::string(said["serial"].text(64)), (*conversation)->fingerprint(),
                           base::Secret(std::string(said["keypadPassword"].text(8)))};
    if (fault) co_return std::unexpected(*fault);
    co_return made;
}

}  // namespace sallyport::server

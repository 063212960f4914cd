#include "codec/dhip/message.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "codec/dhip/reader.hpp"

namespace sallyport::codec::dhip {

namespace json = boost::json;
using base::ErrorKind;

namespace {

constexpr std::uint32_t other_error = 268'959'743;
constexpr std::size_t method_bytes = 128;

struct KnownError {
    std::string_view name;
    std::uint32_t code;
    ErrorKind kind;
};
/// The first of a code, and the first of a kind, is what an unknown name gets.
constexpr KnownError known_errors[] = {
    {"not_logged_in", 287'637'505, ErrorKind::unauthenticated},
    {"wrong_password", 268'632'085, ErrorKind::unauthenticated},
    {"session_key_unknown", 287'637'505, ErrorKind::unauthenticated},
    {"locked_out", 268'632'081, ErrorKind::limit},
    {"not_initialised", 268'632'086, ErrorKind::conflict},
    {login_challenge, 268'632'079, ErrorKind::unauthenticated},
    {"unknown_method", 268'894'210, ErrorKind::not_found},
    {"invalid_parameter", 268'894'209, ErrorKind::invalid},
    {"forbidden", 268'632'073, ErrorKind::forbidden},
    {"roster_owned_by_other", other_error, ErrorKind::conflict},
    {"limit", other_error, ErrorKind::limit},
    {"conflict", other_error, ErrorKind::conflict},
    {"expired", other_error, ErrorKind::timeout},
    {"storage_failed", other_error, ErrorKind::storage},
    {"busy", other_error, ErrorKind::unavailable},
};

const KnownError* by_name(std::string_view name) {
    const auto* found = std::ranges::find(known_errors, name, &KnownError::name);
    return found == std::end(known_errors) ? nullptr : found;
}

const KnownError* by_code(std::uint32_t code) {
    if (code == other_error) return nullptr;
    const auto* found = std::ranges::find(known_errors, code, &KnownError::code);
    return found == std::end(known_errors) ? nullptr : found;
}

/// The parser makes an infinity of 1e999, which cannot be written again.
bool is_finite(const json::value& value) {
    if (const auto* number = value.if_double()) return std::isfinite(*number);
    if (const auto* array = value.if_array()) return std::ranges::all_of(*array, is_finite);
    if (const auto* object = value.if_object()) {
        return std::ranges::all_of(*object, [](const auto& member) { return is_finite(member.value()); });
    }
    return true;
}

base::Result<json::object> object_of(const Frame& frame) {
    json::error_code error;
    auto value = json::parse(frame.body, error);
    if (error || !value.is_object()) {
        return base::fail(ErrorKind::corrupt, "not_json",
                          fmt::format("A frame holds no JSON object: {}.",
                                      error ? error.message() : "the outermost value is another one"));
    }
    if (!is_finite(value)) {
        return base::fail(ErrorKind::corrupt, "not_json",
                          "A frame holds a number that is too large to be one.");
    }
    return std::move(value.get_object());
}

std::uint32_t number_or(std::uint32_t header, const Reader& member) {
    if (header != 0 || !member.present()) return header;
    return static_cast<std::uint32_t>(member.count(std::numeric_limits<std::uint32_t>::max()));
}

/// The one method whose parameters are a list, which stands in an object here.
constexpr std::string_view multicall = "system.multicall";

/// Moved out: a roster has megabytes.
json::object take_params(json::object& message, const Reader& from, std::string_view method) {
    const auto params = from["params"];
    if (!params.present()) return {};
    auto& value = message.at("params");
    if (auto* object = value.if_object()) return std::move(*object);
    if (value.is_array() && method == multicall) return {{"list", std::move(value)}};
    params.complain("has to be an object");
    return {};
}

std::optional<DeviceError> read_error(const Reader& error) {
    if (!error.present()) return std::nullopt;
    DeviceError result;
    if (const auto code = error["code"]; code.present()) {
        result.code = static_cast<std::uint32_t>(code.count(std::numeric_limits<std::uint32_t>::max()));
    }
    if (const auto name = error["name"]; name.present()) result.name = name.text(128);
    if (const auto message = error["message"]; message.present()) result.message = message.text(4'096);
    if (result.name.empty()) {
        const auto* known = by_code(result.code);
        result.name = known == nullptr ? "refused" : known->name;
    }
    return result;
}

std::string framed(std::uint32_t session, std::uint32_t id, const json::object& message) {
    return encode(Frame{session, id, json::serialize(message)});
}

}  // namespace

DeviceError device_error(std::string_view name, std::string message) {
    const auto* known = by_name(name);
    return {known == nullptr ? other_error : known->code, std::string(name), std::move(message)};
}

DeviceError device_error(const base::Error& error) {
    const auto* known = by_name(error.code);
    if (known == nullptr) {
        const auto* kind = std::ranges::find(known_errors, error.kind, &KnownError::kind);
        // What a login says about a whole session would mislead about one request.
        const bool about_session = error.kind == ErrorKind::limit || error.kind == ErrorKind::conflict;
        if (kind != std::end(known_errors) && !about_session) known = kind;
    }
    return {known == nullptr ? other_error : known->code, error.code, error.message};
}

base::Error error_of(const DeviceError& error) {
    const auto* known = by_name(error.name);
    if (known == nullptr) known = by_code(error.code);
    return {known == nullptr ? ErrorKind::conflict : known->kind, error.name, error.message};
}

Answer refusal(const Request& request, DeviceError error) {
    return {request.session, request.id, false, {}, std::move(error), {}};
}

std::string encode_request(const Request& request) {
    json::object message{{"method", request.method},
                         {"params", request.params},
                         {"id", request.id},
                         {"session", request.session}};
    if (request.object != 0) message["object"] = request.object;
    return framed(request.session, request.id, message);
}

json::object to_json(const Answer& answer) {
    json::object message{{"id", answer.id}, {"session", answer.session}, {"result", answer.result}};
    if (answer.error) {
        message["result"] = false;
        message["error"] = {{"code", answer.error->code},
                            {"message", json_text(answer.error->message, 4'096)},
                            {"name", answer.error->name}};
    }
    if (answer.list) {
        message["params"] = *answer.list;
    } else if (!answer.error || !answer.params.empty()) {
        message["params"] = answer.params;
    }
    return message;
}

json::object to_json(const Notification& notification) {
    return {{"method", notification.method},
            {"params", notification.params},
            {"id", 0},
            {"session", notification.session}};
}

std::string encode_answer(const Answer& answer) {
    return framed(answer.session, answer.id, to_json(answer));
}

std::string encode_notification(const Notification& notification) {
    return framed(notification.session, 0, to_json(notification));
}

base::Result<Request> request_from(json::object message) {
    Fault fault;
    const Reader from(message, "request", fault);
    Request request;
    request.session = number_or(0, from["session"]);
    request.id = number_or(0, from["id"]);
    request.object = number_or(0, from["object"]);
    request.method = from["method"].text(method_bytes);
    request.params = take_params(message, from, request.method);
    if (fault) return std::unexpected(*std::move(fault));
    return request;
}

base::Result<Request> decode_request(const Frame& frame) {
    auto message = object_of(frame);
    if (!message) return std::unexpected(message.error());
    // Some clients say in the header what others say in the JSON.
    if (frame.session != 0) message->erase("session");
    if (frame.id != 0) message->erase("id");
    auto request = request_from(*std::move(message));
    if (request && frame.session != 0) request->session = frame.session;
    if (request && frame.id != 0) request->id = frame.id;
    return request;
}

base::Result<std::variant<Answer, Notification>> decode_from_device(const Frame& frame) {
    auto message = object_of(frame);
    if (!message) return std::unexpected(message.error());
    Fault fault;
    const Reader from(*message, "message", fault);
    const auto session = number_or(frame.session, from["session"]);
    std::variant<Answer, Notification> result;
    if (const auto method = from["method"]; method.present()) {
        auto& notification = result.emplace<Notification>();
        notification.session = session;
        notification.method = method.text(method_bytes);
        if (!notification.method.starts_with("client.notify")) {
            method.complain("has to begin with client.notify in what a device sends");
        }
        notification.params = take_params(*message, from, notification.method);
    } else {
        auto& answer = std::get<Answer>(result);
        answer.session = session;
        answer.id = number_or(frame.id, from["id"]);
        answer.error = read_error(from["error"]);
        answer.params = take_params(*message, from, {});
        auto* value = message->if_contains("result");
        answer.result = value != nullptr ? std::move(*value) : json::value(!answer.error);
    }
    if (fault) return std::unexpected(*std::move(fault));
    return result;
}

}  // namespace sallyport::codec::dhip

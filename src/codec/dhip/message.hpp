#pragma once
// What a frame says: a request, its answer, or a notification (docs/device-protocol.md). Controllers read
// requests, managers read answers and notifications; neither takes the other's.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "codec/dhip/frame.hpp"

namespace sallyport::codec::dhip {

/// Why a request was refused. `code` is the dialect's number, `name` our stable word.
struct DeviceError {
    std::uint32_t code = 0;
    std::string name;
    std::string message;
    friend bool operator==(const DeviceError&, const DeviceError&) = default;
};
/// The first answer to a login is this error, with what the second needs in its params.
inline constexpr std::string_view login_challenge = "login_challenge";

/// With the dialect's number for the name; for a name that has none, that of the nearest kind of error.
[[nodiscard]] DeviceError device_error(std::string_view name, std::string message);
/// The code becomes the name ("roster_owned_by_other"); the kind decides the number of an unknown one.
[[nodiscard]] DeviceError device_error(const base::Error&);
/// The name becomes the code, or "refused" when a device gives neither a name nor a number that is known.
[[nodiscard]] base::Error error_of(const DeviceError&);

struct Request {
    std::uint32_t session = 0;
    std::uint32_t id = 0;
    std::string method;
    boost::json::object params;  ///< a list, as system.multicall has it, stands in the member `list`
    std::uint32_t object = 0;    ///< what a factory gave, for the methods of the dialect that ask for one
};

struct Answer {
    std::uint32_t session = 0;
    std::uint32_t id = 0;
    boost::json::value result = true;  ///< false with an error
    boost::json::object params;
    std::optional<DeviceError> error;
    std::optional<boost::json::array> list = std::nullopt;  ///< in place of `params`: system.multicall
};
[[nodiscard]] Answer refusal(const Request&, DeviceError);

struct Notification {
    std::uint32_t session = 0;
    std::string method;  ///< "client.notify..."
    boost::json::object params;
};

/// The JSON of a message, as frames and HTTP carry it.
[[nodiscard]] boost::json::object to_json(const Answer&);
[[nodiscard]] boost::json::object to_json(const Notification&);
/// `invalid` "invalid_parameter" naming the member. The session and id are those of the JSON.
[[nodiscard]] base::Result<Request> request_from(boost::json::object message);

/// Whole frames, ready to send.
[[nodiscard]] std::string encode_request(const Request&);
[[nodiscard]] std::string encode_answer(const Answer&);
[[nodiscard]] std::string encode_notification(const Notification&);

/// Session and id of the JSON count where the header has zero. Errors: `corrupt` "not_json" (close),
/// `invalid` "invalid_parameter" naming the member (answer with it; the frame's id is the request's as far as
/// known).
[[nodiscard]] base::Result<Request> decode_request(const Frame&);
[[nodiscard]] base::Result<std::variant<Answer, Notification>> decode_from_device(const Frame&);

}  // namespace sallyport::codec::dhip

#pragma once
// The first minutes with a controller: connect, log in, ask who it is, claim its roster. Adding a device,
// initialising one and every session start with these. Errors carry the API's codes: device_unreachable,
// device_unknown_name, device_refused, device_timeout, certificate_mismatch, device_uninitialised,
// device_wrong_password, device_locked_out, roster_owned_by_other, another_device, protocol_error.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/describe/enum.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/dhip/status_json.hpp"
#include "ports/transport.hpp"
#include "server/devices/conversation.hpp"

namespace sallyport::server {

/// How a controller is spoken to. In clear only where an operator said so.
enum class Wire : std::uint8_t { encrypted, in_clear };
BOOST_DESCRIBE_ENUM(Wire, encrypted, in_clear)

struct DeviceAddress {
    ports::Endpoint endpoint;
    std::string account;
    base::Secret password;
    ports::Fingerprint fingerprint;  ///< empty: take the first one seen
    Wire wire = Wire::encrypted;
};

/// What the controller said of itself when it was asked, and what that meant here.
struct DeviceStatus {
    codec::dhip::ControllerStatus said;
    ports::Fingerprint fingerprint;                    ///< of the certificate that it showed
    std::int64_t clock_offset_ms = 0;                  ///< its clock minus ours
    std::optional<base::UtcTime> certificate_until{};  ///< none: it did not say, or shows none
    /// waiting: at the controller, because they find no room here.
    enum class Records : std::uint8_t { taken, waiting } records = Records::taken;
};

using Notified = std::function<void(const codec::dhip::Notification&)>;
[[nodiscard]] boost::asio::awaitable<base::Result<std::shared_ptr<Conversation>>> connect(
    boost::asio::io_context&, ports::StreamDialler&, DeviceAddress, Notified, Pace = {});
/// Uses the session key of an earlier login when there is one, else the password; leaves the new key in
/// `session_key`.
[[nodiscard]] boost::asio::awaitable<base::Status> log_in(Conversation&, const DeviceAddress&,
                                                          base::Secret& session_key);

[[nodiscard]] boost::asio::awaitable<base::Result<DeviceStatus>> identify(Conversation&);
[[nodiscard]] boost::asio::awaitable<base::Status> claim(Conversation&, std::string manager);

struct InitialisedDevice {
    std::string serial;
    ports::Fingerprint fingerprint;
    base::Secret keypad_password;
};
/// Gives a controller its first password. conflict "device_initialised" when it has one.
[[nodiscard]] boost::asio::awaitable<base::Result<InitialisedDevice>> initialise(
    boost::asio::io_context&, ports::StreamDialler&, DeviceAddress, base::Secret password,
    std::optional<base::Secret> keypad_password);

/// The stored password cannot be unsealed.
[[nodiscard]] base::Error password_unreadable();
/// Who answers is not who was added: conflict "another_device".
[[nodiscard]] base::Error another_device(std::string_view serial);
/// What the controller says cannot be: `why` is a sentence.
[[nodiscard]] base::Error not_understood(std::string_view why);
/// The API's error for what a controller refused.
[[nodiscard]] base::Error refused(const codec::dhip::DeviceError&);

}  // namespace sallyport::server

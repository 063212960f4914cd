#pragma once
// The first minutes with a controller: connect, log in, ask who it is, claim its roster. Adding a device,
// initialising one and every session start with these. Errors carry the API's codes: device_unreachable,
// device_refused, device_timeout, certificate_mismatch, device_uninitialised, device_wrong_password,
// device_locked_out, roster_owned_by_other, protocol_error.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "core/access/roster.hpp"
#include "core/record/record.hpp"
#include "core/station/station.hpp"
#include "ports/transport.hpp"
#include "server/devices/conversation.hpp"

namespace sallyport::server {

struct DeviceAddress {
    ports::Endpoint endpoint;
    std::string account;
    base::Secret password;
    ports::Fingerprint fingerprint;  ///< normalised; empty: take the first one seen
};

/// What `sallyport.status` said when the session began, and what followed from it.
struct DeviceIdentity {
    std::string serial;
    std::string model;
    std::string firmware;
    ports::Fingerprint fingerprint;
    std::int64_t clock_offset_ms = 0;
    std::uint64_t people_capacity = 0;
    std::uint64_t people_used = 0;
    std::uint64_t records_capacity = 0;
    std::uint64_t records_used = 0;
    std::uint64_t plan_revision = 0;
    core::RosterDigest digest;
};

struct ObservedDoor {
    std::uint8_t number = 0;
    core::Lock lock = core::Lock::locked;
    core::ContactState contact = core::ContactState::unknown;
    core::DoorMode mode = core::DoorMode::normal;
    std::vector<core::Alarm> alarms;
    friend bool operator==(const ObservedDoor&, const ObservedDoor&) = default;
};

/// Fingerprints compare and are kept without colons, in lower case.
[[nodiscard]] ports::Fingerprint normalised(std::string_view fingerprint);

using Notified = std::function<void(const codec::dhip::Notification&)>;
[[nodiscard]] boost::asio::awaitable<base::Result<std::shared_ptr<Conversation>>> connect(
    boost::asio::io_context&, ports::StreamDialler&, DeviceAddress, Notified);
/// Uses the session key of an earlier login when there is one, else the password; leaves the new key in
/// `session_key`.
[[nodiscard]] boost::asio::awaitable<base::Status> log_in(Conversation&, const DeviceAddress&,
                                                          base::Secret& session_key);

struct DeviceStatus {
    DeviceIdentity identity;
    std::vector<ObservedDoor> doors;
};
[[nodiscard]] boost::asio::awaitable<base::Result<DeviceStatus>> identify(Conversation&);
[[nodiscard]] boost::asio::awaitable<base::Status> claim(Conversation&, std::string manager);

/// `invalid` "protocol_error" when it is none.
[[nodiscard]] base::Result<std::vector<ObservedDoor>> read_doors(const boost::json::object& params);

/// The API's error for what a controller refused.
[[nodiscard]] base::Error refused(const codec::dhip::DeviceError&);

}  // namespace sallyport::server

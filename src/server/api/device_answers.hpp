#pragma once
// What the calls about controllers share: how a controller is named and reached, and how an answer of the
// devices' loop ends a call.
#include <algorithm>
#include <memory>

#include "server/api/answers.hpp"
#include "server/devices/devices.hpp"

namespace sallyport::server {

inline constexpr std::uint16_t device_port = 37'777;

[[nodiscard]] inline bool is_host(std::string_view text) {
    // One colon is where somebody has written the port.
    if (std::ranges::count(text, ':') == 1) return false;
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
               c == '_' || c == ':' || c == '-';
    });
}

[[nodiscard]] inline bool is_fingerprint(std::string_view text) {
    return ports::fingerprint_from(text).has_value();
}

inline constexpr TextRule host_rule{
    1, 253, is_host, "Write an IP address or a domain name, such as 192.168.1.20, without a port."};
inline constexpr TextRule registration_rule{
    1, 64, is_registration_id, "A name has letters, digits, - _ and . only, as the device's register_id."};
inline constexpr TextRule account_rule{1, 32, nullptr, {}};
inline constexpr TextRule password_rule{1, 128, nullptr, {}};
inline constexpr TextRule fingerprint_rule{
    64, 95, is_fingerprint, "A fingerprint has 64 hexadecimal digits, as the device's panel shows it."};

/// Turns an answer of the devices' loop into the end of a call.
template <class T, class ToReply>
Devices::Later<T> finishing(Finish finish, ToReply to_reply) {
    auto shared = std::make_shared<Finish>(std::move(finish));
    return [shared, to_reply = std::move(to_reply)](base::Result<T> outcome) {
        if (!outcome && outcome.error().code == "password_missing")
            return (*shared)(wrong_field("password", "missing", outcome.error().message));
        if (!outcome) return (*shared)(std::unexpected(Problem(outcome.error())));
        (*shared)(to_reply(*outcome));
    };
}

[[nodiscard]] inline std::uint16_t port_of(std::optional<std::int64_t> given) {
    return static_cast<std::uint16_t>(given.value_or(device_port));
}

/// {"address", "port"} of a device that is dialled, or {"serial"}: the name under which one dials in.
[[nodiscard]] inline ports::Endpoint read_endpoint(Fields& fields) {
    if (auto name = fields.text("serial", registration_rule)) return {*std::move(name), 0};
    auto host = fields.text("address", host_rule, Need::required).value_or("");
    return {std::move(host), port_of(fields.integer("port", 1, 65'535))};
}

[[nodiscard]] inline std::optional<ports::Fingerprint> fingerprint_in(Fields& fields) {
    return fields.text("fingerprint", fingerprint_rule).and_then(ports::fingerprint_from);
}

/// Of whoever has this name anybody can dial in: which of them is meant is told by the certificate.
[[nodiscard]] inline ports::Fingerprint read_fingerprint(Fields& fields, const ports::Endpoint& endpoint) {
    auto fingerprint = fingerprint_in(fields);
    if (!fields.sent("fingerprint") && dials_in(endpoint))
        fields.wrong(
            "fingerprint", "missing",
            "Give the fingerprint that the device's panel shows: anybody can dial in under its name.");
    return fingerprint.value_or("");
}

/// What is done to a device that the account does not see ends here.
template <class Work>
void if_seen(Devices& devices, const Call& call, Finish finish, Work work) {
    if (auto seen = devices.check_seen(call.id(), call.part.areas); !seen)
        return finish(std::unexpected(seen.error()));
    work(std::move(finish));
}

/// And what concerns all doors of a device, some of which the account does not see.
template <class Work>
void if_whole(Devices& devices, const Call& call, Finish finish, Work work) {
    if (auto whole = devices.check_whole(call.id(), call.part.areas); !whole)
        return finish(std::unexpected(whole.error()));
    work(std::move(finish));
}

}  // namespace sallyport::server

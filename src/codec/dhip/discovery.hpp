#pragma once
// Who is there: one datagram asks, each controller answers with one (docs/device-protocol.md, Discovery).
// Whatever else arrives on that port is refused, and recorded.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "codec/dhip/message.hpp"
#include "codec/dhip/status_json.hpp"

namespace sallyport::codec::dhip {

inline constexpr std::uint16_t discovery_port = 37'810;
inline constexpr std::string_view discovery_group = "239.255.255.251";
/// Longer datagrams are refused unread.
inline constexpr std::size_t datagram_limit = 8 << 10;

/// Empty `mac`: everybody is asked.
struct Search {
    std::string mac;
};
/// `client.notifyDevInfo`.
struct Announcement {
    std::string mac;
    std::string device_type;
    std::string serial;
    std::string version;
    std::string address;
    std::string subnet_mask;
    std::string default_gateway;
    std::uint16_t port = 0;
    std::uint16_t http_port = 0;  ///< 0: none
    Initialised initialised = Initialised::no;
    std::string fingerprint;  ///< empty with controllers of others
    friend bool operator==(const Announcement&, const Announcement&) = default;
};

/// Whole datagrams.
[[nodiscard]] std::string encode(const Search&);
[[nodiscard]] std::string encode(const Announcement&);

/// `corrupt` "not_dhip" for other bytes, `forbidden` "refused" naming the method that came instead of a
/// search.
[[nodiscard]] base::Result<Search> search_from(std::string_view datagram);
[[nodiscard]] base::Result<Announcement> announcement_from(std::string_view datagram);
/// Any request in a datagram, for what `compatibility` takes besides a search. `corrupt` "not_dhip".
[[nodiscard]] base::Result<Request> datagram_request(std::string_view datagram);

}  // namespace sallyport::codec::dhip

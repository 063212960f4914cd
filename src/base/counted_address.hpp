#pragma once
// What limits for each address are counted under.
#include <string>
#include <string_view>

namespace sallyport::base {

/// Whoever has an IPv6 address has the /64 that it is in, so that is what counts: "2001:db8:1:2::/64". Of
/// IPv4 the address itself, also of one that came by IPv6 ("::ffff:10.0.0.7"); so it is for loopback, and for
/// what is no address.
[[nodiscard]] std::string counted_address(std::string_view address);

}  // namespace sallyport::base

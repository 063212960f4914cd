#pragma once
// The addresses that an operator names for a search: "192.168.1.20", "192.168.1.0/24",
// "192.168.1.10-192.168.1.50", each with ":PORT" or ":FIRST-LAST" for the discovery service's ports.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "ports/transport.hpp"

namespace sallyport::server {

inline constexpr std::size_t max_search_targets = 65'536;

/// Every address and port to ask, in order. `invalid` "range_invalid" with a sentence that shows a right
/// form, or "range_too_large". IPv4 only: an IPv6 network is too large to be asked one by one.
[[nodiscard]] base::Result<std::vector<ports::Endpoint>> parse_search_range(std::string_view text,
                                                                            std::uint16_t default_port);

}  // namespace sallyport::server

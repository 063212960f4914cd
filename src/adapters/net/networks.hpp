#pragma once
// Which addresses may connect at all (controller.md N6).
#include <string>
#include <vector>

#include "base/result.hpp"
#include "ports/transport.hpp"

namespace sallyport::adapters {

/// Of networks such as "192.168.0.0/16", "fd00::/8", or single addresses; none admits everybody. An IPv4
/// address that came by IPv6 counts as IPv4. `invalid` "invalid_network" naming the one that cannot be read.
[[nodiscard]] base::Result<ports::Admission> admission_of(const std::vector<std::string>& networks);

}  // namespace sallyport::adapters

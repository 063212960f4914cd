#pragma once
// How much a program has read from a TCP connection that somebody else reads for it.
#include <cstdint>
#include <optional>

namespace sallyport::adapters {

/// Since it is there; nullopt when the kernel does not tell, or it is no connection.
[[nodiscard]] std::optional<std::int64_t> bytes_read_from(int socket);

}  // namespace sallyport::adapters

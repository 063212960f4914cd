#pragma once
// How the roster counts its own memory.
#include <algorithm>
#include <cstddef>

namespace sallyport::core {

/// What an allocation of this size costs on the heap, as glibc on 64 bits lays it out: 8 bytes of header,
/// multiples of 16, at least 32.
[[nodiscard]] constexpr std::size_t heap_block_bytes(std::size_t requested) {
    if (requested == 0) return 0;
    return std::max<std::size_t>(32, (requested + 8 + 15) / 16 * 16);
}

}  // namespace sallyport::core

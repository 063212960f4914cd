#pragma once
// Photos of people as they are let in: JPEG files of which nothing is kept but the picture. Pure.
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace sallyport::server {

inline constexpr std::size_t photo_bytes = 100 * 1'024;  ///< platform.md H1
inline constexpr unsigned photo_side = 2'000;            ///< pixels

/// A baseline or progressive JPEG (ITU-T T.81) without what describes it (where and with what it was taken),
/// and without anything after its end. Errors: invalid "photo_too_large", "photo_unreadable".
[[nodiscard]] base::Result<std::string> clean_photo(std::string_view file);

}  // namespace sallyport::server

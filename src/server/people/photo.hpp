#pragma once
// Photos of people as they are kept (platform.md H1): drawn anew from the picture that somebody chose.
#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/picture_drawing.hpp"

namespace sallyport::server {

inline constexpr std::size_t photo_bytes = 100 * 1'024;
inline constexpr unsigned photo_side = 640;  ///< pixels

/// A JPEG (ITU-T T.81) without what describes it (where and with what it was taken); what the port gives is
/// checked as if it came from outside. Errors: invalid "photo_unreadable", "photo_too_large", "photo_broken";
/// unavailable "photo_not_drawn", "stopping".
[[nodiscard]] base::Result<std::string> make_photo(std::string_view file, const ports::DrawPicture&,
                                                   const std::stop_token&);

}  // namespace sallyport::server

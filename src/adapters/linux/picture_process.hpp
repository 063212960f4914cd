#pragma once
// ports::DrawPicture by a program of its own, sallyport-picture: a process for each picture, with nothing
// open but the picture and the way back, and nothing in its environment.
#include <chrono>
#include <filesystem>

#include "ports/picture_drawing.hpp"

namespace sallyport::adapters {

/// Ends a process that has not finished after `patience`.
[[nodiscard]] ports::DrawPicture draw_by(std::filesystem::path program,
                                         std::chrono::milliseconds patience = std::chrono::seconds{5});

}  // namespace sallyport::adapters

#pragma once
// The program that draws photos (decision 0047), beside this one as both are installed.
#include <filesystem>

#include "base/result.hpp"

namespace sallyport::apps {

std::filesystem::path picture_program();

/// Error: not_found when it cannot be started. Photos are refused until it can; everything else goes on.
base::Status check_picture_program();

}  // namespace sallyport::apps

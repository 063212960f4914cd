#pragma once
// Pictures from outside, drawn anew: of the file that came nothing is left but what it shows. Implementation:
// adapters/linux, by a process that is allowed nothing (decision 0047); what that process does is
// adapters/drawing.
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include <boost/describe/enum.hpp>

namespace sallyport::ports {

/// Of a file that may be given: what a camera writes, usually 3 to 6 MB.
inline constexpr std::size_t picture_file_bytes = std::size_t{8} << 20;

struct PictureBounds {
    unsigned side = 0;                ///< pixels of the longer side; what is smaller stays as large as it is
    std::size_t bytes = 0;            ///< of the file that is made
    std::size_t pixels = 50'000'000;  ///< of the picture that is read
};

/// Why not. The process ends with these as its exit code.
enum class Undrawn : std::uint8_t {
    no_picture = 3,  ///< neither JPEG nor PNG, or of a kind that nothing here shows
    too_large,       ///< more bytes, pixels or memory than there may be
    broken,          ///< cut off or damaged
    failed,          ///< it did not end as it should, or was not even begun
    stopped          ///< somebody wished so
};
BOOST_DESCRIBE_ENUM(Undrawn, no_picture, too_large, broken, failed, stopped)

/// A JPEG of RGB without any metadata, the way up that a camera's file says. From any thread, several at the
/// same time; takes as long as drawing takes, 5 s at most, and ends at once with the wish to stop.
using DrawPicture = std::function<std::expected<std::string, Undrawn>(
    std::string_view file, const PictureBounds&, const std::stop_token&)>;

}  // namespace sallyport::ports

#pragma once
// Files built into the program by sallyport_embed (cmake/Embed.cmake): the web pages. They live in the
// program's read-only memory, so every view stays valid, and every function here may be called from any
// thread.
#include <span>
#include <string_view>

namespace sallyport::base {

struct EmbeddedFile {
    std::string_view path;  ///< below the embedded directory, with "/" between parts: "assets/page.js"
    std::string_view content_type;  ///< for HTTP; text types name UTF-8
    std::string_view bytes;
    std::string_view etag;  ///< from the bytes, quotes included, as HTTP wants it
};

/// The file of that exact path, or null. `files` is sorted by path, as sallyport_embed makes it.
[[nodiscard]] const EmbeddedFile* find_embedded(std::span<const EmbeddedFile> files, std::string_view path);

}  // namespace sallyport::base

#include "server/people/photo.hpp"

#include "codec/picture/picture.hpp"

namespace sallyport::server {

base::Result<std::string> clean_photo(std::string_view file) {
    if (file.size() > photo_bytes)
        return base::fail(base::ErrorKind::invalid, "photo_too_large",
                          "A photo has 100 KB at most. Choose a smaller one.");
    auto kept = codec::clean_picture(file, photo_side);
    if (!kept || kept->kind != codec::PictureKind::jpeg)
        return base::fail(base::ErrorKind::invalid, "photo_unreadable",
                          "This is no JPEG picture of at most 2000 x 2000 pixels. Choose another file.");
    return std::move(kept->bytes);
}

}  // namespace sallyport::server

#include "server/people/photo.hpp"

#include "codec/picture/picture.hpp"

namespace sallyport::server {

using base::ErrorKind;
using ports::Undrawn;

namespace {

std::unexpected<base::Error> refused(Undrawn why) {
    switch (why) {
        case Undrawn::no_picture:
            return base::fail(ErrorKind::invalid, "photo_unreadable",
                              "This picture cannot be read. Choose a JPEG or PNG file.");
        case Undrawn::too_large:
            return base::fail(ErrorKind::invalid, "photo_too_large",
                              "A photo has 8 MB and 50 megapixels at most. Choose a smaller one.");
        case Undrawn::broken:
            return base::fail(ErrorKind::invalid, "photo_broken",
                              "This picture is damaged, or a part of it is missing. Choose another file.");
        case Undrawn::stopped:
            return base::fail(ErrorKind::unavailable, "stopping",
                              "The platform is shutting down. Try again.");
        case Undrawn::failed: break;
    }
    return base::fail(ErrorKind::unavailable, "photo_not_drawn",
                      "The photo could not be made; the platform's log says why. Nothing was changed.");
}

}  // namespace

base::Result<std::string> make_photo(std::string_view file, const ports::DrawPicture& draw,
                                     const std::stop_token& stop) {
    const auto drawn = draw(file, {photo_side, photo_bytes}, stop);
    if (!drawn) return refused(drawn.error());
    auto kept = codec::clean_picture(*drawn, photo_side);
    if (!kept || kept->kind != codec::PictureKind::jpeg || kept->bytes.size() > photo_bytes)
        return refused(Undrawn::failed);
    return std::move(kept->bytes);
}

}  // namespace sallyport::server

#include <algorithm>
#include <cstdio>  // which jpeglib.h needs and does not include
#include <cstdlib>
#include <jpeglib.h>
#include <memory>
// After it.
#include <jerror.h>

#include "adapters/drawing/formats.hpp"
#include "codec/picture/orientation.hpp"

namespace sallyport::adapters {

namespace {

[[noreturn]] void break_off(j_common_ptr jpeg) {
    if (jpeg->err->msg_code == JERR_OUT_OF_MEMORY) throw Refusal{ports::Undrawn::too_large};
    if (jpeg->err->msg_code == JERR_CONVERSION_NOTIMPL) throw Refusal{ports::Undrawn::no_picture};
    throw Refusal{ports::Undrawn::broken};
}

/// What libjpeg only warns of, and shows as grey.
void notice(j_common_ptr jpeg, int level) {
    const auto what = jpeg->err->msg_code;
    if (level < 0 && (what == JWRN_JPEG_EOF || what == JWRN_HIT_MARKER || what == JWRN_HUFF_BAD_CODE))
        throw Refusal{ports::Undrawn::broken};
}

struct Errors : jpeg_error_mgr {
    Errors() : jpeg_error_mgr() {
        jpeg_std_error(this);
        error_exit = break_off;
        emit_message = notice;
    }
};

struct Decoder : jpeg_decompress_struct {
    Decoder() : jpeg_decompress_struct() {
        err = &errors;
        jpeg_create_decompress(this);
    }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    ~Decoder() { jpeg_destroy_decompress(this); }
    Errors errors;
};

struct Encoder : jpeg_compress_struct {
    Encoder() : jpeg_compress_struct() {
        err = &errors;
        jpeg_create_compress(this);
    }
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;
    ~Encoder() { jpeg_destroy_compress(this); }
    Errors errors;
};

unsigned orientation_in(const Decoder& jpeg) {
    for (const auto* segment = jpeg.marker_list; segment != nullptr; segment = segment->next) {
        const auto* content = reinterpret_cast<const char*>(segment->data);
        if (const auto said = codec::orientation_of({content, segment->data_length}); said != 1) return said;
    }
    return 1;
}

std::string written(const Raster& raster, int quality) {
    Encoder jpeg;
    unsigned char* bytes = nullptr;
    unsigned long count = 0;
    jpeg_mem_dest(&jpeg, &bytes, &count);
    jpeg.image_width = static_cast<JDIMENSION>(raster.width);
    jpeg.image_height = static_cast<JDIMENSION>(raster.height);
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg.optimize_coding = TRUE;
    jpeg.write_JFIF_header = FALSE;
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        // libjpeg reads the row, although it says otherwise.
        auto* row = const_cast<JSAMPROW>(&raster.rgb[3 * raster.width * jpeg.next_scanline]);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    const std::unique_ptr<unsigned char, decltype(&std::free)> freed(bytes, std::free);
    return {reinterpret_cast<const char*>(bytes), count};
}

}  // namespace

Raster read_jpeg(std::string_view file, const ports::PictureBounds& bounds) {
    Decoder jpeg;
    jpeg_save_markers(&jpeg, JPEG_APP0 + 1, 0xFFFF);
    jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(file.data()), file.size());
    jpeg_read_header(&jpeg, TRUE);
    check_pixels(jpeg.image_width, jpeg.image_height, bounds);
    jpeg.out_color_space = JCS_RGB;
    // Much of a large picture need not even be decoded.
    const auto longer = std::max(jpeg.image_width, jpeg.image_height);
    for (jpeg.scale_denom = 1; jpeg.scale_denom < 8 && longer / jpeg.scale_denom / 2 >= bounds.side;)
        jpeg.scale_denom *= 2;
    jpeg_start_decompress(&jpeg);
    AreaScaler scaler(jpeg.output_width, jpeg.output_height, bounds.side);
    std::vector<std::uint8_t> row(std::size_t{3} * jpeg.output_width);
    while (jpeg.output_scanline < jpeg.output_height) {
        auto* to = row.data();
        jpeg_read_scanlines(&jpeg, &to, 1);
        scaler.take(row);
    }
    return turned(std::move(scaler).finished(), orientation_in(jpeg));
}

std::string write_jpeg(const Raster& raster, std::size_t bytes) {
    for (int quality = 90; quality > 0; quality -= 10)
        if (auto file = written(raster, quality); file.size() <= bytes) return file;
    throw Refusal{ports::Undrawn::too_large};
}

}  // namespace sallyport::adapters

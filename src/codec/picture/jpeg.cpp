#include "codec/picture/formats.hpp"

namespace sallyport::codec {

namespace {

// ITU-T T.81, table B.1
constexpr unsigned start_of_image = 0xD8, end_of_image = 0xD9, start_of_scan = 0xDA, quantization = 0xDB,
                   restart_interval = 0xDD, huffman = 0xC4, comment = 0xFE;

unsigned word_at(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

bool is_frame(unsigned marker) {
    return marker >= 0xC0 && marker <= 0xC2;
}

bool is_application(unsigned marker) {
    return marker >= 0xE0 && marker <= 0xEF;
}

bool is_restart(unsigned marker) {
    return marker >= 0xD0 && marker <= 0xD7;
}

/// The frame header: precision, height, width, components.
bool read_frame(std::string_view segment, unsigned side, Picture& picture) {
    if (segment.size() < 8 || byte_at(segment, 2) != 8) return false;
    picture.height = word_at(segment, 3);
    picture.width = word_at(segment, 5);
    const auto components = byte_at(segment, 7);
    return is_side(picture.height, side) && is_side(picture.width, side) &&
           (components == 1 || components == 3) && segment.size() == 8 + std::size_t{3} * components;
}

/// Where the coded data that begins at `at` ends: at the next marker.
std::size_t end_of_coded(std::string_view file, std::size_t at) {
    while (at + 1 < file.size()) {
        if (byte_at(file, at) != 0xFF) {
            ++at;
        } else if (byte_at(file, at + 1) == 0 || is_restart(byte_at(file, at + 1))) {
            at += 2;
        } else {
            return at;
        }
    }
    return file.size();
}

/// Reads segment by segment and keeps those that the picture needs.
class Cleaning {
  public:
    Cleaning(std::string_view file, unsigned side) : file_(file), side_(side) {}

    /// nullopt: it is no JPEG, or one of a kind that nothing here shows.
    std::optional<Picture> run() {
        if (file_.size() < 4 || word_at(file_, 0) != (0xFF00 | start_of_image)) return std::nullopt;
        picture_.bytes = file_.substr(0, 2);
        for (at_ = 2; at_ + 2 <= file_.size();) {
            if (byte_at(file_, at_) != 0xFF) return std::nullopt;
            const auto marker = byte_at(file_, at_ + 1);
            if (marker == end_of_image) {
                if (!scanned_) return std::nullopt;
                picture_.bytes += file_.substr(at_, 2);
                return std::move(picture_);
            }
            if (marker == 0xFF)
                ++at_;  // fill
            else if (!take(marker))
                return std::nullopt;
        }
        return std::nullopt;
    }

  private:
    bool take(unsigned marker) {
        if (at_ + 4 > file_.size()) return false;
        const auto length = word_at(file_, at_ + 2);
        const auto end = at_ + 2 + length;
        if (length < 2 || end > file_.size()) return false;
        const auto whole = file_.substr(at_, end - at_);
        at_ = end;
        if (is_application(marker) || marker == comment) return true;
        if (is_frame(marker)) {
            if (framed_ || !read_frame(whole.substr(2), side_, picture_)) return false;
            framed_ = true;
        } else if (marker == start_of_scan) {
            if (!framed_) return false;
            scanned_ = true;
            at_ = end_of_coded(file_, end);
            picture_.bytes += whole;
            picture_.bytes += file_.substr(end, at_ - end);
            return true;
        } else if (marker != quantization && marker != huffman && marker != restart_interval) {
            return false;
        }
        picture_.bytes += whole;
        return true;
    }

    std::string_view file_;
    unsigned side_;
    Picture picture_;
    std::size_t at_ = 0;
    bool framed_ = false;
    bool scanned_ = false;
};

}  // namespace

std::optional<Picture> clean_jpeg(std::string_view file, unsigned side) {
    return Cleaning(file, side).run();
}

}  // namespace sallyport::codec

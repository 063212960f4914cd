#include "codec/picture/orientation.hpp"

#include "codec/picture/formats.hpp"

namespace sallyport::codec {

unsigned orientation_of(std::string_view segment) {
    constexpr std::string_view name("Exif\0\0", 6);
    constexpr std::size_t orientation_tag = 274, entry_bytes = 12;
    if (!segment.starts_with(name)) return 1;
    const auto tiff = segment.substr(name.size());
    const bool big_endian = tiff.starts_with("MM");
    if (!big_endian && !tiff.starts_with("II")) return 1;
    // 0 beyond the end.
    const auto number_at = [&](std::size_t at, std::size_t bytes) {
        std::size_t number = 0;
        for (std::size_t i = 0; i < bytes && at + bytes <= tiff.size(); ++i)
            number = number << 8 | byte_at(tiff, at + (big_endian ? i : bytes - 1 - i));
        return number;
    };
    const auto directory = number_at(4, 4);
    const auto end = directory + 2 + entry_bytes * number_at(directory, 2);
    for (auto entry = directory + 2; entry < end; entry += entry_bytes) {
        if (number_at(entry, 2) != orientation_tag) continue;
        const auto orientation = number_at(entry + 8, 2);
        return orientation >= 1 && orientation <= 8 ? static_cast<unsigned>(orientation) : 1;
    }
    return 1;
}

}  // namespace sallyport::codec

#pragma once
// How a card's number stands in what a reader sends, as somebody wrote it down (controller.md R1, R4).
#include <string>
#include <vector>

namespace sallyport::core {

/// codec/wiegand/format_text.hpp says what the letters mean, and reads them. Without bits: a format that is
/// known by its name ("H10301").
struct CardFormat {
    std::string name;
    std::string bits{};
    std::vector<std::string> parities{};
    friend bool operator==(const CardFormat&, const CardFormat&) = default;
};

}  // namespace sallyport::core

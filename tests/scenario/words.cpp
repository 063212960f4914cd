#include "scenario/words.hpp"

#include <array>
#include <iterator>
#include <utility>

namespace sallyport::scenario {

std::string Words::next(std::string_view what) {
    std::string word = next_or_nothing();
    if (word.empty()) throw BadLine("the line ends where the " + std::string(what) + " should stand");
    return word;
}

std::string Words::next_or_nothing() {
    std::string word;
    words_ >> word;
    return word;
}

std::string Words::rest() {
    words_ >> std::ws;
    return {std::istreambuf_iterator<char>(words_), {}};
}

std::int64_t Words::number(std::string_view what) {
    const std::string word = next(what);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size()) {
        throw BadLine("\"" + word + "\" is no number, but the " + std::string(what) + " is one");
    }
    return value;
}

bool Words::is_first(std::string_view yes, std::string_view no) {
    const std::string word = next(std::string(yes) + " or " + std::string(no));
    if (word != yes && word != no) {
        throw BadLine("\"" + word + "\" is neither " + std::string(yes) + " nor " + std::string(no));
    }
    return word == yes;
}

base::Duration duration(const std::string& word) {
    constexpr std::array<std::pair<std::string_view, base::Duration>, 4> units{
        {{"ms", std::chrono::milliseconds{1}},
         {"s", std::chrono::seconds{1}},
         {"min", std::chrono::minutes{1}},
         {"h", std::chrono::hours{1}}}};
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), count);
    for (const auto& [name, unit] : units) {
        if (error == std::errc{} && name == std::string_view(end)) return count * unit;
    }
    throw BadLine("\"" + word + "\" is no time: write 500ms, 10s, 2min or 1h");
}

}  // namespace sallyport::scenario

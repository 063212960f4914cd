#pragma once
// A line of a script as words that are taken one after the other.
#include <charconv>
#include <cstdint>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/enum_text.hpp"
#include "base/time.hpp"

namespace sallyport::scenario {

/// What is wrong with a line; caught by `play`, which adds where.
struct BadLine : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Words {
  public:
    explicit Words(const std::string& line) : words_(line) {}
    /// The next word; a line that ends too early is a BadLine.
    [[nodiscard]] std::string next(std::string_view what);
    [[nodiscard]] std::string next_or_nothing();
    [[nodiscard]] std::string rest();
    [[nodiscard]] std::int64_t number(std::string_view what);
    template <class E>
    [[nodiscard]] E choice(std::string_view what) {
        return choice_of<E>(next(what), what);
    }
    template <class E>
    [[nodiscard]] static E choice_of(const std::string& word, std::string_view what) {
        if (const auto value = base::enum_from<E>(word)) return *value;
        throw BadLine("there is no " + std::string(what) + " \"" + word + "\"");
    }
    /// Two words, of which the first or the second is next: whether it is the first.
    [[nodiscard]] bool is_first(std::string_view yes, std::string_view no);

  private:
    std::istringstream words_;
};

/// "10s", "500ms", "2min", "1h".
[[nodiscard]] base::Duration duration(const std::string& word);

}  // namespace sallyport::scenario

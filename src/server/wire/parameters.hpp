#pragma once
// Reads the parameters of a query (?limit=10&door=1,2) with their bounds, and collects everything that is
// wrong.
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/enum_text.hpp"
#include "base/time.hpp"
#include "server/storage/id_source.hpp"
#include "server/wire/problem.hpp"

namespace sallyport::server {

/// How much of a list is asked for.
struct Page {
    std::int64_t limit = 100;
    std::optional<std::string> cursor;
};

class Parameters {
  public:
    using Pairs = std::vector<std::pair<std::string, std::string>>;
    explicit Parameters(const Pairs& pairs) : pairs_(pairs) {}

    Page page();
    std::optional<std::string> text(std::string_view name, std::size_t max);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max);
    std::optional<base::UtcTime> time(std::string_view name);
    std::optional<Id> id(std::string_view name);
    std::vector<Id> ids(std::string_view name, std::size_t max);
    /// Words of E, separated by commas.
    template <class E>
    std::vector<std::string> words(std::string_view name, std::size_t max) {
        auto all = split(name, max);
        for (const auto& word : all)
            if (!base::enum_from<E>(word) || word == "none")
                wrong(name, "choice", "\"" + word + "\" is not known.");
        return all;
    }
    void wrong(std::string_view name, std::string_view code, std::string message);
    [[nodiscard]] bool sent(std::string_view name) const { return value(name) != nullptr; }
    /// The problem when anything was wrong, parameters that were not asked for included. Call it last.
    [[nodiscard]] Outcome finish();

  private:
    [[nodiscard]] const std::string* value(std::string_view name) const;
    const std::string* take(std::string_view name);
    std::vector<std::string> split(std::string_view name, std::size_t max);

    const Pairs& pairs_;
    std::vector<std::string> asked_;
    std::vector<FieldError> errors_;
};

}  // namespace sallyport::server

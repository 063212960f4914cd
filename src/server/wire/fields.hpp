#pragma once
// Reads the members of one JSON object with their bounds, and collects everything that is wrong instead of
// stopping at the first. A member that nobody asked for is wrong too.
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "base/enum_text.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "server/storage/id_source.hpp"
#include "server/wire/problem.hpp"

namespace sallyport::server {

enum class Need { optional, required };

/// Lengths count characters (code points). Control characters, and code points that are none (Unicode 15,
/// 23.7), are always refused, but for line breaks and tabs.
struct TextRule {
    std::size_t min = 0;
    std::size_t max = 0;
    bool (*form)(std::string_view) = nullptr;  ///< null: any text
    std::string_view says;                     ///< the sentence when the form is wrong
    std::string_view code = "pattern";         ///< and its code
};

/// nullopt: the member was not sent. A null inside: it was sent as null.
template <class T>
using Nullable = std::optional<std::optional<T>>;

class Fields {
  public:
    /// Both live as long as this. `path` is where the object stands: empty, or such as "cards.0".
    Fields(const boost::json::object& object, std::vector<FieldError>& errors, std::string path = {})
        : object_(object), errors_(errors), path_(std::move(path)) {}

    std::optional<std::string> text(std::string_view name, const TextRule&, Need = Need::optional);
    std::optional<base::Secret> secret(std::string_view name, const TextRule&, Need = Need::optional);
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min, std::int64_t max,
                                        Need = Need::optional);
    /// A number that need not be whole.
    std::optional<double> number(std::string_view name, double min, double max, Need = Need::optional);
    std::optional<bool> truth(std::string_view name, Need = Need::optional);
    std::optional<std::string> choice(std::string_view name, std::initializer_list<std::string_view> words,
                                      Need = Need::optional);
    Nullable<base::Secret> nullable_secret(std::string_view name, const TextRule&);
    Nullable<std::int64_t> nullable_integer(std::string_view name, std::int64_t min, std::int64_t max);
    Nullable<base::UtcTime> nullable_time(std::string_view name);
    Nullable<Id> nullable_id(std::string_view name);
    /// Ids without repetition.
    std::optional<std::vector<Id>> ids(std::string_view name, std::size_t max);
    Nullable<std::vector<Id>> nullable_ids(std::string_view name, std::size_t max);
    /// Null when it is missing or no list, or has too few or too many elements.
    const boost::json::array* list(std::string_view name, std::size_t min, std::size_t max,
                                   Need = Need::optional);
    /// The texts of a list; those that are wrong are left out, and named.
    std::optional<std::vector<std::string>> texts(std::string_view name, const TextRule&, std::size_t min,
                                                  std::size_t max, Need = Need::optional);
    const boost::json::object* object(std::string_view name);

    void wrong(std::string_view name, std::string_view code, std::string message);
    /// Whether it was sent as null, which counts as asked for.
    [[nodiscard]] bool is_null(std::string_view name);
    [[nodiscard]] bool sent(std::string_view name) const { return object_.contains(name); }
    [[nodiscard]] std::string path_of(std::string_view name) const;
    /// Refuses the members that were not asked for. Call it last.
    void finish();

  private:
    const boost::json::value* take(std::string_view name, Need);
    std::optional<std::string> checked_text(const boost::json::value&, std::string_view name,
                                            const TextRule&);
    std::optional<std::int64_t> checked_integer(const boost::json::value&, std::string_view name,
                                                std::int64_t min, std::int64_t max);

    const boost::json::object& object_;
    std::vector<FieldError>& errors_;
    std::string path_;
    std::vector<std::string_view> asked_;
};

/// One line with something to be seen: no line break, and nothing that turns the direction of what follows
/// (Unicode UAX 9), by which a name could look like another one.
[[nodiscard]] bool is_name(std::string_view text);
/// The number of code points of UTF-8.
[[nodiscard]] std::size_t characters(std::string_view text);

}  // namespace sallyport::server

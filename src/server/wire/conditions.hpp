#pragma once
// What lists have in common: WHERE from filters, places to go on from, pages.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "ports/database.hpp"
#include "server/storage/id_source.hpp"
#include "server/wire/problem.hpp"

namespace sallyport::server {

/// Conditions joined by AND. The values are kept here, so that parameters may look at them.
class Conditions {
  public:
    using Kept = std::variant<std::int64_t, std::string>;
    struct Value {
        Kept kept;
        Value(std::integral auto number) : kept(static_cast<std::int64_t>(number)) {}  // NOLINT
        Value(base::UtcTime time) : kept(time.microseconds) {}                         // NOLINT
        Value(std::string text) : kept(std::move(text)) {}                             // NOLINT
    };
    /// Each ? of `sql` stands for the next of `values`.
    void add(std::string_view sql, std::vector<Value> values);
    /// "COLUMN IN (...)"; nothing for an empty list.
    template <class T>
    void add_in(std::string_view column, const std::vector<T>& any_of) {
        if (any_of.empty()) return;
        std::string sql(column);
        for (std::size_t i = 0; i < any_of.size(); ++i) sql += i == 0 ? " IN (?" : ", ?";
        add(sql + ")", std::vector<Value>(any_of.begin(), any_of.end()));
    }
    /// Keeps a value for a condition that is written elsewhere; answers its $n.
    std::string keep(Value value);
    /// "" or " WHERE ... AND ...", with $1, $2 ...
    [[nodiscard]] const std::string& text() const { return text_; }
    /// Look at this, which must outlive them.
    [[nodiscard]] ports::Parameters parameters() const;

  private:
    std::string text_;
    std::vector<Kept> values_;
};

/// "%anna%", with what LIKE ... ESCAPE '\' takes for a pattern taken literally.
[[nodiscard]] std::string pattern_of(std::string_view part);

/// A place in a list that is ordered by (at, id).
struct TimePlace {
    base::UtcTime at;
    Id id = 0;
    [[nodiscard]] std::string text() const;
    [[nodiscard]] static std::optional<TimePlace> from(std::string_view cursor);
};

[[nodiscard]] std::unexpected<Problem> bad_cursor();

/// {"items", "next"} from at most `limit` of `rows`, which were asked for with one more.
template <class ToJson, class ToCursor>
[[nodiscard]] boost::json::object page_of(const ports::Rows& rows, std::int64_t limit, ToJson to_json,
                                          ToCursor to_cursor) {
    boost::json::array items;
    for (const auto& row : rows) {
        if (std::ssize(items) == limit) break;
        items.push_back(to_json(row));
    }
    boost::json::value next = nullptr;
    if (std::ssize(rows) > limit) next = to_cursor(rows[static_cast<std::size_t>(limit) - 1]);
    return {{"items", std::move(items)}, {"next", std::move(next)}};
}

}  // namespace sallyport::server

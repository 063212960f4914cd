#pragma once
// Searches page by page. A page begins where the one before it ended, whatever was written meanwhile: what is
// there from the first page to the last comes exactly once. A search of records ends at the record that was
// the newest when it began.
#include <cstdint>
#include <map>
#include <string>

#include <boost/json/object.hpp>

#include "base/time.hpp"
#include "core/record/record.hpp"

namespace sallyport::controller::dialect {

/// Where pages of a search ended: by the count of rows before them, the key of the last such row.
template <class Key>
class PageEnds {
  public:
    /// The nearest end at or before `offset` that is known: how many rows before it, and its key. {0, Key{}}
    /// is the beginning.
    [[nodiscard]] std::pair<std::size_t, Key> before(std::size_t offset) const {
        return *std::prev(ends_.upper_bound(offset));
    }
    void add(std::size_t rows, Key last) {
        if (ends_.size() >= limit) ends_.erase(std::next(ends_.begin()));
        ends_.insert_or_assign(rows, std::move(last));
    }

  private:
    static constexpr std::size_t limit = 1'024;  ///< of a client that goes on, the oldest are of no use
    std::map<std::size_t, Key> ends_{{0, Key{}}};
};

struct Search {
    std::string account;  ///< only its calls go on with it
    std::string name;     ///< of the table: "AccessControlCardRec", "AccessUser" ...
    boost::json::object condition;
    core::RecordPosition upper;         ///< of records: the last that belongs to it
    PageEnds<std::uint64_t> sequences;  ///< of records
    PageEnds<std::string> keys;         ///< of people, cards, passwords
    std::size_t next = 0;               ///< rows given so far, for clients that just go on
    base::Instant used;
};

/// By token. At most 64, each kept for ten minutes after its last use; of too many the longest unused goes.
class Searches {
  public:
    [[nodiscard]] std::uint32_t begin(Search, base::Instant now);
    /// Under a token of the caller's own.
    void begin_at(std::uint32_t token, Search, base::Instant now);
    /// Null when there is none, or it is another account's.
    [[nodiscard]] Search* find(std::uint32_t token, const std::string& account, base::Instant now);
    void end(std::uint32_t token) { searches_.erase(token); }
    /// For clients that page without a token: the same question from the same caller is the same search.
    [[nodiscard]] std::uint32_t token_of(const std::string& question);

  private:
    std::map<std::uint32_t, Search> searches_;
    std::map<std::string, std::uint32_t> questions_;
    std::uint32_t next_ = 1;
};

}  // namespace sallyport::controller::dialect

#pragma once
// Takes over the records of a controller in clear, each list by its numbers (decision 0029). A list is looked
// through from the first record that is not here yet: found by halves after each connection, whatever the
// controller's clock did meanwhile; by time afterwards, when the controller has just said that there is one.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "codec/cgi/record_rows.hpp"
#include "ports/clock.hpp"
#include "server/devices/conversation.hpp"
#include "server/ingest/ingest.hpp"

namespace sallyport::server {

class ClearRecords {
  public:
    template <class T>
    using Later = boost::asio::awaitable<T>;
    struct Hooks {
        std::function<Later<base::Result<ListCursor>>(RecordList)> cursor;
        /// Stored durably when it answers.
        std::function<Later<base::Result<ListCursor>>(RecordList, Continuity,
                                                      std::vector<core::StoredRecord>)>
            store;
        /// Each start and end of an alarm, in order; after a connection the last ones again.
        std::function<void(const core::Record&)> alarm;
        /// The offset of the site's zone then.
        std::function<std::int32_t(base::UtcTime)> utc_offset_s;
    };
    explicit ClearRecords(Hooks hooks) : hooks_(std::move(hooks)) {}

    /// A new connection.
    [[nodiscard]] Later<base::Status> begin(Conversation&);
    /// An event told of a record of that time, in seconds since 1970.
    void heard_of(std::int64_t seconds);
    /// Takes over what is new. Errors: those of the connection, and of the store.
    [[nodiscard]] Later<base::Status> fetch(Conversation&);
    /// Of both lists, as counted last.
    [[nodiscard]] std::uint64_t size() const { return lists_[0].size + lists_[1].size; }
    /// Whether it was found out since the connection began where the accesses go on.
    [[nodiscard]] bool are_here() const { return lists_[0].place == List::Place::known; }
    /// And whether they do: the last one that was here before is there still.
    [[nodiscard]] bool go_on() const { return are_here() && went_on_; }

  private:
    struct List {
        RecordList list = RecordList::access;
        std::uint32_t finder = 0;  ///< 0: the controller has no such list
        ListCursor cursor;
        std::uint64_t size = 0;
        enum class Place : std::uint8_t { unknown, known } place = Place::unknown;
        /// The last record that is here: to be met before a newer one, met, or gone from the list.
        enum class Last : std::uint8_t { to_come, met, gone } last = Last::met;
        std::size_t odd = 0;  ///< what page it was that contradicted itself last, as a hash
        int odd_times = 0;    ///< one after the other
    };
    using Row = codec::cgi::RecordRow;
    [[nodiscard]] Later<base::Status> fetch_list(Conversation&, List&, std::optional<std::int64_t> heard);
    /// Where to begin: the offset of the last record that is here, or 0.
    [[nodiscard]] Later<base::Result<std::uint64_t>> locate(Conversation&, List&);
    [[nodiscard]] Later<base::Result<std::optional<Row>>> row_at(Conversation&, const List&, std::uint64_t);
    [[nodiscard]] Later<base::Status> read_from(Conversation&, List&, std::uint64_t offset);
    [[nodiscard]] Later<base::Status> read_since(Conversation&, List&, std::int64_t seconds);
    /// Answers with how many rows there were.
    [[nodiscard]] Later<base::Result<std::size_t>> take(List&, const boost::json::object& page);
    /// The rows of a page in the order of their numbers, each once. Error corrupt "protocol_error" where they
    /// contradict each other or what was said before, unless they did so twice before: then it is so.
    [[nodiscard]] static base::Result<std::vector<Row>> believed(List&, const boost::json::object& page);
    /// Whether these rows go on where the others ended.
    [[nodiscard]] static bool goes_on(List&, const std::vector<Row>&);
    /// That the numbers begin anew is asked twice.
    [[nodiscard]] Later<base::Result<bool>> begins_anew(Conversation&, const List&, std::uint64_t offset);
    static void begin_anew(List&);

    Hooks hooks_;
    std::array<List, 2> lists_{
        {{.list = RecordList::access, .cursor = {}}, {.list = RecordList::alarms, .cursor = {}}}};
    std::optional<std::int64_t> heard_;
    bool went_on_ = false;  ///< the accesses, when they were looked for by number last
};

}  // namespace sallyport::server

#include "server/storage/id_source.hpp"

#include <algorithm>
#include <charconv>

namespace sallyport::server {

namespace {
constexpr std::int64_t epoch_ms = 1'735'689'600'000;  // 2025-01-01T00:00:00Z
constexpr std::int64_t counters = 1 << 12;
constexpr std::int64_t milliseconds = std::int64_t{1} << 41;
/// A clock that says more (2093) is not followed: ids go on one by one then, for which a year's is enough.
constexpr std::int64_t followed = milliseconds - (std::int64_t{1} << 35);
}  // namespace

Id IdSource::next() {
    const auto now = std::max<std::int64_t>(clock_.utc().microseconds / 1'000 - epoch_ms, 1);
    const std::lock_guard lock(mutex_);
    if (now > millisecond_ && now < followed) {
        millisecond_ = now;
        counter_ = 0;
    } else if (++counter_ == counters) {
        ++millisecond_;
        counter_ = 0;
    }
    return millisecond_ << 22 | std::int64_t{node_} << 12 | counter_;
}

base::Status IdSource::start_after(Id last) {
    const std::lock_guard lock(mutex_);
    if (last >> 22 >= milliseconds - 1)
        return base::fail(base::ErrorKind::corrupt, "ids_used_up",
                          "The database holds ids of a clock that stood in the year 2094, and none is left "
                          "after them. Set the clock, and restore a backup from before.");
    millisecond_ = last >> 22;
    counter_ = counters - 1;
    return {};
}

base::Result<Id> last_id(ports::Database& database) {
    return ports::read_from(database, [](ports::Connection& connection) -> base::Result<Id> {
        const auto rows = connection.query(
            "SELECT MAX(id) FROM event UNION ALL SELECT MAX(id) FROM audit UNION ALL "
            "SELECT MAX(id) FROM session UNION ALL SELECT MAX(id) FROM webhook_delivery UNION ALL "
            "SELECT MAX(id) FROM mail UNION ALL SELECT MAX(id) FROM card_history");
        if (!rows) return std::unexpected(rows.error());
        Id last = 0;
        for (const auto& row : *rows) last = std::max(last, row.integer(0));
        return last;
    });
}

std::optional<Id> id_from(std::string_view text) {
    Id id = 0;
    if (text.empty() || text.size() > 20 || text.front() == '-') return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return id;
}

}  // namespace sallyport::server

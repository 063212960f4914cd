#include "server/ingest/ingest.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

constexpr std::size_t columns = 21;
constexpr std::size_t rows_per_statement = 100;

/// One row of the table `event`, in the order of its columns.
struct EventRow {
    std::int64_t id = 0;
    std::optional<std::int64_t> door_id;
    std::optional<std::int64_t> reader;
    std::optional<std::string> direction, result, reason, alarm, method, user_id, card, detail, trace;
    std::optional<std::int64_t> person_id;
    std::optional<std::int64_t> department_id;
    std::string kind;
    const core::StoredRecord* stored = nullptr;
};

std::string insert_statement(std::size_t rows) {
    std::string sql =
        "INSERT INTO event (id, device_id, door_id, reader, direction, generation, sequence, at, "
        "utc_offset_s, received_at, "
        "kind, result, reason, alarm, method, user_id, person_id, card, detail, trace, department_id) "
        "VALUES ";
    for (std::size_t row = 0; row < rows; ++row) {
        sql += row == 0 ? "(" : ", (";
        for (std::size_t column = 0; column < columns; ++column) {
            if (column != 0) sql += ", ";
            sql += '$' + std::to_string(row * columns + column + 1);
        }
        sql += ')';
    }
    return sql;
}

template <class E>
std::optional<std::string> word_unless(E nothing, E value) {
    if (value == nothing) return std::nullopt;
    return std::string(base::text_of(value));
}

std::optional<std::string> trace_text(const core::Trace& trace) {
    if (trace.empty()) return std::nullopt;
    json::array steps;
    for (const auto& step : trace) {
        steps.push_back(json::array{base::text_of(step.rule), base::text_of(step.outcome), step.looked_at});
    }
    return json::serialize(steps);
}

struct Known {
    std::optional<std::int64_t> person;
    std::optional<std::int64_t> department;
};

/// Who and where, as this platform knows them; looked up once a batch.
class Names {
  public:
    Names(ports::Connection& connection, std::int64_t device_id)
        : connection_(connection), device_id_(device_id) {}

    base::Status load_doors() {
        auto rows = connection_.query("SELECT number, id FROM door WHERE device_id = $1",
                                      ports::Parameters{device_id_});
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows) doors_[row.integer(0)] = row.integer(1);
        return {};
    }
    [[nodiscard]] std::optional<std::int64_t> door(base::DoorNumber number) const {
        auto found = doors_.find(number.value);
        return found == doors_.end() ? std::nullopt : std::optional(found->second);
    }
    base::Result<Known> person(const core::Record& record) {
        if (record.user_id) {
            return look_up("u" + record.user_id->text(),
                           "SELECT id, department_id FROM person WHERE user_id = $1", record.user_id->text());
        }
        if (record.card) {
            return look_up("c" + record.card->text(),
                           "SELECT p.id, p.department_id FROM card c JOIN person p ON p.id = c.person_id "
                           "WHERE c.number = $1",
                           record.card->text());
        }
        return Known{};
    }

  private:
    base::Result<Known> look_up(const std::string& key, std::string_view sql, const std::string& value) {
        if (auto found = people_.find(key); found != people_.end()) return found->second;
        auto rows = connection_.query(sql, ports::Parameters{value});
        if (!rows) return std::unexpected(rows.error());
        Known known;
        if (!rows->empty()) known = {rows->front().integer_or_null(0), rows->front().integer_or_null(1)};
        people_[key] = known;
        return known;
    }

    ports::Connection& connection_;
    std::int64_t device_id_;
    std::map<std::int64_t, std::int64_t> doors_;
    std::map<std::string, Known> people_;
};

base::Result<EventRow> row_of(const core::StoredRecord& stored, Names& names, IdSource& ids) {
    const auto& record = stored.record;
    auto person = names.person(record);
    if (!person) return std::unexpected(person.error());
    EventRow row;
    row.id = ids.next();
    row.stored = &stored;
    row.door_id = names.door(record.door);
    if (record.reader.value != 0) row.reader = record.reader.value;
    row.direction = word_unless(core::Direction::none, record.direction);
    row.kind = std::string(base::text_of(record.kind));
    row.result = word_unless(core::AccessResult::none, record.result);
    row.reason = word_unless(core::Reason::none, record.reason);
    row.method = word_unless(core::Method::none, record.method);
    if (record.alarm) row.alarm = std::string(base::text_of(*record.alarm));
    if (record.user_id) row.user_id = record.user_id->text();
    if (record.card) row.card = record.card->text();
    if (!record.detail.empty()) row.detail = record.detail;
    row.trace = trace_text(record.trace);
    row.person_id = person->person;
    row.department_id = person->department;
    return row;
}

void bind(ports::Parameters& parameters, const EventRow& row, std::int64_t device_id,
          base::UtcTime received_at) {
    const auto& record = row.stored->record;
    const ports::Parameter values[columns] = {row.id,
                                              device_id,
                                              row.door_id,
                                              row.reader,
                                              row.direction,
                                              row.stored->position.generation,
                                              row.stored->position.sequence,
                                              record.at,
                                              record.utc_offset_s,
                                              received_at,
                                              row.kind,
                                              row.result,
                                              row.reason,
                                              row.alarm,
                                              row.method,
                                              row.user_id,
                                              row.person_id,
                                              row.card,
                                              row.detail,
                                              row.trace,
                                              row.department_id};
    parameters.insert(parameters.end(), std::begin(values), std::end(values));
}

base::Status insert(ports::Connection& connection, const std::vector<EventRow>& rows, std::int64_t device_id,
                    base::UtcTime received_at) {
    static const std::string many = insert_statement(rows_per_statement);
    static const std::string one = insert_statement(1);
    ports::Parameters parameters;
    for (std::size_t from = 0; from < rows.size();) {
        const std::size_t count = rows.size() - from >= rows_per_statement ? rows_per_statement : 1;
        parameters.clear();
        for (std::size_t i = from; i < from + count; ++i) bind(parameters, rows[i], device_id, received_at);
        auto done = connection.execute(count == 1 ? one : many, parameters);
        if (!done) return std::unexpected(done.error());
        from += count;
    }
    return {};
}

base::Status note_gap(ports::Connection& connection, std::int64_t device_id, core::RecordPosition first,
                      std::uint64_t before, base::UtcTime now) {
    auto done = connection.execute(
        "INSERT INTO event_gap (device_id, generation, first_sequence, last_sequence, noticed_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        ports::Parameters{device_id, first.generation, first.sequence, before - 1, now});
    if (!done) return std::unexpected(done.error());
    return {};
}

base::Status move_cursor(ports::Connection& connection, std::int64_t device_id,
                         const core::StoredRecord& last) {
    const auto& bytes = last.hash.bytes;
    const auto hash = base::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    auto done = connection.execute(
        "INSERT INTO device_cursor (device_id, generation, sequence, hash) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (device_id) DO UPDATE SET generation = $2, sequence = $3, hash = $4",
        ports::Parameters{device_id, last.position.generation, last.position.sequence, hash});
    if (!done) return std::unexpected(done.error());
    return {};
}

/// What a controller's journal holds at most, and more than one writes in a second.
constexpr std::uint64_t journal_most = 1'000'000;
constexpr std::uint64_t written_in_a_second = 1'000;
/// At the first contact, or where numbers began anew: thirty years of that.
constexpr std::uint64_t first_most = std::uint64_t{1} << 40;
/// Each is a factory reset, or a database that was replaced by an older one.
constexpr std::uint32_t generations_most = 1'000;

constexpr std::string_view leap_code = "records_leap";

std::unexpected<base::Error> leap(core::RecordPosition from, core::RecordPosition to) {
    return base::fail(base::ErrorKind::corrupt, std::string(leap_code),
                      fmt::format("After record {} of generation {} it sends record {} of generation {}: it "
                                  "cannot have written so many.",
                                  from.sequence, from.generation, to.sequence, to.generation));
}

/// How many records it can have written since the one at the cursor came.
base::Result<std::uint64_t> written_at_most(ports::Connection& connection, std::int64_t device_id,
                                            core::RecordPosition cursor, base::UtcTime now) {
    const auto rows = connection.query(
        "SELECT coalesce((SELECT received_at FROM event WHERE device_id = $1 AND generation = $2 AND "
        "sequence "
        "= $3), (SELECT created_at FROM device WHERE id = $1), 0)",
        ports::Parameters{device_id, cursor.generation, cursor.sequence});
    if (!rows) return std::unexpected(rows.error());
    const auto silent = std::max<std::int64_t>(0, (now - rows->front().time(0)).count());
    return journal_most + static_cast<std::uint64_t>(silent) / 1'000'000 * written_in_a_second;
}

/// Where the records of a batch stood before the one that is looked at.
struct Place {
    core::RecordPosition cursor;  ///< before the batch
    core::RecordPosition before;
};

/// Error corrupt "records_leap": a number that it cannot have come to.
base::Status check_leap(ports::Connection& connection, std::int64_t device_id, const Place& place,
                        core::RecordPosition next, base::UtcTime now) {
    const auto& [cursor, before] = place;
    if (next.generation - before.generation > generations_most) return leap(before, next);
    const auto known = next.generation == before.generation ? before.sequence : 0;
    const auto written = next.sequence - known;
    if (written <= journal_most) return {};
    base::Result<std::uint64_t> most = before.sequence == 0 ? first_most : journal_most;
    if (before.sequence != 0 && before == cursor) most = written_at_most(connection, device_id, cursor, now);
    if (!most) return std::unexpected(most.error());
    if (written > *most) return leap(before, next);
    return {};
}

}  // namespace

base::Result<core::RecordPosition> read_cursor(ports::Connection& connection, std::int64_t device_id) {
    auto rows = connection.query("SELECT generation, sequence FROM device_cursor WHERE device_id = $1",
                                 ports::Parameters{device_id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return core::RecordPosition{0, 0};
    return core::RecordPosition{static_cast<std::uint32_t>(rows->front().integer(0)),
                                static_cast<std::uint64_t>(rows->front().integer(1))};
}

base::Result<ListCursor> read_list_cursor(ports::Connection& connection, std::int64_t device_id,
                                          RecordList list) {
    auto rows = connection.query(
        "SELECT generation, sequence, at FROM device_list_cursor WHERE device_id = $1 AND list = $2",
        ports::Parameters{device_id, base::text_of(list)});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return ListCursor{{first_generation(list), 0}, {}};
    const auto& row = rows->front();
    return ListCursor{
        {static_cast<std::uint32_t>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1))},
        row.time_or_null(2).value_or(base::UtcTime{})};
}

namespace {

/// What of a batch is new, and is stored but for its cursor. `before` sees each new record, with the position
/// of the one before it.
using Before = std::function<base::Status(core::RecordPosition, const core::StoredRecord&)>;
base::Result<Ingested> insert_new(ports::Connection& connection, IdSource& ids, std::int64_t device_id,
                                  core::RecordPosition cursor, const std::vector<core::StoredRecord>& records,
                                  base::UtcTime received_at, const Before& before) {
    Names names(connection, device_id);
    if (auto loaded = names.load_doors(); !loaded) return std::unexpected(loaded.error());
    Ingested result{cursor, {}, {}};
    std::vector<EventRow> rows;
    rows.reserve(records.size());
    for (const auto& stored : records) {
        if (stored.position <= result.cursor) continue;
        if (auto seen = before(result.cursor, stored); !seen) {
            if (seen.error().code != leap_code) return std::unexpected(seen.error());
            result.refused = seen.error();
            break;
        }
        auto row = row_of(stored, names, ids);
        if (!row) return std::unexpected(row.error());
        result.event_ids.push_back(row->id);
        rows.push_back(std::move(*row));
        result.cursor = stored.position;
    }
    if (auto stored = insert(connection, rows, device_id, received_at); !stored)
        return std::unexpected(stored.error());
    return result;
}

}  // namespace

base::Result<Ingested> ingest(ports::Connection& connection, IdSource& ids, std::int64_t device_id,
                              const std::vector<core::StoredRecord>& records, base::UtcTime received_at) {
    auto cursor = read_cursor(connection, device_id);
    if (!cursor) return std::unexpected(cursor.error());
    const core::StoredRecord* last = nullptr;
    const auto note = [&](core::RecordPosition before, const core::StoredRecord& stored) -> base::Status {
        if (auto leaps = check_leap(connection, device_id, {*cursor, before}, stored.position, received_at);
            !leaps)
            return leaps;
        last = &stored;
        const bool same_generation = stored.position.generation == before.generation;
        const std::uint64_t expected = same_generation ? before.sequence + 1 : 1;
        if (stored.position.sequence <= expected || before.generation == 0) return {};
        return note_gap(connection, device_id, {stored.position.generation, expected},
                        stored.position.sequence, received_at);
    };
    auto result = insert_new(connection, ids, device_id, *cursor, records, received_at, note);
    if (!result || last == nullptr) return result;
    if (auto moved = move_cursor(connection, device_id, *last); !moved) return std::unexpected(moved.error());
    return result;
}

base::Result<Ingested> ingest_list(ports::Connection& connection, IdSource& ids, std::int64_t device_id,
                                   RecordList list, Continuity continuity,
                                   const std::vector<core::StoredRecord>& records,
                                   base::UtcTime received_at) {
    const auto cursor = read_list_cursor(connection, device_id, list);
    if (!cursor) return std::unexpected(cursor.error());
    const core::StoredRecord* last = nullptr;
    const auto note = [&](core::RecordPosition before, const core::StoredRecord& stored) -> base::Status {
        const auto& [generation, sequence] = stored.position;
        // Where its numbers began anew it is as at the first contact.
        const auto known = generation == before.generation ? before : core::RecordPosition{generation, 0};
        if (auto leaps =
                check_leap(connection, device_id, {cursor->position, known}, stored.position, received_at);
            !leaps)
            return leaps;
        const bool is_first = std::exchange(last, &stored) == nullptr;
        if (!is_first || continuity == Continuity::whole || before.generation != generation ||
            sequence <= before.sequence + 1)
            return {};
        return note_gap(connection, device_id, {generation, before.sequence + 1}, sequence, received_at);
    };
    auto result = insert_new(connection, ids, device_id, cursor->position, records, received_at, note);
    if (!result || last == nullptr) return result;
    const auto& [generation, sequence] = last->position;
    const auto moved = connection.execute(
        "INSERT INTO device_list_cursor (device_id, list, generation, sequence, at) VALUES ($1, $2, $3, $4, "
        "$5) ON CONFLICT (device_id, list) DO UPDATE SET generation = $3, sequence = $4, at = $5",
        ports::Parameters{device_id, base::text_of(list), generation, sequence, last->record.at});
    if (!moved) return std::unexpected(moved.error());
    return result;
}

}  // namespace sallyport::server

#include "server/events/events.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/core.h>

#include "base/log.hpp"
#include "server/rights/card_numbers.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using ports::Connection;
using ports::Row;

namespace {

constexpr std::string_view columns =
    "e.id, e.device_id, e.door_id, coalesce(d.name, fd.name), e.reader, e.direction, e.generation, "
    "e.sequence, e.at, "
    "e.utc_offset_s, "
    "e.received_at, e.kind, e.result, e.reason, e.alarm, e.method, e.user_id, p.id, "
    "coalesce(p.name, g.name), e.card, "
    "e.detail, e.trace, coalesce(d.area_id, v.area_id), coalesce(p.department_id, g.department_id), "
    "coalesce(p.user_id, g.user_id), (SELECT f.changed_at FROM person_photo f WHERE f.person_id = p.id), "
    "g.erased_at IS NOT NULL, e.department_id, coalesce(v.name, fv.name), v.area_id, d.id IS NULL";
constexpr std::string_view joins =
    "LEFT JOIN door d ON d.id = e.door_id LEFT JOIN device v ON v.id = e.device_id "
    "LEFT JOIN former_door fd ON fd.id = e.door_id LEFT JOIN former_device fv ON fv.id = e.device_id "
    "LEFT JOIN person p ON p.id = e.person_id LEFT JOIN former_person g ON g.id = e.person_id";
/// An event whose door was removed is where nobody is limited to.
constexpr std::string_view area_of_event =
    "CASE WHEN e.door_id IS NULL THEN (SELECT v.area_id FROM device v WHERE v.id = e.device_id) ELSE "
    "(SELECT coalesce(d.area_id, v.area_id) FROM door d JOIN device v ON v.id = d.device_id WHERE d.id = "
    "e.door_id) END";

json::value text_or_null(const Row& row, std::size_t column) {
    return row.is_null(column) ? json::value(nullptr) : json::value(row.text(column));
}

json::value id_or_null(const Row& row, std::size_t column) {
    return row.is_null(column) ? json::value(nullptr) : json::value(id_text(row.integer(column)));
}

bool is_erased(const Row& row) {
    return row.integer(26) == 1;
}

/// Whom the controller named, or else whose card it is that the controller does not know.
json::value person_json(const Row& row) {
    if (is_erased(row))
        return json::object{{"id", nullptr},    {"user_id", nullptr}, {"name", nullptr},
                            {"photo", nullptr}, {"erased", true},     {"department_id", nullptr}};
    const std::size_t user_id = row.is_null(16) ? 24 : 16;
    if (row.is_null(user_id)) return nullptr;
    return json::object{{"id", id_or_null(row, 17)},
                        {"user_id", row.text(user_id)},
                        {"name", text_or_null(row, 18)},
                        {"photo", id_or_null(row, 25)},
                        {"erased", false},
                        {"department_id", id_or_null(row, 27)}};
}

/// What a rule looked at: words as they were stored, a number as its digits, nothing for -1.
json::value looked_at(const json::array& step) {
    if (step.size() < 3) return nullptr;
    if (step[2].is_string()) return step[2];
    if (step[2].is_int64() && step[2].get_int64() >= 0)
        return json::value(std::to_string(step[2].get_int64()));
    return nullptr;
}

json::value trace_json(const Row& row) {
    if (row.is_null(21)) return nullptr;
    boost::system::error_code failed;
    const auto stored = json::parse(row.text(21), failed);
    if (failed || !stored.is_array()) return nullptr;
    json::array steps;
    for (const auto& one : stored.get_array()) {
        const auto* step = one.if_array();
        if (step == nullptr || step->size() < 2) continue;
        steps.push_back(
            json::object{{"rule", (*step)[0]}, {"outcome", (*step)[1]}, {"detail", looked_at(*step)}});
    }
    return steps;
}

json::object event_json(const Row& row) {
    return {{"id", id_text(row.integer(0))},
            {"device_id", id_text(row.integer(1))},
            {"device_name", text_or_null(row, 28)},
            {"door_id", id_or_null(row, 2)},
            {"door_name", text_or_null(row, 3)},
            {"reader", row.is_null(4) ? json::value(nullptr) : json::value(row.integer(4))},
            {"direction", text_or_null(row, 5)},
            {"generation", row.integer(6)},
            {"sequence", row.integer(7)},
            {"at", time_text(row.time(8))},
            {"utc_offset_s", row.integer(9)},
            {"received_at", time_text(row.time(10))},
            {"kind", row.text(11)},
            {"result", text_or_null(row, 12)},
            {"reason", text_or_null(row, 13)},
            {"alarm", text_or_null(row, 14)},
            {"method", text_or_null(row, 15)},
            {"person", person_json(row)},
            {"card", is_erased(row) ? json::value(nullptr) : text_or_null(row, 19)},
            {"detail", is_erased(row) ? json::value(nullptr) : text_or_null(row, 20)},
            {"trace", trace_json(row)}};
}

std::optional<Id> area_of(const Row& row) {
    if (!row.is_null(2) && row.integer(30) == 1) return std::nullopt;  // the door is gone
    return row.integer_or_null(22);
}

bool tells_of_a_person(const Row& row) {
    return !row.is_null(16) || !row.is_null(19) || is_erased(row);
}

/// What of an event somebody does not see, who sees that it happened.
struct Hidden {
    bool person = false;  ///< somebody in a department that is not seen
    bool device = false;  ///< what a controller elsewhere is called; its door is seen
    bool card = false;
    auto operator<=>(const Hidden&) const = default;
};

Hidden hidden_from(const Part& seen, const Row& row) {
    return {.person = tells_of_a_person(row) && !holds(seen.departments, row.integer_or_null(23)),
            .device = !holds(seen.areas, row.integer_or_null(29))};
}

json::object event_without(const Row& row, const Hidden& hidden) {
    auto event = event_json(row);
    if (hidden.person)
        for (const auto* member : {"person", "card", "detail", "trace"}) event[member] = nullptr;
    if (hidden.device) event["device_name"] = nullptr;
    if (hidden.card) event["card"] = nullptr;
    return event;
}

json::object event_as_seen(const Row& row, const Part& seen) {
    return event_without(row, hidden_from(seen, row));
}

void add_part(Conditions& where, const EventFilter& filter, const Part& seen) {
    if (seen.areas) where.add(fmt::format("({}) {}", area_of_event, in_branches(*seen.areas)), {});
    // Whoever may not know who came may not find out by asking for each.
    if (seen.departments && (filter.card || !filter.people.empty() || !filter.departments.empty()))
        where.add(fmt::format("e.person_id IN (SELECT id FROM person WHERE department_id {})",
                              in_branches(*seen.departments)),
                  {});
}

/// One filter by the values of a column. The rarest that is asked for leads: its index gives the rows in
/// order, and the other filters look at the rows. `as_written` names the column so that no index of its own
/// is tempting.
struct Column {
    std::string_view name;
    std::string_view as_written;
    std::vector<Conditions::Value> values;
};

/// Kinds that every passage makes; the others are rare at any door.
bool is_frequent(const std::string& kind) {
    return kind == "access" || kind == "access_taken" || kind == "door_opened" || kind == "door_closed" ||
           kind == "exit_button";
}

std::vector<Column> columns_of(const EventFilter& filter) {
    const auto values = [](const auto& list) {
        return std::vector<Conditions::Value>(list.begin(), list.end());
    };
    std::vector<Conditions::Value> card;
    if (filter.card) card.emplace_back(*filter.card);
    std::vector<Column> rarest_first{{"e.card", "coalesce(e.card, '')", std::move(card)},
                                     {"e.person_id", "e.person_id + 0", values(filter.people)},
                                     {"e.reason", "coalesce(e.reason, '')", values(filter.reasons)},
                                     {"e.department_id", "e.department_id + 0", values(filter.departments)},
                                     {"e.door_id", "e.door_id + 0", values(filter.doors)},
                                     {"e.device_id", "e.device_id + 0", values(filter.devices)}};
    const auto doors = rarest_first.begin() + 4;
    rarest_first.insert(std::ranges::any_of(filter.kinds, is_frequent) ? doors + 1 : doors,
                        {"e.kind", "coalesce(e.kind, '')", values(filter.kinds)});
    std::erase_if(rarest_first, [](const Column& column) { return column.values.empty(); });
    return rarest_first;
}

void add_times(Conditions& where, const EventFilter& filter) {
    // Written out, so that the index of the denied is seen to fit.
    if (filter.result)
        where.add(*filter.result == "denied" ? "e.result = 'denied'" : "e.result = 'granted'", {});
    if (filter.from) where.add("e.at >= ?", {*filter.from});
    if (filter.to) where.add("e.at < ?", {*filter.to});
}

/// The database merges no more in one statement. More values, such as all departments of a large site, match
/// most of what there is: then the events are looked at by time.
constexpr std::size_t merged_at_most = 200;

/// The ids of a page. For each value of the leading column its index gives the events in order, and the
/// database merges them: however many match, no more than a page is read.
std::string page_sql(const EventFilter& filter, Conditions& where, std::int64_t limit) {
    auto columns_asked = columns_of(filter);
    std::optional<Column> lead;
    if (!columns_asked.empty() && columns_asked.front().values.size() <= merged_at_most) {
        lead = std::move(columns_asked.front());
        columns_asked.erase(columns_asked.begin());
    }
    for (const auto& column : columns_asked) where.add_in(column.as_written, column.values);
    add_times(where, filter);
    const auto select = fmt::format("SELECT e.id AS id, e.at AS at FROM event e{}", where.text());
    std::string sql = lead ? "" : select;
    const std::string_view joined = where.text().empty() ? " WHERE " : " AND ";
    for (std::size_t i = 0; lead && i < lead->values.size(); ++i)
        sql += fmt::format("{}{}{}{} = {}", i == 0 ? "" : " UNION ALL ", select, joined, lead->name,
                           where.keep(lead->values[i]));
    return fmt::format("{} ORDER BY at DESC, id DESC LIMIT {}", sql, limit);
}

/// Of a long range it may have to look at every event.
constexpr std::chrono::seconds counting_deadline{20};

struct Bucket {
    std::int64_t total = 0;
    std::int64_t granted = 0;
    std::int64_t denied = 0;
    std::int64_t alarms = 0;
};

/// Without filters the indexes alone know the counts. Grouping would sort every event of the range.
base::Result<Bucket> count_all(Connection& connection, base::UtcTime from, base::UtcTime to) {
    const auto count = [&](std::string_view which) -> base::Result<std::int64_t> {
        const auto rows = connection.query(
            fmt::format("SELECT count(*) FROM event e WHERE e.at >= $1 AND e.at < $2{}", which), {from, to});
        if (!rows) return std::unexpected(rows.error());
        return rows->front().integer(0);
    };
    const auto total = count("");
    const auto access = count(" AND e.kind = 'access'");
    const auto denied = count(" AND e.result = 'denied'");
    const auto alarms = count(" AND e.kind = 'alarm_started'");
    for (const auto* one : {&total, &access, &denied, &alarms})
        if (!*one) return std::unexpected(one->error());
    return Bucket{*total, *access - *denied, *denied, *alarms};
}

base::Result<Bucket> count_some(Connection& connection, EventFilter filter, const Part& seen,
                                base::UtcTime from, base::UtcTime to) {
    filter.from = from;
    filter.to = to;
    Conditions where;
    for (const auto& column : columns_of(filter)) where.add_in(column.name, column.values);
    add_times(where, filter);
    add_part(where, filter, seen);
    const auto sql = fmt::format(
        "SELECT count(*), coalesce(sum(CASE WHEN e.result = 'granted' THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN e.result = 'denied' THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN e.kind = 'alarm_started' THEN 1 ELSE 0 END), 0) FROM event e{}",
        where.text());
    const auto rows = connection.query(sql, where.parameters());
    if (!rows) return std::unexpected(rows.error());
    const auto& row = rows->front();
    return Bucket{row.integer(0), row.integer(1), row.integer(2), row.integer(3)};
}

json::object bucket_json(base::UtcTime at, const Bucket& bucket) {
    return {{"at", time_text(at)},
            {"granted", bucket.granted},
            {"denied", bucket.denied},
            {"alarms", bucket.alarms},
            {"others", bucket.total - bucket.granted - bucket.denied - bucket.alarms}};
}

void publish_one(Live& live, const Row& row) {
    std::map<Hidden, json::object> made;
    const auto area = area_of(row);
    const auto as_seen = [&](const Viewer& viewer) -> const json::object* {
        const auto& [rights, part] = viewer;
        if (!rights.may(Function::events, Level::view) || !holds(part.areas, area)) return nullptr;
        auto hidden = hidden_from(part, row);
        hidden.card = !sees_card_numbers(rights);
        auto found = made.find(hidden);
        if (found == made.end()) found = made.emplace(hidden, event_without(row, hidden)).first;
        return &found->second;
    };
    live.publish("event", as_seen);
    const auto& kind = row.text(11);
    if (kind == "alarm_started" || kind == "alarm_ended") live.publish("alarm", as_seen);
}

}  // namespace

Answer<json::object> Events::list(const EventFilter& filter, const Part& seen, const Page& page) const {
    Conditions where;
    add_part(where, filter, seen);
    if (page.cursor) {
        const auto place = TimePlace::from(*page.cursor);
        if (!place) return bad_cursor();
        where.add("(e.at, e.id) < (?, ?)", {place->at, place->id});
    }
    const auto sql = fmt::format(
        "WITH page AS ({}) SELECT {} FROM page JOIN event e ON e.id = page.id {} ORDER BY e.at DESC, e.id "
        "DESC",
        page_sql(filter, where, page.limit + 1), columns, joins);
    const auto rows = ports::read_from(
        database_, [&](Connection& connection) { return connection.query(sql, where.parameters()); });
    if (!rows) return std::unexpected(rows.error());
    return page_of(
        *rows, page.limit, [&](const Row& row) { return event_as_seen(row, seen); },
        [](const Row& row) { return TimePlace{row.time(8), row.integer(0)}.text(); });
}

Answer<json::object> Events::get(Id id, const Part& seen) const {
    const auto rows = ports::read_from(database_, [&](Connection& connection) {
        return connection.query(fmt::format("SELECT {} FROM event e {} WHERE e.id = $1", columns, joins),
                                {id});
    });
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty() || !holds(seen.areas, area_of(rows->front()))) return no_such("event");
    return event_as_seen(rows->front(), seen);
}

Answer<std::int64_t> Events::count(const EventFilter& filter, const Part& seen, std::int64_t most) const {
    Conditions where;
    add_part(where, filter, seen);
    const auto sql = fmt::format("SELECT count(*) FROM ({})", page_sql(filter, where, most));
    const auto rows = ports::read_from(
        database_, [&](Connection& connection) { return connection.query(sql, where.parameters()); },
        counting_deadline);
    if (!rows) return std::unexpected(rows.error());
    return rows->front().integer(0);
}

Answer<json::object> Events::histogram(const EventFilter& filter, const Part& seen,
                                       std::int64_t buckets) const {
    const auto span = *filter.to - *filter.from;
    const base::Duration width{(span.count() + buckets - 1) / buckets};
    const bool all = columns_of(filter).empty() && !filter.result && seen.whole();
    json::array items;
    const auto counted = database_.read(
        [&](Connection& connection) -> base::Status {
            for (auto at = *filter.from; at < *filter.to; at = at + width) {
                const auto end = std::min(at + width, *filter.to);
                const auto bucket =
                    all ? count_all(connection, at, end) : count_some(connection, filter, seen, at, end);
                if (!bucket) return std::unexpected(bucket.error());
                items.push_back(bucket_json(at, *bucket));
            }
            return {};
        },
        counting_deadline);
    if (!counted) return std::unexpected(counted.error());
    return json::object{
        {"from", time_text(*filter.from)}, {"to", time_text(*filter.to)}, {"items", std::move(items)}};
}

void Events::publish(const std::vector<Id>& ids) const {
    constexpr std::size_t at_once = 500;
    if (!live_.watched()) return;
    for (std::size_t begin = 0; begin < ids.size(); begin += at_once) {
        const auto end = std::min(ids.size(), begin + at_once);
        Conditions where;
        where.add_in("e.id", std::vector<Id>(ids.begin() + static_cast<std::ptrdiff_t>(begin),
                                             ids.begin() + static_cast<std::ptrdiff_t>(end)));
        const auto sql = fmt::format("SELECT {} FROM event e {}{}", columns, joins, where.text());
        const auto rows = ports::read_from(
            database_, [&](Connection& connection) { return connection.query(sql, where.parameters()); });
        if (!rows) return base::log_warning("Live events are not shown: " + rows.error().message);
        std::map<Id, const Row*> by_id;
        for (const auto& row : *rows) by_id[row.integer(0)] = &row;
        for (std::size_t i = begin; i < end; ++i) {
            const auto found = by_id.find(ids[i]);
            if (found == by_id.end()) continue;
            publish_one(live_, *found->second);
        }
    }
}

}  // namespace sallyport::server

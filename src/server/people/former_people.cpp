#include "server/people/former_people.hpp"

#include <fmt/core.h>

#include "server/people/cards.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::Result;
using base::Status;
using ports::Connection;
using ports::ran;
using ports::Row;

namespace {

json::object former_json(const Row& row) {
    const auto department = row.integer_or_null(3);
    return {{"id", id_text(row.integer(0))},
            {"user_id", row.text(1)},
            {"name", row.text(2)},
            {"department_id", department ? json::value(id_text(*department)) : json::value(nullptr)},
            {"removed_at", time_text(row.time(4))}};
}

}  // namespace

Answer<json::object> FormerPeople::list(const std::optional<std::string>& part, const Branches& seen,
                                        const Page& page) const {
    Conditions where;
    where.add("erased_at IS NULL", {});
    if (part) {
        const auto pattern = pattern_of(*part);
        where.add("(lower(name) LIKE lower(?) ESCAPE '\\' OR lower(user_id) LIKE lower(?) ESCAPE '\\')",
                  {pattern, pattern});
    }
    add_branches(where, "department_id", seen);
    if (page.cursor) {
        const auto place = TimePlace::from(*page.cursor);
        if (!place) return bad_cursor();
        where.add("(removed_at, id) < (?, ?)", {place->at, place->id});
    }
    const auto rows = ports::read_from(database_, [&](Connection& connection) {
        return connection.query(
            fmt::format("SELECT id, user_id, name, department_id, removed_at FROM former_person{} "
                        "ORDER BY removed_at DESC, id DESC LIMIT {}",
                        where.text(), page.limit + 1),
            where.parameters());
    });
    if (!rows) return std::unexpected(rows.error());
    return page_of(*rows, page.limit, former_json,
                   [](const Row& row) { return TimePlace{row.time(4), row.integer(0)}.text(); });
}

Status FormerPeople::take(Connection& connection, Id person) {
    return ran(connection.execute(
        "INSERT INTO former_person (id, user_id, name, department_id, removed_at, in_events) "
        "SELECT id, user_id, name, department_id, $2, 0 FROM person WHERE id = $1",
        {person, clock_.utc()}));
}

Status FormerPeople::erase(Connection& connection, Id person, const Actor& actor) {
    const auto rows = connection.query("SELECT user_id FROM former_person WHERE id = $1", {person});
    if (!rows) return std::unexpected(rows.error());
    auto done = audit_.erase_person(connection, actor, person, rows->front().text(0));
    if (done)
        done = ran(connection.execute("UPDATE card_history SET user_id = '' WHERE person_id = $1", {person}));
    if (done)
        done =
            ran(connection.execute("UPDATE former_person SET user_id = NULL, name = NULL, erased_at = $2, "
                                   "in_events = 1 WHERE id = $1",
                                   {person, clock_.utc()}));
    return done;
}

Outcome FormerPeople::erase(Id person, const Branches& seen, const Actor& actor) {
    auto erased = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto rows = connection.query(
            "SELECT department_id FROM former_person WHERE id = $1 AND erased_at IS NULL", {person});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty() || !holds(seen, rows->front().integer_or_null(0))) return no_such("person");
        if (auto done = erase(connection, person, actor); !done) return std::unexpected(done.error());
        return {};
    });
    if (erased && on_erased) on_erased();
    return erased;
}

Result<bool> FormerPeople::erase_oldest(Connection& connection, base::UtcTime before) {
    const auto oldest = connection.query(
        "SELECT id FROM former_person WHERE erased_at IS NULL AND removed_at < $1 ORDER BY removed_at LIMIT "
        "1",
        {before});
    if (!oldest) return std::unexpected(oldest.error());
    if (oldest->empty()) return false;
    if (auto done = erase(connection, oldest->front().integer(0), {}); !done)
        return std::unexpected(done.error());
    return true;
}

Result<bool> FormerPeople::clean_events(Connection& connection, std::int64_t at_most) {
    const auto next = connection.query("SELECT id FROM former_person WHERE in_events = 1 LIMIT 1");
    if (!next) return std::unexpected(next.error());
    if (next->empty()) return false;
    const auto person = next->front().integer(0);
    const auto cleaned = connection.execute(
        fmt::format("UPDATE event SET user_id = NULL, card = NULL, detail = NULL WHERE id IN (SELECT id FROM "
                    "event WHERE person_id = $1 AND (user_id IS NOT NULL OR card IS NOT NULL OR detail IS "
                    "NOT NULL) LIMIT {})",
                    at_most),
        {person});
    if (!cleaned) return std::unexpected(cleaned.error());
    if (*cleaned == 0) {
        auto done = ran(connection.execute("UPDATE former_person SET in_events = 0 WHERE id = $1", {person}));
        if (!done) return std::unexpected(done.error());
    }
    return true;
}

}  // namespace sallyport::server

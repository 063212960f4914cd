#include "server/people/cards.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::Result;
using base::Status;
using ports::Connection;
using ports::ran;
using ports::Row;

namespace {

constexpr std::string_view columns =
    "c.number, c.type, c.status, c.since, p.id, p.user_id, p.name, p.department_id";
constexpr std::string_view tables = "card c LEFT JOIN person p ON p.id = c.person_id";

json::value holder_json(const Row& row) {
    if (row.is_null(4)) return nullptr;
    return json::object{{"id", id_text(row.integer(4))}, {"user_id", row.text(5)}, {"name", row.text(6)}};
}

json::object card_json(const Row& row) {
    return {{"number", row.text(0)},
            {"type", row.text(1)},
            {"status", row.text(2)},
            {"since", time_text(row.time(3))},
            {"person", holder_json(row)}};
}

json::object step_json(const Row& row, const Branches& seen) {
    json::value person = nullptr;
    if (holds(seen, row.integer_or_null(5))) {
        const auto name = row.text_or_null(4);
        const bool erased = row.text(3).empty();
        person =
            json::object{{"id", row.is_null(7) ? json::value(nullptr) : json::value(id_text(row.integer(7)))},
                         {"user_id", erased ? json::value(nullptr) : json::value(row.text(3))},
                         {"name", name ? json::value(*name) : json::value(nullptr)}};
    }
    const auto account = row.text_or_null(6);
    return {{"at", time_text(row.time(0))},
            {"status", row.text(1)},
            {"person", std::move(person)},
            {"account", account ? json::value(*account) : json::value(nullptr)}};
}

/// Who has it, to those who see that person.
std::string named(const std::string& name, std::optional<Id> department, const Branches& seen) {
    return holds(seen, department) ? name : "somebody outside of your part of the site";
}

}  // namespace

struct Cards::Found {
    std::string number;
    CardStatus status = CardStatus::active;
    std::optional<CardHolder> holder;
    std::string name;
    std::optional<Id> department;
};

Result<std::map<Id, json::array>> cards_of(Connection& connection, const std::vector<Id>& people) {
    std::map<Id, json::array> cards;
    if (people.empty()) return cards;
    Conditions where;
    where.add_in("person_id", people);
    const auto rows = connection.query(
        fmt::format("SELECT person_id, number, type, status FROM card{} ORDER BY person_id, position",
                    where.text()),
        where.parameters());
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows)
        cards[row.integer(0)].push_back(
            json::object{{"number", row.text(1)}, {"type", row.text(2)}, {"status", row.text(3)}});
    return cards;
}

Answer<json::object> Cards::list(const CardFilter& filter, const Branches& seen, const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        if (filter.part) {
            const auto pattern = pattern_of(*filter.part);
            where.add(
                "(c.number LIKE upper(?) ESCAPE '\\' OR lower(p.name) LIKE lower(?) ESCAPE '\\' OR "
                "lower(p.user_id) LIKE lower(?) ESCAPE '\\')",
                {pattern, pattern, pattern});
        }
        if (filter.status) where.add("c.status = ?", {std::string(base::text_of(*filter.status))});
        add_branches(where, "p.department_id", seen);
        if (page.cursor) where.add("c.number > ?", {*page.cursor});
        const auto rows = connection.query(fmt::format("SELECT {} FROM {}{} ORDER BY c.number LIMIT {}",
                                                       columns, tables, where.text(), page.limit + 1),
                                           where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_of(*rows, page.limit, card_json, [](const Row& row) { return row.text(0); });
    });
}

Answer<json::object> Cards::get(std::string_view number, const Branches& seen) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto rows =
            connection.query(fmt::format("SELECT {} FROM {} WHERE c.number = $1", columns, tables), {number});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty() || !holds(seen, rows->front().integer_or_null(7))) return no_such("card");
        const auto steps = connection.query(
            "SELECT h.at, h.status, h.person_id, h.user_id, coalesce(p.name, f.name), "
            "coalesce(p.department_id, f.department_id), h.account, p.id FROM card_history h "
            "LEFT JOIN person p ON p.id = h.person_id LEFT JOIN former_person f ON f.id = h.person_id "
            "WHERE h.number = $1 ORDER BY h.at DESC, h.id DESC",
            {number});
        if (!steps) return std::unexpected(steps.error());
        auto card = card_json(rows->front());
        json::array history;
        for (const auto& step : *steps) history.push_back(step_json(step, seen));
        card["history"] = std::move(history);
        return card;
    });
}

Result<std::optional<Cards::Found>> Cards::find(Connection& connection, std::string_view number) const {
    const auto rows =
        connection.query(fmt::format("SELECT {} FROM {} WHERE c.number = $1", columns, tables), {number});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return std::optional<Found>();
    const auto& row = rows->front();
    Found found{row.text(0),
                base::enum_from<CardStatus>(row.text(2)).value_or(CardStatus::returned),
                {},
                row.text(6),
                row.integer_or_null(7)};
    if (!row.is_null(4)) found.holder = CardHolder{row.integer(4), row.text(5)};
    return std::optional(std::move(found));
}

Status Cards::note(Connection& connection, std::string_view number, const CardHolder& holder,
                   CardStatus status, const Actor& actor) {
    return ran(connection.execute(
        "INSERT INTO card_history (id, number, person_id, user_id, status, at, account) VALUES ($1, $2, $3, "
        "$4, $5, $6, $7)",
        {ids_.next(), number, holder.id, holder.user_id, base::text_of(status), clock_.utc(),
         actor.account}));
}

/// `status` is there. Without a holder, with nobody.
Status Cards::put(Connection& connection, const CardHolder* holder, const CardPatch& card,
                  std::size_t position) {
    const auto person = holder == nullptr ? std::nullopt : std::optional(holder->id);
    return ran(connection.execute(
        "INSERT INTO card (number, person_id, position, type, status, since) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (number) DO UPDATE SET person_id = excluded.person_id, position = excluded.position, "
        "type = excluded.type, since = CASE WHEN card.status = excluded.status AND card.person_id = "
        "excluded.person_id THEN card.since ELSE excluded.since END, status = excluded.status",
        {card.number, person, position, card.type, base::text_of(*card.status), clock_.utc()}));
}

/// A cancelled card goes from who had it last: in the audit log, that person changed.
Outcome Cards::take_over(Connection& connection, const Found& card, const Branches& seen,
                         const Actor& actor) {
    const auto& holder = *card.holder;
    if (card.status != CardStatus::cancelled || !holds(seen, card.department))
        return refuse(ErrorKind::conflict, "card_taken",
                      fmt::format("The card {} belongs to {}. Take it away there first.", card.number,
                                  named(card.name, card.department, seen)));
    auto before = cards_of(connection, {holder.id});
    if (!before) return std::unexpected(before.error());
    auto outcome = ran(connection.execute(
        "UPDATE card SET person_id = NULL, status = 'returned', since = $2 WHERE number = $1",
        {card.number, clock_.utc()}));
    if (outcome)
        outcome =
            ran(connection.execute("UPDATE person SET revision = revision + 1, changed_at = $2 WHERE id = $1",
                                   {holder.id, clock_.utc()}));
    if (outcome) outcome = note(connection, card.number, holder, CardStatus::returned, actor);
    if (!outcome) return std::unexpected(outcome.error());
    auto after = cards_of(connection, {holder.id});
    if (!after) return std::unexpected(after.error());
    const json::object was{{"cards", std::move((*before)[holder.id])}};
    const json::object is{{"cards", std::move((*after)[holder.id])}};
    const auto noted = audit_.append(connection, actor, "person.changed",
                                     Subject{"person", id_text(holder.id), card.name}, &was, &is);
    if (!noted) return std::unexpected(noted.error());
    return {};
}

Outcome Cards::place(Connection& connection, const CardHolder& holder, const CardPatch& card,
                     std::size_t position, const Branches& seen, const Actor& actor) {
    const auto found = find(connection, card.number);
    if (!found) return std::unexpected(found.error());
    const bool here = *found && (*found)->holder && (*found)->holder->id == holder.id;
    if (*found && (*found)->holder && !here)
        if (auto taken = take_over(connection, **found, seen, actor); !taken) return taken;
    auto placed = card;
    if (!placed.status) placed.status = here ? (*found)->status : CardStatus::active;
    auto outcome = put(connection, &holder, placed, position);
    if (outcome && !(here && (*found)->status == *placed.status))
        outcome = note(connection, card.number, holder, *placed.status, actor);
    if (!outcome) return std::unexpected(outcome.error());
    return {};
}

Outcome Cards::give(Connection& connection, const CardHolder& holder, const std::vector<CardPatch>& cards,
                    const Branches& seen, const Actor& actor) {
    const auto had =
        connection.query("SELECT number, type FROM card WHERE person_id = $1 ORDER BY position", {holder.id});
    if (!had) return std::unexpected(had.error());
    for (const auto& row : *had) {
        if (std::ranges::find(cards, row.text(0), &CardPatch::number) != cards.end()) continue;
        auto outcome = put(connection, nullptr, {row.text(0), row.text(1), CardStatus::returned}, 0);
        if (outcome) outcome = note(connection, row.text(0), holder, CardStatus::returned, actor);
        if (!outcome) return std::unexpected(outcome.error());
    }
    for (std::size_t i = 0; i < cards.size(); ++i)
        if (auto placed = place(connection, holder, cards[i], i, seen, actor); !placed) return placed;
    return {};
}

}  // namespace sallyport::server

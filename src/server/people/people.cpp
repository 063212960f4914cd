#include "server/people/people.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "server/issue/keypad_removals.hpp"
#include "server/secrets/public_codes.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/revision.hpp"
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
    "p.id, p.user_id, p.name, p.type, p.valid_from, p.valid_to, p.uses, p.pin IS NOT NULL, p.remark, "
    "p.created_at, "
    "p.changed_at, p.department_id, p.revision, p.details, p.administrator, "
    "(SELECT f.changed_at FROM person_photo f WHERE f.person_id = p.id)";

json::value time_or_null(const std::optional<base::UtcTime>& time) {
    return time ? json::value(time_text(*time)) : json::value(nullptr);
}

/// All members of PersonDetails, with what is stored of them.
json::object details_of(const std::string& stored) {
    boost::system::error_code failed;
    const auto known = json::parse(stored, failed);
    json::object details;
    for (const auto name : detail_names) {
        const auto* text = known.is_object() ? known.get_object().if_contains(name) : nullptr;
        details[name] = text != nullptr ? *text : json::value("");
    }
    return details;
}

json::object person_json(const Row& row, json::array cards, json::object custom) {
    const auto uses = row.integer_or_null(6);
    const auto department = row.integer_or_null(11);
    return {{"id", id_text(row.integer(0))},
            {"user_id", row.text(1)},
            {"name", row.text(2)},
            {"type", row.text(3)},
            {"valid_from", time_or_null(row.time_or_null(4))},
            {"valid_to", time_or_null(row.time_or_null(5))},
            {"uses", uses ? json::value(*uses) : json::value(nullptr)},
            {"has_pin", row.integer(7) == 1},
            {"cards", std::move(cards)},
            {"remark", row.text(8)},
            {"details", details_of(row.text(13))},
            {"custom", std::move(custom)},
            {"administrator", row.integer(14) == 1},
            {"photo", row.is_null(15) ? json::value(nullptr) : json::value(id_text(row.integer(15)))},
            {"department_id", department ? json::value(id_text(*department)) : json::value(nullptr)},
            {"revision", row.integer(12)},
            {"created_at", time_text(row.time(9))},
            {"changed_at", time_text(row.time(10))}};
}

Answer<json::object> find(Connection& connection, Id id, const Branches& seen) {
    const auto rows = connection.query(fmt::format("SELECT {} FROM person p WHERE p.id = $1", columns), {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty() || !holds(seen, rows->front().integer_or_null(11))) return no_such("person");
    auto cards = cards_of(connection, {id});
    if (!cards) return std::unexpected(cards.error());
    auto custom = values_of(connection, {id});
    if (!custom) return std::unexpected(custom.error());
    return person_json(rows->front(), std::move((*cards)[id]), std::move((*custom)[id]));
}

Outcome place_after(Conditions& where, Connection& connection, const std::string& cursor) {
    const auto id = id_from(cursor);
    if (!id) return bad_cursor();
    const auto rows = connection.query("SELECT lower(name) FROM person WHERE id = $1", {*id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return bad_cursor();
    where.add("(lower(p.name), p.id) > (?, ?)", {rows->front().text(0), *id});
    return {};
}

Subject subject_of(const json::object& person) {
    return {"person", std::string(person.at("id").as_string()), std::string(person.at("name").as_string())};
}

/// What the audit log tells of a change: without times of our own, and of a PIN only that it changed.
Changes told(json::object before, json::object after, const PersonPatch& patch) {
    before.erase("changed_at");
    after.erase("changed_at");
    // The log is never changed: of what is known of a person beside the name it keeps only that it changed.
    json::array known;
    for (const auto name : detail_names) {
        const auto* was = before.empty() ? nullptr : before.at("details").as_object().if_contains(name);
        const auto& is = after.at("details").at(name);
        if (was != nullptr ? *was != is : !is.as_string().empty()) known.emplace_back(name);
    }
    before.erase("details");
    after.erase("details");
    const bool custom_too =
        before.empty() ? !after.at("custom").as_object().empty() : before.at("custom") != after.at("custom");
    before.erase("custom");
    after.erase("custom");
    auto found = changes(before, after);
    if (!known.empty()) found.after["details"] = std::move(known);
    if (custom_too) found.after["custom"] = "changed";
    if (patch.uses && !before.empty()) {
        // Set anew even where the number is the same.
        found.before["uses"] = before["uses"];
        found.after["uses"] = after["uses"];
    }
    if (patch.pin) found.after["pin"] = *patch.pin ? "changed" : "removed";
    return found;
}

/// What is sent, beside what is stored of the others.
Status store_details(Connection& connection, Id id, const json::object& sent) {
    if (sent.empty()) return {};
    const auto rows = connection.query("SELECT details FROM person WHERE id = $1", {id});
    if (!rows) return std::unexpected(rows.error());
    auto details = details_of(rows->front().text(0));
    for (const auto& member : sent) details[member.key()] = member.value();
    for (const auto name : detail_names)
        if (details.at(name).as_string().empty()) details.erase(name);
    return ran(
        connection.execute("UPDATE person SET details = $2 WHERE id = $1", {id, json::serialize(details)}));
}

Result<CardHolder> holder_of(Connection& connection, Id id) {
    const auto rows = connection.query("SELECT user_id FROM person WHERE id = $1", {id});
    if (!rows) return std::unexpected(rows.error());
    return CardHolder{id, rows->front().text(0)};
}

Outcome check_validity(Connection& connection, Id id) {
    const auto wrong =
        connection.query("SELECT 1 FROM person WHERE id = $1 AND valid_to <= valid_from", {id});
    if (!wrong) return std::unexpected(wrong.error());
    if (wrong->empty()) return {};
    return wrong_field("valid_to", "order", "The end must be after the start.");
}

/// Who has it, to those who see that person.
std::string owner(const Row& row, const Branches& seen) {
    return holds(seen, row.integer_or_null(1)) ? row.text(0) : "somebody outside of your part of the site";
}

/// A keypad takes these digits for a public password.
Result<bool> is_public_code(Connection& connection, const Sealer& sealer, const std::string& user_id) {
    if (user_id.size() > 8) return false;
    const auto rows = connection.query("SELECT 1 FROM public_password WHERE code_mark = $1",
                                       {sealer.mark(base::Secret(user_id), public_code_marks)});
    if (!rows) return std::unexpected(rows.error());
    return !rows->empty();
}

/// When nothing else is wrong: it tells a code (found_codes.hpp).
Outcome check_not_reserved(Connection& connection, const Sealer& sealer, const std::string& user_id) {
    const auto is_code = is_public_code(connection, sealer, user_id);
    if (!is_code) return std::unexpected(is_code.error());
    if (!*is_code) return {};
    return refuse(ErrorKind::conflict, "user_id_reserved",
                  fmt::format("The user ID {} cannot be used: a keypad takes it for something else. Choose "
                              "another one.",
                              user_id));
}

Outcome check_user_id(Connection& connection, Id id, const std::string& user_id, const Branches& seen) {
    const auto rows = connection.query(
        "SELECT name, department_id FROM person WHERE user_id = $1 AND id <> $2", {user_id, id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(ErrorKind::conflict, "user_id_taken",
                  fmt::format("The user ID {} belongs to {}. Choose another one.", user_id,
                              owner(rows->front(), seen)));
}

/// Adds the controllers that a change of this person concerns: those of the person, and those of whoever has
/// a card that is to be the person's. Before and after the change.
/// A door must not wait for people who are gone, nor be content with fewer.
Outcome check_spared(Connection& connection, Id person, const Branches& areas) {
    const auto sql = fmt::format(
        "SELECT d.name, CASE WHEN {} THEN 1 ELSE 0 END AS is_seen FROM door_group_person m JOIN door_group g "
        "ON g.door_id = m.door_id AND g.position = m.position JOIN door d ON d.id = m.door_id WHERE "
        "m.person_id = $1 AND g.needed >= (SELECT count(*) FROM door_group_person o WHERE o.door_id = "
        "m.door_id AND o.position = m.position) ORDER BY is_seen DESC, d.name LIMIT 1",
        door_seen(areas, "d.id"));
    const auto rows = connection.query(sql, {person});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    if (rows->front().integer(1) == 0)
        return refuse(base::ErrorKind::conflict, "door_waits_for_person",
                      "A door outside of your part of the site waits for this person: without, too few would "
                      "be left to open it. Ask somebody who sees that door to change its rules first.");
    return refuse(base::ErrorKind::conflict, "door_waits_for_person",
                  fmt::format("The door \"{}\" waits for this person: without, too few would be left to open "
                              "it. Change its rules first.",
                              rows->front().text(0)));
}

Status add_devices(Connection& connection, Id person, const PersonPatch& patch, std::set<Id>& devices) {
    std::set<Id> people{person};
    for (const auto& card : patch.cards.value_or(std::vector<CardPatch>())) {
        const auto rows = connection.query(
            "SELECT person_id FROM card WHERE number = $1 AND person_id IS NOT NULL", {card.number});
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows) people.insert(row.integer(0));
    }
    auto some = devices_of_people(connection, people);
    if (!some) return std::unexpected(some.error());
    devices.merge(*some);
    return {};
}

}  // namespace

std::string pin_purpose(Id person) {
    return fmt::format("person.pin:{}", person);
}

void People::changed(std::set<Id> devices) const {
    if (on_change) on_change({Changed::people, std::move(devices)});
}

Answer<json::object> People::list(const PeopleFilter& filter, const Branches& seen, const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        if (filter.part) {
            const auto pattern = pattern_of(*filter.part);
            where.add(
                "(lower(p.name) LIKE lower(?) ESCAPE '\\' OR lower(p.user_id) LIKE lower(?) ESCAPE '\\' OR "
                "EXISTS (SELECT 1 FROM card c WHERE c.person_id = p.id AND "
                "c.number LIKE upper(?) ESCAPE '\\') OR EXISTS (SELECT 1 FROM person_value x WHERE "
                "x.person_id = p.id AND lower(x.value) LIKE lower(?) ESCAPE '\\'))",
                {pattern, pattern, pattern, pattern});
        }
        if (filter.group)
            where.add("p.id IN (SELECT person_id FROM permission_group_person WHERE group_id = ?)",
                      {*filter.group});
        add_branches(where, "p.department_id", both(seen, departments_.below(filter.department)));
        if (page.cursor)
            if (auto placed = place_after(where, connection, *page.cursor); !placed)
                return std::unexpected(placed.error());
        const auto rows =
            connection.query(fmt::format("SELECT {} FROM person p{} ORDER BY lower(p.name), p.id LIMIT {}",
                                         columns, where.text(), page.limit + 1),
                             where.parameters());
        if (!rows) return std::unexpected(rows.error());
        std::vector<Id> people;
        for (const auto& row : *rows) people.push_back(row.integer(0));
        auto cards = cards_of(connection, people);
        if (!cards) return std::unexpected(cards.error());
        auto custom = values_of(connection, people);
        if (!custom) return std::unexpected(custom.error());
        return page_of(
            *rows, page.limit,
            [&](const Row& row) {
                const auto id = row.integer(0);
                return person_json(row, std::move((*cards)[id]), std::move((*custom)[id]));
            },
            [](const Row& row) { return id_text(row.integer(0)); });
    });
}

Answer<json::object> People::get(Id id, const Branches& seen) const {
    return ports::read_from(database_, [&](Connection& connection) { return find(connection, id, seen); });
}

Result<std::string> People::next_user_id(Connection& connection) {
    const auto kept = connection.query("SELECT value FROM setting WHERE name = 'next_user_id'");
    if (!kept) return std::unexpected(kept.error());
    auto number = kept->empty() ? Id{1'001} : id_from(kept->front().text(0)).value_or(1'001);
    for (;; ++number) {
        const auto taken =
            connection.query("SELECT 1 FROM person WHERE user_id = $1", {std::to_string(number)});
        if (!taken) return std::unexpected(taken.error());
        const auto is_code = is_public_code(connection, sealer_, std::to_string(number));
        if (!is_code) return std::unexpected(is_code.error());
        if (taken->empty() && !*is_code) break;
    }
    const auto stored = connection.execute(
        "INSERT INTO setting (name, value) VALUES ('next_user_id', $1) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        {std::to_string(number + 1)});
    if (!stored) return std::unexpected(stored.error());
    return std::to_string(number);
}

Outcome People::check_custom(Connection& connection, const PersonPatch& patch, Whose whose) {
    auto wrong = check_values(connection, patch.custom, whose);
    if (!wrong) return std::unexpected(wrong.error());
    if (!wrong->empty()) return std::unexpected(Problem(*std::move(wrong)));
    return {};
}

Outcome People::store(Connection& connection, Id id, const PersonPatch& patch, const Branches& seen,
                      const Actor& actor) {
    if (patch.user_id)
        if (auto is_free = check_user_id(connection, id, *patch.user_id, seen); !is_free) return is_free;
    if (patch.department_id)
        if (auto known =
                check_branch(connection, TreeOf::departments, *patch.department_id, seen, "department_id");
            !known)
            return known;
    std::optional<ports::Blob> pin;
    if (patch.pin && *patch.pin) pin = sealer_.seal(**patch.pin, pin_purpose(id));
    Status outcome;
    const auto set = [&](bool sent, std::string_view column, const ports::Parameter& value) {
        if (sent && outcome)
            outcome = ran(connection.execute(fmt::format("UPDATE person SET {} = $1 WHERE id = $2", column),
                                             {value, id}));
    };
    set(patch.user_id.has_value(), "user_id", patch.user_id);
    set(patch.name.has_value(), "name", patch.name);
    set(patch.type.has_value(), "type", patch.type);
    set(patch.valid_from.has_value(), "valid_from", patch.valid_from.value_or(std::nullopt));
    set(patch.valid_to.has_value(), "valid_to", patch.valid_to.value_or(std::nullopt));
    set(patch.uses.has_value(), "uses", patch.uses.value_or(std::nullopt));
    // Also for the same number: whoever sets the uses wants that many from now on.
    if (patch.uses) set(true, "uses_series", ids_.next());
    set(patch.pin.has_value(), "pin", pin);
    set(patch.remark.has_value(), "remark", patch.remark);
    set(patch.administrator.has_value(), "administrator", patch.administrator.value_or(false) ? 1 : 0);
    set(patch.department_id.has_value(), "department_id", patch.department_id.value_or(std::nullopt));
    set(true, "changed_at", clock_.utc());
    if (outcome) outcome = store_details(connection, id, patch.details);
    if (outcome) outcome = store_values(connection, id, patch.custom);
    if (!outcome) return std::unexpected(outcome.error());
    if (auto valid = check_validity(connection, id); !valid) return valid;
    if (patch.cards) {
        const auto holder = holder_of(connection, id);
        if (!holder) return std::unexpected(holder.error());
        if (auto given = cards_.give(connection, *holder, *patch.cards, seen, actor); !given) return given;
    }
    return patch.user_id ? check_not_reserved(connection, sealer_, *patch.user_id) : Outcome();
}

Outcome People::insert(Connection& connection, Id id, const PersonPatch& patch, const Branches& seen,
                       const Actor& actor) {
    if (auto is_free = check_user_id(connection, id, *patch.user_id, seen); !is_free) return is_free;
    const auto made = connection.execute(
        "INSERT INTO person (id, user_id, name, type, remark, created_at, changed_at) "
        "VALUES ($1, $2, $3, 'general', '', $4, $4)",
        {id, patch.user_id, patch.name, clock_.utc()});
    if (!made) return std::unexpected(made.error());
    auto filled = patch;
    if (!filled.department_id) filled.department_id.emplace();
    return store(connection, id, filled, seen, actor);
}

Answer<People::Taken> People::take(Connection& connection, const PersonPatch& patch, Existing existing,
                                   const Branches& seen, const Actor& actor) {
    const auto same =
        connection.query("SELECT id, department_id FROM person WHERE user_id = $1", {patch.user_id});
    if (!same) return std::unexpected(same.error());
    if (same->empty() || existing == Existing::refuse || !holds(seen, same->front().integer_or_null(1))) {
        if (!patch.name && same->empty()) return wrong_field("name", "missing", "A new person needs a name.");
        if (auto added = insert(connection, ids_.next(), patch, seen, actor); !added)
            return std::unexpected(added.error());
        return Taken::added;
    }
    const auto id = same->front().integer(0);
    const auto before = find(connection, id, seen);
    if (!before) return std::unexpected(before.error());
    if (auto after = change_noted(connection, id, *before, patch, seen, actor); !after)
        return std::unexpected(after.error());
    return Taken::changed;
}

Result<std::vector<FieldError>> People::check(Connection& connection, const PersonPatch& patch,
                                              Existing existing, const Branches& seen) const {
    std::vector<FieldError> errors;
    const auto same = connection.query(
        "SELECT name, department_id, valid_from, valid_to FROM person WHERE user_id = $1", {patch.user_id});
    if (!same) return std::unexpected(same.error());
    if (!same->empty() && (existing == Existing::refuse || !holds(seen, same->front().integer_or_null(1))))
        errors.push_back(
            {"user_id", "taken",
             fmt::format("The user ID {} belongs to {}.", *patch.user_id, owner(same->front(), seen))});
    if (same->empty() && !patch.name) errors.push_back({"name", "missing", "A new person needs a name."});
    if (patch.department_id || same->empty())
        if (auto known = check_branch(connection, TreeOf::departments,
                                      patch.department_id.value_or(std::nullopt), seen, "department_id");
            !known) {
            if (known.error().fields.empty()) return std::unexpected(known.error());
            errors.push_back(known.error().fields.front());
        }
    using When = std::optional<base::UtcTime>;
    const auto from = patch.valid_from.value_or(same->empty() ? When() : same->front().time_or_null(2));
    const auto to = patch.valid_to.value_or(same->empty() ? When() : same->front().time_or_null(3));
    if (from && to && *to <= *from)
        errors.push_back({"valid_to", "order", "The end must be after the start."});
    const auto custom =
        check_values(connection, patch.custom, same->empty() ? Whose::somebody_new : Whose::somebody_known);
    if (!custom) return std::unexpected(custom.error());
    errors.insert(errors.end(), custom->begin(), custom->end());
    const auto& cards = patch.cards;
    for (std::size_t i = 0; cards && i < cards->size(); ++i) {
        const auto held = connection.query(
            "SELECT p.name, p.department_id FROM card c JOIN person p ON p.id = c.person_id "
            "WHERE c.number = $1 AND c.status <> 'cancelled' AND p.user_id <> $2",
            {(*cards)[i].number, patch.user_id});
        if (!held) return std::unexpected(held.error());
        if (!held->empty())
            errors.push_back(
                {fmt::format("cards.{}.number", i), "taken",
                 fmt::format("The card {} belongs to {}.", (*cards)[i].number, owner(held->front(), seen))});
    }
    return errors;
}

Answer<json::object> People::add(const PersonPatch& patch, const Branches& seen, const Actor& actor) {
    const auto id = ids_.next();
    std::set<Id> devices;
    auto added = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        if (auto fits = check_custom(connection, patch, Whose::somebody_new); !fits)
            return std::unexpected(fits.error());
        if (auto found = add_devices(connection, id, patch, devices); !found)
            return std::unexpected(found.error());
        auto filled = patch;
        if (!filled.user_id) {
            auto number = next_user_id(connection);
            if (!number) return std::unexpected(number.error());
            filled.user_id = *std::move(number);
        }
        if (auto added_now = insert(connection, id, filled, seen, actor); !added_now)
            return std::unexpected(added_now.error());
        auto person = find(connection, id, seen);
        if (!person) return person;
        auto told_of = told({}, *person, patch);
        const auto named =
            name_branch(connection, TreeOf::departments, told_of.after, "department_id", "department");
        if (!named) return std::unexpected(named.error());
        const auto noted =
            audit_.append(connection, actor, "person.added", subject_of(*person), nullptr, &told_of.after);
        if (!noted) return std::unexpected(noted.error());
        if (auto found = add_devices(connection, id, {}, devices); !found)
            return std::unexpected(found.error());
        return person;
    });
    if (added) changed(std::move(devices));
    return added;
}

Answer<json::object> People::change(Id id, const PersonPatch& patch, const Branches& seen,
                                    const Actor& actor) {
    std::set<Id> devices;
    auto after = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id, seen);
        if (!before) return before;
        if (auto fits = check_custom(connection, patch, Whose::somebody_known); !fits)
            return std::unexpected(fits.error());
        if (auto found = add_devices(connection, id, patch, devices); !found)
            return std::unexpected(found.error());
        auto person = change_noted(connection, id, *before, patch, seen, actor);
        if (!person) return person;
        if (auto found = add_devices(connection, id, {}, devices); !found)
            return std::unexpected(found.error());
        return person;
    });
    if (after) changed(std::move(devices));
    return after;
}

Answer<json::object> People::change_noted(Connection& connection, Id id, const json::object& before,
                                          const PersonPatch& patch, const Branches& seen,
                                          const Actor& actor) {
    const Revised row{"person", id, before.at("name").as_string()};
    if (auto begun = begin_change(connection, row, patch.revision); !begun)
        return std::unexpected(begun.error());
    if (auto stored = store(connection, id, patch, seen, actor); !stored)
        return std::unexpected(stored.error());
    const auto& known_as = before.at("user_id").as_string();
    if (patch.user_id && *patch.user_id != known_as)
        if (auto gone = remove_from_keypads(connection, known_as, clock_.utc()); !gone)
            return std::unexpected(gone.error());
    auto person = find(connection, id, seen);
    if (!person) return person;
    auto told_of = told(before, *person, patch);
    if (told_of.none()) return person;
    for (auto* side : {&told_of.before, &told_of.after})
        if (auto named = name_branch(connection, TreeOf::departments, *side, "department_id", "department");
            !named)
            return std::unexpected(named.error());
    const auto noted = audit_.append(connection, actor, "person.changed", subject_of(*person),
                                     &told_of.before, &told_of.after);
    if (!noted) return std::unexpected(noted.error());
    return person;
}

Outcome People::remove(Id id, AfterRemoval after, const Part& part, const Actor& actor) {
    const auto& seen = part.departments;
    std::set<Id> devices;
    auto removed = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        auto person = find(connection, id, seen);
        if (!person) return std::unexpected(person.error());
        if (auto spared = check_spared(connection, id, part.areas); !spared) return spared;
        if (auto found = add_devices(connection, id, {}, devices); !found)
            return std::unexpected(found.error());
        const CardHolder holder{id, std::string(person->at("user_id").as_string())};
        if (auto returned = cards_.give(connection, holder, {}, seen, actor); !returned) return returned;
        auto outcome = former_.take(connection, id);
        if (outcome) outcome = remove_from_keypads(connection, holder.user_id, clock_.utc());
        if (outcome) outcome = ran(connection.execute("DELETE FROM person WHERE id = $1", {id}));
        for (const auto* personal : {"details", "custom"}) person->erase(personal);
        if (outcome)
            outcome = name_branch(connection, TreeOf::departments, *person, "department_id", "department");
        if (outcome)
            outcome =
                audit_.append(connection, actor, "person.removed", subject_of(*person), &*person, nullptr);
        if (outcome && after == AfterRemoval::erase) outcome = former_.erase(connection, id, actor);
        if (!outcome) return std::unexpected(outcome.error());
        return {};
    });
    if (removed) changed(std::move(devices));
    if (removed && after == AfterRemoval::erase && former_.on_erased) former_.on_erased();
    return removed;
}

}  // namespace sallyport::server

#include "server/rules/door_rules.hpp"

#include <map>
#include <set>
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/permissions/holidays.hpp"
#include "server/rules/one_controller.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/page_by_id.hpp"
#include "server/wire/revision.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::Result;
using base::Status;
using base::text_of;
using ports::Connection;
using ports::ran;
using ports::Row;

namespace {

constexpr std::string_view columns =
    "d.id, d.name, d.device_id, d.first_card, d.group_window_s, d.rules_revision";

std::string people_seen(const Viewer& viewer, std::string_view id) {
    if (!viewer.rights.may(Function::people, Level::view)) return "1 = 0";
    return person_seen(viewer.part.departments, id);
}

/// The people of each of the door's groups, by position: {"people", "count", "needed"}.
Result<std::map<std::int64_t, json::object>> read_groups(Connection& connection, Id door,
                                                         const Viewer& viewer) {
    const auto rows = connection.query(
        fmt::format(
            "SELECT g.position, g.needed, p.id, p.name, p.user_id, CASE WHEN {} THEN 1 ELSE 0 END FROM "
            "door_group g JOIN door_group_person m ON m.door_id = g.door_id AND m.position = "
            "g.position JOIN person p ON p.id = m.person_id WHERE g.door_id = $1 ORDER BY g.position, "
            "lower(p.name), p.id",
            people_seen(viewer, "p.id")),
        {door});
    if (!rows) return std::unexpected(rows.error());
    std::map<std::int64_t, json::object> groups;
    for (const auto& row : *rows) {
        auto& group = groups[row.integer(0)];
        if (group.empty()) group = {{"people", json::array()}, {"count", 0}, {"needed", row.integer(1)}};
        group["count"] = group["count"].as_int64() + 1;
        if (row.integer(5) == 0) continue;
        group["people"].as_array().push_back(
            json::object{{"id", id_text(row.integer(2))}, {"name", row.text(3)}, {"user_id", row.text(4)}});
    }
    return groups;
}

/// What stands there of time templates; the first card's goes into `first_template`.
Status put_schedules(Connection& connection, Id door, json::object& rules, json::value& first_template) {
    rules["always_open"] = nullptr;
    rules["always_closed"] = nullptr;
    rules["unlock_periods"] = json::array();
    const auto rows = connection.query(
        "SELECT purpose, template_id, unlock_mode FROM door_schedule WHERE door_id = $1 ORDER BY purpose, "
        "position",
        {door});
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows) {
        const json::value id = json::string(id_text(row.integer(1)));
        if (row.text(0) == "unlock_mode")
            rules["unlock_periods"].as_array().push_back(
                json::object{{"template_id", id}, {"unlock_mode", row.text(2)}});
        else if (row.text(0) == "first_card")
            first_template = id;
        else
            rules[row.text(0)] = id;
    }
    return {};
}

Result<json::object> rules_json(Connection& connection, const Row& row, const Viewer& viewer) {
    const auto door = row.integer(0);
    json::object rules{{"door_id", id_text(door)}};
    json::value first_template = nullptr;
    if (auto put = put_schedules(connection, door, rules, first_template); !put)
        return std::unexpected(put.error());
    auto groups = read_groups(connection, door, viewer);
    if (!groups) return std::unexpected(groups.error());
    rules["first_card"] = nullptr;
    if (!row.is_null(3)) {
        auto& first = (*groups)[0];
        rules["first_card"] = json::object{{"template_id", first_template},
                                           {"then", row.text(3)},
                                           {"people", std::move(first["people"])},
                                           {"count", std::move(first["count"])}};
    }
    json::array list;
    for (auto& [position, group] : *groups)
        if (position > 0) list.push_back(std::move(group));
    rules["groups"] = std::move(list);
    rules["group_window_s"] = row.integer(4);
    rules["revision"] = row.integer(5);
    return rules;
}

struct Found {
    json::object rules;
    std::string name;
    Id device = 0;
};
Answer<Found> find(Connection& connection, Id door, const Viewer& viewer) {
    const auto rows = connection.query(fmt::format("SELECT {} FROM door d WHERE d.id = $1 AND {}", columns,
                                                   door_seen(viewer.part.areas, "d.id")),
                                       {door});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such("door");
    auto rules = rules_json(connection, rows->front(), viewer);
    if (!rules) return std::unexpected(rules.error());
    return Found{*std::move(rules), rows->front().text(1), rows->front().integer(2)};
}

/// Whoever changes a list has to see everybody in it.
Outcome check_sees_all(const json::object& rules, const DoorRulesPatch& patch) {
    const auto hides = [](const json::object& group) {
        return std::cmp_less(group.at("people").as_array().size(), group.at("count").as_int64());
    };
    const auto* first = rules.at("first_card").if_object();
    bool hidden = patch.first_card && first != nullptr && hides(*first);
    if (patch.groups)
        for (const auto& group : rules.at("groups").as_array()) hidden = hidden || hides(group.as_object());
    if (!hidden) return {};
    return refuse(ErrorKind::forbidden, "beyond_your_part",
                  "This door also waits for people whom you do not see. Ask somebody who sees all of them.");
}

/// One change of a door's rules, and what of it does not exist.
class Writer {
  public:
    Writer(Connection& connection, Id door, const Viewer& viewer)
        : connection_(connection), door_(door), viewer_(viewer) {}

    Status write(const DoorRulesPatch& patch) {
        if (patch.always_open) plan("always_open", *patch.always_open);
        if (patch.always_closed) plan("always_closed", *patch.always_closed);
        if (patch.unlock_periods) unlock_periods(*patch.unlock_periods);
        if (patch.first_card) first_card(*patch.first_card);
        if (patch.groups) groups(*patch.groups);
        if (patch.group_window_s)
            run("UPDATE door SET group_window_s = $2 WHERE id = $1", {door_, *patch.group_window_s});
        return status_;
    }
    [[nodiscard]] std::vector<FieldError>& missing() { return missing_; }

  private:
    void run(std::string_view sql, const ports::Parameters& parameters) {
        if (status_) status_ = ran(connection_.execute(sql, parameters));
    }
    /// Whether the statement found what it was to take.
    void take(std::string_view sql, const ports::Parameters& parameters, std::string field,
              std::string_view what) {
        if (!status_) return;
        const auto taken = connection_.execute(sql, parameters);
        if (!taken)
            status_ = std::unexpected(taken.error());
        else if (*taken == 0)
            missing_.push_back({std::move(field), "not_found",
                                fmt::format("There is no such {}. It may have been removed.", what)});
    }
    void schedule(std::string_view purpose, std::int64_t position, Id template_id,
                  const std::optional<std::string>& mode, std::string field) {
        take(
            "INSERT INTO door_schedule (door_id, purpose, position, template_id, unlock_mode) SELECT $1, $2, "
            "$3, t.id, $5 FROM time_template t WHERE t.id = $4",
            {door_, purpose, position, template_id, mode}, std::move(field), "time template");
    }
    void clear(std::string_view purpose) {
        run("DELETE FROM door_schedule WHERE door_id = $1 AND purpose = $2", {door_, purpose});
    }
    void plan(std::string_view purpose, std::optional<Id> template_id) {
        clear(purpose);
        if (template_id) schedule(purpose, 0, *template_id, std::nullopt, std::string(purpose));
    }
    void unlock_periods(const std::vector<UnlockPeriodPatch>& periods) {
        clear("unlock_mode");
        for (std::size_t i = 0; i < periods.size(); ++i)
            schedule("unlock_mode", static_cast<std::int64_t>(i), periods[i].template_id,
                     std::string(text_of(periods[i].mode)), fmt::format("unlock_periods.{}.template_id", i));
    }
    void group(std::int64_t position, std::int64_t needed, const std::vector<Id>& people,
               const std::string& field) {
        run("INSERT INTO door_group (door_id, position, needed) VALUES ($1, $2, $3)",
            {door_, position, needed});
        static const std::string sql =
            "INSERT INTO door_group_person (door_id, position, person_id) SELECT $1, $2, p.id FROM person p "
            "WHERE p.id = $3 AND ";
        for (std::size_t i = 0; i < people.size(); ++i)
            take(sql + people_seen(viewer_, "p.id"), {door_, position, people[i]},
                 fmt::format("{}.people.{}", field, i), "person");
    }
    void first_card(const std::optional<FirstCardPatch>& first) {
        clear("first_card");
        run("DELETE FROM door_group WHERE door_id = $1 AND position = 0", {door_});
        std::optional<std::string> then;
        if (first) then = text_of(first->then);
        run("UPDATE door SET first_card = $2 WHERE id = $1", {door_, then});
        if (!first) return;
        if (first->template_id)
            schedule("first_card", 0, *first->template_id, std::nullopt, "first_card.template_id");
        group(0, 1, first->people, "first_card");
    }
    void groups(const std::vector<DoorGroupPatch>& groups) {
        run("DELETE FROM door_group WHERE door_id = $1 AND position > 0", {door_});
        for (std::size_t i = 0; i < groups.size(); ++i)
            group(static_cast<std::int64_t>(i) + 1, groups[i].needed, groups[i].people,
                  fmt::format("groups.{}", i));
    }

    Connection& connection_;
    Id door_;
    const Viewer& viewer_;
    Status status_;
    std::vector<FieldError> missing_;
};

/// A time template as the audit log tells it: by name.
Status name_template(Connection& connection, json::object& object, std::string_view id,
                     std::string_view name) {
    auto* value = object.if_contains(id);
    if (value == nullptr) return {};
    json::value told = nullptr;
    if (value->is_string()) {
        const auto rows = connection.query("SELECT name FROM time_template WHERE id = $1",
                                           {id_from(value->as_string()).value_or(0)});
        if (!rows) return std::unexpected(rows.error());
        told =
            json::object{{"id", *value},
                         {"name", rows->empty() ? json::value(nullptr) : json::value(rows->front().text(0))}};
    }
    object.erase(id);
    object[name] = std::move(told);
    return {};
}

void tell_people(json::object& group) {
    group.erase("count");
    for (auto& person : group.at("people").as_array()) person.as_object().erase("user_id");
}

Result<json::object> told_of(Connection& connection, json::object rules) {
    auto named = name_template(connection, rules, "always_open", "always_open");
    if (named) named = name_template(connection, rules, "always_closed", "always_closed");
    if (auto* periods = rules.if_contains("unlock_periods"))
        for (auto& period : periods->as_array())
            if (named) named = name_template(connection, period.as_object(), "template_id", "template");
    if (auto* first = rules.if_contains("first_card"); first != nullptr && first->is_object()) {
        if (named) named = name_template(connection, first->as_object(), "template_id", "template");
        tell_people(first->as_object());
    }
    if (auto* groups = rules.if_contains("groups"))
        for (auto& group : groups->as_array()) tell_people(group.as_object());
    if (!named) return std::unexpected(named.error());
    return rules;
}

}  // namespace

Answer<json::object> DoorRules::list(const Viewer& viewer, const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        where.add(door_seen(viewer.part.areas, "d.id"), {});
        if (page.cursor) {
            const auto id = id_from(*page.cursor);
            if (!id) return bad_cursor();
            where.add("d.id > ?", {*id});
        }
        const auto rows = connection.query(fmt::format("SELECT {} FROM door d{} ORDER BY d.id LIMIT {}",
                                                       columns, where.text(), page.limit + 1),
                                           where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_by_id(*rows, page.limit,
                          [&](const Row& row) { return rules_json(connection, row, viewer); });
    });
}

Answer<json::object> DoorRules::get(Id door, const Viewer& viewer) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        auto found = find(connection, door, viewer);
        if (!found) return std::unexpected(found.error());
        return std::move(found->rules);
    });
}

Answer<json::object> DoorRules::change(Id door, const DoorRulesPatch& patch, const Viewer& viewer,
                                       const Actor& actor) {
    std::set<Id> devices;
    auto after = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, door, viewer);
        if (!before) return std::unexpected(before.error());
        if (auto sees = check_sees_all(before->rules, patch); !sees) return std::unexpected(sees.error());
        if (auto spoken = check_speaks_rules(connection, door); !spoken)
            return std::unexpected(spoken.error());
        const Revised row{"door", door, before->name, "rules_revision"};
        if (auto begun = begin_change(connection, row, patch.revision); !begun)
            return std::unexpected(begun.error());
        Writer writer(connection, door, viewer);
        const auto written = writer.write(patch);
        if (!written) return std::unexpected(written.error());
        if (!writer.missing().empty()) return std::unexpected(Problem(std::move(writer.missing())));
        if (auto fits = check_shares(connection); !fits) return std::unexpected(fits.error());
        auto made = find(connection, door, viewer);
        if (!made) return std::unexpected(made.error());
        const auto changed = changes(before->rules, made->rules);
        if (changed.none()) return std::move(made->rules);
        devices = {made->device};
        const auto was = told_of(connection, changed.before);
        if (!was) return std::unexpected(was.error());
        const auto is = told_of(connection, changed.after);
        if (!is) return std::unexpected(is.error());
        const auto noted = audit_.append(connection, actor, "door.rules_changed",
                                         Subject{"door", id_text(door), made->name}, &*was, &*is);
        if (!noted) return std::unexpected(noted.error());
        return std::move(made->rules);
    });
    if (after && on_change && !devices.empty()) on_change({Changed::doors, std::move(devices)});
    return after;
}

}  // namespace sallyport::server

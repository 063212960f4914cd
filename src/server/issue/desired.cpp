#include "server/issue/desired.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "codec/dhip/person_json.hpp"
#include "codec/dhip/time_text.hpp"
#include "server/issue/holiday_dates.hpp"
#include "server/issue/plan_rules.hpp"
#include "server/issue/plan_secrets.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;

namespace {

constexpr std::int64_t schedules_per_controller = 128;  // controller.md section 2

using Indexes = TemplateIndexes;
/// How a group's doors are opened or denied: the same for all of them in one entry of the roster.
struct How {
    std::string kind;
    std::int64_t schedule = always_index;
    std::optional<base::UtcTime> end;
    friend auto operator<=>(const How&, const How&) = default;
};
using Rights = std::map<How, std::set<std::int64_t>>;  ///< -> doors

bool opens_something(const Rights& rights) {
    return std::ranges::any_of(rights, [](const auto& right) { return right.first.kind != "deny"; });
}

base::Result<Indexes> read_indexes(ports::Connection& connection, std::int64_t device_id) {
    auto rows = connection.query("SELECT template_id, schedule FROM device_schedule WHERE device_id = $1",
                                 ports::Parameters{device_id});
    if (!rows) return std::unexpected(rows.error());
    Indexes indexes;
    for (const auto& row : *rows) indexes[row.integer(0)] = row.integer(1);
    return indexes;
}

base::Result<std::set<std::int64_t>> used_templates(ports::Connection& connection, std::int64_t device_id) {
    auto rows = connection.query("SELECT template_id FROM device_template WHERE device_id = $1",
                                 ports::Parameters{device_id});
    if (!rows) return std::unexpected(rows.error());
    std::set<std::int64_t> used;
    for (const auto& row : *rows) used.insert(row.integer(0));
    return used;
}

base::Result<json::value> stored_json(const std::string& text) {
    std::error_code error;
    auto value = json::parse(text, error);
    if (error)
        return base::fail(ErrorKind::corrupt, "template_unreadable",
                          "A stored time template or holiday is not readable.");
    return value;
}

/// What the controller's templates refer to, by their place in the plan.
class HolidayList {
  public:
    HolidayList(ports::Connection& connection, base::UtcTime now) : connection_(connection), now_(now) {}
    base::Result<json::array> of_template(std::int64_t template_id) {
        auto rows = connection_.query(
            "SELECT h.id, h.first_day, h.last_day, h.yearly, h.periods FROM time_template_holiday m JOIN "
            "holiday h ON h.id = m.holiday_id WHERE m.template_id = $1 ORDER BY h.id",
            ports::Parameters{template_id});
        if (!rows) return std::unexpected(rows.error());
        json::array places;
        for (const auto& row : *rows) {
            const auto [at, is_new] = places_.try_emplace(row.integer(0), list_.size());
            places.emplace_back(at->second);
            if (!is_new) continue;
            auto periods = stored_json(row.text(4));
            if (!periods) return std::unexpected(periods.error());
            list_.push_back(json::object{{"dates", dates(row)}, {"periods", *std::move(periods)}});
        }
        return places;
    }
    [[nodiscard]] json::array all() && { return std::move(list_); }

  private:
    [[nodiscard]] json::array dates(const ports::Row& row) const {
        const core::Holiday::Range range{{static_cast<std::int32_t>(row.integer(1))},
                                         {static_cast<std::int32_t>(row.integer(2))}};
        json::array dates;
        for (const auto& one :
             holiday_dates(range, row.integer(3) == 1 ? Repeats::yearly : Repeats::never, now_))
            dates.push_back(json::array{codec::dhip::date_text(one.first), codec::dhip::date_text(one.last)});
        return dates;
    }

    ports::Connection& connection_;
    base::UtcTime now_;
    std::map<std::int64_t, std::size_t> places_;
    json::array list_;
};

base::Result<json::object> calendar_of(ports::Connection& connection, base::UtcTime now,
                                       const Indexes& indexes) {
    json::array schedules;
    HolidayList holidays(connection, now);
    for (const auto& [template_id, index] : indexes) {
        auto rows =
            connection.query("SELECT week FROM time_template WHERE id = $1", ports::Parameters{template_id});
        if (!rows) return std::unexpected(rows.error());
        const json::array empty_week(7, json::array{});
        while (schedules.size() <= static_cast<std::size_t>(index)) {
            schedules.push_back(json::object{{"week", empty_week}, {"holidays", json::array{}}});
        }
        if (rows->empty()) continue;
        auto week = stored_json(rows->front().text(0));
        if (!week) return std::unexpected(week.error());
        auto places = holidays.of_template(template_id);
        if (!places) return std::unexpected(places.error());
        schedules[static_cast<std::size_t>(index)] =
            json::object{{"week", *std::move(week)}, {"holidays", *std::move(places)}};
    }
    return json::object{{"schedules", std::move(schedules)}, {"holidays", std::move(holidays).all()}};
}

/// What a keypad changed stays until somebody decides, whatever else the plan brings.
json::array door_settings(const std::vector<WantedDoor>& wanted) {
    json::array doors;
    for (const auto& door : wanted) {
        json::object told{{"number", door.number}};
        for (const auto& member : door.settings) {
            const auto* kept = door.keypad.if_contains(member.key());
            told[member.key()] = kept != nullptr ? *kept : member.value();
        }
        told["schedule"] = always_index;
        doors.push_back(std::move(told));
    }
    return doors;
}

base::Status load_plan(ports::Connection& connection, std::int64_t device_id, base::UtcTime now,
                       const Indexes& indexes, Desired& desired) {
    auto zone = zone_of_site(connection);
    if (!zone) return std::unexpected(zone.error());
    const auto wanted = wanted_doors(connection, device_id);
    if (!wanted) return std::unexpected(wanted.error());
    const bool duress =
        std::ranges::any_of(*wanted, [](const WantedDoor& door) { return door.duress == core::Duress::on; });
    auto calendar = calendar_of(connection, now, indexes);
    if (!calendar) return std::unexpected(calendar.error());
    auto rules = rules_of(connection, device_id, *wanted, indexes);
    if (!rules) return std::unexpected(rules.error());
    desired.plan = {{"zone", *zone},
                    {"duress", duress ? "on" : "off"},
                    {"calendar", *std::move(calendar)},
                    {"doors", door_settings(*wanted)},
                    {"rules", *std::move(rules)}};
    if (auto put = put_marks(connection, device_id, desired.plan); !put) return put;
    // A digest as the revision: the same content is the same revision, whoever computes it and whenever.
    const auto tag = tag_of(json::serialize(desired.plan), std::string(32, '\0'));
    desired.revision = (tag.value >> 11) + 1;
    desired.plan["revision"] = desired.revision;
    return {};
}

/// What one group does at the doors of one controller.
struct Grant {
    How how;
    std::set<std::int64_t> doors;
};

/// By group, those that are not over.
base::Result<std::map<std::int64_t, Grant>> load_grants(ports::Connection& connection, std::int64_t device_id,
                                                        base::UtcTime now, const Indexes& indexes) {
    auto rows = connection.query(
        "SELECT g.id, g.template_id, g.effect, g.valid_to, d.number FROM door d "
        "JOIN permission_group_door gd ON gd.door_id = d.id JOIN permission_group g ON g.id = gd.group_id "
        "WHERE d.device_id = $1 AND (g.valid_to IS NULL OR g.valid_to > $2)",
        ports::Parameters{device_id, now});
    if (!rows) return std::unexpected(rows.error());
    std::map<std::int64_t, Grant> grants;
    for (const auto& row : *rows) {
        How how{row.text(2), always_index, row.time_or_null(3)};
        if (!row.is_null(1)) {
            const auto index = index_of(indexes, row.integer(1));
            if (!index) return std::unexpected(index.error());
            how.schedule = *index;
        }
        auto& grant = grants[row.integer(0)];
        grant.how = std::move(how);
        grant.doors.insert(row.integer(4));
    }
    return grants;
}

/// What is allowed to the first card of a door is told so.
void add_grant(const Grant& grant, std::int64_t person, const FirstCards& first, Rights& rights) {
    if (grant.how.kind != "allow" || first.empty()) {
        rights[grant.how].insert(grant.doors.begin(), grant.doors.end());
        return;
    }
    auto of_first = grant.how;
    of_first.kind = "first_card";
    for (const auto door : grant.doors)
        rights[first.contains({person, door}) ? of_first : grant.how].insert(door);
}

base::Result<std::map<std::int64_t, Rights>> load_rights(ports::Connection& connection,
                                                         std::int64_t device_id,
                                                         std::optional<std::int64_t> person,
                                                         base::UtcTime now, const Indexes& indexes) {
    auto grants = load_grants(connection, device_id, now, indexes);
    if (!grants) return std::unexpected(grants.error());
    const auto first = first_cards_of(connection, device_id, person);
    if (!first) return std::unexpected(first.error());
    std::map<std::int64_t, Rights> rights;
    for (const auto& [group, grant] : *grants) {
        // Group by group: the view is then looked into for one group, not made as a whole.
        auto rows = connection.query(
            "SELECT person_id FROM permission_group_member WHERE group_id = $1 AND ($2 IS NULL OR person_id "
            "= "
            "$2)",
            ports::Parameters{group, person});
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows) add_grant(grant, row.integer(0), *first, rights[row.integer(0)]);
    }
    return rights;
}

struct PersonCards {
    json::array sent;
    std::uint32_t left_out = 0;
};
using Cards = std::map<std::int64_t, PersonCards>;

/// Whom the groups of the controller $1 concern, through departments too: of a thousand controllers none
/// looks at everybody. $2: only this one, or null.
constexpr std::string_view concerned =
    "SELECT gp.person_id FROM door d JOIN permission_group_door gd ON gd.door_id = d.id "
    "JOIN permission_group_person gp ON gp.group_id = gd.group_id "
    "WHERE d.device_id = $1 AND ($2 IS NULL OR gp.person_id = $2) "
    "UNION SELECT p.id FROM (WITH RECURSIVE below (department_id) AS (SELECT gp.department_id FROM door d "
    "JOIN permission_group_door gd ON gd.door_id = d.id "
    "JOIN permission_group_department gp ON gp.group_id = gd.group_id WHERE d.device_id = $1 "
    "UNION SELECT lower.id FROM below b JOIN department lower ON lower.parent_id = b.department_id) "
    "SELECT department_id FROM below) b JOIN person p ON p.department_id = b.department_id "
    "WHERE $2 IS NULL OR p.id = $2";

/// What the controller has room for: cards that open first, in the order of the list; then others, so that it
/// can say why they do not open.
base::Result<Cards> load_cards(ports::Connection& connection, std::int64_t device_id,
                               std::optional<std::int64_t> person) {
    static const auto sql = fmt::format(
        "SELECT c.person_id, c.number, c.type, c.status, v.cards_per_person FROM card c, device v WHERE "
        "v.id = $1 AND c.person_id IN ({}) ORDER BY c.person_id, CASE WHEN c.status = 'active' THEN 0 ELSE 1 "
        "END, c.position",
        concerned);
    auto rows = connection.query(sql, ports::Parameters{device_id, person});
    if (!rows) return std::unexpected(rows.error());
    Cards cards;
    for (const auto& row : *rows) {
        // The allowlist is the manual's word for an ordinary card (controller.md A3).
        const auto& type = row.text(2) == "allowlist" ? std::string("general") : row.text(2);
        const bool opens = row.text(3) == "active";
        auto& [sent, left_out] = cards[row.integer(0)];
        if (std::ssize(sent) >= row.integer(4)) {
            if (opens) ++left_out;
            continue;
        }
        sent.push_back(json::object{
            {"number", row.text(1)}, {"type", type}, {"status", opens ? "normal" : row.text(3)}});
    }
    return cards;
}

json::array rights_json(const Rights& rights) {
    json::array result;
    for (const auto& [how, doors] : rights) {
        json::object right{{"doors", json::array(doors.begin(), doors.end())},
                           {"schedule", how.schedule},
                           {"kind", how.kind}};
        if (how.end) right["valid_to"] = codec::dhip::utc_text(*how.end);
        result.push_back(std::move(right));
    }
    return result;
}

base::Result<DesiredEntry> entry_of(const ports::Row& row, const Rights& rights, json::array cards,
                                    const Sealer& sealer, const base::Secret& tag_key) {
    auto user = base::UserId::from(row.text(1));
    if (!user)
        return base::fail(ErrorKind::corrupt, "user_id_unreadable", "A stored user ID is not readable.");
    DesiredEntry entry{*user, {}, {{"user_id", row.text(1)}, {"type", row.text(2)}}};
    if (auto from = row.time_or_null(3)) entry.person["valid_from"] = codec::dhip::utc_text(*from);
    if (auto to = row.time_or_null(4)) entry.person["valid_to"] = codec::dhip::utc_text(*to);
    if (auto uses = row.integer_or_null(5)) {
        entry.person["uses"] = *uses;
        entry.person["uses_series"] = codec::dhip::hex64(static_cast<std::uint64_t>(row.integer(7)));
    }
    if (!row.is_null(6)) {
        auto pin = sealer.unseal(row.blob(6), fmt::format("person.pin:{}", row.integer(0)));
        if (!pin) return std::unexpected(pin.error());
        entry.person["pin"] = pin->reveal();
    }
    entry.person["cards"] = std::move(cards);
    entry.person["rights"] = rights_json(rights);
    entry.tag = tag_of(json::serialize(entry.person), tag_key.reveal());
    entry.person["tag"] = codec::dhip::hex64(entry.tag.value);
    return entry;
}

base::Status load_roster(ports::Connection& connection, const Sealer& sealer, std::int64_t device_id,
                         std::optional<std::int64_t> person, base::UtcTime now, const Indexes& indexes,
                         Desired& desired) {
    auto rights = load_rights(connection, device_id, person, now, indexes);
    if (!rights) return std::unexpected(rights.error());
    auto cards = load_cards(connection, device_id, person);
    if (!cards) return std::unexpected(cards.error());
    static const auto sql = fmt::format(
        "SELECT id, user_id, type, valid_from, valid_to, uses, pin, uses_series FROM person WHERE id IN ({}) "
        "ORDER BY user_id",
        concerned);
    auto people = connection.query(sql, ports::Parameters{device_id, person});
    if (!people) return std::unexpected(people.error());
    const auto tag_key = sealer.derived_key("entry tags");
    for (const auto& row : *people) {
        auto granted = rights->find(row.integer(0));
        if (granted == rights->end() || !opens_something(granted->second)) continue;
        for (const auto& [how, doors] : granted->second) desired.schedules.insert(how.schedule);
        auto& [sent, left_out] = (*cards)[row.integer(0)];
        if (left_out > 0) desired.cards_left_out[row.text(1)] = left_out;
        auto entry = entry_of(row, granted->second, std::move(sent), sealer, tag_key);
        if (!entry) return std::unexpected(entry.error());
        desired.roster.push_back(std::move(*entry));
    }
    return {};
}

}  // namespace

base::Result<Desired> load_desired(ports::Connection& connection, const Sealer& sealer,
                                   std::int64_t device_id, base::UtcTime now,
                                   std::optional<std::int64_t> person) {
    auto indexes = read_indexes(connection, device_id);
    if (!indexes) return std::unexpected(indexes.error());
    Desired desired;
    auto roster = load_roster(connection, sealer, device_id, person, now, *indexes, desired);
    if (!roster) return std::unexpected(roster.error());
    if (person) return desired;
    auto plan = load_plan(connection, device_id, now, *indexes, desired);
    if (plan) plan = put_codes(connection, sealer, device_id, desired.plan);
    if (!plan) return std::unexpected(plan.error());
    return desired;
}

base::Result<std::string> zone_of_site(ports::Connection& connection) {
    const auto rows = connection.query("SELECT value FROM setting WHERE name = 'time_zone'");
    if (!rows) return std::unexpected(rows.error());
    return rows->empty() ? std::string("Etc/UTC") : rows->front().text(0);
}

base::Result<std::uint64_t> plan_revision(ports::Connection& connection, std::int64_t device_id,
                                          base::UtcTime now) {
    auto indexes = read_indexes(connection, device_id);
    if (!indexes) return std::unexpected(indexes.error());
    Desired desired;
    if (auto plan = load_plan(connection, device_id, now, *indexes, desired); !plan)
        return std::unexpected(plan.error());
    return desired.revision;
}

base::Status assign_schedules(ports::Connection& connection, std::int64_t device_id) {
    auto used = used_templates(connection, device_id);
    if (!used) return std::unexpected(used.error());
    auto indexes = read_indexes(connection, device_id);
    if (!indexes) return std::unexpected(indexes.error());
    std::set<std::int64_t> taken;
    for (const auto& [template_id, index] : *indexes) taken.insert(index);
    std::int64_t next = 0;
    for (const auto template_id : *used) {
        if (indexes->contains(template_id)) continue;
        while (taken.contains(next)) ++next;
        if (next >= schedules_per_controller) {
            return base::fail(
                ErrorKind::limit, "too_many_templates",
                fmt::format(
                    "The groups and doors of this controller use more than the {} time templates that it can "
                    "hold. Let them share templates.",
                    schedules_per_controller));
        }
        auto done = connection.execute(
            "INSERT INTO device_schedule (device_id, template_id, schedule) VALUES ($1, $2, $3)",
            ports::Parameters{device_id, template_id, next});
        if (!done) return std::unexpected(done.error());
        taken.insert(next);
    }
    return {};
}

base::Result<std::vector<std::int64_t>> unused_schedules(ports::Connection& connection,
                                                         std::int64_t device_id,
                                                         const std::set<std::int64_t>& on_the_controller) {
    auto used = used_templates(connection, device_id);
    if (!used) return std::unexpected(used.error());
    auto indexes = read_indexes(connection, device_id);
    if (!indexes) return std::unexpected(indexes.error());
    std::vector<std::int64_t> unused;
    for (const auto& [template_id, index] : *indexes)
        if (!used->contains(template_id) && !on_the_controller.contains(index)) unused.push_back(template_id);
    return unused;
}

base::Status release_schedules(ports::Connection& connection, std::int64_t device_id,
                               const std::set<std::int64_t>& on_the_controller) {
    const auto unused = unused_schedules(connection, device_id, on_the_controller);
    if (!unused) return std::unexpected(unused.error());
    for (const auto template_id : *unused) {
        auto done =
            connection.execute("DELETE FROM device_schedule WHERE device_id = $1 AND template_id = $2",
                               ports::Parameters{device_id, template_id});
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

}  // namespace sallyport::server

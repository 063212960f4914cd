#include "server/audit/audit.hpp"

#include <map>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/log.hpp"
#include "server/audit/chain.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

ports::Value value_of(const std::optional<std::string>& text) {
    return text ? ports::Value(*text) : ports::Value(nullptr);
}

ports::Value value_of(const json::object* object) {
    if (object == nullptr) return nullptr;
    auto told = *object;
    told.erase("revision");
    return json::serialize(told);
}

json::value parsed_or_null(const std::optional<std::string>& text) {
    boost::system::error_code failed;
    return text ? json::parse(*text, failed) : json::value(nullptr);
}

json::object entry_json(const ports::Row& row) {
    json::value subject = nullptr;
    if (!row.is_null(6))
        subject = json::object{{"kind", row.text(6)},
                               {"id", text_or_null(row.text_or_null(7))},
                               {"name", text_or_null(row.text_or_null(8))}};
    return {{"id", id_text(row.integer(0))},
            {"at", time_text(row.time(2))},
            {"account", text_or_null(row.text_or_null(3))},
            {"token", text_or_null(row.text_or_null(11))},
            {"address", text_or_null(row.text_or_null(4))},
            {"action", row.text(5)},
            {"subject", std::move(subject)},
            {"before", parsed_or_null(row.text_or_null(9))},
            {"after", parsed_or_null(row.text_or_null(10))}};
}

/// Entries whose subject is inside, and what the own account (?) did that has no place in the tree; of that
/// name there may have been another account before. A rule of several doors is inside with all of them.
std::string in_part(const Part& seen) {
    const auto among = [](std::string_view kind, const std::string& ids) {
        return fmt::format(" OR (subject_kind = '{}' AND CAST(subject_id AS INTEGER) IN ({}))", kind, ids);
    };
    const auto inside = [&](std::string_view kind, std::string_view branch, const Branches& branches) {
        const auto where = branches ? fmt::format(" WHERE {} {}", branch, in_branches(*branches)) : "";
        return among(kind, fmt::format("SELECT id FROM {}{}", kind, where));
    };
    const auto with_all = [&](std::string_view kind, std::string_view members, std::string_view of) {
        return among(kind, fmt::format("SELECT r.id FROM {} r WHERE NOT EXISTS (SELECT 1 FROM {} m WHERE "
                                       "m.{} = r.id AND NOT {})",
                                       kind, members, of, door_seen(seen.areas, "m.door_id")));
    };
    return "((account = ? AND at >= (SELECT a.created_at FROM account a WHERE a.name = audit.account) AND "
           "coalesce(subject_kind, '') NOT IN ('person', 'department', 'area', 'device', 'door', "
           "'passback_area', 'interlock'))" +
           inside("person", "department_id", seen.departments) +
           inside("department", "id", seen.departments) + inside("area", "id", seen.areas) +
           inside("device", "area_id", seen.areas) +
           among("door", "SELECT d.id FROM door d WHERE " + door_seen(seen.areas, "d.id")) +
           with_all("passback_area", "passback_reader", "area_id") +
           with_all("interlock", "interlock_door", "interlock_id") + ")";
}

struct Named {
    std::map<Id, std::vector<json::object*>> by_id;
    std::map<std::string, std::vector<json::value*>> by_user_id;
};

/// What stands with its id and its name, and user IDs, however deep.
void find_named(json::value& value, Named& named) {
    if (auto* list = value.if_array())
        for (auto& one : *list) find_named(one, named);
    auto* object = value.if_object();
    if (object == nullptr) return;
    const auto* id = object->if_contains("id");
    if (id != nullptr && id->is_string() && object->contains("name"))
        if (const auto number = id_from(id->get_string())) named.by_id[*number].push_back(object);
    auto* user_id = object->if_contains("user_id");
    if (user_id != nullptr && user_id->is_string())
        named.by_user_id[std::string(user_id->get_string())].push_back(user_id);
    for (auto& member : *object) find_named(member.value(), named);
}

/// Of what is told in an entry besides its subject.
Named named_in(json::value& entry) {
    Named named;
    for (const auto* member : {"before", "after"}) find_named(entry.at(member), named);
    const auto* subject = entry.at("subject").if_object();
    if (subject == nullptr) return named;
    if (const auto* id = subject->at("id").if_string()) named.by_id.erase(id_from(*id).value_or(-1));
    if (subject->at("kind") == "person") named.by_user_id.clear();
    return named;
}

void append(auto& to, const auto& from) {
    for (const auto& [key, places] : from) to[key].insert(to[key].end(), places.begin(), places.end());
}

/// Those of the ids that are in the part now, or that all parts share.
std::string visible_among(const std::set<Id>& ids, const Part& seen) {
    const auto list = in_branches(ids);
    const auto inside = [&](std::string_view table, std::string_view branch, const Branches& branches) {
        return fmt::format("SELECT id FROM {} WHERE id {}{}", table, list,
                           branches ? fmt::format(" AND {} {}", branch, in_branches(*branches)) : "");
    };
    return fmt::format("{} UNION ALL {} UNION ALL {} UNION ALL {} UNION ALL {} UNION ALL {} AND {}",
                       inside("time_template", "", std::nullopt),
                       inside("person", "department_id", seen.departments),
                       inside("department", "id", seen.departments), inside("area", "id", seen.areas),
                       inside("device", "area_id", seen.areas), inside("door", "", std::nullopt),
                       door_seen(seen.areas, "door.id"));
}

constexpr std::size_t asked_at_once = 1'000;

base::Status hide_names(ports::Connection& connection, const Part& seen, const Named& named) {
    for (auto at = named.by_id.begin(); at != named.by_id.end();) {
        std::set<Id> ids;
        auto end = at;
        for (; end != named.by_id.end() && ids.size() < asked_at_once; ++end) ids.insert(end->first);
        const auto rows = connection.query(visible_among(ids, seen));
        if (!rows) return std::unexpected(rows.error());
        std::set<Id> visible;
        for (const auto& row : *rows) visible.insert(row.integer(0));
        for (; at != end; ++at)
            if (!visible.contains(at->first))
                for (auto* object : at->second) (*object)["name"] = nullptr;
    }
    return {};
}

base::Status hide_user_ids(ports::Connection& connection, const Part& seen, const Named& named) {
    if (!seen.departments) return {};
    for (auto at = named.by_user_id.begin(); at != named.by_user_id.end();) {
        std::vector<std::string> asked;
        auto end = at;
        for (; end != named.by_user_id.end() && asked.size() < asked_at_once; ++end)
            asked.push_back(end->first);
        Conditions where;
        where.add_in("user_id", asked);
        add_branches(where, "department_id", seen.departments);
        const auto rows = connection.query("SELECT user_id FROM person" + where.text(), where.parameters());
        if (!rows) return std::unexpected(rows.error());
        std::set<std::string> visible;
        for (const auto& row : *rows) visible.insert(row.text(0));
        for (; at != end; ++at)
            if (!visible.contains(at->first))
                for (auto* user_id : at->second) *user_id = nullptr;
    }
    return {};
}

/// An entry may name people and doors elsewhere: who came from there, whose card was beside the own one.
/// Their names and user IDs are left out, as are those of what is not there any more.
base::Status hide_elsewhere(ports::Connection& connection, const Part& seen, json::array& entries) {
    Named named;
    for (auto& entry : entries) {
        const auto of_entry = named_in(entry);
        append(named.by_id, of_entry.by_id);
        append(named.by_user_id, of_entry.by_user_id);
    }
    const auto hidden = hide_names(connection, seen, named);
    return hidden ? hide_user_ids(connection, seen, named) : hidden;
}

}  // namespace

void log_unnoted(const Actor& actor, std::string_view action, const Subject& subject,
                 const json::object& what, const base::Status& noted) {
    if (noted) return;
    base::log_error(fmt::format("The audit log does not have {} of {} {} by {}, {}: {}", action, subject.kind,
                                subject.id.value_or(subject.name.value_or("")),
                                actor.account.value_or(actor.address.value_or("the platform")),
                                json::serialize(what), noted.error().message));
}

base::Status Audit::append(ports::Connection& connection, const Actor& actor, std::string_view action,
                           const std::optional<Subject>& subject, const json::object* before,
                           const json::object* after) {
    const auto last = connection.query("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
    if (!last) return std::unexpected(last.error());
    const auto sequence = last->empty() ? 1 : last->front().integer(0) + 1;
    const ports::Row row({ids_.next(), sequence, clock_.utc().microseconds, value_of(actor.account),
                          value_of(actor.address), std::string(action),
                          subject ? ports::Value(subject->kind) : ports::Value(nullptr),
                          subject ? value_of(subject->id) : ports::Value(nullptr),
                          subject ? value_of(subject->name) : ports::Value(nullptr), value_of(before),
                          value_of(after), value_of(actor.token)});
    const ports::Blob hash{chain_hash(last->empty() ? std::string() : last->front().blob(1), row)};
    std::vector<std::optional<std::string>> texts;
    for (std::size_t i = 3; i < 12; ++i) texts.push_back(row.text_or_null(i));
    ports::Parameters parameters{row.integer(0), row.integer(1), row.integer(2)};
    for (const auto& text : texts) parameters.emplace_back(text);
    parameters.emplace_back(hash);
    static const auto sql = fmt::format(
        "INSERT INTO audit ({}, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        audit_columns);
    const auto stored = connection.execute(sql, parameters);
    if (!stored) return std::unexpected(stored.error());
    return {};
}

Answer<json::object> Audit::list(const AuditFilter& filter, const Part& seen, const std::string& own,
                                 const Page& page) const {
    Conditions where;
    if (!seen.whole()) where.add(in_part(seen), {own});
    if (filter.account) where.add("account = ?", {*filter.account});
    if (filter.action) where.add("action = ?", {*filter.action});
    if (filter.from) where.add("at >= ?", {*filter.from});
    if (filter.to) where.add("at < ?", {*filter.to});
    if (filter.part) {
        const auto pattern = pattern_of(*filter.part);
        std::vector<std::string_view> columns{"account", "token", "address", "subject_name", "subject_id"};
        if (filter.also == AuditFilter::Also::in_values) columns.insert(columns.end(), {"before", "after"});
        std::string any;
        for (const auto column : columns)
            any += fmt::format("{}lower({}) LIKE lower(?) ESCAPE '\\'", any.empty() ? "" : " OR ", column);
        where.add("(" + any + ")", std::vector<Conditions::Value>(columns.size(), pattern));
    }
    if (page.cursor) {
        const auto place = TimePlace::from(*page.cursor);
        if (!place) return bad_cursor();
        where.add("(at, id) < (?, ?)", {place->at, place->id});
    }
    const auto sql = fmt::format("SELECT {} FROM audit{} ORDER BY at DESC, id DESC LIMIT {}", audit_columns,
                                 where.text(), page.limit + 1);
    const auto rows = ports::read_from(
        database_, [&](ports::Connection& connection) { return connection.query(sql, where.parameters()); });
    if (!rows) return std::unexpected(rows.error());
    auto entries = page_of(*rows, page.limit, entry_json, [](const ports::Row& row) {
        return TimePlace{row.time(2), row.integer(0)}.text();
    });
    if (seen.whole()) return entries;
    const auto hidden = database_.read([&](ports::Connection& connection) {
        return hide_elsewhere(connection, seen, entries.at("items").as_array());
    });
    if (!hidden) return std::unexpected(hidden.error());
    return entries;
}

Changes changes(const json::object& before, const json::object& after) {
    Changes found;
    for (const auto& member : after) {
        const auto* old = before.if_contains(member.key());
        if (member.key() == "revision" || (old != nullptr && *old == member.value())) continue;
        if (old != nullptr) found.before[member.key()] = *old;
        found.after[member.key()] = member.value();
    }
    return found;
}

}  // namespace sallyport::server

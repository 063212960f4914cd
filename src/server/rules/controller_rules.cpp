#include "server/rules/controller_rules.hpp"

#include <set>

#include <fmt/core.h>

#include "server/wire/conditions.hpp"
#include "server/wire/page_by_id.hpp"
#include "server/wire/revision.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::Status;
using ports::Connection;
using ports::Row;

namespace {

Id device_of(const json::object& rule) {
    return id_from(rule.at("device_id").as_string()).value_or(0);
}

}  // namespace

Answer<json::object> ControllerRules::list(const Branches& seen, const Page& page) const {
    return ports::read_from(database_, [&](Connection& connection) -> Answer<json::object> {
        Conditions where;
        where.add(shape_.seen(seen), {});
        if (page.cursor) {
            const auto id = id_from(*page.cursor);
            if (!id) return bad_cursor();
            where.add("id > ?", {*id});
        }
        const auto rows =
            connection.query(fmt::format("SELECT {} FROM {}{} ORDER BY id LIMIT {}", shape_.columns,
                                         shape_.table, where.text(), page.limit + 1),
                             where.parameters());
        if (!rows) return std::unexpected(rows.error());
        return page_by_id(*rows, page.limit, [&](const Row& row) { return shape_.read(connection, row); });
    });
}

Answer<json::object> ControllerRules::find(Connection& connection, Id id, const Branches& seen) const {
    const auto rows = connection.query(fmt::format("SELECT {} FROM {} WHERE id = $1 AND {}", shape_.columns,
                                                   shape_.table, shape_.seen(seen)),
                                       {id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return no_such(shape_.what);
    auto found = shape_.read(connection, rows->front());
    if (!found) return std::unexpected(found.error());
    return *std::move(found);
}

Answer<json::object> ControllerRules::get(Id id, const Branches& seen) const {
    return ports::read_from(database_, [&](Connection& connection) { return find(connection, id, seen); });
}

/// A side that is empty was not there.
Status ControllerRules::note(Connection& connection, const Actor& actor, std::string_view verb,
                             const json::object& rule, const Changes& said) {
    const auto told = [&](json::object side) {
        side.erase("device_id");  // that of its doors
        return shape_.told(connection, std::move(side));
    };
    const auto before = told(said.before);
    if (!before) return std::unexpected(before.error());
    const auto after = told(said.after);
    if (!after) return std::unexpected(after.error());
    const Subject subject{std::string(shape_.table), std::string(rule.at("id").as_string()),
                          std::string(rule.at("name").as_string())};
    return audit_.append(connection, actor, fmt::format("{}.{}", shape_.table, verb), subject,
                         said.before.empty() ? nullptr : &*before, said.after.empty() ? nullptr : &*after);
}

void ControllerRules::tell(std::set<Id> devices) const {
    if (on_change && !devices.empty()) on_change({Changed::doors, std::move(devices)});
}

Answer<json::object> ControllerRules::added(Id id, const Store& store, const Branches& seen,
                                            const Actor& actor) {
    auto made = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        if (auto stored = store(connection); !stored) return std::unexpected(stored.error());
        auto rule = find(connection, id, seen);
        if (!rule) return rule;
        if (auto noted = note(connection, actor, "added", *rule, {{}, *rule}); !noted)
            return std::unexpected(noted.error());
        return rule;
    });
    if (made) tell({device_of(*made)});
    return made;
}

Answer<json::object> ControllerRules::changed(Id id, std::optional<std::int64_t> made_from,
                                              const Store& store, const Branches& seen, const Actor& actor) {
    std::set<Id> devices;
    auto after = ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = find(connection, id, seen);
        if (!before) return before;
        const Revised row{shape_.table, id, before->at("name").as_string()};
        if (auto begun = begin_change(connection, row, made_from); !begun)
            return std::unexpected(begun.error());
        if (auto stored = store(connection); !stored) return std::unexpected(stored.error());
        auto rule = find(connection, id, seen);
        if (!rule) return rule;
        const auto said = changes(*before, *rule);
        if (said.none()) return rule;
        devices = {device_of(*before), device_of(*rule)};
        if (auto noted = note(connection, actor, "changed", *rule, said); !noted)
            return std::unexpected(noted.error());
        return rule;
    });
    if (after) tell(std::move(devices));
    return after;
}

Outcome ControllerRules::remove(Id id, const Branches& seen, const Actor& actor) {
    std::set<Id> devices;
    auto removed = ports::write_to(database_, [&](Connection& connection) -> Outcome {
        const auto rule = find(connection, id, seen);
        if (!rule) return std::unexpected(rule.error());
        devices = {device_of(*rule)};
        const auto gone = connection.execute(fmt::format("DELETE FROM {} WHERE id = $1", shape_.table), {id});
        if (!gone) return std::unexpected(gone.error());
        if (auto noted = note(connection, actor, "removed", *rule, {*rule, {}}); !noted)
            return std::unexpected(noted.error());
        return {};
    });
    if (removed) tell(std::move(devices));
    return removed;
}

}  // namespace sallyport::server

#include "server/rules/one_controller.hpp"

#include <optional>

#include <boost/json/object.hpp>
#include <fmt/core.h>

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;

Outcome check_speaks_rules(Connection& connection, Id door) {
    const auto rows = connection.query(
        "SELECT d.name, v.name FROM door d JOIN device v ON v.id = d.device_id WHERE d.id = $1 AND "
        "v.connection = 'in_clear'",
        {door});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(ErrorKind::conflict, "not_spoken",
                  fmt::format("\"{}\" belongs to \"{}\", which is connected in clear: that dialect has no "
                              "words for rules beyond who may open a door and when.",
                              rows->front().text(0), rows->front().text(1)));
}

Answer<Id> controller_of(Connection& connection, const std::vector<SentDoor>& doors, const Branches& seen,
                         std::string_view what) {
    const auto sql = fmt::format(
        "SELECT d.device_id, d.name, v.name FROM door d JOIN device v ON v.id = d.device_id WHERE d.id = $1 "
        "AND {}",
        door_seen(seen, "d.id"));
    std::optional<ports::Row> first;
    for (const auto& door : doors) {
        const auto rows = connection.query(sql, {door.id});
        if (!rows) return std::unexpected(rows.error());
        if (rows->empty())
            return wrong_field(door.field, "not_found", "There is no such door. It may have been removed.");
        const auto& row = rows->front();
        if (auto spoken = check_speaks_rules(connection, door.id); !spoken)
            return std::unexpected(spoken.error());
        if (!first) first = row;
        if (first->integer(0) == row.integer(0)) continue;
        return refuse(
            ErrorKind::conflict, "several_controllers",
            fmt::format("{} works at the doors of one controller, which decides without the network. "
                        "\"{}\" belongs to \"{}\", \"{}\" to \"{}\". Choose doors of one of them, or "
                        "make one for each controller.",
                        what, first->text(1), first->text(2), row.text(1), row.text(2)));
    }
    return first->integer(0);
}

base::Result<json::array> named_doors(Connection& connection, const std::vector<Id>& doors) {
    json::array names;
    for (const auto door : doors) {
        const auto rows = connection.query("SELECT name FROM door WHERE id = $1", {door});
        if (!rows) return std::unexpected(rows.error());
        if (!rows->empty())
            names.push_back(json::object{{"id", id_text(door)}, {"name", rows->front().text(0)}});
    }
    return names;
}

Outcome check_name_free(Connection& connection, std::string_view table, std::string_view what, Id id,
                        const std::string& name) {
    const auto rows =
        connection.query(fmt::format("SELECT 1 FROM {} WHERE name = $1 AND id <> $2", table), {name, id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    return refuse(ErrorKind::conflict, "name_taken",
                  fmt::format("There is {} \"{}\" already. Choose another name.", what, name));
}

}  // namespace sallyport::server

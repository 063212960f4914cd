#include "server/storage/change.hpp"

namespace sallyport::server {

namespace {

base::Result<std::set<Id>> first_column(const base::Result<ports::Rows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    std::set<Id> ids;
    for (const auto& row : *rows) ids.insert(row.integer(0));
    return ids;
}

}  // namespace

base::Result<std::set<Id>> devices_of_people(ports::Connection& connection, const std::set<Id>& people) {
    std::set<Id> devices;
    for (const auto person : people) {
        const auto some = first_column(connection.query(
            "WITH RECURSIVE above (department_id) AS (SELECT department_id FROM person WHERE id = $1 "
            "UNION SELECT d.parent_id FROM above a JOIN department d ON d.id = a.department_id) "
            "SELECT DISTINCT o.device_id FROM (SELECT group_id FROM permission_group_person "
            "WHERE person_id = $1 UNION SELECT m.group_id FROM above a JOIN permission_group_department m "
            "ON m.department_id = a.department_id) g "
            "JOIN permission_group_door gd ON gd.group_id = g.group_id JOIN door o ON o.id = gd.door_id "
            "UNION SELECT o.device_id FROM door_group_person m JOIN door o ON o.id = m.door_id WHERE "
            "m.person_id = $1 UNION SELECT e.device_id FROM device_entry e JOIN person p ON p.user_id = "
            "e.user_id WHERE p.id = $1 AND e.tag = 0",
            {person}));
        if (!some) return some;
        devices.insert(some->begin(), some->end());
    }
    return devices;
}

base::Result<std::set<Id>> devices_of_group(ports::Connection& connection, Id group) {
    return first_column(
        connection.query("SELECT DISTINCT o.device_id FROM permission_group_door gd JOIN door o ON o.id = "
                         "gd.door_id WHERE gd.group_id = $1",
                         {group}));
}

}  // namespace sallyport::server

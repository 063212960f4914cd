#include "server/issue/keypad_removals.hpp"

#include "base/enum_text.hpp"
#include "core/record/detail.hpp"

namespace sallyport::server {

using base::Status;
using ports::Connection;
using ports::ran;

Status take_up_removal(Connection& connection, std::int64_t device_id, const core::Record& record) {
    if (record.kind == core::RecordKind::factory_reset)
        return ran(connection.execute("DELETE FROM keypad_removal WHERE device_id = $1", {device_id}));
    if (record.kind != core::RecordKind::keypad_admin) return {};
    const bool everybody = record.detail == base::text_of(core::DetailTerm::all_users_deleted);
    if (!everybody && (record.detail != base::text_of(core::DetailTerm::user_deleted) || !record.user_id))
        return {};
    return note_removal(connection, device_id, everybody ? std::nullopt : record.user_id, record.at);
}

Status note_removal(Connection& connection, std::int64_t device_id, std::optional<base::UserId> only,
                    base::UtcTime since) {
    std::optional<std::string> user;
    if (only) user = only->text();
    return ran(connection.execute(
        "INSERT INTO keypad_removal (device_id, user_id, tag, since) SELECT device_id, user_id, tag, $3 FROM "
        "device_entry WHERE device_id = $1 AND ($2 IS NULL OR user_id = $2) AND tag <> 0 ON CONFLICT DO "
        "NOTHING",
        {device_id, user, since}));
}

base::Result<KeypadRemovals> load_removals(Connection& connection, std::int64_t device_id,
                                           base::UtcTime now) {
    const auto rows = connection.query(
        "SELECT user_id, tag FROM keypad_removal WHERE device_id = $1 "
        "UNION ALL SELECT e.user_id, 0 FROM device_entry e JOIN person p ON p.user_id = e.user_id "
        "WHERE e.device_id = $1 AND e.tag = 0 AND (p.type = 'blocklist' OR p.valid_from > $2 OR "
        "p.valid_to <= $2 OR EXISTS (SELECT 1 FROM card_history h WHERE h.person_id = p.id "
        "AND h.status <> 'active' AND h.at >= e.since) OR EXISTS (SELECT 1 FROM door d JOIN "
        "permission_group_door gd ON gd.door_id = d.id "
        "JOIN permission_group g ON g.id = gd.group_id JOIN permission_group_member m ON m.group_id = g.id "
        "WHERE d.device_id = $1 AND g.effect = 'deny' AND (g.valid_to IS NULL OR g.valid_to > $2) "
        "AND m.person_id = p.id))",
        {device_id, now});
    if (!rows) return std::unexpected(rows.error());
    KeypadRemovals removals;
    for (const auto& row : *rows)
        if (const auto user = base::UserId::from(row.text(0)))
            removals[*user] = {static_cast<std::uint64_t>(row.integer(1))};
    return removals;
}

Status remove_from_keypads(Connection& connection, std::string_view user_id, base::UtcTime now) {
    return ran(connection.execute(
        "INSERT INTO keypad_removal (device_id, user_id, tag, since) SELECT device_id, user_id, 0, $2 FROM "
        "device_entry WHERE user_id = $1 AND tag = 0 ON CONFLICT (device_id, user_id) DO UPDATE SET tag = 0",
        {user_id, now}));
}

Status forget_removal(Connection& connection, std::int64_t device_id, const base::UserId& user) {
    return ran(connection.execute("DELETE FROM keypad_removal WHERE device_id = $1 AND user_id = $2",
                                  {device_id, user.view()}));
}

}  // namespace sallyport::server

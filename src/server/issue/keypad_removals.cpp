#include "server/issue/keypad_removals.hpp"

#include <string>

#include <fmt/core.h>

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

namespace {

/// The card `c` lets nobody in: lost, frozen or cancelled, or returned no earlier than `since`.
std::string card_barred(std::string_view since) {
    return fmt::format(
        "(c.status IN ('lost', 'frozen', 'cancelled') OR (c.status = 'returned' AND c.since >= {}))", since);
}

/// $1: the device; $2: now; {}: `card_barred`. An entry cannot be older than the time at which it was not
/// there yet, nor than the controller's record of it: which is good to a minute where it came at once, else
/// to a day, and not at all where it says what is to come.
constexpr std::string_view removals_sql =
    "WITH added AS MATERIALIZED (SELECT user_id, card, min(at, received_at) - CASE WHEN abs(received_at - "
    "at) <= 60000000 THEN 60000000 ELSE 86400000000 END AS since, max(id) FROM event WHERE kind = "
    "'keypad_admin' AND device_id = $1 AND detail = 'user_added' AND EXISTS (SELECT 1 FROM device_entry "
    "WHERE device_id = $1 AND tag = 0) GROUP BY user_id), "
    "entry AS (SELECT e.user_id, a.card, max(coalesce(e.not_before, 0), coalesce(a.since, 0)) AS since FROM "
    "device_entry e LEFT JOIN added a ON a.user_id = e.user_id WHERE e.device_id = $1 AND e.tag = 0) "
    "SELECT user_id, tag FROM keypad_removal WHERE device_id = $1 "
    "UNION ALL SELECT e.user_id, 0 FROM entry e JOIN former_user_id f ON f.user_id = e.user_id AND f.until "
    ">= e.since "
    "UNION ALL SELECT e.user_id, 0 FROM entry e JOIN card c ON c.number = e.card AND {} "
    "UNION ALL SELECT e.user_id, 0 FROM entry e JOIN person p ON p.user_id = e.user_id WHERE p.type = "
    "'blocklist' OR p.valid_from > $2 OR p.valid_to <= $2 OR EXISTS (SELECT 1 FROM card_history h WHERE "
    "h.person_id = p.id AND h.status <> 'active' AND h.at >= e.since) OR EXISTS (SELECT 1 FROM door d JOIN "
    "permission_group_door gd ON gd.door_id = d.id JOIN permission_group g ON g.id = gd.group_id JOIN "
    "permission_group_member m ON m.group_id = g.id WHERE d.device_id = $1 AND g.effect = 'deny' AND "
    "(g.valid_to IS NULL OR g.valid_to > $2) AND m.person_id = p.id)";

}  // namespace

base::Result<KeypadRemovals> load_removals(Connection& connection, std::int64_t device_id,
                                           base::UtcTime now) {
    const auto rows = connection.query(fmt::format(removals_sql, card_barred("e.since")), {device_id, now});
    if (!rows) return std::unexpected(rows.error());
    KeypadRemovals removals;
    for (const auto& row : *rows)
        if (const auto user = base::UserId::from(row.text(0)))
            removals[*user] = {static_cast<std::uint64_t>(row.integer(1))};
    return removals;
}

base::Result<std::vector<base::UserId>> barred_by_card(Connection& connection, std::int64_t device_id,
                                                       const std::vector<KeypadCard>& cards) {
    const auto sql =
        "SELECT 1 FROM card c, device_entry e WHERE c.number = $3 AND e.device_id = $1 AND e.user_id = $2 "
        "AND " +
        card_barred("coalesce(e.not_before, 0)");
    std::vector<base::UserId> barred;
    for (const auto& [user, number] : cards) {
        const auto rows = connection.query(sql, {device_id, user.view(), number.text()});
        if (!rows) return std::unexpected(rows.error());
        if (!rows->empty()) barred.push_back(user);
    }
    return barred;
}

Status remove_from_keypads(Connection& connection, std::string_view user_id, base::UtcTime now) {
    auto noted = ran(connection.execute(
        "INSERT INTO former_user_id (user_id, until) VALUES ($1, $2) ON CONFLICT (user_id) DO UPDATE SET "
        "until = $2",
        {user_id, now}));
    if (!noted) return noted;
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

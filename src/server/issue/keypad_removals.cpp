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

base::Result<KeypadRemovals> load_removals(Connection& connection, std::int64_t device_id) {
    const auto rows =
        connection.query("SELECT user_id, tag FROM keypad_removal WHERE device_id = $1", {device_id});
    if (!rows) return std::unexpected(rows.error());
    KeypadRemovals removals;
    for (const auto& row : *rows)
        if (const auto user = base::UserId::from(row.text(0)))
            removals[*user] = {static_cast<std::uint64_t>(row.integer(1))};
    return removals;
}

Status forget_removal(Connection& connection, std::int64_t device_id, const base::UserId& user) {
    return ran(connection.execute("DELETE FROM keypad_removal WHERE device_id = $1 AND user_id = $2",
                                  {device_id, user.view()}));
}

}  // namespace sallyport::server

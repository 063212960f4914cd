#include "server/issue/issue_states.hpp"

#include <map>

#include <fmt/core.h>

#include "server/issue/desired.hpp"

namespace sallyport::server {

namespace {

/// Every pair that a group grants, and every pair of somebody who is still on the controller without a group.
constexpr std::string_view pairs_sql =
    "WITH granting AS (SELECT gd.door_id, gd.group_id FROM permission_group_door gd JOIN permission_group g "
    "ON g.id = gd.group_id WHERE g.effect = 'allow' AND (g.valid_to IS NULL OR g.valid_to > $6)) "
    "SELECT door_id, device_id, person_id, user_id, changed_at FROM ("
    "SELECT d.id AS door_id, d.device_id, p.id AS person_id, p.user_id, p.changed_at FROM door d "
    "JOIN granting g ON g.door_id = d.id JOIN permission_group_member m ON m.group_id = g.group_id "
    "JOIN person p ON p.id = m.person_id "
    "UNION SELECT d.id, d.device_id, p.id, p.user_id, p.changed_at FROM device_entry e "
    "JOIN person p ON p.user_id = e.user_id JOIN door d ON d.device_id = e.device_id "
    "WHERE e.tag <> 0 AND NOT EXISTS (SELECT 1 FROM permission_group_member m2 "
    "JOIN granting g2 ON g2.group_id = m2.group_id JOIN door d2 ON d2.id = g2.door_id "
    "WHERE m2.person_id = p.id AND d2.device_id = e.device_id)) AS pair "
    "WHERE ($1 IS NULL OR person_id = $1) AND ($2 IS NULL OR door_id = $2) "
    "AND (door_id > $3 OR (door_id = $3 AND person_id > $4)) AND {} AND {} ORDER BY door_id, person_id LIMIT "
    "$5";

struct Tagged {
    std::int64_t tag = 0;
    std::string code;
    base::UtcTime since;
};
using ByUser = std::map<std::string, Tagged, std::less<>>;

/// What one controller should hold, does hold and refused.
struct DeviceSide {
    std::map<std::string, std::int64_t, std::less<>> wanted;
    std::map<std::string, std::uint32_t, std::less<>> cards_left_out;
    ByUser held;
    ByUser refused;
    ByUser removals;  ///< at the keypad, as in KeypadRemovals
};

base::Status read_tags(ports::Connection& connection, std::string_view sql, std::int64_t device_id,
                       const std::optional<std::string>& user, ByUser& into) {
    auto rows = connection.query(sql, ports::Parameters{device_id, user});
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows) into[row.text(0)] = {row.integer(1), row.text(2), row.time(3)};
    return {};
}

base::Result<DeviceSide> load_side(ports::Connection& connection, const Sealer& sealer,
                                   std::int64_t device_id, const IssueFilter& filter,
                                   const std::optional<std::string>& user) {
    DeviceSide side;
    auto desired = load_desired(connection, sealer, device_id, filter.now, filter.person);
    // A template that has no index there yet means that nothing with it can have been issued.
    if (!desired && desired.error().code != "schedule_unassigned") return std::unexpected(desired.error());
    if (desired) {
        for (const auto& entry : desired->roster) {
            side.wanted[entry.user_id.text()] = static_cast<std::int64_t>(entry.tag.value);
        }
        side.cards_left_out = std::move(desired->cards_left_out);
    }
    auto held = read_tags(connection,
                          "SELECT user_id, tag, '', since FROM device_entry WHERE device_id = $1 AND ($2 IS "
                          "NULL OR user_id = $2)",
                          device_id, user, side.held);
    if (!held) return std::unexpected(held.error());
    auto refused = read_tags(connection,
                             "SELECT user_id, tag, code, since FROM issue_failure WHERE device_id = $1 AND "
                             "($2 IS NULL OR user_id = $2)",
                             device_id, user, side.refused);
    if (!refused) return std::unexpected(refused.error());
    auto removals = read_tags(connection,
                              "SELECT user_id, tag, '', since FROM keypad_removal WHERE device_id = $1 AND "
                              "tag <> 0 AND ($2 IS NULL OR user_id = $2)",
                              device_id, user, side.removals);
    if (!removals) return std::unexpected(removals.error());
    return side;
}

void judge(IssueState& state, const DeviceSide& side, const std::string& user,
           const std::string& pending_reason) {
    const auto wanted = side.wanted.find(user);
    const auto held = side.held.find(user);
    const auto refused = side.refused.find(user);
    if (const auto out = side.cards_left_out.find(user); out != side.cards_left_out.end())
        state.cards_left_out = out->second;
    if (wanted != side.wanted.end()) {
        if (held != side.held.end() && held->second.tag == wanted->second) {
            state.state = IssueWord::issued;
            state.since = held->second.since;
            return;
        }
        const auto removal = side.removals.find(user);
        const bool is_removed = removal != side.removals.end() && held == side.held.end();
        if (is_removed || (removal != side.removals.end() && held->second.tag == 0 &&
                           removal->second.tag == wanted->second)) {
            state.state = IssueWord::failed;
            state.reason = is_removed ? "removed_at_keypad" : "changed_at_keypad";
            state.since = removal->second.since;
            return;
        }
        if (refused != side.refused.end() && refused->second.tag == wanted->second) {
            state.state = IssueWord::failed;
            state.reason = refusal_reason(refused->second.code);
            state.since = refused->second.since;
            return;
        }
    }
    state.state = IssueWord::pending;
    state.reason = pending_reason;
}

}  // namespace

std::string refusal_reason(std::string_view code) {
    if (code == "card_taken") return "card_taken";
    if (code == "code_taken") return "user_id_taken";
    if (code == "not_spoken" || code == "denial_by_schedule") return "not_spoken";
    if (code.find("limit") != std::string_view::npos) return "device_full";
    return "refused";
}

base::Result<std::vector<IssueState>> list_issue_states(ports::Connection& connection, const Sealer& sealer,
                                                        const IssueFilter& filter,
                                                        const PendingReason& pending_reason) {
    auto pairs = connection.query(fmt::format(pairs_sql, door_seen(filter.seen.areas, "door_id"),
                                              person_seen(filter.seen.departments, "person_id")),
                                  ports::Parameters{filter.person, filter.door, filter.after_door,
                                                    filter.after_person, filter.limit, filter.now});
    if (!pairs) return std::unexpected(pairs.error());
    std::map<std::int64_t, DeviceSide> sides;
    std::vector<IssueState> states;
    for (const auto& pair : *pairs) {
        const auto device_id = pair.integer(1);
        const auto& user = pair.text(3);
        if (!sides.contains(device_id)) {
            const auto only = filter.person ? std::optional(user) : std::nullopt;
            auto side = load_side(connection, sealer, device_id, filter, only);
            if (!side) return std::unexpected(side.error());
            sides[device_id] = std::move(*side);
        }
        IssueState state{pair.integer(2), pair.integer(0), IssueWord::pending, {}, pair.time(4)};
        judge(state, sides[device_id], user, pending_reason(device_id));
        states.push_back(std::move(state));
    }
    return states;
}

}  // namespace sallyport::server

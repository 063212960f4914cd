#include "adapters/sqlite/spent_rows.hpp"

namespace sallyport::adapters {
namespace {

using ports::Connection;

base::Status take(const base::Result<std::vector<ports::Row>>& rows, core::SpentUses& spent) {
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows)
        spent.note(core::SpentSeries{static_cast<std::uint64_t>(row.integer(0)),
                                     static_cast<std::uint32_t>(row.integer(1))});
    return {};
}

template <class Entry>
base::Status keep(Connection& connection, Entry& sent) {
    const auto series = core::spent_series(sent);
    if (!series) return {};
    core::SpentUses spent;
    auto status = take(
        connection.query("SELECT name, uses_left FROM spent_uses WHERE name = $1", {series->name}), spent);
    if (status) spent.keep(sent);
    return status;
}

}  // namespace

base::Status note_spent(Connection& connection, const std::optional<core::SpentSeries>& leaving) {
    if (!leaving) return {};
    return ports::ran(
        connection.execute("INSERT OR REPLACE INTO spent_uses (name, uses_left) VALUES ($1, $2)",
                           {leaving->name, leaving->uses_left}));
}

base::Status spend(Connection& connection, std::uint64_t name) {
    return ports::ran(connection.execute(
        "UPDATE spent_uses SET uses_left = max(uses_left - 1, 0) WHERE name = $1", {name}));
}

base::Status forget_oldest_spent(Connection& connection) {
    return ports::ran(
        connection.execute("DELETE FROM spent_uses WHERE turn <= "
                           "(SELECT turn FROM spent_uses ORDER BY turn DESC LIMIT 1 OFFSET $1)",
                           {core::SpentUses::limit}));
}

base::Status keep_spent(Connection& connection, core::Person& sent) {
    return keep(connection, sent);
}

base::Status keep_spent(Connection& connection, core::PublicPassword& sent) {
    return keep(connection, sent);
}

base::Status read_spent(Connection& connection, core::SpentUses& spent) {
    return take(connection.query("SELECT name, uses_left FROM spent_uses ORDER BY turn"), spent);
}

}  // namespace sallyport::adapters

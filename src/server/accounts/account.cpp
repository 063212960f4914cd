#include "server/accounts/account.hpp"

#include <map>

#include <fmt/core.h>

namespace sallyport::server {

namespace {

using Lists = std::map<Id, std::vector<Id>>;

base::Result<Lists> read_lists(ports::Connection& connection, std::string_view branch) {
    const auto rows = connection.query(
        fmt::format("SELECT account_id, {0}_id FROM account_{0} ORDER BY account_id, {0}_id", branch));
    if (!rows) return std::unexpected(rows.error());
    Lists lists;
    for (const auto& row : *rows) lists[row.integer(0)].push_back(row.integer(1));
    return lists;
}

}  // namespace

base::Result<std::vector<Account>> load_accounts(ports::Connection& connection,
                                                 const std::optional<std::string>& name) {
    const auto rows = connection.query(
        "SELECT a.id, a.name, a.language, r.id, r.name, r.built_in, r.rights, a.all_areas, "
        "a.all_departments, "
        "a.must_change, a.password_changed_at, a.created_at, a.revision, EXISTS (SELECT 1 FROM "
        "second_factor f WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL), m.address, "
        "m.proved_at FROM account a JOIN role r ON r.id = a.role_id LEFT JOIN mailbox m "
        "ON m.account_id = a.id WHERE $1 IS NULL OR a.name = $1 ORDER BY a.name",
        {name});
    if (!rows) return std::unexpected(rows.error());
    auto areas = read_lists(connection, "area");
    if (!areas) return std::unexpected(areas.error());
    auto departments = read_lists(connection, "department");
    if (!departments) return std::unexpected(departments.error());
    std::vector<Account> accounts;
    for (const auto& row : *rows) {
        Account account;
        account.id = row.integer(0);
        account.name = row.text(1);
        account.language = row.text(2);
        account.role_id = row.integer(3);
        account.role = row.text(4);
        account.built_in = row.text_or_null(5);
        account.rights = rights_from(row.text(6));
        if (row.integer(7) == 0) account.areas = (*areas)[account.id];
        if (row.integer(8) == 0) account.departments = (*departments)[account.id];
        if (row.integer(9) == 1) account.password = Account::Password::to_change;
        account.password_changed_at = row.time(10);
        account.created_at = row.time(11);
        account.revision = row.integer(12);
        if (row.integer(13) == 1) account.second_factor = Account::SecondFactor::on;
        account.mailbox = row.text_or_null(14);
        if (!row.is_null(15)) account.mailbox_state = Account::Mailbox::proved;
        accounts.push_back(std::move(account));
    }
    return accounts;
}

Viewer viewer_of(const Account& account, const Tree& areas, const Tree& departments) {
    Viewer viewer{account.rights, {}};
    if (account.areas) viewer.part.areas = areas.below(*account.areas);
    if (account.departments) viewer.part.departments = departments.below(*account.departments);
    return viewer;
}

}  // namespace sallyport::server

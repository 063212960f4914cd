#pragma once
// Who may sign in, what they may do and which part of the organisation they see (platform.md S3).
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "ports/database.hpp"
#include "server/organisation/tree.hpp"
#include "server/rights/part.hpp"

namespace sallyport::server {

/// The built-in role of the first account. At least one account has it and sees the whole site.
inline constexpr Id administrator_role = 1;

struct Account {
    enum class Password { settled, to_change };
    enum class SecondFactor { off, on };
    Id id = 0;
    std::string name;
    std::string language;
    Id role_id = administrator_role;
    std::string role;
    std::optional<std::string> built_in;  ///< the role's, when it is one
    Rights rights;
    std::optional<std::vector<Id>> areas;  ///< nullopt: all; each with what is below it
    std::optional<std::vector<Id>> departments;
    Password password = Password::settled;
    SecondFactor second_factor = SecondFactor::off;  ///< on: confirmed
    std::optional<std::string> mailbox;              ///< its address
    enum class Mailbox { unproved, proved };
    Mailbox mailbox_state = Mailbox::unproved;
    base::UtcTime password_changed_at;
    base::UtcTime created_at;
    std::int64_t revision = 1;
};

/// All accounts, or the one of that name, by name.
[[nodiscard]] base::Result<std::vector<Account>> load_accounts(ports::Connection&,
                                                               const std::optional<std::string>& name);

/// What an account sees of the trees as they are now.
[[nodiscard]] Viewer viewer_of(const Account&, const Tree& areas, const Tree& departments);

}  // namespace sallyport::server

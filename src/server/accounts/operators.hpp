#pragma once
// Accounts and roles as administrators keep them (platform.md S3). Nobody gives more than they have, nor
// touches the account of somebody who may do more. Any thread.
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "server/accounts/mailboxes.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/sessions.hpp"

namespace sallyport::server {

/// What is set or changed; a member that is not there stays as it is.
struct AccountPatch {
    std::optional<std::string> name;  ///< of a new one only
    std::optional<base::Secret> password;
    std::optional<Id> role_id;
    Nullable<std::vector<Id>> areas;  ///< null inside: all
    Nullable<std::vector<Id>> departments;
    enum class Mailbox { stays, goes };
    Mailbox mailbox = Mailbox::stays;
    std::optional<std::int64_t> revision;
};

struct RolePatch {
    std::optional<std::string> name;
    std::optional<Rights> rights;
    std::optional<std::int64_t> revision;
};

/// Who keeps them: what they may do bounds what they may give.
struct Keeper {
    const Account& account;
    Actor actor;
};

class Operators {
  public:
    /// All outlive this.
    Operators(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit,
              Sessions& sessions, Mailboxes& mailboxes, PasswordCost cost)
        : database_(database),
          ids_(ids),
          clock_(clock),
          audit_(audit),
          sessions_(sessions),
          mailboxes_(mailboxes),
          passwords_(cost) {}

    /// Answers are as in api/openapi.yaml: Account, AccountList. Errors: conflict "name_taken",
    /// "changed_meanwhile", "last_administrator", "own_account"; forbidden "beyond_your_rights"; invalid with
    /// the fields that are wrong.
    /// The address of a mailbox is for who keeps accounts.
    [[nodiscard]] Answer<boost::json::object> list(const Page&, const Account& reader) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Account& reader) const;
    /// Who gets a password from somebody else has to choose an own one at the first sign-in.
    [[nodiscard]] Answer<boost::json::object> add(const AccountPatch&, const Keeper&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const AccountPatch&, const Keeper&);
    Outcome remove(Id, const Keeper&);
    /// An account that may do no more than who keeps it: not_found, or forbidden "beyond_your_rights".
    [[nodiscard]] Answer<Account> within_reach(Id, const Keeper&) const;

    /// Accounts and addresses that are locked out now. Lifting one that is not is no error.
    [[nodiscard]] Answer<boost::json::object> lockouts() const;
    /// Nobody signs in with this account for as long as the longest lockout; answers until when.
    [[nodiscard]] Answer<base::UtcTime> lock(const std::string& account, const Actor&);
    Outcome lift(const std::string& kind, const std::string& subject, const Actor&);

  private:
    [[nodiscard]] Answer<std::string> hash(const AccountPatch&, const std::string& name);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    Sessions& sessions_;
    Mailboxes& mailboxes_;
    Passwords passwords_;
};

class Roles {
  public:
    /// All outlive this.
    Roles(ports::Database& database, IdSource& ids, Audit& audit, Sessions& sessions)
        : database_(database), ids_(ids), audit_(audit), sessions_(sessions) {}

    /// Answers are as in api/openapi.yaml: Role, RoleList. Errors: conflict "name_taken",
    /// "changed_meanwhile", "built_in", "role_in_use"; forbidden "beyond_your_rights".
    [[nodiscard]] Answer<boost::json::object> list(const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id) const;
    [[nodiscard]] Answer<boost::json::object> add(const RolePatch&, const Keeper&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const RolePatch&, const Keeper&);
    Outcome remove(Id, const Keeper&);

  private:
    ports::Database& database_;
    IdSource& ids_;
    Audit& audit_;
    Sessions& sessions_;
};

/// Inside a unit of work, before what gives rights or takes them: forbidden unless `by` may still do what
/// they might, in the whole site, when the call was let in.
[[nodiscard]] Outcome check_still_may(ports::Connection&, const Keeper& by);
/// forbidden "beyond_your_rights" unless `by` may do all of it.
[[nodiscard]] Outcome check_covered(const Rights& wanted, const Account& by);

}  // namespace sallyport::server

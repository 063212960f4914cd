#pragma once
// First run, signing in, and what the command line does with accounts (platform.md S1, S2, S4). Any thread.
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/accounts/attempts.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/sessions.hpp"

namespace sallyport::server {

struct SetupRequest {
    struct Question {
        std::string question;
        base::Secret answer;
    };
    base::Secret password;
    std::string language;
    std::string time_zone;
    std::vector<Question> questions;
    std::optional<base::Secret> code;
};

/// An account as the command line lists it.
struct ListedAccount {
    std::string name;
    std::string role;
    base::UtcTime password_changed_at;
    base::UtcTime locked_until;  ///< in the past, or 0: not locked
};

class Accounts {
  public:
    /// All outlive this.
    Accounts(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit,
             Sessions& sessions, PasswordCost cost)
        : database_(database),
          ids_(ids),
          clock_(clock),
          audit_(audit),
          sessions_(sessions),
          passwords_(cost),
          attempts_(database, clock) {}

    /// Whether set-up is done. Once, before the rest.
    [[nodiscard]] base::Status load();
    [[nodiscard]] bool setup_needed() const;
    /// The one-time code for a set-up from elsewhere than this machine, for the log; empty once set up.
    [[nodiscard]] base::Secret setup_code() const;

    /// Errors: conflict "already_set_up", forbidden "setup_code_needed" / "setup_code_wrong", limit
    /// "too_many_attempts", invalid with the broken rules of the password.
    [[nodiscard]] Answer<NewSession> set_up(const SetupRequest&, const Caller&);
    /// Errors: unauthenticated "wrong_login" for a wrong account and a wrong password alike, limit
    /// "locked_out".
    [[nodiscard]] Answer<NewSession> sign_in(const std::string& account, const base::Secret& password,
                                             const Caller&);
    /// Of the one who calls, or of somebody else.
    Outcome end_session(const Session&, const Actor& by);
    /// The account's other sessions end. Errors: invalid `old` "wrong", which counts as a wrong password, and
    /// `password` with the rules that it breaks; limit "locked_out".
    Outcome change_password(const Session&, const base::Secret& old, const base::Secret& fresh,
                            const Caller&);
    Outcome change_language(const Session&, const std::string& language);

    [[nodiscard]] base::Result<std::vector<ListedAccount>> list() const;
    /// A new password for `admin`, which lifts its locks and ends its sessions. conflict "not_set_up".
    Outcome reset_admin(const base::Secret& password);

  private:
    struct Stored {
        Account account;
        std::string password_hash;
    };
    [[nodiscard]] base::Result<std::optional<Stored>> find(const std::string& name) const;
    [[nodiscard]] Outcome check_setup_code(const SetupRequest&, const Caller&);
    [[nodiscard]] base::Status store_setup(ports::Connection&, const SetupRequest&, const Account&,
                                           const std::string& password_hash,
                                           const std::vector<std::string>& answer_hashes);
    /// Counts it, and writes it into the audit log.
    [[nodiscard]] Outcome note_failure(const Attempts::Admitted&, std::string_view action, const Actor&);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    Sessions& sessions_;
    Passwords passwords_;
    Attempts attempts_;
    mutable std::mutex mutex_;
    bool setup_needed_ = true;
    base::Secret setup_code_;
};

}  // namespace sallyport::server

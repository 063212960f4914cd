#pragma once
// First run, signing in, and what the command line does with accounts (platform.md S1, S2, S4). Any thread.
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/accounts/attempts.hpp"
#include "server/accounts/mailboxes.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/second_factors.hpp"
#include "server/accounts/sessions.hpp"

namespace sallyport::server {

/// For a forgotten password: none, or two or three of them.
struct Question {
    std::string question;
    base::Secret answer;
};

struct SetupRequest {
    base::Secret password;
    std::string language;
    std::string time_zone;
    std::vector<Question> questions;
    std::optional<std::string> mailbox;  ///< to be proved when there is mail
    std::optional<base::Secret> code;
};

struct Login {
    std::string account;
    base::Secret password;
    std::optional<base::Secret> code{};  ///< of the second factor
    Stay stay = Stay::while_used;
};

/// An account as the command line lists it.
struct ListedAccount {
    std::string name;
    std::string role;
    base::UtcTime password_changed_at;
    base::UtcTime locked_until;  ///< in the past, or 0: not locked
};

/// The name of the first account, the one that security questions and `sallyport reset-admin` help.
inline constexpr std::string_view administrator = "admin";

class Accounts {
  public:
    /// All outlive this.
    Accounts(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit,
             Sessions& sessions, const SecondFactors& second_factors, Mailboxes& mailboxes, PasswordCost cost)
        : database_(database),
          ids_(ids),
          clock_(clock),
          audit_(audit),
          sessions_(sessions),
          second_factors_(second_factors),
          mailboxes_(mailboxes),
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
    /// Errors: unauthenticated "wrong_login" for a wrong account and a wrong password alike,
    /// "second_factor_needed" when the password was right and the code is missing, "wrong_code"; limit
    /// "locked_out".
    [[nodiscard]] Answer<NewSession> sign_in(const Login&, const Caller&);
    /// Before what a stolen session must not do alone; the account as it was then. Errors: invalid `password`
    /// "wrong", which counts as a wrong password; limit "locked_out".
    [[nodiscard]] Answer<Account> check_password(const Session&, const base::Secret& password, const Caller&);
    /// Of the one who calls, or of somebody else. It ends also where that can neither be stored nor noted.
    void end_session(const Session&, const Actor& by);
    /// The account's other sessions end. Errors: invalid `old` "wrong", which counts as a wrong password, and
    /// `password` with the rules that it breaks; limit "locked_out".
    Outcome change_password(const Session&, const base::Secret& old, const base::Secret& fresh,
                            const Caller&);
    Outcome change_language(const Session&, const std::string& language);

    /// The security questions of the administrator; empty without any.
    [[nodiscard]] base::Result<std::vector<std::string>> questions() const;
    /// Other ones. Errors: forbidden "administrator_only" for another account, and those of check_password.
    Outcome set_questions(const Session&, const base::Secret& password, const std::vector<Question>&,
                          const Caller&);
    /// A new password for the administrator, from whoever answers all the questions; its sessions end.
    /// Takes as long and says the same whether there are questions or not. Errors: unauthenticated
    /// "wrong_answers"; invalid `password` with the rules that it breaks; limit "too_many_attempts" after
    /// five wrong tries, from one address or from all together.
    Outcome recover(const std::vector<base::Secret>& answers, const base::Secret& fresh, const Caller&);

    /// A new password for an account, from whoever has the code that its mailbox was sent; its sessions end,
    /// its second factor stays. Errors: unauthenticated "wrong_mail_code", for accounts that there are not
    /// too; invalid `password` with the rules that it breaks; limit "too_many_attempts" after five wrong
    /// codes for the account or from the address.
    Outcome recover_by_mail(const std::string& account, const base::Secret& code, const base::Secret& fresh,
                            const Caller&);

    [[nodiscard]] base::Result<std::vector<ListedAccount>> list() const;
    /// A new password for the administrator, which lifts its locks, ends its sessions and takes its second
    /// factor away. conflict "not_set_up".
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
    [[nodiscard]] base::Result<std::vector<std::string>> hashes_of(const std::vector<Question>&);
    [[nodiscard]] base::Status store_password(ports::Connection&, Id account, const std::string& hash) const;
    /// A way back in.
    struct Recovery {
        std::string name;
        std::optional<Id> account;  ///< none: what was given is wrong
        std::optional<Mailboxes::Sent> sent;
        std::string_view by;  ///< a word for the audit log
    };
    /// Not for an account that is locked by hand.
    [[nodiscard]] base::Result<bool> is_open(ports::Connection&, const Recovery&) const;
    [[nodiscard]] base::Status store_recovered(ports::Connection&, const Recovery&, const std::string& hash,
                                               const Attempts::Admitted&, const Caller&);
    /// The end of each of them; one that is not open answers the refusal, which counts.
    [[nodiscard]] Outcome recovered(const Recovery&, const base::Secret& fresh, const Attempts::Admitted&,
                                    const Caller&, std::unexpected<Problem> refusal);
    [[nodiscard]] base::Result<std::optional<std::string>> renewed_hash(const std::string& stored,
                                                                        const base::Secret& password);
    /// Inside a unit of work: the account as it is now, if the password that was proved is still the one.
    [[nodiscard]] static Answer<Account> unchanged(ports::Connection&, const Account& proved);
    [[nodiscard]] Answer<Proof> prove(ports::Connection&, const Account&, const Login&) const;
    /// Counts it, and writes it into the audit log.
    [[nodiscard]] Outcome note_failure(const Attempts::Admitted&, std::string_view action, const Actor&);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    Sessions& sessions_;
    const SecondFactors& second_factors_;
    Mailboxes& mailboxes_;
    Passwords passwords_;
    Attempts attempts_;
    mutable std::mutex mutex_;
    bool setup_needed_ = true;
    base::Secret setup_code_;
};

/// Inside a unit of work: in place of those that an account has.
[[nodiscard]] base::Status store_questions(ports::Connection&, Id account, const std::vector<Question>&,
                                           const std::vector<std::string>& answer_hashes);
/// As answers are hashed: without capitals (of Latin), outer spaces, and with one space for several.
[[nodiscard]] base::Secret normalised_answer(const base::Secret&);

}  // namespace sallyport::server

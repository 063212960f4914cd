#pragma once
// Mailboxes of accounts (platform.md S1, decision 0026): what proves them, the codes for a forgotten
// password, and what is written to them. Codes are in memory: after a restart one asks again. Any thread.
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "server/accounts/attempts.hpp"
#include "server/accounts/sessions.hpp"
#include "server/mail/outbox.hpp"

namespace sallyport::server {

class Mailboxes {
  public:
    /// A code is good for so long, once, and for so many tries.
    static constexpr std::chrono::minutes code_life{15};
    static constexpr int tries = 5;

    /// All outlive this.
    Mailboxes(ports::Database& database, const ports::Clock& clock, Audit& audit, Outbox& outbox)
        : database_(database), clock_(clock), audit_(audit), outbox_(outbox), attempts_(database, clock) {}

    /// As in GET /me/mailbox.
    [[nodiscard]] Answer<boost::json::object> get(Id account) const;
    /// Sends a code to the address; nothing changes yet. Errors: conflict "mail_off"; limit
    /// "too_many_attempts" after five codes.
    Outcome begin(const Account&, const std::string& address, const Caller&);
    /// The address is the account's from now on; the one before is told. Errors: invalid `code` "wrong",
    /// conflict "mailbox_not_begun" also when it is too old or was tried too often.
    [[nodiscard]] Answer<boost::json::object> confirm(const Account&, const base::Secret& code, const Actor&);
    /// It is told.
    Outcome remove(const Account&, const Actor&);
    /// Inside a unit of work: the same, without a word when there is none; `changed` after the commit.
    [[nodiscard]] base::Status remove(ports::Connection&, const Account&, const Actor&);

    /// Whether there is mail, so that it is worth asking.
    [[nodiscard]] bool can_ask() const { return outbox_.is_on(); }
    /// Sends a code to the proved mailbox of the account. Takes as long and says the same when there is no
    /// such account or mailbox. Errors as those of `begin`, for the name and for the address that asks.
    Outcome ask(const std::string& account, const Caller&);
    /// What a code was sent for.
    struct Sent {
        std::string address;
        std::string password_hash;  ///< of then
        std::string asked_from;     ///< as it is counted
    };
    /// When it is the code that the account was sent; it is used up. nullopt also: no such account.
    [[nodiscard]] std::optional<Sent> use(std::optional<Id> account, const base::Secret& code);
    /// Inside a unit of work: whether the account still has the mailbox and the password of then.
    [[nodiscard]] static base::Result<bool> stands(ports::Connection&, Id account, const Sent&);

    /// Inside a unit of work: typed at the set-up, before there is any mail.
    [[nodiscard]] base::Status store_unproved(ports::Connection&, Id account, const std::string& address);
    /// Inside a unit of work: the mailbox of the account is told that the password was changed; `changed`
    /// after the commit.
    [[nodiscard]] base::Status tell_password_changed(ports::Connection&, Id account);
    /// The password or the mailbox of the account: the codes that are out are good for nothing any more.
    void changed(Id account);

  private:
    enum class For : std::uint8_t { proof, password };
    struct Code {
        base::Secret code;
        Sent sent;
        base::UtcTime until;
        int tries = 0;
    };
    struct Stored {
        std::string account;
        std::string language;
        std::string address;
        std::string password_hash;
    };
    [[nodiscard]] static base::Result<std::optional<Stored>> proved(ports::Connection&, Id account);
    [[nodiscard]] base::Status tell(ports::Connection&, const std::string& address, Letter);
    [[nodiscard]] Answer<Attempts::Admitted> admit(const std::string& account, const Caller&);
    void send(For, Id account, const Stored&, const Caller&);
    /// What the code was sent for, which is used up; none when it is not the right one. Under the mutex.
    [[nodiscard]] std::optional<Sent> take(For, Id account, const base::Secret& code);

    ports::Database& database_;
    const ports::Clock& clock_;
    Audit& audit_;
    Outbox& outbox_;
    Attempts attempts_;
    std::mutex mutex_;
    std::map<std::pair<For, Id>, Code> codes_;  ///< under the mutex
};

}  // namespace sallyport::server

#pragma once
// Who is signed in. Sessions are looked up in memory and kept in the database, so that a restart ends none.
// What counts is what the database has: whoever changes accounts, roles or sessions there calls `refresh`
// after the commit, and from its return on nobody has a right that was taken. Any thread.
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/counted_address.hpp"
#include "base/secret.hpp"
#include "ports/clock.hpp"
#include "ports/database.hpp"
#include "server/accounts/account.hpp"
#include "server/accounts/sign_in_rules.hpp"
#include "server/audit/audit.hpp"
#include "server/storage/id_source.hpp"

namespace sallyport::server {

/// When a session ends by itself: when nobody has used it for a while, or some days after it was opened.
enum class Stay { while_used, kept };

struct Session {
    Id id = 0;
    Account account;
    std::string address;  ///< where it was opened from
    std::string agent;
    base::UtcTime since;
    base::UtcTime last_seen;
    Stay stay = Stay::while_used;
    std::optional<std::string> token{};  ///< the name of the API token that calls; none: somebody signed in
};

/// Where a call comes from.
struct Caller {
    enum class Place { machine, network };
    std::string address;
    std::string agent;
    Place place = Place::network;
    /// What guesses are counted under.
    [[nodiscard]] std::string counted() const { return base::counted_address(address); }
    [[nodiscard]] Actor as(std::string_view account) const { return {std::string(account), address}; }
};

struct NewSession {
    base::Secret token;
    std::string account;
    base::UtcTime expires;
    Stay stay = Stay::while_used;
};

class Sessions {
  public:
    /// Eight hours without a call end a session.
    static constexpr base::Duration idle_end = std::chrono::hours{8};
    /// So long after they were opened the kept ones end, while staying signed in is allowed.
    static constexpr base::Duration kept_for = std::chrono::hours{24 * 30};
    /// Beyond them the longest idle one ends.
    static constexpr std::size_t at_once = 1'000;

    /// All outlive this.
    Sessions(ports::Database& database, IdSource& ids, const ports::Clock& clock, const SignInRules& rules)
        : database_(database), ids_(ids), clock_(clock), rules_(rules) {}
    /// The accounts as they are now, at each `refresh`, which `load` ends with; must not call this.
    std::function<void(const std::vector<Account>&)> on_accounts;
    /// Reads them. Once, before the rest.
    [[nodiscard]] base::Status load();

    /// A session that does not count yet: `store` it on the writer thread and `add` it after the commit.
    struct Opening {
        Session session;
        std::string token_hash;
        base::Secret token;
    };
    [[nodiscard]] Opening prepare(const Account&, const Caller&, Stay = Stay::while_used);
    [[nodiscard]] base::Status store(ports::Connection&, const Opening&) const;
    /// With what its account may by now. Error: unauthenticated when it was ended since it was stored.
    [[nodiscard]] Answer<NewSession> add(Opening);

    /// The session of a token, whose idle end this moves; none when there is none or it has ended.
    [[nodiscard]] std::optional<Session> use(std::string_view token);
    /// It, without using it; none when it has ended.
    [[nodiscard]] std::optional<Session> find(Id session) const;
    /// One that the database could not be told to end. It is told again until it was, and does not come back
    /// with a restart after that.
    void end_unstored(Id session);
    /// About once a second.
    void store_ends();
    /// Accounts, roles or sessions have changed: reads them again, and ends the sessions that are gone. After
    /// the commit. Where they cannot be read, this is `behind`.
    void refresh();
    /// A refresh could not be read: what is known here may be more than is granted.
    [[nodiscard]] bool behind() const { return applied_ < needed_; }
    /// Reads what is missing; before a session or a token is believed. Errors: those of reading, while
    /// behind.
    [[nodiscard]] base::Status catch_up();
    [[nodiscard]] std::vector<Session> all() const;  ///< the newest first

  private:
    struct Kept {
        Session session;
        base::UtcTime stored;           ///< `last_seen` as the database has it
        std::uint64_t known_since = 0;  ///< the readings that had begun by then say nothing of it
    };
    [[nodiscard]] base::UtcTime end_of(const Session&) const;
    [[nodiscard]] bool has_ended(const Session&) const;
    /// As of now, unless a reading that began later was faster.
    [[nodiscard]] base::Status read_again();
    void drop_longest_idle();
    void store_use(Id session, base::UtcTime at);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    const SignInRules& rules_;
    mutable std::mutex mutex_;
    std::map<std::string, Kept, std::less<>> by_token_hash_;
    std::set<Id> unstored_ends_;
    /// Readings are numbered as they begin: the newest that came back, and the newest that did not.
    std::atomic<std::uint64_t> begun_ = 0;
    std::atomic<std::uint64_t> applied_ = 0;
    std::atomic<std::uint64_t> needed_ = 0;
};

}  // namespace sallyport::server

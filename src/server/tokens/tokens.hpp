#pragma once
// API tokens of scripts (platform.md I1): each may do a part of what its maker may, in a part of what its
// maker sees, and never more than the maker may at the time of the call. They are looked up in memory and
// kept hashed in the database. Any thread; `use` waits for nothing.
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "server/accounts/lockout.hpp"
#include "server/accounts/sessions.hpp"

namespace sallyport::server {

struct Token {
    Id id = 0;
    Id account_id = 0;
    std::string name;
    Rights rights;
    std::optional<std::vector<Id>> areas;  ///< nullopt: all that its maker sees
    std::optional<std::vector<Id>> departments;
    base::UtcTime created_at;
    std::optional<base::UtcTime> expires_at;  ///< nullopt: never
    std::optional<base::UtcTime> used_at;
    std::optional<std::string> used_from;
};

struct NewToken {
    std::string name;
    Rights rights;
    std::optional<std::vector<Id>> areas;
    std::optional<std::vector<Id>> departments;
    std::optional<base::UtcTime> expires_at;
};

class Tokens {
  public:
    /// What every token begins with, so that one that lies around is known for what it is.
    static constexpr std::string_view prefix = "spt_";
    static constexpr std::size_t of_one_account = 100;

    using ViewerOf = std::function<Viewer(const Account&)>;
    /// All outlive this. `viewer_of`: what an account sees now.
    Tokens(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit,
           const Tree& areas, const Tree& departments, ViewerOf viewer_of)
        : database_(database),
          ids_(ids),
          clock_(clock),
          audit_(audit),
          areas_(areas),
          departments_(departments),
          viewer_of_(std::move(viewer_of)) {}

    /// Reads them. Once, before the rest, and before the first `accounts_changed`.
    [[nodiscard]] base::Status load();
    /// What their makers may now; those of accounts that are gone are gone.
    void accounts_changed(const std::vector<Account>&);

    /// As a session of the maker that may no more than the token. Five unknown ones from an address lock it
    /// for tokens as wrong passwords do for signing in; one that is right forgives nothing, or whoever has
    /// one could guess on. Errors: unauthenticated "wrong_token", "token_expired"; limit "locked_out", also
    /// while its maker is locked by hand. Wrong passwords stop no token, or anybody could.
    [[nodiscard]] Answer<Session> use(std::string_view token, const Caller&);
    /// The same for one that is being used; none when it has expired or is revoked, or its maker is locked.
    [[nodiscard]] std::optional<Session> find(Id) const;
    /// Looks who is locked by hand: `sallyport user lock` is another process. About once a second.
    void look_for_locks();
    /// The lockout of an address was lifted, as it is counted.
    void forgive(const std::string& counted);

    /// Answers are as in api/openapi.yaml: TokenList, NewToken. Those of the session's account, and with
    /// accounts.view of the whole site all. Errors: conflict "name_taken", "too_many_tokens"; forbidden
    /// "beyond_your_rights"; invalid with the fields that are wrong.
    [[nodiscard]] Answer<boost::json::object> list(const Session&, const Page&) const;
    [[nodiscard]] Answer<boost::json::object> add(const NewToken&, const Session&, const Actor&);
    /// Its own, or with accounts.administer of the whole site that of somebody who may not do more.
    Outcome remove(Id, const Session&, const Actor&);

  private:
    struct Kept {
        Token token;
        Account maker;
        base::UtcTime stored;  ///< `used_at` as the database has it
    };
    [[nodiscard]] Session session_of(const Kept&) const;
    [[nodiscard]] bool has_expired(const Token&) const;
    /// Until when; none: not locked. Under the mutex.
    [[nodiscard]] std::optional<base::UtcTime> locked_until(const Account&) const;
    [[nodiscard]] Outcome check(const NewToken&, const Session&) const;
    [[nodiscard]] base::Status store(ports::Connection&, const Token&, const std::string& hash) const;
    /// As it is stored now.
    [[nodiscard]] static Answer<Account> maker_of(ports::Connection&, const Session&);
    [[nodiscard]] Outcome keep(const std::string& hash, Token, const Session&);
    [[nodiscard]] base::Result<boost::json::object> told(ports::Connection&, const Token&) const;
    /// Under the mutex.
    void note_wrong(const Caller&);
    void note_use(Kept&, const Caller&);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    const Tree& areas_;
    const Tree& departments_;
    ViewerOf viewer_of_;
    mutable std::mutex mutex_;
    std::map<std::string, Kept, std::less<>> by_hash_;
    std::map<std::string, Failures, std::less<>> failures_;  ///< as counted; the database has them as well
    std::map<std::string, Failures, std::less<>> locks_;     ///< by hand, by account; as it has them
};

/// Whether what somebody shows is meant to be one.
[[nodiscard]] inline bool is_api_token(std::string_view token) {
    return token.starts_with(Tokens::prefix);
}

}  // namespace sallyport::server

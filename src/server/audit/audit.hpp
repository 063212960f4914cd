#pragma once
// What operators did: append-only and hash-chained (platform.md S5). An entry is written in the transaction
// of the change that it tells of, so that neither exists without the other.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "ports/database.hpp"
#include "server/rights/part.hpp"
#include "server/storage/id_source.hpp"
#include "server/wire/parameters.hpp"

namespace sallyport::server {

/// Who does something, and from where. No account: the platform itself.
struct Actor {
    std::optional<std::string> account;
    std::optional<std::string> address;
    std::optional<std::string> token{};  ///< the name of the account's API token that did it
};

/// What it was done to.
struct Subject {
    std::string kind;  ///< "person"
    std::optional<std::string> id;
    std::optional<std::string> name;
};

struct AuditFilter {
    std::optional<std::string> account;
    std::optional<std::string> action;
    std::optional<base::UtcTime> from;  ///< included
    std::optional<base::UtcTime> to;    ///< excluded
    std::optional<std::string> part;    ///< of an account's, a token's or a subject's name, or of an address
    /// Where `part` is looked for besides; values hold card numbers, and names from all over the site.
    enum class Also { nowhere, in_values } also = Also::nowhere;
};

class Audit {
  public:
    /// All outlive this.
    Audit(ports::Database& database, IdSource& ids, const ports::Clock& clock)
        : database_(database), ids_(ids), clock_(clock) {}

    /// Inside a unit of work on the writer thread. `before` and `after` hold the members that changed, no
    /// secrets; a revision is left out.
    base::Status append(ports::Connection&, const Actor&, std::string_view action,
                        const std::optional<Subject>&, const boost::json::object* before = nullptr,
                        const boost::json::object* after = nullptr);
    /// Inside a unit of work: takes a person out of all entries, which leaves who did what and when, and
    /// notes it as "person.erased".
    base::Status erase_person(ports::Connection&, const Actor&, Id person, const std::string& user_id);
    /// Inside a unit of work: removes the oldest entries, those from before `before`, and notes it. Whether
    /// there were any.
    [[nodiscard]] base::Result<bool> trim(ports::Connection&, base::UtcTime before, std::int64_t at_most);
    /// {"items", "next"} as in GET /audit. Who sees a part of the site reads what was done to what is in it
    /// now, and what was done by `own`, which is the account that asks.
    [[nodiscard]] Answer<boost::json::object> list(const AuditFilter&, const Part& seen,
                                                   const std::string& own, const Page&) const;

  private:
    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
};

/// For what is done and stays so: it may not be answered as if it were not, since whoever believes that does
/// it again, or worse, thinks a door locked. Where the audit log could not take it, the log of the program
/// has it.
void log_unnoted(const Actor&, std::string_view action, const Subject&, const boost::json::object& what,
                 const base::Status& noted);

struct AuditChain {
    std::int64_t entries = 0;  ///< that are there: old ones may have been removed
    std::string last_hash;  ///< upper-case hexadecimal; a copy kept elsewhere proves that nothing was cut off
};
/// Walks the whole chain. corrupt "audit_broken" names the first entry that was changed, or that is missing,
/// without an entry that says so.
[[nodiscard]] base::Result<AuditChain> verify_audit(ports::Database&);

/// The members of `before` and `after` that differ; both are objects of the same kind. A revision is no part
/// of what somebody did.
struct Changes {
    boost::json::object before;
    boost::json::object after;
    [[nodiscard]] bool none() const { return before.empty() && after.empty(); }
};
[[nodiscard]] Changes changes(const boost::json::object& before, const boost::json::object& after);

}  // namespace sallyport::server

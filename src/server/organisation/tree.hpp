#pragma once
// The organisation (platform.md V4, H1): areas, in which devices and doors live, and departments, in which
// people live. Both are trees with any number of tops; what is in none of their branches belongs to the whole
// site. Any thread.
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "server/audit/audit.hpp"
#include "server/rights/part.hpp"
#include "server/storage/change.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

enum class TreeOf { areas, departments };

/// What is set or changed; a member that is not there stays as it is.
struct BranchPatch {
    std::optional<std::string> name;
    Nullable<Id> parent_id;                ///< null inside: at the top
    std::optional<std::int64_t> revision;  ///< that the change was made from
};

class Tree {
  public:
    /// Levels from a top to the lowest branch.
    static constexpr int levels = 12;

    /// All outlive this.
    Tree(TreeOf what, ports::Database& database, IdSource& ids, Audit& audit)
        : what_(what), database_(database), ids_(ids), audit_(audit) {}
    /// A branch has moved: what is granted to those above it may concern others now.
    OnChange on_change;
    /// Once, before the rest.
    [[nodiscard]] base::Status load();

    /// Answers are as in api/openapi.yaml: Area or Department, and lists of them. Errors: conflict
    /// "name_taken" beside a sibling, "changed_meanwhile" for another revision, "not_empty"; invalid field
    /// parent_id with not_found, cycle, too_deep.
    /// `seen` are the branches of who asks: others are as if they were not there, and nobody reaches the top
    /// who does not see all.
    [[nodiscard]] Answer<boost::json::object> list(const Branches& seen, const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Branches& seen) const;
    [[nodiscard]] Answer<boost::json::object> add(const BranchPatch&, const Branches& seen, const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const BranchPatch&, const Branches& seen,
                                                     const Actor&);
    Outcome remove(Id, const Branches& seen, const Actor&);

    /// The branches and everything below them, as far as they are there.
    [[nodiscard]] std::set<Id> below(const std::vector<Id>& branches) const;
    /// The same for a filter that may not have been sent.
    [[nodiscard]] Branches below(std::optional<Id> branch) const {
        return branch ? Branches(below(std::vector{*branch})) : std::nullopt;
    }

  private:
    using Parents = std::map<Id, std::optional<Id>>;
    [[nodiscard]] base::Result<Parents> read(ports::Connection&) const;
    [[nodiscard]] Answer<boost::json::object> find(ports::Connection&, Id) const;
    struct Place {
        std::string name;
        std::optional<Id> parent;
    };
    [[nodiscard]] Outcome check_seen(Id, const Branches& seen) const;
    [[nodiscard]] Outcome check_place(ports::Connection&, Id, std::optional<Id> parent) const;
    [[nodiscard]] Outcome check_name(ports::Connection&, Id, const Place&) const;
    [[nodiscard]] Outcome check_empty(ports::Connection&, const boost::json::object& branch) const;
    /// A unit of work that changes the tree.
    [[nodiscard]] Answer<boost::json::object> write(
        const std::function<Answer<boost::json::object>(ports::Connection&)>&);
    [[nodiscard]] base::Status note(ports::Connection&, const Actor&, std::string_view verb,
                                    const boost::json::object* before,
                                    const boost::json::object* after) const;

    const TreeOf what_;
    ports::Database& database_;
    IdSource& ids_;
    Audit& audit_;
    mutable std::mutex mutex_;
    Parents parents_;
};

/// Inside a unit of work: invalid `field` "not_found" unless there is such a branch and it is among those
/// seen; none is for those who see all.
[[nodiscard]] Outcome check_branch(ports::Connection&, TreeOf, std::optional<Id>, const Branches& seen,
                                   std::string_view field);

/// {"id", "name"} as it is called now, for the audit log, which is read when it may be gone; null for none.
[[nodiscard]] base::Result<boost::json::value> named_branch(ports::Connection&, TreeOf, std::optional<Id>);
/// Replaces the id `member` of what the audit log tells by what `named_branch` says, as `name`.
[[nodiscard]] base::Status name_branch(ports::Connection&, TreeOf, boost::json::object& told,
                                       std::string_view member, std::string_view name);

}  // namespace sallyport::server

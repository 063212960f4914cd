#pragma once
// Interlocks (platform.md G3): doors of one controller of which at most one serves people at a time. Any
// thread. Who sees a part of the site sees those whose doors are all in it; the others are as if they were
// not there.
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/interlock/interlock.hpp"
#include "server/audit/audit.hpp"
#include "server/storage/change.hpp"

namespace sallyport::server {

/// A member that is not there stays as it is, or gets its default.
struct InterlockPatch {
    std::optional<std::string> name;
    std::optional<core::Blocks> blocks;
    std::optional<std::vector<Id>> doors;  ///< at least two
};

class Interlocks {
  public:
    /// All outlive this.
    Interlocks(ports::Database& database, IdSource& ids, Audit& audit)
        : database_(database), ids_(ids), audit_(audit) {}
    OnChange on_change;

    /// Answers are as in api/openapi.yaml: Interlock, InterlockList. Errors: conflict "name_taken" /
    /// "several_controllers" / "too_many_interlocks" (64 of a controller); invalid with the doors that do not
    /// exist.
    [[nodiscard]] Answer<boost::json::object> list(const Branches& seen, const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Branches& seen) const;
    [[nodiscard]] Answer<boost::json::object> add(const InterlockPatch&, const Branches& seen, const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const InterlockPatch&, const Branches& seen,
                                                     const Actor&);
    Outcome remove(Id, const Branches& seen, const Actor&);

  private:
    [[nodiscard]] Answer<boost::json::object> store(ports::Connection&, Id, const InterlockPatch&,
                                                    const Branches& seen);

    ports::Database& database_;
    IdSource& ids_;
    Audit& audit_;
};

}  // namespace sallyport::server

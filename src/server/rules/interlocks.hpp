#pragma once
// Interlocks (platform.md G3): doors of one controller of which at most one serves people at a time. Any
// thread.
#include <optional>
#include <string>
#include <vector>

#include "core/interlock/interlock.hpp"
#include "server/rules/controller_rules.hpp"

namespace sallyport::server {

/// A member that is not there stays as it is, or gets its default.
struct InterlockPatch {
    std::optional<std::string> name;
    std::optional<core::Blocks> blocks;
    std::optional<std::vector<Id>> doors;  ///< at least two
    std::optional<std::int64_t> revision;  ///< that the change was made from
};

/// Answers are as in api/openapi.yaml: Interlock, InterlockList. Errors: conflict "name_taken" /
/// "changed_meanwhile" / "several_controllers" / "too_many_interlocks" (64 of a controller); invalid with the
/// doors that do not exist.
class Interlocks : public ControllerRules {
  public:
    /// All outlive this.
    Interlocks(ports::Database& database, IdSource& ids, Audit& audit)
        : ControllerRules(shape, database, audit), ids_(ids) {}

    [[nodiscard]] Answer<boost::json::object> add(const InterlockPatch&, const Branches& seen, const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const InterlockPatch&, const Branches& seen,
                                                     const Actor&);

  private:
    static const Shape shape;
    [[nodiscard]] static Outcome store(ports::Connection&, Id, const InterlockPatch&, const Branches& seen);

    IdSource& ids_;
};

}  // namespace sallyport::server

#pragma once
// Anti-passback areas (platform.md G3): parts of a site between readers of one controller. Any thread.
//
// Choices that the specification leaves open:
// - An area is made of readers: those that lead into it and those that lead out of it. One that leads out of
//   one area and into another connects them; all others lead from or to the outside.
// - Of the readers of a door, those with its two own numbers count: the one outside (2n-1) and the one inside
//   (2n).
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/area/area.hpp"
#include "core/record/record.hpp"
#include "server/rules/controller_rules.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

struct DoorReader {
    Id door = 0;
    core::Direction direction = core::Direction::entry;  ///< entry: outside the door; exit: inside
    friend auto operator<=>(const DoorReader&, const DoorReader&) = default;
};

/// A member that is not there stays as it is, or gets its default.
struct PassbackAreaPatch {
    std::optional<std::string> name;
    std::optional<core::Passback> passback;
    std::optional<std::int64_t> minutes;             ///< of timed, 1-1,440
    Nullable<std::int64_t> reset_at_s;               ///< second of the local day
    std::optional<std::vector<DoorReader>> entries;  ///< lead into it; each once
    std::optional<std::vector<DoorReader>> exits;    ///< lead out of it; each once, and none of `entries`
    std::optional<std::int64_t> revision;            ///< that the change was made from
};

/// Answers are as in api/openapi.yaml: PassbackArea, PassbackAreaList. Errors: conflict "name_taken" /
/// "several_controllers" / "reader_taken" (it leads into, or out of, another area already) /
/// "too_many_passback_areas" (255 of a controller); invalid with the doors that do not exist.
class PassbackAreas : public ControllerRules {
  public:
    /// All outlive this.
    PassbackAreas(ports::Database& database, IdSource& ids, Audit& audit)
        : ControllerRules(shape, database, audit), database_(database), ids_(ids) {}

    [[nodiscard]] Answer<boost::json::object> add(const PassbackAreaPatch&, const Branches& seen,
                                                  const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const PassbackAreaPatch&, const Branches& seen,
                                                     const Actor&);

    /// What its controller knows it by.
    struct AtController {
        Id device = 0;
        std::int64_t number = 0;
        std::string name;
    };
    [[nodiscard]] Answer<AtController> at_controller(Id, const Branches& seen) const;
    /// Somebody whom that controller holds. Errors: not_found; conflict "person_not_there".
    struct Somebody {
        std::string user_id;
        std::string name;
    };
    [[nodiscard]] Answer<Somebody> person_at(Id device, Id person, const Branches& departments) const;

  private:
    static const Shape shape;
    [[nodiscard]] Outcome store(ports::Connection&, Id, const PassbackAreaPatch&, const Branches& seen);

    ports::Database& database_;
    IdSource& ids_;
};

}  // namespace sallyport::server

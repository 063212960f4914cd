#pragma once
// Floor plans (platform.md M4, decision 0039): a picture of an area with doors placed on it, and with links
// to the plans of what is inside. Any thread. Who sees a part of the site sees the plans of its areas, and on
// them the doors and links that are seen too; what is not seen stays where it is when the rest is moved.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "ports/clock.hpp"
#include "server/audit/audit.hpp"
#include "server/organisation/tree.hpp"

namespace sallyport::server {

/// On a picture: millionths of its width from the left and of its height from the top, 0 to 1,000,000.
struct Spot {
    std::int64_t x = 0;
    std::int64_t y = 0;
    friend bool operator==(const Spot&, const Spot&) = default;
};
inline constexpr std::int64_t whole_side = 1'000'000;

struct PlacedDoor {
    Id door = 0;
    Spot at;
    std::int64_t rotation = 0;  ///< degrees, clockwise, 0 to 359: of its leaf
    friend bool operator==(const PlacedDoor&, const PlacedDoor&) = default;
};
struct PlanLink {
    Id plan = 0;
    Spot at;
};

/// A member that is not there stays as it is, or gets its default.
struct FloorPlanPatch {
    std::optional<std::string> name;
    Nullable<Id> area_id;  ///< null inside: of the whole site
    std::optional<std::int64_t> position;
    std::optional<std::vector<PlacedDoor>> doors;  ///< all that are seen, each once
    std::optional<std::vector<PlanLink>> links;
    std::optional<std::int64_t> revision;  ///< that the change was made from
};

class FloorPlans {
  public:
    static constexpr std::size_t picture_bytes = 4'000'000;
    static constexpr unsigned picture_side = 8'000;  ///< pixels

    /// All outlive this.
    FloorPlans(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit)
        : database_(database), ids_(ids), clock_(clock), audit_(audit) {}

    /// Answers are as in api/openapi.yaml: FloorPlan, FloorPlanList. Errors: conflict "name_taken" beside
    /// another plan of the area, "changed_meanwhile" for another revision; invalid with the area, doors and
    /// plans that are not there or not seen.
    [[nodiscard]] Answer<boost::json::object> list(const Branches& seen, const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Branches& seen) const;
    [[nodiscard]] Answer<boost::json::object> add(const FloorPlanPatch&, const Branches& seen, const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const FloorPlanPatch&, const Branches& seen,
                                                     const Actor&);
    Outcome remove(Id, const Branches& seen, const Actor&);

    using Placed = std::map<Id, PlacedDoor>;
    struct File {
        std::string type;  ///< "image/png"
        std::string bytes;
    };
    /// Error not_found also while there is none.
    [[nodiscard]] Answer<File> picture(Id, const Branches& seen) const;
    /// The plan with its new picture. Errors besides: invalid "picture_too_large", "picture_unreadable",
    /// "picture_is_drawing".
    [[nodiscard]] Answer<boost::json::object> set_picture(Id, std::string_view file,
                                                          std::optional<std::int64_t> revision,
                                                          const Branches& seen, const Actor&);

  private:
    /// The plan as it is now, written down with what has become different.
    [[nodiscard]] Answer<boost::json::object> noted(ports::Connection&, Id, const boost::json::object& before,
                                                    const Placed& doors_before, const Branches& seen,
                                                    const Actor&);
    [[nodiscard]] Outcome store(ports::Connection&, Id, const FloorPlanPatch&, const Branches& seen);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
};

}  // namespace sallyport::server

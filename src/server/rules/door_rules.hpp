#pragma once
// Rules of a door beyond who may open it when (platform.md G3): plans, unlock modes by the clock, the first
// card, groups of people who come together. Any thread.
//
// Choices that the specification leaves open:
// - The first card is anybody of a list, as far as he or she may open the door anyway: the list gives
// nothing.
// - Who may not see people sees how many there are, and not who; who sees a part of them sees those, and
//   changes no list with others in it (forbidden "beyond_your_part").
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/access/rules.hpp"
#include "server/audit/audit.hpp"
#include "server/storage/change.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

struct FirstCardPatch {
    std::optional<Id> template_id;  ///< none: each day
    core::AfterFirstCard then = core::AfterFirstCard::others_may_enter;
    std::vector<Id> people;  ///< at least one
};
struct UnlockPeriodPatch {
    Id template_id = 0;
    core::UnlockMode mode = core::UnlockMode::card;
};
struct DoorGroupPatch {
    std::vector<Id> people;  ///< at least `needed`
    std::int64_t needed = 1;
};
/// A member that is not there stays as it is; lists are replaced.
struct DoorRulesPatch {
    Nullable<Id> always_open;  ///< a time template
    Nullable<Id> always_closed;
    std::optional<std::vector<UnlockPeriodPatch>> unlock_periods;
    Nullable<FirstCardPatch> first_card;
    std::optional<std::vector<DoorGroupPatch>> groups;
    std::optional<std::int64_t> group_window_s;
    std::optional<std::int64_t> revision;  ///< that the change was made from
};

class DoorRules {
  public:
    /// All outlive this.
    DoorRules(ports::Database& database, Audit& audit) : database_(database), audit_(audit) {}
    OnChange on_change;

    /// Answers are as in api/openapi.yaml: DoorRules, DoorRulesList. Errors: not_found; forbidden
    /// "beyond_your_part"; conflict "changed_meanwhile" / "controller_share" (holidays.hpp); invalid with the
    /// people or templates that do not exist.
    [[nodiscard]] Answer<boost::json::object> list(const Viewer&, const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id door, const Viewer&) const;
    [[nodiscard]] Answer<boost::json::object> change(Id door, const DoorRulesPatch&, const Viewer&,
                                                     const Actor&);

  private:
    ports::Database& database_;
    Audit& audit_;
};

}  // namespace sallyport::server

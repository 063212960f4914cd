#pragma once
// Holidays (platform.md G1): named dates on which time templates that name them have other hours than their
// week, or none. Any thread.
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/schedule/schedule.hpp"
#include "server/audit/audit.hpp"
#include "server/storage/change.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// What is set or changed; a member that is not there stays as it is, or gets its default.
struct HolidayPatch {
    std::optional<std::string> name;
    std::optional<base::LocalDate> from;
    std::optional<base::LocalDate> to;  ///< included
    std::optional<bool> yearly;
    std::optional<core::Day> periods;
    std::optional<std::int64_t> revision;  ///< that the change was made from
};

class Holidays {
  public:
    /// All outlive this.
    Holidays(ports::Database& database, IdSource& ids, Audit& audit)
        : database_(database), ids_(ids), audit_(audit) {}
    OnChange on_change;

    /// Answers are as in api/openapi.yaml: Holiday, HolidayList. Errors: conflict "name_taken" /
    /// "changed_meanwhile" / "holiday_in_use"; invalid field `to` with order, or too_long where a yearly one
    /// would meet itself.
    [[nodiscard]] Answer<boost::json::object> list(const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id) const;
    [[nodiscard]] Answer<boost::json::object> add(const HolidayPatch&, const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const HolidayPatch&, const Actor&);
    Outcome remove(Id, const Actor&);

  private:
    [[nodiscard]] Answer<boost::json::object> store(ports::Connection&, Id, const HolidayPatch&);

    ports::Database& database_;
    IdSource& ids_;
    Audit& audit_;
};

/// Inside a unit of work, after a change: what each controller would have to hold fits it. Error conflict
/// "controller_share", which names the controller, what does not fit and what to do.
[[nodiscard]] Outcome check_shares(ports::Connection&);

}  // namespace sallyport::server

#pragma once
// Who may open which door when: permission groups and time templates (platform.md G1, G2). Any thread.
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "core/schedule/schedule.hpp"
#include "server/audit/audit.hpp"
#include "server/rights/part.hpp"
#include "server/storage/change.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// What is set or changed; a member that is not there stays as it is, or gets its default.
struct GroupPatch {
    std::optional<std::string> name;
    std::optional<std::string> remark;
    Nullable<Id> template_id;
    std::optional<std::vector<Id>> doors;
    std::optional<std::vector<Id>> people;
    std::vector<Id> add_people;                  ///< to those who are there then; who is in it already stays
    std::vector<Id> remove_people;               ///< who is not in it is no error
    std::optional<std::vector<Id>> departments;  ///< with everything below them
    std::optional<std::string> effect;           ///< allow, deny
    Nullable<base::UtcTime> valid_to;            ///< excluded, whole seconds
    std::optional<std::int64_t> revision;        ///< that the change was made from
};
struct GroupFilter {
    std::optional<Id> person;
    std::optional<Id> door;
};

using Week = std::array<core::Day, 7>;
struct TemplatePatch {
    std::optional<std::string> name;
    std::optional<Week> week;
    std::optional<std::vector<Id>> holidays;  ///< that override the week
    std::optional<std::int64_t> revision;     ///< that the change was made from
};

/// How time_template.week is stored, and back; nullopt when it is not such a text.
[[nodiscard]] std::string week_text(const Week&);
[[nodiscard]] std::optional<Week> week_from(std::string_view stored);

class PermissionGroups {
  public:
    /// All outlive this.
    PermissionGroups(ports::Database& database, IdSource& ids, Audit& audit)
        : database_(database), ids_(ids), audit_(audit) {}
    OnChange on_change;

    /// Answers are as in api/openapi.yaml: PermissionGroup, PermissionGroupList. Errors: conflict
    /// "name_taken", "changed_meanwhile", "controller_share" (holidays.hpp), invalid with the doors, people
    /// or template that do not exist; forbidden "beyond_your_part" for a group with members outside of the
    /// part of who asks, who sees only those inside: adding a person there would open doors that are not
    /// theirs. A group with no member inside is as if it were not there; forbidden "group_without_members"
    /// when it would come to that.
    [[nodiscard]] Answer<boost::json::object> list(const GroupFilter&, const Part& seen, const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Part& seen) const;
    [[nodiscard]] Answer<boost::json::object> add(const GroupPatch&, const Part& seen, const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const GroupPatch&, const Part& seen, const Actor&);
    Outcome remove(Id, const Part& seen, const Actor&);

  private:
    [[nodiscard]] Answer<boost::json::object> store(ports::Connection&, Id, const GroupPatch&,
                                                    const Part& seen);

    ports::Database& database_;
    IdSource& ids_;
    Audit& audit_;
};

class TimeTemplates {
  public:
    /// All outlive this.
    TimeTemplates(ports::Database& database, IdSource& ids, Audit& audit)
        : database_(database), ids_(ids), audit_(audit) {}
    OnChange on_change;

    /// Answers are as in api/openapi.yaml: TimeTemplate, TimeTemplateList. Errors: conflict "name_taken" /
    /// "changed_meanwhile" / "template_in_use" / "controller_share" (holidays.hpp); invalid with the holidays
    /// that do not exist.
    [[nodiscard]] Answer<boost::json::object> list(const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id) const;
    [[nodiscard]] Answer<boost::json::object> add(const TemplatePatch&, const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const TemplatePatch&, const Actor&);
    Outcome remove(Id, const Actor&);

  private:
    [[nodiscard]] Answer<boost::json::object> store(ports::Connection&, Id, const TemplatePatch&);

    ports::Database& database_;
    IdSource& ids_;
    Audit& audit_;
};

}  // namespace sallyport::server

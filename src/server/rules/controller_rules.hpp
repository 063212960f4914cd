#pragma once
// What rules that belong to one controller have in common, anti-passback areas and interlocks: how they are
// listed, changed, noted and brought to the controller. Any thread.
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "server/audit/audit.hpp"
#include "server/storage/change.hpp"
#include "server/wire/parameters.hpp"

namespace sallyport::server {

/// Rows of one table. Each has an id, a name, a device_id and a revision. Who sees a part of the site sees
/// those whose doors are all in it; the others are as if they were not there.
class ControllerRules {
  public:
    OnChange on_change;

    [[nodiscard]] Answer<boost::json::object> list(const Branches& seen, const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Branches& seen) const;
    Outcome remove(Id, const Branches& seen, const Actor&);

  protected:
    struct Shape {
        std::string_view table;    ///< which is what the audit log calls it, too
        std::string_view what;     ///< "interlock", in sentences
        std::string_view columns;  ///< the first is the id
        std::string (*seen)(const Branches&);
        /// As the API tells it.
        base::Result<boost::json::object> (*read)(ports::Connection&, const ports::Row&);
        /// As the audit log tells it, from all members or those that changed, device_id aside.
        base::Result<boost::json::object> (*told)(ports::Connection&, boost::json::object);
    };
    /// All outlive this.
    ControllerRules(const Shape& shape, ports::Database& database, Audit& audit)
        : shape_(shape), database_(database), audit_(audit) {}
    ~ControllerRules() = default;

    /// Inside a unit of work.
    [[nodiscard]] Answer<boost::json::object> find(ports::Connection&, Id, const Branches& seen) const;
    /// Stores the rows of a rule.
    using Store = std::function<Outcome(ports::Connection&)>;
    [[nodiscard]] Answer<boost::json::object> added(Id, const Store&, const Branches& seen, const Actor&);
    /// `made_from` as for begin_change (revision.hpp).
    [[nodiscard]] Answer<boost::json::object> changed(Id, std::optional<std::int64_t> made_from, const Store&,
                                                      const Branches& seen, const Actor&);

  private:
    [[nodiscard]] base::Status note(ports::Connection&, const Actor&, std::string_view verb,
                                    const boost::json::object& rule, const Changes&);
    void tell(std::set<Id> devices) const;

    const Shape& shape_;
    ports::Database& database_;
    Audit& audit_;
};

}  // namespace sallyport::server

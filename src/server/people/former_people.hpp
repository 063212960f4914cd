#pragma once
// People who were removed (platform.md H4). Their events and cards keep naming them until they are erased:
// then the events stay, of "an erased person". Any thread.
#include <functional>
#include <optional>
#include <string>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "ports/clock.hpp"
#include "server/audit/audit.hpp"

namespace sallyport::server {

/// What happens to name and user ID when a person is removed. Also the words of the contract.
enum class AfterRemoval { keep, erase };
BOOST_DESCRIBE_ENUM(AfterRemoval, keep, erase)

class FormerPeople {
  public:
    /// All outlive this.
    FormerPeople(ports::Database& database, const ports::Clock& clock, Audit& audit)
        : database_(database), clock_(clock), audit_(audit) {}
    /// Called after somebody was erased, whose events are to be cleaned (clean_events).
    std::function<void()> on_erased;

    /// As GET /former-people, those who were removed last first. `part` is of a name or user ID.
    [[nodiscard]] Answer<boost::json::object> list(const std::optional<std::string>& part,
                                                   const Branches& seen, const Page&) const;
    Outcome erase(Id, const Branches& seen, const Actor&);

    /// Inside a unit of work: keeps who the person was, who is removed next.
    [[nodiscard]] base::Status take(ports::Connection&, Id person);
    /// Inside a unit of work: erases who was taken, in the audit log and the cards' history too. The events
    /// do not name the person any more; what they hold besides goes with clean_events.
    [[nodiscard]] base::Status erase(ports::Connection&, Id person, const Actor&);
    /// Inside a unit of work: erases one of those who were removed before `before`, as the platform itself.
    /// Whether there was one.
    [[nodiscard]] base::Result<bool> erase_oldest(ports::Connection&, base::UtcTime before);
    /// Inside a unit of work: takes user ID, card and detail out of some events of erased people. Whether
    /// there was anything to do.
    [[nodiscard]] base::Result<bool> clean_events(ports::Connection&, std::int64_t at_most);

  private:
    ports::Database& database_;
    const ports::Clock& clock_;
    Audit& audit_;
};

}  // namespace sallyport::server

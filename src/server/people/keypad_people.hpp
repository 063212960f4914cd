#pragma once
// People whom somebody has added, changed or deleted at a controller's keypad (platform.md G4,
// docs/decisions/0035): shown, until they are adopted or put back. Any thread.
#include <optional>
#include <set>
#include <string>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "server/people/people.hpp"

namespace sallyport::server {

/// Also the words of the contract. adopt: as at the keypad, here as well; put_back: as here, there again.
enum class KeypadDecision : std::uint8_t { adopt, put_back };
BOOST_DESCRIBE_ENUM(KeypadDecision, adopt, put_back)

class KeypadPeople {
  public:
    /// All outlive this.
    KeypadPeople(ports::Database& database, const ports::Clock& clock, Audit& audit, People& people)
        : database_(database), clock_(clock), audit_(audit), people_(people) {}
    OnChange on_change;

    /// KeypadPersonList of api/openapi.yaml, by user ID. The device is there and is seen.
    [[nodiscard]] Answer<boost::json::object> list(Id device, const Branches& departments, const Page&) const;
    /// Of who is named in the patch by user ID. Adopted, whoever was added or changed becomes, or is, a
    /// person with what the patch says beside; whoever was deleted is removed. Errors: conflict
    /// "nothing_at_keypad", and those of adding, changing and removing a person.
    Outcome settle(Id device, KeypadDecision, const PersonPatch&, const Part&, const Actor&);
    /// Puts everybody back.
    Outcome put_all_back(Id device, const Branches& departments, const Actor&);

    /// Refusals of the controller are forgotten, so that it is asked again: of one person, or of all.
    /// not_found without such a person.
    Outcome try_again(Id device, std::optional<Id> person, const Branches& departments, const Actor&);

  private:
    [[nodiscard]] base::Status put_back(ports::Connection&, Id device, const ports::Row&) const;
    [[nodiscard]] base::Status note(ports::Connection&, Id device, std::string_view action,
                                    const boost::json::object& after, const Actor&) const;

    ports::Database& database_;
    const ports::Clock& clock_;
    Audit& audit_;
    People& people_;
};

}  // namespace sallyport::server

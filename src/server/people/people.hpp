#pragma once
// People and their credentials (platform.md H1, H2). PINs are sealed before they reach the database. Any
// thread.
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "server/audit/audit.hpp"
#include "server/organisation/tree.hpp"
#include "server/people/cards.hpp"
#include "server/people/former_people.hpp"
#include "server/people/person_fields.hpp"
#include "server/secrets/sealer.hpp"
#include "server/storage/change.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// What is set or changed; a member that is not there stays as it is, or gets its default.
struct PersonPatch {
    std::optional<std::string> user_id;
    std::optional<std::string> name;
    std::optional<std::string> type;
    Nullable<base::UtcTime> valid_from;
    Nullable<base::UtcTime> valid_to;
    Nullable<std::int64_t> uses;  ///< where it is set, even to the same number, controllers count anew
    Nullable<base::Secret> pin;
    std::optional<std::vector<CardPatch>> cards;
    std::optional<std::string> remark;
    boost::json::object details;  ///< of PersonDetails, those that are sent: texts, empty for none
    boost::json::object custom;   ///< of PersonValues, the same
    std::optional<bool> administrator;
    Nullable<Id> department_id;
    std::optional<std::int64_t> revision;  ///< that the change was made from
};

/// The members of PersonDetails.
inline constexpr std::string_view detail_names[] = {"gender",  "title",     "birthday",   "phone",
                                                    "email",   "address",   "company",    "occupation",
                                                    "id_type", "id_number", "entered_on", "left_on"};

/// What an import does with people who are here already. Also the words of the contract.
enum class Existing { refuse, change };
BOOST_DESCRIBE_ENUM(Existing, refuse, change)

struct PeopleFilter {
    std::optional<std::string> part;  ///< of a name, a user ID or a card's number
    std::optional<Id> group;
    std::optional<Id> department;  ///< or one below it
};

class People {
  public:
    /// All outlive this.
    People(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit,
           const Sealer& sealer, const Tree& departments, Cards& cards, FormerPeople& former)
        : database_(database),
          ids_(ids),
          clock_(clock),
          audit_(audit),
          sealer_(sealer),
          departments_(departments),
          cards_(cards),
          former_(former) {}
    OnChange on_change;

    /// Answers are as in api/openapi.yaml: Person, PersonList.
    /// `seen` are the departments of who asks: people of others are as if they were not there.
    [[nodiscard]] Answer<boost::json::object> list(const PeopleFilter&, const Branches& seen,
                                                   const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Branches& seen) const;
    /// Errors: conflict "user_id_taken" / "card_taken", which name who has it,
    /// "changed_meanwhile"; invalid fields.
    [[nodiscard]] Answer<boost::json::object> add(const PersonPatch&, const Branches& seen, const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const PersonPatch&, const Branches& seen,
                                                     const Actor&);
    /// Name and user ID stay with the events of the person, or are erased at once.
    Outcome remove(Id, AfterRemoval, const Part&, const Actor&);

    enum class Taken { added, changed };
    /// Inside a unit of work, of somebody with a user ID: changes who has it, or adds who is new. Without an
    /// entry in the audit log and without a word to controllers: that is for who takes many.
    [[nodiscard]] Answer<Taken> take(ports::Connection&, const PersonPatch&, Existing, const Branches& seen,
                                     const Actor&);
    /// What `take` would refuse.
    [[nodiscard]] base::Result<std::vector<FieldError>> check(ports::Connection&, const PersonPatch&,
                                                              Existing, const Branches& seen) const;

  private:
    [[nodiscard]] Outcome insert(ports::Connection&, Id, const PersonPatch&, const Branches& seen,
                                 const Actor&);
    [[nodiscard]] static Outcome check_custom(ports::Connection&, const PersonPatch&, Whose);
    [[nodiscard]] Outcome store(ports::Connection&, Id, const PersonPatch&, const Branches& seen,
                                const Actor&);
    /// Stores the change of somebody who was `before`, and notes it in the audit log.
    [[nodiscard]] Answer<boost::json::object> change_noted(ports::Connection&, Id,
                                                           const boost::json::object& before,
                                                           const PersonPatch&, const Branches& seen,
                                                           const Actor&);
    [[nodiscard]] base::Result<std::string> next_user_id(ports::Connection&);
    void changed(std::set<Id> devices) const;

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    const Sealer& sealer_;
    const Tree& departments_;
    Cards& cards_;
    FormerPeople& former_;
};

/// What a person's PIN is sealed for (Sealer).
[[nodiscard]] std::string pin_purpose(Id person);

}  // namespace sallyport::server

#pragma once
// What a site wants to know of people besides (platform.md H1): up to 20 fields of its own. Values are texts,
// checked by their kind. Any thread.
#include <map>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "server/audit/audit.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// Also the words of the contract.
enum class PersonFieldKind : std::uint8_t { text, number, date, choice };
BOOST_DESCRIBE_ENUM(PersonFieldKind, text, number, date, choice)

struct PersonField {
    Id id = 0;  ///< 0: a new one
    std::string name;
    PersonFieldKind kind = PersonFieldKind::text;
    Need need = Need::optional;
    std::vector<std::string> choices;  ///< of a choice
};

class PersonFields {
  public:
    static constexpr std::size_t at_most = 20;
    static constexpr std::size_t choices_at_most = 50;

    /// All outlive this.
    PersonFields(ports::Database& database, IdSource& ids, Audit& audit)
        : database_(database), ids_(ids), audit_(audit) {}

    /// PersonFieldList of api/openapi.yaml, in their order.
    [[nodiscard]] Answer<boost::json::object> list() const;
    /// These from now on, in this order; those that are not among them go with all their values. Errors:
    /// invalid with a field that is not there, or whose kind would change.
    [[nodiscard]] Answer<boost::json::object> replace(const std::vector<PersonField>&, const Actor&);

  private:
    ports::Database& database_;
    IdSource& ids_;
    Audit& audit_;
};

// The rest is inside units of work. Values are {"id of the field": "text"}, empty for none.

enum class Whose : std::uint8_t { somebody_new, somebody_known };
/// What is wrong with them, as fields "custom.ID": not_found, pattern, or missing where one is needed.
/// Whoever is known need not have what is not sent.
[[nodiscard]] base::Result<std::vector<FieldError>> check_values(ports::Connection&,
                                                                 const boost::json::object& sent, Whose);
[[nodiscard]] base::Status store_values(ports::Connection&, Id person, const boost::json::object& sent);
/// By person; without those of whom there are none.
[[nodiscard]] base::Result<std::map<Id, boost::json::object>> values_of(ports::Connection&,
                                                                        const std::vector<Id>& people);

}  // namespace sallyport::server

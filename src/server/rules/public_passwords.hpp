#pragma once
// Public passwords (platform.md G3): codes that open doors without a person. Written and never shown. Any
// thread. Who sees a part of the site sees those whose doors are all in it; the others are as if they were
// not there.
//
// A controller takes a code for a user ID or for a public password before it looks at anything else, so none
// of them may be equal to another (controller.md K13). Here that holds for the whole site: whose door a code
// is for may change, and who has which user ID where, too. People's PINs may be equal to one: they are never
// typed without a user ID or a card.
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/secret.hpp"
#include "server/audit/audit.hpp"
#include "server/secrets/sealer.hpp"
#include "server/storage/change.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// A member that is not there stays as it is, or gets its default.
struct PublicPasswordPatch {
    std::optional<std::string> name;
    std::optional<base::Secret> code;  ///< 1-8 digits
    std::optional<std::vector<Id>> doors;
    Nullable<base::UtcTime> valid_from;
    Nullable<base::UtcTime> valid_to;
    Nullable<std::int64_t> uses;  ///< where it is set, even to the same number, controllers count anew
    std::optional<std::int64_t> revision;  ///< that the change was made from
};

class PublicPasswords {
  public:
    static constexpr std::int64_t most_of_a_controller = 500;
    /// How far the plan of a controller has come: IssueOfDevice of the contract.
    using IssueOf = std::function<boost::json::object(Id device)>;

    /// All outlive this.
    PublicPasswords(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit,
                    const Sealer& sealer, IssueOf issue_of)
        : database_(database),
          ids_(ids),
          clock_(clock),
          audit_(audit),
          sealer_(sealer),
          issue_of_(std::move(issue_of)) {}
    OnChange on_change;

    /// Answers are as in api/openapi.yaml: PublicPassword, PublicPasswordList. Errors: conflict "name_taken"
    /// / "changed_meanwhile" / "code_taken" / "too_many_public_passwords" (500 of a controller); invalid with
    /// the doors that do not exist.
    [[nodiscard]] Answer<boost::json::object> list(const Branches& seen, const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Branches& seen) const;
    [[nodiscard]] Answer<boost::json::object> add(const PublicPasswordPatch&, const Branches& seen,
                                                  const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const PublicPasswordPatch&, const Branches& seen,
                                                     const Actor&);
    Outcome remove(Id, const Branches& seen, const Actor&);

  private:
    [[nodiscard]] base::Status insert(ports::Connection&, Id, const PublicPasswordPatch&);
    [[nodiscard]] Answer<boost::json::object> store(ports::Connection&, Id, const PublicPasswordPatch&,
                                                    const Branches& seen);
    [[nodiscard]] Outcome check_code(ports::Connection&, Id, const base::Secret& code) const;
    void tell_issue(boost::json::object& password) const;

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    const Sealer& sealer_;
    IssueOf issue_of_;
};

}  // namespace sallyport::server

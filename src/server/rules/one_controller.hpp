#pragma once
// What anti-passback areas and interlocks have in common: they are of doors of one controller, which decides
// alone. Inside units of work.
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>

#include "ports/database.hpp"
#include "server/rights/part.hpp"
#include "server/storage/id_source.hpp"
#include "server/wire/problem.hpp"

namespace sallyport::server {

/// conflict "not_spoken" for a door whose controller cannot be told such rules.
[[nodiscard]] Outcome check_speaks_rules(ports::Connection&, Id door);

struct SentDoor {
    std::string field;  ///< where it stands in what was sent
    Id id = 0;
};
/// The controller of all these doors, of which there is one at least. Errors: invalid, with the first of them
/// that is not there or not seen; conflict "several_controllers" names a door of each of two and says what is
/// possible. `what`: "An interlock".
[[nodiscard]] Answer<Id> controller_of(ports::Connection&, const std::vector<SentDoor>&, const Branches& seen,
                                       std::string_view what);

/// {"id", "name"} of each door, for the audit log.
[[nodiscard]] base::Result<boost::json::array> named_doors(ports::Connection&, const std::vector<Id>&);

/// conflict "name_taken" when another row of `table` has it; `what`: "an interlock".
[[nodiscard]] Outcome check_name_free(ports::Connection&, std::string_view table, std::string_view what,
                                      Id id, const std::string& name);

}  // namespace sallyport::server

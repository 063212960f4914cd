#pragma once
// A person as the contract lets one be sent: PersonCreate, PersonPatch, ImportRow.
#include "server/people/people.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// With a name that is needed, of somebody new; otherwise `revision` may be sent as well.
[[nodiscard]] PersonPatch read_person(Fields&, std::vector<FieldError>&, Need name);
/// A row of an import: the user ID is needed.
[[nodiscard]] PersonPatch read_row(Fields&, std::vector<FieldError>&);

}  // namespace sallyport::server

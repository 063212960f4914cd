#pragma once
// /person-fields.
#include "server/api/operation.hpp"
#include "server/people/person_fields.hpp"

namespace sallyport::server {

[[nodiscard]] Operations person_field_operations(PersonFields&);

}  // namespace sallyport::server

#pragma once
// /devices/{id}/keypad-people, /devices/{id}/issue-retries.
#include "server/accounts/found_codes.hpp"
#include "server/api/operation.hpp"
#include "server/devices/devices.hpp"
#include "server/people/keypad_people.hpp"

namespace sallyport::server {

[[nodiscard]] Operations keypad_people_operations(KeypadPeople&, Devices&, FoundCodes&);

}  // namespace sallyport::server

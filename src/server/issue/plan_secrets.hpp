#pragma once
// The codes in a plan (platform.md G3): public passwords at one controller's doors, and its keypad's
// password. A plan's revision is told to whoever may look at the controller, so it is made of the codes'
// marks, which tell nothing of them; the codes take their places when a plan is sent. Inside units of work.
#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "ports/database.hpp"
#include "server/secrets/sealer.hpp"

namespace sallyport::server {

[[nodiscard]] std::string keypad_password_purpose(std::int64_t device_id);

/// Sets "public_passwords", and "keypad_password" where one is set here and nobody has changed it at the
/// keypad since, with marks in place of codes.
[[nodiscard]] base::Status put_marks(ports::Connection&, std::int64_t device_id, boost::json::object& plan);
/// The codes of what `put_marks` has set, in the same unit of work. Error corrupt "unsealable".
[[nodiscard]] base::Status put_codes(ports::Connection&, const Sealer&, std::int64_t device_id,
                                     boost::json::object& plan);

/// Inside the unit of work that stores a device's records: one of them says that the password was changed at
/// the keypad. It is left as it is from now on.
[[nodiscard]] base::Status leave_keypad_password(ports::Connection&, std::int64_t device_id,
                                                 base::UtcTime changed_at);

}  // namespace sallyport::server

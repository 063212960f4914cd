#pragma once
// From a bare controller to one with an account: the first password, over TLS, or over UDP with
// `compatibility`.
#include <functional>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace sallyport::controller {

class DeviceService;

struct Initialisation {
    base::Secret password;         ///< of the account admin
    base::Secret keypad_password;  ///< empty: one is made
    std::string from;              ///< address, for the record
};

/// Gives the keypad's password when all is durable. `conflict` "conflict" when somebody has done it already;
/// `invalid` "invalid_parameter" for passwords that are too weak.
void initialise(DeviceService&, Initialisation,
                std::move_only_function<void(base::Result<base::Secret>)> done);

}  // namespace sallyport::controller

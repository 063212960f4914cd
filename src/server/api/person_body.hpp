#pragma once
// A person as the contract lets one be sent: PersonCreate, PersonPatch, ImportRow.
#include "server/people/people.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// With a name that is needed, of somebody new; otherwise `revision` may be sent as well.
/// Of a PIN, and of a public password.
[[nodiscard]] bool is_pin(std::string_view text);
inline constexpr TextRule pin_rule{0, 32, is_pin, "A PIN has 1 to 8 digits."};
inline constexpr TextRule public_code_rule{0, 32, is_pin, "A public password has 1 to 8 digits."};

[[nodiscard]] PersonPatch read_person(Fields&, std::vector<FieldError>&, Need name);
/// Somebody at a keypad, who is named by the user ID.
[[nodiscard]] PersonPatch read_adopted(Fields&, std::vector<FieldError>&);
/// Only who is meant; nobody: all.
[[nodiscard]] PersonPatch read_named(Fields&);
/// A row of an import: the user ID is needed.
[[nodiscard]] PersonPatch read_row(Fields&, std::vector<FieldError>&);

}  // namespace sallyport::server

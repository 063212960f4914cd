#pragma once
// What the station asks to have stored, in the store's words.
#include "core/station/station.hpp"
#include "ports/controller_store.hpp"

namespace sallyport::controller {

/// `door_modes` are those after the changes.
[[nodiscard]] ports::StoreWrite store_write(const core::Write&,
                                            const std::vector<core::DoorMode>& door_modes);

/// Whether it says only what has happened already and cannot be refused: records, spent uses, modes.
[[nodiscard]] bool only_facts(const core::Write&);

/// The modes after the changes.
void take_modes(const core::Write&, std::vector<core::DoorMode>& door_modes);

[[nodiscard]] bool restores_factory(const core::Write&);

}  // namespace sallyport::controller

#pragma once
// What is left of the uses of who left (core::SpentUses), in the table spent_uses.
#include <cstdint>
#include <optional>

#include "core/access/spent_uses.hpp"
#include "ports/database.hpp"

namespace sallyport::adapters {

/// Of who leaves; nothing where there is nothing to note.
base::Status note_spent(ports::Connection&, const std::optional<core::SpentSeries>& leaving);
/// As core::SpentUses::spend.
base::Status spend(ports::Connection&, std::uint64_t name);
/// After a write in which somebody may have left: those beyond the limit.
base::Status forget_oldest_spent(ports::Connection&);
/// As core::SpentUses::keep.
base::Status keep_spent(ports::Connection&, core::Person& sent);
base::Status keep_spent(ports::Connection&, core::PublicPassword& sent);
base::Status read_spent(ports::Connection&, core::SpentUses&);

}  // namespace sallyport::adapters

#pragma once
// Effects in words, one line each, for golden scripts and for comparing two runs.
#include <string>

#include "core/station/station.hpp"

namespace sallyport::sim {

/// What a record says, without its time: "access granted: person 1001, card 04A1B2C3, reader 1, entry".
[[nodiscard]] std::string words_of(const core::Record&);
/// One line for each effect; a write has one for itself and one for each of its records. Door 1 is not named.
[[nodiscard]] std::string words_of(const core::StationEffect&);

}  // namespace sallyport::sim

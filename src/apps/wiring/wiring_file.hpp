#pragma once
// The wires of a controller as its configuration names them: [[door]], [[door.reader]] and
// [[wiegand_format]]. docs/guides/install-a-controller.md says what each key means.
#include "adapters/linux/gpio/wiring.hpp"
#include "apps/settings_file/settings_file.hpp"

namespace sallyport::apps {

inline constexpr std::size_t readers_per_door_limit = 2;

/// Empty without [[door]] and reader_mode.wiegand. What is wrong is complained about in the file: a line that
/// is used twice, a key that is missing, words that are not known, a lock that would stand open without
/// power.
[[nodiscard]] adapters::WiredSite read_wiring(SettingsFile&);

}  // namespace sallyport::apps

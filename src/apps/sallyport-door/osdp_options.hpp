#pragma once
// [[osdp]] and [reader_mode] of the configuration.
#include "apps/sallyport-door/options.hpp"
#include "apps/settings_file/settings_file.hpp"

namespace sallyport::apps {

/// Lines and their readers; each reader gets a number that no other one has, odd for those on the way in, the
/// door's own where they are free. Complains to the file. After the doors have been read.
void read_osdp(SettingsFile&, DoorOptions&);

}  // namespace sallyport::apps

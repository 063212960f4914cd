#pragma once
// How many files and sockets this process may have open. Shells allow 1,024 although systems allow many more.
#include <cstdint>

namespace sallyport::apps {

/// Takes all that this user may have, and says how many that is.
std::uint64_t raise_open_files();

}  // namespace sallyport::apps

#pragma once
// The controller daemon put together: the only place that knows every part of it.
#include "apps/sallyport-door/options.hpp"
#include "base/result.hpp"

namespace sallyport::apps {

/// Runs until SIGTERM or SIGINT, then flushes what is queued. Errors: `conflict` "port_in_use" naming the
/// port; `conflict` "in_use" when another process has the directory; `storage`, `corrupt`, `invalid`.
[[nodiscard]] base::Status run_daemon(const DoorOptions&);

}  // namespace sallyport::apps

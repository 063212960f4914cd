#pragma once
// The running platform: ports, adapters and server put together.
#include "apps/sallyport/options.hpp"
#include "base/result.hpp"

namespace sallyport::apps {

/// Returns when SIGTERM or SIGINT has stopped it. conflict "port_in_use" when it cannot listen.
[[nodiscard]] base::Status serve(const ServeOptions&);

}  // namespace sallyport::apps

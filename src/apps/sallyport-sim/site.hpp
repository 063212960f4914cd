#pragma once
// A simulated site put together: the only place that knows every part of it.
#include "apps/sallyport-sim/options.hpp"
#include "base/result.hpp"

namespace sallyport::apps {

/// Runs for as long as it was told, or until SIGTERM or SIGINT. Once all controllers listen it prints one
/// line of JSON: {"controllers": 3, "listen": "127.0.0.1:21000" (of the first) or null, "control": ... or
/// null}. Errors: `conflict` "port_in_use" naming the port, `invalid` "open_files_limit", those of
/// identities.
[[nodiscard]] base::Status run_site(const SimOptions&);

}  // namespace sallyport::apps

#pragma once
// Whether a web request may come from a page of ours. A page elsewhere can send requests to this machine, and
// by a name that it controls (DNS rebinding) even read the answers; it cannot forge these two headers.
#include "base/result.hpp"
#include "ports/transport.hpp"

namespace sallyport::controller {

/// Host has to be a numeric address or localhost; Origin, where there is one, has to be that same host.
/// `forbidden` "foreign_host" / "foreign_origin".
[[nodiscard]] base::Status check_local_origin(const ports::HttpRequest&);

}  // namespace sallyport::controller

#pragma once
// The web client's files. Paths that name no file are the client's own and get its index.html.
#include <span>

#include "base/embedded.hpp"
#include "ports/transport.hpp"

namespace sallyport::server {

/// GET and HEAD only. Files below assets/ carry a hash in their name and never change: they may be kept for a
/// year.
[[nodiscard]] ports::HttpResponse page_response(std::span<const base::EmbeddedFile>,
                                                const ports::HttpRequest&);

}  // namespace sallyport::server

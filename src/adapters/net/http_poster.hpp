#pragma once
// ports::HttpPoster over TLS 1.2 or later.
#include <memory>

#include "ports/http_poster.hpp"
#include "ports/transport.hpp"

namespace boost::asio {
class io_context;
}

namespace sallyport::adapters {

/// The machine's authorities are believed (Debian: ca-certificates). `admits` is asked for each address that
/// a name leads to, at the moment of connecting.
[[nodiscard]] std::unique_ptr<ports::HttpPoster> make_http_poster(boost::asio::io_context&,
                                                                  ports::Admission admits);

/// Where a post may go when nobody has said otherwise: anywhere but to this machine, link-local addresses
/// (where clouds keep their metadata), multicast, what is no address of anybody, and what a translator of the
/// site's own may lead to any of these.
[[nodiscard]] bool is_elsewhere(const std::string& address);

}  // namespace sallyport::adapters

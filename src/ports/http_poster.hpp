#pragma once
// Posts to a server somewhere else over HTTPS, whose certificate has to be good for its name. Nothing is
// followed and nothing is kept of the answer but its status. Implementation: adapters/net. On the loop
// thread.
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "ports/outside_error.hpp"

namespace sallyport::ports {

struct HttpsUrl {
    std::string host;  ///< a name, or an address without brackets
    std::uint16_t port = 443;
    std::string target;     ///< "/path?query"
    std::string authority;  ///< as it stands in the Host header
};
/// `invalid` "invalid_url" with a sentence for what is not https://HOST[:PORT][/PATH][?QUERY], of printable
/// ASCII, without an account in it.
[[nodiscard]] base::Result<HttpsUrl> parse_https_url(std::string_view text);

struct HttpPost {
    HttpsUrl url;
    std::vector<std::pair<std::string, std::string>> headers;  ///< besides Host and Content-Length
    std::string body;
};

class HttpPoster {
  public:
    using Done = std::function<void(OutsideResult<int> status)>;

    virtual ~HttpPoster() = default;
    /// From any thread. Calls back once, on the loop, within `patience`. Errors: unavailable "unreachable" /
    /// "refused" / "connection_lost", forbidden "address_refused", corrupt "tls_failed" / "no_http", timeout
    /// "timeout".
    virtual void post(HttpPost, std::chrono::milliseconds patience, Done) = 0;
};

}  // namespace sallyport::ports

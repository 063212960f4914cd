#pragma once
// The plain dialect at a controller without sockets: HTTP calls with Digest, and JSON over HTTP.
#include <string>

#include "integration/door_site.hpp"

namespace sallyport::tests {

/// `compatibility` is switched on before anything else, and the controller initialised.
class PlainSite : public DoorSite {
  public:
    explicit PlainSite(std::uint8_t doors = 1, std::uint64_t records_limit = 60'000);

    /// As it comes.
    ports::HttpResponse http(ports::HttpRequest);
    /// GET (or POST with a body) of "/cgi-bin/..." with Digest, as a browser does it.
    ports::HttpResponse cgi(const std::string& target, const std::string& body = {},
                            const std::string& account = "admin", const std::string& secret = password);
    /// The answer's text; a test failure unless it is 200.
    std::string get(const std::string& target, const std::string& body = {});
    /// The sentence of a refusal with this status.
    std::string refused(int status, const std::string& target, const std::string& body = {});
    /// A request to /RPC2 or, for a login, /RPC2_Login.
    boost::json::object rpc2(const std::string& method, boost::json::object params = {},
                             std::uint32_t object = 0);
    boost::json::object rpc2_login(const std::string& account = "admin",
                                   const std::string& secret = password);

    std::string address = "192.0.2.7";
    std::uint32_t session = 0;  ///< of RPC2

  private:
    std::uint32_t next_id_ = 1;
};

[[nodiscard]] ports::HttpRequest request_for(const std::string& target, const std::string& body,
                                             const std::string& address);
/// The Authorization that answers a challenge.
[[nodiscard]] std::string authorization(const ports::HttpResponse& challenge, const std::string& method,
                                        const std::string& target, const std::string& account,
                                        const std::string& secret, std::uint32_t count = 1);
[[nodiscard]] std::string header_of(const ports::HttpResponse&, std::string_view name);

}  // namespace sallyport::tests

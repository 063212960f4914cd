#include "controller/local_origin.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/core.h>

namespace sallyport::controller {
namespace {

std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, std::min(host.find(']'), host.size()) - 1);
    return host.substr(0, host.find(':'));
}

bool is_address(std::string_view host) {
    boost::system::error_code error;
    static_cast<void>(boost::asio::ip::make_address(std::string(host), error));
    return !error;
}

}  // namespace

base::Status check_local_origin(const ports::HttpRequest& request) {
    const auto host = request.header("host");
    const auto name = without_port(host);
    if (name != "localhost" && !is_address(name)) {
        return base::fail(base::ErrorKind::forbidden, "foreign_host",
                          "The front panel answers to a numeric address or to localhost only.");
    }
    const auto origin = request.header("origin");
    if (!origin.empty() && origin != fmt::format("http://{}", host)) {
        return base::fail(base::ErrorKind::forbidden, "foreign_origin",
                          "The front panel takes requests from its own page only.");
    }
    return {};
}

}  // namespace sallyport::controller

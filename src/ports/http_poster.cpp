#include "ports/http_poster.hpp"

#include <algorithm>
#include <charconv>

namespace sallyport::ports {

namespace {

std::unexpected<base::Error> invalid() {
    return base::fail(base::ErrorKind::invalid, "invalid_url",
                      "Write an address such as https://example.org/hook: https only, without an account in "
                      "it.");
}

bool is_port(std::string_view text, std::uint16_t& port) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

}  // namespace

base::Result<HttpsUrl> parse_https_url(std::string_view text) {
    constexpr std::string_view scheme = "https://";
    if (!text.starts_with(scheme) || text.size() > 2'048) return invalid();
    if (!std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; })) return invalid();
    text.remove_prefix(scheme.size());
    const auto end = std::min(text.find_first_of("/?"), text.size());
    HttpsUrl url;
    url.authority = text.substr(0, end);
    url.target = text.substr(end);
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    std::string_view host = url.authority;
    if (host.find_first_of("@\\\"<>%") != std::string_view::npos) return invalid();
    std::string_view port;
    const auto bracket = host.rfind(']');
    const auto colon = host.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        port = host.substr(colon + 1);
        host = host.substr(0, colon);
        if (!is_port(port, url.port)) return invalid();
    }
    if (host.starts_with('[')) {
        if (!host.ends_with(']')) return invalid();
        host = host.substr(1, host.size() - 2);
    } else if (host.find_first_of("[]:") != std::string_view::npos) {
        return invalid();
    }
    if (host.empty()) return invalid();
    url.host = host;
    return url;
}

}  // namespace sallyport::ports

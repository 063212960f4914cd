#include "ports/transport.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/hex_pairs.hpp"
#include "base/ids.hpp"

namespace sallyport::ports {

namespace {

std::string_view value_of(const std::vector<std::pair<std::string, std::string>>& pairs,
                          std::string_view name) {
    const auto found = std::ranges::find(pairs, name, &std::pair<std::string, std::string>::first);
    return found == pairs.end() ? std::string_view{} : std::string_view{found->second};
}

std::unexpected<base::Error> bad_endpoint(std::string_view text) {
    return base::fail(base::ErrorKind::invalid, "invalid_address",
                      fmt::format("'{}' is not an address and a port: write it as 192.168.0.2:8443 or "
                                  "[fe80::2]:8443, with a port from 0 to 65535.",
                                  text));
}

}  // namespace

std::optional<Fingerprint> fingerprint_from(std::string_view text) {
    std::string digits(text);
    std::erase_if(digits, [](char c) { return c == ':' || c == ' '; });
    const auto bytes = base::from_hex(digits);
    if (!bytes || bytes->size() != 32) return std::nullopt;
    return base::hex_pairs(*bytes);
}

base::Result<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return bad_endpoint(text);
    auto address = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    if (address.front() == '[' && address.size() > 2 && address.back() == ']') {
        address = address.substr(1, address.size() - 2);
    } else if (address.find_first_of(":[] ") != std::string_view::npos) {
        return bad_endpoint(text);
    }
    if (std::ranges::any_of(address, [](char c) { return c <= ' ' || c == 0x7F; })) return bad_endpoint(text);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error != std::errc{} || end != digits.data() + digits.size()) return bad_endpoint(text);
    return Endpoint{std::string(address), port};
}

std::string text_of(const Endpoint& endpoint) {
    const bool v6 = endpoint.address.contains(':');
    return fmt::format("{}{}{}:{}", v6 ? "[" : "", endpoint.address, v6 ? "]" : "", endpoint.port);
}

std::string_view HttpRequest::header(std::string_view lower_case_name) const {
    return value_of(headers, lower_case_name);
}

std::string_view HttpRequest::parameter(std::string_view name) const {
    return value_of(query, name);
}

}  // namespace sallyport::ports

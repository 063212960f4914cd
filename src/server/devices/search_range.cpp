#include "server/devices/search_range.hpp"

#include <charconv>
#include <optional>

#include <fmt/core.h>

namespace sallyport::server {

namespace {

struct Span {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    [[nodiscard]] std::uint64_t size() const { return std::uint64_t{last} - first + 1; }
};

std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t most) {
    std::uint32_t value = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > most) return std::nullopt;
    return value;
}

std::optional<std::uint32_t> parse_address(std::string_view text) {
    std::uint32_t address = 0;
    for (int part = 0; part < 4; ++part) {
        const auto dot = text.find('.');
        if ((part < 3) != (dot != std::string_view::npos)) return std::nullopt;
        auto byte = parse_number(text.substr(0, dot), 255);
        if (!byte) return std::nullopt;
        address = address << 8 | *byte;
        text = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
    }
    return address;
}

std::optional<Span> parse_network(std::string_view text, std::size_t slash) {
    auto address = parse_address(text.substr(0, slash));
    auto bits = parse_number(text.substr(slash + 1), 32);
    if (!address || !bits) return std::nullopt;
    const std::uint32_t host_mask = *bits == 32 ? 0 : 0xFFFF'FFFFU >> *bits;
    Span span{*address & ~host_mask, *address | host_mask};
    if (*bits < 31) ++span.first, --span.last;  // neither the network's own address nor the broadcast
    return span;
}

std::optional<Span> parse_addresses(std::string_view text) {
    if (auto slash = text.find('/'); slash != std::string_view::npos) return parse_network(text, slash);
    const auto dash = text.find('-');
    auto first = parse_address(text.substr(0, dash));
    auto last = dash == std::string_view::npos ? first : parse_address(text.substr(dash + 1));
    if (!first || !last || *first > *last) return std::nullopt;
    return Span{*first, *last};
}

std::optional<Span> parse_ports(std::string_view text) {
    const auto dash = text.find('-');
    auto first = parse_number(text.substr(0, dash), 65'535);
    auto last = dash == std::string_view::npos ? first : parse_number(text.substr(dash + 1), 65'535);
    if (!first || !last || *first == 0 || *first > *last) return std::nullopt;
    return Span{*first, *last};
}

std::string address_text(std::uint32_t a) {
    return fmt::format("{}.{}.{}.{}", a >> 24, a >> 16 & 0xFF, a >> 8 & 0xFF, a & 0xFF);
}

}  // namespace

base::Result<std::vector<ports::Endpoint>> parse_search_range(std::string_view text,
                                                              std::uint16_t default_port) {
    const auto colon = text.find(':');
    auto addresses = parse_addresses(text.substr(0, colon));
    std::optional<Span> ports = Span{default_port, default_port};
    if (colon != std::string_view::npos) ports = parse_ports(text.substr(colon + 1));
    if (!addresses || !ports) {
        return base::fail(base::ErrorKind::invalid, "range_invalid",
                          fmt::format("\"{}\" is no range of addresses. Write 192.168.1.20, 192.168.1.0/24, "
                                      "192.168.1.10-192.168.1.50 or 127.0.0.1:37000-37100.",
                                      text));
    }
    if (addresses->size() * ports->size() > max_search_targets) {
        return base::fail(
            base::ErrorKind::invalid, "range_too_large",
            fmt::format("The range \"{}\" has {} addresses and ports; at most {} can be asked in one search. "
                        "Search part by part.",
                        text, addresses->size() * ports->size(), max_search_targets));
    }
    std::vector<ports::Endpoint> targets;
    targets.reserve(static_cast<std::size_t>(addresses->size() * ports->size()));
    for (std::uint64_t address = addresses->first; address <= addresses->last; ++address) {
        for (std::uint32_t port = ports->first; port <= ports->last; ++port) {
            targets.push_back(
                {address_text(static_cast<std::uint32_t>(address)), static_cast<std::uint16_t>(port)});
        }
    }
    return targets;
}

}  // namespace sallyport::server

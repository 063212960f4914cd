#include "ports/host_network.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/core.h>

namespace sallyport::ports {

namespace {

std::optional<std::uint32_t> ipv4(std::string_view text) {
    std::uint32_t value = 0;
    for (int part = 0; part < 4; ++part) {
        std::uint8_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc{}) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (part < 3 && !text.starts_with('.')) return std::nullopt;
        if (part < 3) text.remove_prefix(1);
        value = value << 8 | number;
    }
    if (!text.empty()) return std::nullopt;
    return value;
}

/// Ones, then zeros, with room for two machines.
bool is_mask(std::uint32_t mask) {
    const auto rest = ~mask;
    return (rest & (rest + 1)) == 0 && mask != 0 && rest >= 3;
}

/// Of one machine: no group's, and not nothing.
bool is_mac(std::string_view text) {
    if (text.size() != 17) return false;
    unsigned sum = 0;
    for (std::size_t i = 0; i < text.size(); i += 3) {
        unsigned byte = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        const bool joined = i == 15 || text[i + 2] == ':';
        if (error != std::errc{} || end != text.data() + i + 2 || !joined) return false;
        if (i == 0 && (byte & 1U) != 0) return false;
        sum += byte;
    }
    return sum != 0;
}

base::Status wrong(std::string_view field, std::string_view value, std::string_view words) {
    return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                      fmt::format("{} '{}' {}.", field, value, words));
}

}  // namespace

base::Status check(const NetworkAddress& wanted) {
    const auto address = ipv4(wanted.address);
    const auto first = address.value_or(0) >> 24;
    if (!address || first == 0 || first == 127 || first >= 224)
        return wrong("IPAddress", wanted.address,
                     "has to be the address of one machine, such as 192.168.0.2");
    const auto mask = ipv4(wanted.subnet_mask);
    if (!mask || !is_mask(*mask))
        return wrong("SubnetMask", wanted.subnet_mask, "has to be a mask, such as 255.255.255.0");
    const auto machine = *address & ~*mask;
    if (machine == 0 || machine == ~*mask)
        return wrong("IPAddress", wanted.address, "means the whole network with this mask, not a machine");
    if (wanted.default_gateway.empty()) {
        if (wanted.gateway_mac.empty()) return {};
        return wrong("GatewayMac", wanted.gateway_mac, "is given without a DefaultGateway");
    }
    const auto gateway = ipv4(wanted.default_gateway);
    if (!gateway || (*gateway & *mask) != (*address & *mask) || gateway == address)
        return wrong("DefaultGateway", wanted.default_gateway,
                     "has to be another machine of the same network");
    if (!wanted.gateway_mac.empty() && !is_mac(wanted.gateway_mac))
        return wrong("GatewayMac", wanted.gateway_mac,
                     "has to be six pairs of hexadecimal digits joined by ':', of one machine");
    return {};
}

}  // namespace sallyport::ports

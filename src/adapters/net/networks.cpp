#include "adapters/net/networks.hpp"

#include <algorithm>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <fmt/core.h>

namespace sallyport::adapters {

namespace ip = boost::asio::ip;
using boost::system::error_code;

namespace {

struct Networks {
    std::vector<ip::network_v4> v4;
    std::vector<ip::network_v6> v6;

    bool add(const std::string& text) {
        const bool single = text.find('/') == std::string::npos;
        error_code error;
        const auto four = ip::make_network_v4(single ? text + "/32" : text, error);
        if (!error) {
            v4.push_back(four.canonical());
            return true;
        }
        const auto six = ip::make_network_v6(single ? text + "/128" : text, error);
        if (!error) v6.push_back(six.canonical());
        return !error;
    }
    [[nodiscard]] bool has(const std::string& text) const {
        error_code error;
        auto address = ip::make_address(text, error);
        if (error) return false;
        if (address.is_v6() && address.to_v6().is_v4_mapped())
            address = ip::make_address_v4(ip::v4_mapped, address.to_v6());
        // A network of one address is what holds it: its own network of the same length.
        if (address.is_v4()) {
            return std::ranges::any_of(v4, [four = address.to_v4()](const ip::network_v4& network) {
                return ip::network_v4(four, network.prefix_length()).canonical() == network;
            });
        }
        return std::ranges::any_of(v6, [six = address.to_v6()](const ip::network_v6& network) {
            return ip::network_v6(six, network.prefix_length()).canonical() == network;
        });
    }
};

}  // namespace

base::Result<ports::Admission> admission_of(const std::vector<std::string>& texts) {
    if (texts.empty()) return ports::Admission{};
    Networks networks;
    for (const auto& text : texts) {
        if (networks.add(text)) continue;
        return base::fail(
            base::ErrorKind::invalid, "invalid_network",
            fmt::format("'{}' is no network: write it as 192.168.0.0/16, fd00::/8 or one address.", text));
    }
    return ports::Admission{[networks](const std::string& address) { return networks.has(address); }};
}

}  // namespace sallyport::adapters

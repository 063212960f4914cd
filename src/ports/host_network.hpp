#pragma once
// The network of the machine that a program runs on, and its address where the program was told that it owns
// it. Implementation: adapters/linux.
#include <string>
#include <vector>

#include "base/result.hpp"

namespace sallyport::ports {

/// IPv4, in dotted text; empty where there is none.
struct NetworkInterface {
    std::string name;
    std::string address;
    std::string subnet_mask;
    std::string default_gateway;
    std::string mac;  ///< lower-case pairs joined by ':'
};

/// What an interface should have.
struct NetworkAddress {
    std::string address;
    std::string subnet_mask;
    std::string default_gateway;  ///< empty: none
    std::string gateway_mac;  ///< the only one that is believed to be the gateway's; empty: whoever says so
    friend bool operator==(const NetworkAddress&, const NetworkAddress&) = default;
};

/// `invalid` "invalid_parameter" with a sentence for what cannot be an address of a machine, a mask, a
/// gateway in that network, or a MAC of one machine.
[[nodiscard]] base::Status check(const NetworkAddress&);

class HostNetwork {
  public:
    virtual ~HostNetwork() = default;
    /// Those that have an IPv4 address; the loopback interface last.
    [[nodiscard]] virtual std::vector<NetworkInterface> interfaces() const = 0;
    /// The interface that the program owns; empty: the network is the host's own business.
    [[nodiscard]] virtual std::string owned() const = 0;
    /// What it was given last; empty where nothing was.
    [[nodiscard]] virtual NetworkAddress given() const = 0;
    /// Whether `change` would be taken: `forbidden` "network_of_host" or "network_not_permitted", `invalid`.
    [[nodiscard]] virtual base::Status check_change(const NetworkAddress&) const = 0;
    /// At once, and again at each start. Connections by the old address end. Errors: those of check_change,
    /// `storage`.
    virtual base::Status change(const NetworkAddress&) = 0;
};

}  // namespace sallyport::ports

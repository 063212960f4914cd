#pragma once
// ports::HostNetwork through the kernel's interfaces (netdevice(7), arp(7)). An address is changed only on an
// interface that the configuration names, and only with the capability CAP_NET_ADMIN.
#include <filesystem>

#include "ports/host_network.hpp"

namespace sallyport::adapters {

class LinuxNetwork final : public ports::HostNetwork {
  public:
    /// `interface`: the one that is owned; empty: none. What it is given is kept in `file`.
    LinuxNetwork(std::string interface, std::filesystem::path file);
    [[nodiscard]] std::vector<ports::NetworkInterface> interfaces() const override;
    [[nodiscard]] std::string owned() const override { return interface_; }
    [[nodiscard]] ports::NetworkAddress given() const override { return given_; }
    [[nodiscard]] base::Status check_change(const ports::NetworkAddress&) const override;
    base::Status change(const ports::NetworkAddress&) override;
    /// At the start: what was given earlier, once more. Nothing happens where nothing was.
    base::Status take_up();

  private:
    base::Status apply(const ports::NetworkAddress&) const;
    base::Status keep(const ports::NetworkAddress&) const;

    std::string interface_;
    std::filesystem::path file_;
    ports::NetworkAddress given_;
};

}  // namespace sallyport::adapters

#include "adapters/linux/host_network.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <ifaddrs.h>
#include <iterator>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <sstream>
#include <sys/ioctl.h>
#include <unistd.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

namespace sallyport::adapters {

namespace json = boost::json;
using base::ErrorKind;

namespace {

std::string text_of(const sockaddr* address) {
    if (address == nullptr || address->sa_family != AF_INET) return {};
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof(v4));
    char text[INET_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
    return text;
}

sockaddr socket_address(const std::string& text) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    ::inet_pton(AF_INET, text.c_str(), &v4.sin_addr);
    sockaddr result{};
    std::memcpy(&result, &v4, sizeof(v4));
    return result;
}

/// Of that interface: its route to 0.0.0.0.
std::string default_gateway_of(std::string_view interface) {
    std::ifstream in("/proc/thread-self/net/route");
    std::string line;
    while (std::getline(in, line)) {
        std::istringstream fields(line);
        std::string name, destination, gateway;
        fields >> name >> destination >> gateway;
        if (name != interface || destination != "00000000" || gateway.size() != 8) continue;
        in_addr address{};
        address.s_addr = static_cast<in_addr_t>(std::stoul(gateway, nullptr, 16));
        char text[INET_ADDRSTRLEN] = {};
        ::inet_ntop(AF_INET, &address, text, sizeof(text));
        return text;
    }
    return {};
}

class Socket {
  public:
    Socket() : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    /// The name of what failed; empty when all went well so far.
    void run(const char* what, unsigned long request, void* argument) {
        if (failed_.empty() && ::ioctl(descriptor_, request, argument) != 0)
            failed_ = fmt::format("{} ({})", what, std::strerror(errno));
    }
    /// What may fail, such as taking away what is not there.
    void try_to(unsigned long request, void* argument) const {
        static_cast<void>(::ioctl(descriptor_, request, argument));
    }
    [[nodiscard]] const std::string& failed() const { return failed_; }

  private:
    int descriptor_;
    std::string failed_;
};

ifreq request_for(const std::string& interface) {
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    return request;
}

std::string mac_of(const std::string& interface) {
    Socket socket;
    auto request = request_for(interface);
    socket.run("its MAC cannot be read", SIOCGIFHWADDR, &request);
    if (!socket.failed().empty() || request.ifr_hwaddr.sa_family != ARPHRD_ETHER) return {};
    const auto* bytes = reinterpret_cast<const unsigned char*>(request.ifr_hwaddr.sa_data);
    return fmt::format("{:02x}", fmt::join(bytes, bytes + 6, ":"));
}

}  // namespace

LinuxNetwork::LinuxNetwork(std::string interface, std::filesystem::path file)
    : interface_(std::move(interface)), file_(std::move(file)) {
    if (interface_.empty()) return;
    std::ifstream in(file_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    json::error_code error;
    const auto kept = json::parse(bytes, error);
    if (error || !kept.is_object()) return;
    const auto text = [&](std::string_view name) {
        const auto* value = kept.get_object().if_contains(name);
        return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    given_ = {text("address"), text("subnet_mask"), text("default_gateway"), text("gateway_mac")};
}

std::vector<ports::NetworkInterface> LinuxNetwork::interfaces() const {
    std::vector<ports::NetworkInterface> all;
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return all;
    for (const auto* one = first; one != nullptr; one = one->ifa_next) {
        const auto address = text_of(one->ifa_addr);
        if (address.empty() || std::ranges::count(all, one->ifa_name, &ports::NetworkInterface::name) > 0)
            continue;
        all.push_back({one->ifa_name, address, text_of(one->ifa_netmask), default_gateway_of(one->ifa_name),
                       mac_of(one->ifa_name)});
    }
    ::freeifaddrs(first);
    const auto loops = [](const ports::NetworkInterface& one) { return one.address.starts_with("127."); };
    std::ranges::sort(all, {}, [&](const auto& one) { return std::pair(loops(one), one.name); });
    return all;
}

base::Status LinuxNetwork::check_change(const ports::NetworkAddress& wanted) const {
    if (interface_.empty())
        return base::fail(
            ErrorKind::forbidden, "network_of_host",
            "The address of this controller is its host's: set it there, or let the program own "
            "an interface (network_interface in its configuration).");
    if (auto status = ports::check(wanted); !status) return status;
    // Written back as it is, which needs the same right.
    Socket socket;
    auto request = request_for(interface_);
    socket.run("its state cannot be read", SIOCGIFFLAGS, &request);
    socket.run("its state cannot be set", SIOCSIFFLAGS, &request);
    if (socket.failed().empty()) return {};
    return base::fail(
        ErrorKind::forbidden, "network_not_permitted",
        fmt::format("The interface {} cannot be changed: {}. Check its name, and give the program "
                    "the capability CAP_NET_ADMIN.",
                    interface_, socket.failed()));
}

base::Status LinuxNetwork::change(const ports::NetworkAddress& wanted) {
    auto status = check_change(wanted);
    if (status) status = keep(wanted);  // first: what is set is also there after a power cut
    if (!status) return status;
    given_ = wanted;
    return apply(wanted);
}

base::Status LinuxNetwork::take_up() {
    if (interface_.empty() || given_.address.empty()) return {};
    auto status = check_change(given_);
    if (status) status = apply(given_);
    return status;
}

base::Status LinuxNetwork::apply(const ports::NetworkAddress& wanted) const {
    Socket socket;
    auto request = request_for(interface_);
    request.ifr_addr = socket_address(wanted.address);
    socket.run("the address is refused", SIOCSIFADDR, &request);
    request.ifr_netmask = socket_address(wanted.subnet_mask);
    socket.run("the mask is refused", SIOCSIFNETMASK, &request);
    request = request_for(interface_);
    socket.run("its state cannot be read", SIOCGIFFLAGS, &request);
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
    socket.run("it cannot be switched on", SIOCSIFFLAGS, &request);
    rtentry route{};
    auto device = interface_;
    route.rt_dev = device.data();
    route.rt_dst = socket_address("0.0.0.0");
    route.rt_genmask = socket_address("0.0.0.0");
    route.rt_flags = RTF_UP;
    socket.try_to(SIOCDELRT, &route);
    if (!wanted.default_gateway.empty()) {
        route.rt_flags = RTF_UP | RTF_GATEWAY;
        route.rt_gateway = socket_address(wanted.default_gateway);
        socket.run("the gateway is refused", SIOCADDRT, &route);
    }
    if (!wanted.gateway_mac.empty()) {
        arpreq bound{};
        bound.arp_pa = socket_address(wanted.default_gateway);
        bound.arp_ha.sa_family = ARPHRD_ETHER;
        for (std::size_t i = 0; i < 6; ++i)
            bound.arp_ha.sa_data[i] =
                static_cast<char>(std::stoul(wanted.gateway_mac.substr(3 * i, 2), nullptr, 16));
        bound.arp_flags = ATF_COM | ATF_PERM;
        interface_.copy(bound.arp_dev, sizeof(bound.arp_dev) - 1);
        socket.run("the gateway's MAC is refused", SIOCSARP, &bound);
    }
    if (socket.failed().empty()) return {};
    return base::fail(ErrorKind::forbidden, "network_not_permitted",
                      fmt::format("The interface {} was not set whole: {}.", interface_, socket.failed()));
}

base::Status LinuxNetwork::keep(const ports::NetworkAddress& wanted) const {
    const auto text = json::serialize(json::object{{"address", wanted.address},
                                                   {"subnet_mask", wanted.subnet_mask},
                                                   {"default_gateway", wanted.default_gateway},
                                                   {"gateway_mac", wanted.gateway_mac}});
    const auto fresh = file_.string() + ".new";
    const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written = descriptor >= 0 &&
                         ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                         ::fsync(descriptor) == 0;
    const int error = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (written && ::rename(fresh.c_str(), file_.c_str()) == 0) return {};
    return base::fail(ErrorKind::storage, "storage",
                      fmt::format("{} cannot be written: {}.", file_.string(), std::strerror(error)));
}

}  // namespace sallyport::adapters

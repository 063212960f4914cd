#include "adapters/linux/host_network.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace sallyport::adapters {

namespace {

/// A network of its own for the calling thread, with one Ethernet interface; false where that is not allowed.
bool enter_a_network_with(const std::string& interface) {
    if (::unshare(CLONE_NEWNET) != 0) return false;
    static int tap = -1;  // the interface lives as long as it is open
    tap = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    return tap >= 0 && ::ioctl(tap, TUNSETIFF, &request) == 0;
}

std::string text_in(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

class HostNetwork : public ::testing::Test {
  protected:
    void SetUp() override { std::filesystem::create_directories(directory); }
    void TearDown() override { std::filesystem::remove_all(directory); }
    std::filesystem::path directory =
        std::filesystem::path(::testing::TempDir()) / ("host_network_" + std::to_string(::getpid()));
    std::filesystem::path file = directory / "network.json";
    const ports::NetworkAddress wanted{"192.168.77.2", "255.255.255.0", "192.168.77.1", "02:00:5e:00:00:01"};
};

}  // namespace

TEST_F(HostNetwork, tells_the_loopback_interface_last) {
    const auto all = LinuxNetwork("", file).interfaces();
    ASSERT_FALSE(all.empty());
    EXPECT_EQ(all.back().address, "127.0.0.1");
    EXPECT_EQ(all.back().subnet_mask, "255.0.0.0");
    EXPECT_EQ(all.back().mac, "");
}

TEST_F(HostNetwork, is_left_alone_unless_an_interface_is_owned) {
    LinuxNetwork network("", file);
    EXPECT_EQ(network.change(wanted).error().code, "network_of_host");
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(HostNetwork, an_interface_that_is_not_there_is_refused_before_anything_is_kept) {
    LinuxNetwork network("nothere0", file);
    EXPECT_EQ(network.change(wanted).error().code, "network_not_permitted");
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(HostNetwork, gets_its_address_and_the_gateway_s_mac_now_and_at_the_next_start) {
    bool allowed = false;
    std::vector<ports::NetworkInterface> after, restarted;
    std::string bound;
    base::Status changed, taken_up;
    std::thread([&] {
        allowed = enter_a_network_with("door0");
        if (!allowed) return;
        changed = LinuxNetwork("door0", file).change(wanted);
        after = LinuxNetwork("door0", file).interfaces();
        bound = text_in("/proc/thread-self/net/arp");
        allowed = enter_a_network_with("door0");  // as after a power cut
        LinuxNetwork next("door0", file);
        EXPECT_EQ(next.given(), wanted);
        taken_up = next.take_up();
        restarted = next.interfaces();
    }).join();
    if (!allowed) GTEST_SKIP() << "networks of one's own are not allowed here";
    ASSERT_TRUE(changed) << changed.error().message;
    ASSERT_TRUE(taken_up) << taken_up.error().message;
    for (const auto& all : {after, restarted}) {
        const auto door = std::ranges::find(all, "door0", &ports::NetworkInterface::name);
        ASSERT_NE(door, all.end());
        EXPECT_EQ(door->address, wanted.address);
        EXPECT_EQ(door->subnet_mask, wanted.subnet_mask);
        EXPECT_EQ(door->default_gateway, wanted.default_gateway);
        EXPECT_EQ(door->mac.size(), 17U);
    }
    EXPECT_NE(bound.find(wanted.gateway_mac), std::string::npos) << bound;
    EXPECT_NE(bound.find("0x6"), std::string::npos) << "permanent: " << bound;
}

}  // namespace sallyport::adapters

#include "server/outlets/outlet_server.hpp"

#include <set>

#include <gtest/gtest.h>

#include "codec/x509/certificate_fixture.hpp"

namespace sallyport::server {
namespace {

using std::chrono::milliseconds;

TEST(Outlets, pauses_grow_up_to_the_longest_and_scatter) {
    const auto within = [](milliseconds pause, milliseconds whole) {
        return pause * 2 >= whole && pause <= whole;
    };
    std::set<milliseconds> seen;
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(within(outlet_pause(1), milliseconds{1'000}));
        EXPECT_TRUE(within(outlet_pause(4), milliseconds{8'000}));
        EXPECT_TRUE(within(outlet_pause(1'000'000), milliseconds{60'000}));
        EXPECT_TRUE(within(outlet_pause(9, milliseconds{200'000}), milliseconds{200'000}));
        seen.insert(outlet_pause(4));
    }
    EXPECT_GT(seen.size(), 10U);
}

TEST(Outlets, are_told_with_the_fingerprints_of_what_they_believe) {
    using codec::x509::certificate;
    using codec::x509::fingerprint;
    EXPECT_EQ(audited_outlet({{"host", "broker"}, {"certificate", certificate}, {"revision", 7}}),
              (boost::json::object{{"host", "broker"}, {"certificate", {fingerprint}}}));
}

}  // namespace
}  // namespace sallyport::server

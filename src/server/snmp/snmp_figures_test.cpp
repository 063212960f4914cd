#include "server/snmp/snmp_figures.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

using codec::agentx::Gauge;
using codec::agentx::Oid;

Oid below(std::initializer_list<std::uint32_t> rest) {
    auto name = snmp_root();
    name.insert(name.end(), rest);
    return name;
}

TEST(SnmpFigures, stand_where_the_mib_says) {
    SnmpFigures figures;
    figures.up = std::chrono::seconds{2};
    figures.doors_open = 3;
    figures.devices = {{"12", "Gate", SnmpDevice::State::online, 60, 2},
                       {"7", "Shed", SnmpDevice::State::offline, 5, 1}};
    const auto tree = snmp_tree(figures);
    EXPECT_EQ(std::get<codec::agentx::Ticks>(tree.at(below({1, 2, 0}))).hundredths, 200U);
    EXPECT_EQ(std::get<Gauge>(tree.at(below({1, 4, 0}))).value, 2U);
    EXPECT_EQ(std::get<Gauge>(tree.at(below({1, 5, 0}))).value, 1U);
    EXPECT_EQ(std::get<Gauge>(tree.at(below({1, 6, 0}))).value, 3U);
    EXPECT_EQ(std::get<std::string>(tree.at(below({2, 1, 2, 2, '1', '2'}))), "Gate");
    EXPECT_EQ(std::get<std::int32_t>(tree.at(below({2, 1, 3, 1, '7'}))), 2);
    EXPECT_EQ(tree.size(), 12U + 2 * 4);
}

TEST(SnmpFigures, names_end_between_characters) {
    SnmpFigures figures;
    figures.devices = {{.id = "1", .name = std::string(254, 'a') + "\xe9\x97\xa8"}};
    EXPECT_EQ(std::get<std::string>(snmp_tree(figures).at(below({2, 1, 2, 1, '1'}))), std::string(254, 'a'));
}

}  // namespace
}  // namespace sallyport::server

#include "server/snmp/snmp_figures.hpp"

#include <algorithm>

namespace sallyport::server {

using codec::agentx::Counter;
using codec::agentx::Gauge;
using codec::agentx::Oid;
using codec::agentx::Ticks;
using codec::agentx::Tree;
using codec::agentx::Value;

namespace {

constexpr std::uint32_t scalars = 1;
constexpr std::uint32_t table = 2;
constexpr std::size_t longest_name = 255;

/// Not in the middle of a character of UTF-8.
std::string cut(std::string text) {
    if (text.size() <= longest_name) return text;
    auto end = longest_name;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
    return text;
}

void add_scalar(Tree& tree, std::uint32_t number, Value value) {
    auto name = snmp_root();
    name.insert(name.end(), {scalars, number, 0});
    tree.emplace(std::move(name), std::move(value));
}

/// The index is the text of the id, with its length in front.
void add_cell(Tree& tree, std::uint32_t column, const SnmpDevice& device, Value value) {
    auto name = snmp_root();
    name.insert(name.end(), {table, 1, column, static_cast<std::uint32_t>(device.id.size())});
    for (const char digit : device.id) name.push_back(static_cast<unsigned char>(digit));
    tree.emplace(std::move(name), std::move(value));
}

}  // namespace

const Oid& snmp_root() {
    // enterprises.32473 is kept for products without a number of their own (RFC 5612), as in our syslog.
    static const Oid root{1, 3, 6, 1, 4, 1, 32'473, 1};
    return root;
}

Tree snmp_tree(const SnmpFigures& figures) {
    Tree tree;
    const auto online = std::ranges::count(figures.devices, SnmpDevice::State::online, &SnmpDevice::state);
    const auto hundredths = static_cast<std::uint32_t>(figures.up.count() / 10'000);  // wraps in 497 days
    std::uint32_t number = 0;
    for (auto value : {Value(cut(figures.version)), Value(Ticks{hundredths}),
                       Value(static_cast<std::int32_t>(figures.state)),
                       Value(Gauge{static_cast<std::uint32_t>(figures.devices.size())}),
                       Value(Gauge{static_cast<std::uint32_t>(online)}), Value(Gauge{figures.doors_open}),
                       Value(Gauge{figures.doors_in_alarm}), Value(Counter{figures.events}),
                       Value(Gauge{figures.events_per_second}), Value(Gauge{figures.events_missing}),
                       Value(Gauge{figures.writes_waiting}), Value(Gauge{figures.mails_waiting})})
        add_scalar(tree, ++number, std::move(value));
    for (const auto& device : figures.devices) {
        add_cell(tree, 2, device, cut(device.name));
        add_cell(tree, 3, device, static_cast<std::int32_t>(device.state));
        add_cell(tree, 4, device, Gauge{device.seconds});
        add_cell(tree, 5, device, Gauge{device.doors});
    }
    return tree;
}

}  // namespace sallyport::server

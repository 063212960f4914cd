#include "apps/sallyport-door/osdp_options.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "codec/osdp/line.hpp"
#include "ports/reader_line.hpp"

namespace sallyport::apps {

namespace {

constexpr std::int64_t last_address = 126;
constexpr int last_reader = 2 * base::max_doors;

std::set<int> wired_readers(const DoorOptions& options) {
    std::set<int> numbers;
    for (int door = 1; door <= options.doors; ++door) {
        const auto count = options.wiring.empty()
                               ? options.readers_per_door
                               : options.wiring[static_cast<std::size_t>(door - 1)].readers.size();
        for (int i = 1; i <= static_cast<int>(count); ++i) numbers.insert(2 * (door - 1) + i);
    }
    return numbers;
}

/// 0 when there is none left.
int free_number(const std::set<int>& taken, const adapters::OsdpReaderPlace& place) {
    const int parity = place.direction == core::Direction::exit ? 0 : 1;
    const int own = 2 * place.door.value - parity;
    if (!taken.contains(own)) return own;
    for (int number = 2 - parity; number <= last_reader; number += 2)
        if (!taken.contains(number)) return number;
    return 0;
}

core::Direction direction_of(SettingsFile& file, const std::string& key) {
    const auto word = file.text(key);
    const auto known = base::enum_from<core::Direction>(word.value_or("entry"));
    if (known && *known != core::Direction::none) return *known;
    file.complain(key, "has to be entry or exit");
    return core::Direction::entry;
}

void read_reader(SettingsFile& file, const std::string& prefix, const DoorOptions& options,
                 std::set<int>& taken, adapters::OsdpLineOptions& line) {
    adapters::OsdpReaderPlace place;
    const auto address = file.integer(prefix + "address", 0, last_address);
    if (!address) file.complain(prefix + "address", "says which reader of the line it is: give it, 0 to 126");
    place.address = static_cast<std::uint8_t>(address.value_or(0));
    place.door.value = static_cast<std::uint8_t>(file.integer(prefix + "door", 1, options.doors).value_or(1));
    place.direction = direction_of(file, prefix + "direction");
    if (std::ranges::count(line.readers, place.address, &adapters::OsdpReaderPlace::address) > 0)
        file.complain(prefix + "address", "stands twice on its line");
    const int number = free_number(taken, place);
    if (number == 0) file.complain(prefix + "address", "is one reader too many: there are 128 at most");
    taken.insert(number);
    place.number.value = static_cast<std::uint8_t>(number);
    line.readers.push_back(place);
}

std::uint32_t read_baud(SettingsFile& file, const std::string& key) {
    const auto baud = file.integer(key, 9'600, 230'400).value_or(9'600);
    if (!ports::is_line_speed(baud))
        file.complain(key, "has to be 9600, 19200, 38400, 57600, 115200 or 230400");
    return static_cast<std::uint32_t>(baud);
}

void read_reader_mode(SettingsFile& file, DoorOptions& options) {
    const auto device = file.text("reader_mode.device");
    const auto baud = read_baud(file, "reader_mode.baud");
    const auto address = file.integer("reader_mode.address", 0, last_address).value_or(0);
    if (device)
        options.reader_mode = adapters::OsdpPanelOptions{*device, baud, static_cast<std::uint8_t>(address)};
    for (const auto* key : {"reader_mode.baud", "reader_mode.address"})
        if (!device && file.integer(key, 0, 230'400))
            file.complain(key, "means nothing without reader_mode.device");
    if (device && options.wiegand_panel)
        file.complain("reader_mode.device", "stands beside reader_mode.wiegand: take one of them");
    for (const auto& line : options.osdp)
        if (line.device == device) file.complain("reader_mode.device", "is the line of readers of ours");
}

}  // namespace

void read_osdp(SettingsFile& file, DoorOptions& options) {
    auto taken = wired_readers(options);
    for (std::size_t number = 1; number <= file.tables("osdp"); ++number) {
        const auto prefix = fmt::format("osdp.{}.", number);
        adapters::OsdpLineOptions line;
        line.device = file.text(prefix + "device").value_or("");
        if (line.device.empty())
            file.complain(prefix + "device",
                          "has to name the serial line, such as \"/dev/serial/by-id/...\"");
        if (line.device != played_device &&
            std::ranges::count(options.osdp, line.device, &adapters::OsdpLineOptions::device) > 0)
            file.complain(prefix + "device", "stands twice: put all readers of a line below one [[osdp]]");
        line.baud = read_baud(file, prefix + "baud");
        const auto readers = file.tables(prefix + "readers");
        if (readers == 0 || readers > codec::osdp::Line::reader_limit)
            file.complain(prefix + "device", "needs 1 to 8 readers, each as [[osdp.readers]]");
        for (std::size_t i = 1; i <= readers; ++i)
            read_reader(file, fmt::format("{}readers.{}.", prefix, i), options, taken, line);
        options.osdp.push_back(std::move(line));
    }
    read_reader_mode(file, options);
}

}  // namespace sallyport::apps

#include "apps/wiring/wiring_file.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sallyport::apps {
namespace {

using adapters::Bias;
using adapters::Electrical;

struct Read {
    adapters::Wiring wiring;
    std::string fault;
    std::optional<adapters::WiredPanel> panel{};
};

Read read(std::string_view toml) {
    auto file = SettingsFile::parse(toml, "door.toml");
    if (!file) return {{}, file.error().message};
    auto site = read_wiring(*file);
    const auto status = file->finish();
    return {std::move(site.doors), status ? "" : status.error().message, std::move(site.panel)};
}

const adapters::WiredInput* find(const adapters::WiredDoor& door, core::Input input) {
    const auto found = std::ranges::find(door.inputs, input, &adapters::WiredInput::input);
    return found == door.inputs.end() ? nullptr : &*found;
}

/// The complaint about a file of one door with these further lines.
std::string fault(const std::string& lines) {
    return read("[[door]]\nrelay = \"gpiochip0:17\"\n" + lines).fault;
}

TEST(WiringFile, without_doors_there_are_no_wires) {
    const auto all = read("");
    EXPECT_TRUE(all.wiring.empty());
    EXPECT_EQ(all.fault, "");
}

TEST(WiringFile, R3_a_panel_gets_two_lines_and_a_format) {
    const auto all = read(R"(
[reader_mode]
wiegand = "H10301"
d0 = "gpiochip0:5"
d1 = "gpiochip0:6 active_high"
pulse_us = 40
interval_us = 1000
key_bits = 8
)");
    EXPECT_EQ(all.fault, "");
    ASSERT_TRUE(all.panel);
    EXPECT_EQ(all.panel->d0->active, Electrical::low);
    EXPECT_EQ(all.panel->d1->active, Electrical::high);
    EXPECT_EQ(all.panel->sending.format.length, 26);
    EXPECT_EQ(all.panel->sending.keys, codec::wiegand::KeyBurst::eight_bits);
    EXPECT_EQ(all.panel->sending.pulse, std::chrono::microseconds{40});
    EXPECT_EQ(all.panel->sending.interval, std::chrono::microseconds{1'000});
    const auto wrong = [](const std::string& lines) { return read("[reader_mode]\n" + lines).fault; };
    EXPECT_NE(wrong("wiegand = \"27-bit\"\n").find("none of: H10301"), std::string::npos);
    EXPECT_NE(wrong("wiegand = \"34-bit\"\nd0 = \"c:1\"\n").find("needs d0 and d1"), std::string::npos);
    EXPECT_NE(wrong("wiegand = \"34-bit\"\npulse_us = 5\n").find("from 20 to 100"), std::string::npos);
    EXPECT_NE(wrong("wiegand = \"34-bit\"\nkey_bits = 5\n").find("4 or 8"), std::string::npos);
    EXPECT_NE(wrong("d0 = \"c:1\"\nd1 = \"c:2\"\n").find("needs wiegand"), std::string::npos);
}

TEST(WiringFile, contacts_close_to_ground_and_a_cut_wire_shows) {
    const auto all = read(R"(
[[door]]
relay = "/dev/gpiochip0:17"
contact = "gpiochip0:22"
exit_button = "gpiochip0:23"
tamper = "gpiochip0:24 normally_open"
fire = "gpiochip0:25 closed_high no_bias"
mains = "gpiochip0:26"
debounce_ms = 20
)");
    EXPECT_EQ(all.fault, "");
    ASSERT_EQ(all.wiring.size(), 1U);
    const auto& door = all.wiring[0];
    EXPECT_EQ(door.relay.chip, "gpiochip0");
    EXPECT_EQ(door.relay.offset, 17U);
    EXPECT_EQ(door.relay.active, Electrical::high);
    EXPECT_EQ(door.debounce, std::chrono::milliseconds{20});
    EXPECT_EQ(find(door, core::Input::contact)->line.active, Electrical::high);
    EXPECT_EQ(find(door, core::Input::contact)->line.bias, Bias::pull_up);
    EXPECT_EQ(find(door, core::Input::exit_button)->line.active, Electrical::low);
    EXPECT_EQ(find(door, core::Input::tamper)->line.active, Electrical::low);
    EXPECT_EQ(find(door, core::Input::fire)->line.active, Electrical::low) << "closed high, open means fire";
    EXPECT_EQ(find(door, core::Input::fire)->line.bias, Bias::off);
    EXPECT_EQ(find(door, core::Input::mains)->line.active, Electrical::high)
        << "power supplies open a contact";
    EXPECT_EQ(find(door, core::Input::battery), nullptr);
    EXPECT_EQ(find(door, core::Input::reader_case), nullptr);
}

TEST(WiringFile, D5_each_lock_is_released_by_what_its_terminal_does) {
    const auto released = [](const std::string& lines) {
        const auto all = read("[[door]]\nrelay = \"gpiochip0:17\"\n" + lines);
        EXPECT_EQ(all.fault, "");
        return all.wiring.at(0).relay.active;
    };
    EXPECT_EQ(released(""), Electrical::high);
    EXPECT_EQ(released("lock = \"fail_safe\"\n"), Electrical::high);
    EXPECT_EQ(released("lock = \"fail_safe\"\nlock_terminal = \"NO\"\n"), Electrical::low);
    EXPECT_EQ(released("lock = \"fail_secure\"\nlock_terminal = \"NO\"\n"), Electrical::high);
    EXPECT_EQ(
        fault("lock_terminal = \"NC\"\n"),
        "door.toml line 3: door.1.lock_terminal would feed a fail_secure lock, and open it, whenever the "
        "controller is off: take NO.");
    EXPECT_EQ(
        fault("lock = \"magnet\"\n"),
        "door.toml line 3: door.1.lock has to be fail_secure (locked without power) or fail_safe (open).");
}

TEST(WiringFile, R1_readers_have_lines_and_formats) {
    const auto all = read(R"(
[[wiegand_format]]
name = "Site 32"
bits = "FFFFFFFF NNNNNNNNNNNNNNNNNNNNNNNN"

[[door]]
relay = "gpiochip0:17"
[[door.reader]]
d0 = "gpiochip0:5"
d1 = "gpiochip0:6 no_bias"
led = "gpiochip0:7 active_low"
case = "gpiochip0:8"
formats = ["H10301", "Site 32"]
[[door.reader]]
d0 = "gpiochip1:5"
d1 = "gpiochip1:6"
)");
    EXPECT_EQ(all.fault, "");
    const auto& readers = all.wiring.at(0).readers;
    ASSERT_EQ(readers.size(), 2U);
    EXPECT_EQ(readers[0].d0.active, Electrical::low);
    EXPECT_EQ(readers[0].d0.bias, Bias::pull_up);
    EXPECT_EQ(readers[0].d1.bias, Bias::off);
    EXPECT_EQ(readers[0].led_green->active, Electrical::low);
    EXPECT_FALSE(readers[0].buzzer);
    ASSERT_EQ(readers[0].formats.size(), 2U);
    EXPECT_EQ(readers[0].formats[1].length, 32);
    EXPECT_EQ(readers[1].formats.size(), codec::wiegand::formats().size() + 1);
    EXPECT_NE(find(all.wiring[0], core::Input::reader_case), nullptr);
}

TEST(WiringFile, names_key_and_line_of_what_is_wrong) {
    EXPECT_EQ(read("\n[[door]]\ncontact = \"gpiochip0:1\"\n").fault,
              "door.toml line 2: door.1 needs relay = \"CHIP:LINE\".");
    EXPECT_EQ(fault("contact = \"gpiochip0\"\n"),
              "door.toml line 3: door.1.contact has to be CHIP:LINE, such as \"gpiochip0:17\".");
    for (const auto* place : {"", ":3", "gpiochip0:", "gpiochip0:-1", "gpiochip0:9999", "gpiochip0:1x"})
        EXPECT_NE(fault("contact = \"" + std::string(place) + "\"\n").find("CHIP:LINE"), std::string::npos);
    EXPECT_EQ(fault("contact = \"gpiochip0:1 normaly_open\"\n"),
              "door.toml line 3: door.1.contact has 'normaly_open' after the line, which is none of: "
              "normally_open, normally_closed, closed_low, closed_high, pull_up, pull_down, no_bias.");
    EXPECT_EQ(fault("contact = \"gpiochip0:1 normally_open normally_closed\"\n"),
              "door.toml line 3: door.1.contact is both normally_closed and normally_open.");
    EXPECT_EQ(fault("contact = \"gpiochip0:1 pull_up no_bias\"\n"),
              "door.toml line 3: door.1.contact can have one of pull_up, pull_down and no_bias only.");
    EXPECT_EQ(fault("[[door.reader]]\nd0 = \"gpiochip0:1\"\n"),
              "door.toml line 3: door.1.reader.1 needs d1 = \"CHIP:LINE\".");
    EXPECT_EQ(fault("debounce_ms = 500\n"),
              "door.toml line 3: door.1.debounce_ms has to be a whole number from 0 to 400.");
    EXPECT_EQ(fault("contakt = \"gpiochip0:1\"\n"),
              "door.toml line 3: door.1.contakt is not known; did you mean door.1.contact?");
}

TEST(WiringFile, a_line_is_used_once) {
    EXPECT_EQ(fault("contact = \"/dev/gpiochip0:17\"\n"),
              "door.toml line 3: door.1.contact is the same line as door.1.relay.");
    EXPECT_EQ(fault("[[door]]\nrelay = \"gpiochip0:17\"\n"),
              "door.toml line 4: door.2.relay is the same line as door.1.relay.");
}

TEST(WiringFile, formats_are_checked_as_well) {
    const std::string reader = "[[door.reader]]\nd0 = \"gpiochip0:1\"\nd1 = \"gpiochip0:2\"\n";
    EXPECT_EQ(fault(reader + "formats = [\"H10309\"]\n"),
              "door.toml line 6: door.1.reader.1.formats has 'H10309', which is none of: H10301, 34-bit, "
              "Corporate 1000, H10302, H10304.");
    EXPECT_EQ(fault(reader + "formats = [\"H10302\", \"H10304\"]\n"),
              "door.toml line 6: door.1.reader.1.formats has H10302 and H10304, which both have 37 bits: a "
              "reader can tell one of them.");
    EXPECT_EQ(read("[[wiegand_format]]\nname = \"x\"\nbits = \"PNNNNNNNNN\"\n").fault,
              "door.toml line 1: wiegand_format.1 has a P that no parity makes.");
    EXPECT_EQ(read("[[wiegand_format]]\nname = \"34-bit\"\nbits = \"NNNNNNNNNN\"\n").fault,
              "door.toml line 1: wiegand_format.1 has the name 34-bit, which another format has already.");
}

TEST(WiringFile, too_many_doors_or_readers_are_refused) {
    std::string doors;
    for (int i = 0; i < 65; ++i) doors += fmt::format("[[door]]\nrelay = \"gpiochip0:{}\"\n", i);
    EXPECT_EQ(read(doors).fault, "door.toml line 129: door.65 is one too many: 64 doors at most.");
    std::string readers;
    for (int i = 0; i < 3; ++i)
        readers += fmt::format("[[door.reader]]\nd0 = \"c:{}\"\nd1 = \"c:{}\"\n", 2 * i, 2 * i + 1);
    EXPECT_EQ(fault(readers), "door.toml line 9: door.1.reader.3 is one too many: two readers a door.");
}

}  // namespace
}  // namespace sallyport::apps

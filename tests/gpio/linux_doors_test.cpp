#include "adapters/linux/gpio/linux_doors.hpp"

#include <algorithm>
#include <cerrno>
#include <gpiod.h>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "gpio/gpio_bench.hpp"

namespace sallyport::tests {
namespace {

using namespace std::chrono_literals;
using core::Input;
using core::Level;
namespace wiegand = codec::wiegand;

std::vector<wiegand::Pulse> card_pulses(std::uint64_t card, base::Instant start,
                                        base::Duration bit_time = 1ms) {
    return wiegand::pulses(*wiegand::encode(*wiegand::find_format("34-bit"), {card}), start, bit_time);
}

/// Levels of a door's input, as they were said.
std::vector<Level> levels(const GpioBench& bench, Input input, std::uint8_t door = 1) {
    std::vector<Level> result;
    for (const auto& changed : bench.seen<core::InputChanged>())
        if (changed.input == input && changed.door.value == door) result.push_back(changed.level);
    return result;
}

// ---------------------------------------------------------------- outputs

TEST(LinuxDoors, D5_takes_every_relay_locked_whatever_it_was_before) {
    GpioBench bench(2);
    for (const std::uint8_t door : {1, 2})
        fake_gpiod::drive_silently(GpioBench::chip, GpioBench::line(door, place::relay), 1);
    ASSERT_TRUE(bench.doors.open());
    EXPECT_FALSE(bench.released(1));
    EXPECT_FALSE(bench.released(2));
}

TEST(LinuxDoors, D5_a_relay_that_rests_energised_is_locked_by_it) {
    auto wiring = GpioBench::wiring(1, 1);
    wiring[0].relay.active = adapters::Electrical::low;
    GpioBench bench(wiring);
    ASSERT_TRUE(bench.doors.open());
    EXPECT_EQ(fake_gpiod::level(GpioBench::chip, GpioBench::line(1, place::relay)), 1);
    bench.doors.set_lock({1}, core::Lock::released);
    EXPECT_EQ(fake_gpiod::level(GpioBench::chip, GpioBench::line(1, place::relay)), 0);
}

TEST(LinuxDoors, D5_locks_and_darkens_when_the_program_ends) {
    GpioBench bench;
    {
        adapters::LinuxDoors doors(bench.loop, bench.clock, GpioBench::wiring(1, 1));
        ASSERT_TRUE(doors.open());
        doors.set_lock({1}, core::Lock::released);
        doors.set_light({1}, core::Light::green, core::KeyboardLight::on);
        EXPECT_TRUE(bench.released(1));
    }
    EXPECT_FALSE(bench.released(1));
    EXPECT_FALSE(bench.lit(1, place::led_green));
}

TEST(LinuxDoors, asks_for_bias_and_level_as_wired) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    EXPECT_EQ(fake_gpiod::flags(GpioBench::chip, GpioBench::line(1, place::relay)), 0);
    EXPECT_EQ(fake_gpiod::flags(GpioBench::chip, GpioBench::line(1, 1, place::d0)),
              GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW | GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP);
}

TEST(LinuxDoors, R1_the_readers_lines_follow_the_light) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    bench.doors.set_light({1}, core::Light::green, core::KeyboardLight::on);
    EXPECT_TRUE(bench.lit(1, place::led_green));
    bench.doors.set_light({1}, core::Light::red, core::KeyboardLight::on);
    EXPECT_FALSE(bench.lit(1, place::led_green));
    EXPECT_TRUE(bench.lit(1, place::led_red));
    bench.doors.set_light({1}, core::Light::blue_flashing, core::KeyboardLight::on);
    EXPECT_FALSE(bench.lit(1, place::led_red));
    std::vector<bool> blue;
    for (int i = 0; i < 4; ++i) {
        blue.push_back(bench.lit(1, place::led_blue));
        bench.advance(adapters::ReaderLights::flash);
    }
    EXPECT_EQ(blue, (std::vector{true, false, true, false}));
}

TEST(LinuxDoors, R1_the_buzzer_beeps_as_often_as_the_signal_says) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    for (const auto& [signal, beeps] : {std::pair{core::Signal::denied, 3},
                                        {core::Signal::unlocked, 1},
                                        {core::Signal::key, 0},
                                        {core::Signal::menu, 0}}) {
        bench.doors.show_signal({1}, signal);
        int heard = 0;
        for (int i = 0; i < 100; ++i) {
            const bool before = bench.lit(1, place::buzzer);
            if (i == 0 && before) ++heard;
            bench.advance(10ms);
            if (!before && bench.lit(1, place::buzzer)) ++heard;
        }
        EXPECT_EQ(heard, beeps);
        EXPECT_FALSE(bench.lit(1, place::buzzer));
    }
}

// ---------------------------------------------------------------- inputs

TEST(LinuxDoors, D2_a_contact_counts_50_ms_after_it_stopped_bouncing) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    for (int i = 0; i < 5; ++i) {
        bench.set_input(1, Input::contact, i % 2 == 0 ? Level::active : Level::inactive);
        bench.advance(4ms);
    }
    EXPECT_TRUE(bench.events.empty());
    bench.advance(45ms);
    EXPECT_TRUE(bench.events.empty());
    bench.advance(1ms);
    EXPECT_EQ(levels(bench, Input::contact), std::vector{Level::active});
    EXPECT_EQ(bench.since, bench.clock.now);
}

TEST(LinuxDoors, D2_an_edge_counts_from_the_kernels_time_however_late_the_loop_is) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    const auto at = bench.clock.now;
    bench.set_input(1, Input::exit_button, Level::active);
    bench.clock.now = at + 30ms;
    bench.set_input(1, Input::exit_button, Level::inactive);
    bench.clock.now = at + 200ms;
    bench.set_input(1, Input::exit_button, Level::active);
    bench.clock.now = at + 260ms;
    bench.advance(0ms);
    EXPECT_EQ(levels(bench, Input::exit_button), std::vector{Level::active});
    EXPECT_EQ(bench.since, at + 250ms);
}

TEST(LinuxDoors, D2_an_edge_that_the_kernel_lost_is_found_by_looking) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    fake_gpiod::drive_silently(GpioBench::chip, GpioBench::line(1, place::contact), 1);
    bench.advance(adapters::LinuxDoors::look + 100ms);
    EXPECT_EQ(levels(bench, Input::contact), std::vector{Level::active});
}

TEST(LinuxDoors, the_last_edge_of_a_bounce_that_the_kernel_lost_reports_no_wrong_level) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    bench.set_input(1, Input::contact, Level::active);
    bench.advance(10ms);
    fake_gpiod::drive_silently(GpioBench::chip, GpioBench::line(1, place::contact), 0);
    bench.advance(1s);
    EXPECT_TRUE(levels(bench, Input::contact).empty());
}

TEST(LinuxDoors, R1_a_readers_case_line_is_the_doors_reader_case) {
    GpioBench bench(1, 2);
    ASSERT_TRUE(bench.doors.open());
    for (const std::uint8_t reader : {1, 2})
        fake_gpiod::drive(GpioBench::chip, GpioBench::line(1, reader, place::reader_case), 1,
                          bench.clock.now);
    bench.advance(60ms);
    fake_gpiod::drive(GpioBench::chip, GpioBench::line(1, 1, place::reader_case), 0, bench.clock.now);
    bench.advance(60ms);
    EXPECT_EQ(levels(bench, Input::reader_case), std::vector{Level::active}) << "the other one is still open";
    fake_gpiod::drive(GpioBench::chip, GpioBench::line(1, 2, place::reader_case), 0, bench.clock.now);
    bench.advance(60ms);
    EXPECT_EQ(levels(bench, Input::reader_case), (std::vector{Level::active, Level::inactive}));
}

// ---------------------------------------------------------------- readers

TEST(LinuxDoors, R1_a_frame_ends_by_the_kernels_time_not_by_when_it_is_read) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    auto train = card_pulses(0x1111, bench.clock.now);
    const auto second = card_pulses(0x2222, bench.clock.now + 300ms);
    train.insert(train.end(), second.begin(), second.end());
    for (const auto& pulse : train) {  // all of it waits in the queues before the loop looks once
        const auto which = pulse.line == wiegand::Line::d0 ? place::d0 : place::d1;
        fake_gpiod::drive(GpioBench::chip, GpioBench::line(1, 1, which), 0, pulse.at);
        fake_gpiod::drive(GpioBench::chip, GpioBench::line(1, 1, which), 1, pulse.at + 50us);
    }
    bench.clock.now = bench.clock.now + 2s;
    bench.advance(0ms);
    const auto cards = bench.seen<core::CardRead>();
    ASSERT_EQ(cards.size(), 2U);
    EXPECT_EQ(cards[0].card.value, 0x1111U);
    EXPECT_EQ(cards[1].card.value, 0x2222U);
    EXPECT_EQ(bench.since, base::Instant{100s} + 300ms + 33ms + 3ms);
}

RC_GTEST_PROP(LinuxDoors, R1_jitter_of_pulses_and_of_the_loop_changes_no_card, ()) {
    GpioBench bench;
    RC_ASSERT(bench.doors.open().has_value());
    const std::uint64_t card = *rc::gen::arbitrary<std::uint32_t>();
    auto train = card_pulses(card, bench.clock.now + 1ms, 2ms);
    for (auto& pulse : train) pulse.at = pulse.at + base::Duration{*rc::gen::inRange(-500, 501)};
    for (std::size_t i = 0; i < train.size();) {
        const auto batch = *rc::gen::inRange<std::size_t>(1, 8);
        for (const auto end = std::min(train.size(), i + batch); i < end; ++i) {
            const auto which = train[i].line == wiegand::Line::d0 ? place::d0 : place::d1;
            fake_gpiod::drive(GpioBench::chip, GpioBench::line(1, 1, which), 0, train[i].at);
            fake_gpiod::drive(GpioBench::chip, GpioBench::line(1, 1, which), 1, train[i].at + 50us);
            bench.clock.now = std::max(bench.clock.now, train[i].at);
        }
        bench.poll();
        bench.advance(0ms);
    }
    bench.advance(100ms);
    RC_ASSERT(bench.events.size() == 1U);
    RC_ASSERT(std::get<core::CardRead>(bench.events[0]).card.value == card);
}

TEST(LinuxDoors, R1_keys_come_in_bursts_of_4_and_of_8_bits) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    for (const char key : std::string("12*#")) {
        for (const auto burst : {wiegand::KeyBurst::four_bits, wiegand::KeyBurst::eight_bits}) {
            bench.send(1, 1, wiegand::pulses(*wiegand::encode_key(key, burst), bench.clock.now));
            bench.advance(200ms);
        }
    }
    std::string keys;
    for (const auto& pressed : bench.seen<core::KeyPressed>()) keys += pressed.key;
    EXPECT_EQ(keys, "1122**##");
    EXPECT_EQ(bench.events.size(), 8U);
}

TEST(LinuxDoors, R4_formats_of_the_network_take_the_place_of_the_configured_ones_until_they_go) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    const auto read = [&] {
        bench.send(1, 1, card_pulses(7, bench.clock.now));
        bench.advance(1s);
        return bench.seen<core::CardRead>().back().card.value;
    };
    EXPECT_EQ(read(), 7U);
    bench.doors.accept_formats({{.name = "whole", .bits = std::string(34, 'C')}});
    EXPECT_EQ(read(), wiegand::encode(*wiegand::find_format("34-bit"), {7})->bits);
    bench.doors.accept_formats({});
    EXPECT_EQ(read(), 7U);
    EXPECT_TRUE(bench.seen<core::BadFrame>().empty());
}

TEST(LinuxDoors, R1_a_reader_takes_the_formats_that_it_was_given) {
    auto wiring = GpioBench::wiring(1, 1);
    wiring[0].readers[0].formats = {*wiegand::find_format("H10301")};
    GpioBench bench(wiring);
    ASSERT_TRUE(bench.doors.open());
    bench.send(1, 1, card_pulses(1, bench.clock.now));
    bench.advance(1s);
    const auto bad = bench.seen<core::BadFrame>();
    ASSERT_EQ(bad.size(), 1U);
    EXPECT_EQ(bad[0].detail, "frame_length_unknown bits=34");
}

// ---------------------------------------------------------------- chips that come and go

TEST(LinuxDoors, without_any_chip_it_says_what_to_do) {
    GpioBench bench;
    fake_gpiod::refuse(GpioBench::chip, EACCES);
    const auto status = bench.doors.open();
    ASSERT_FALSE(status);
    EXPECT_EQ(
        status.error().message,
        "gpiochip0 cannot be opened: Permission denied. Let the program's user into the group that owns "
        "/dev/gpiochip*.");
}

TEST(LinuxDoors, a_line_that_is_taken_is_named_and_nothing_is_kept) {
    GpioBench bench;
    fake_gpiod::occupy(GpioBench::chip, GpioBench::line(1, place::tamper));
    const auto status = bench.doors.open();
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("tamper (gpiochip0:3) cannot be had"), std::string::npos)
        << status.error().message;
    EXPECT_FALSE(fake_gpiod::flags(GpioBench::chip, GpioBench::line(1, place::relay)));
    fake_gpiod::release(GpioBench::chip, GpioBench::line(1, place::tamper));
    bench.advance(adapters::LinuxDoors::retry + 1s);
    EXPECT_TRUE(fake_gpiod::flags(GpioBench::chip, GpioBench::line(1, place::relay)));
}

TEST(LinuxDoors, D3_a_chip_that_is_pulled_out_is_a_tamper_until_it_is_back) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    bench.doors.set_lock({1}, core::Lock::released);
    fake_gpiod::pull_out(GpioBench::chip);
    bench.advance(100ms);
    EXPECT_EQ(levels(bench, Input::tamper), std::vector{Level::active});
    bench.doors.set_lock({1}, core::Lock::locked);
    bench.doors.set_light({1}, core::Light::red, core::KeyboardLight::on);
    bench.advance(10s);
    EXPECT_EQ(bench.events.size(), 1U) << "said once";

    fake_gpiod::plug_in(GpioBench::chip, 32);
    fake_gpiod::drive_silently(GpioBench::chip, GpioBench::line(1, place::contact), 1);
    bench.advance(adapters::LinuxDoors::retry + 100ms);
    EXPECT_EQ(levels(bench, Input::tamper), (std::vector{Level::active, Level::inactive}));
    EXPECT_EQ(levels(bench, Input::contact), std::vector{Level::active});
    EXPECT_FALSE(bench.released(1)) << "what was asked for meanwhile";
    EXPECT_TRUE(bench.lit(1, place::led_red));
    bench.send(1, 1, card_pulses(5, bench.clock.now));
    bench.advance(100ms);
    EXPECT_EQ(bench.seen<core::CardRead>().size(), 1U);
}

TEST(LinuxDoors, D3_a_failing_expander_leaves_the_other_doors_alone) {
    auto wiring = GpioBench::wiring(2, 1);
    for (auto& input : wiring[1].inputs) input.line.chip = "expander";
    GpioBench bench(wiring);
    fake_gpiod::plug_in("expander", 64);
    ASSERT_TRUE(bench.doors.open());
    bench.advance(100ms);  // the button of the expander's wires rests low
    bench.events.clear();
    fake_gpiod::pull_out("expander");
    bench.advance(100ms);
    EXPECT_EQ(levels(bench, Input::tamper, 2), std::vector{Level::active});
    EXPECT_TRUE(levels(bench, Input::tamper, 1).empty());
    bench.doors.set_lock({2}, core::Lock::released);
    EXPECT_TRUE(bench.released(2));
    bench.send(1, 1, card_pulses(5, bench.clock.now));
    bench.advance(100ms);
    EXPECT_EQ(bench.seen<core::CardRead>().size(), 1U);
}

TEST(LinuxDoors, an_expander_that_is_missing_at_the_start_is_taken_when_it_comes) {
    auto wiring = GpioBench::wiring(2, 1);
    wiring[1].relay.chip = "expander";
    GpioBench bench(wiring);
    ASSERT_TRUE(bench.doors.open());
    bench.doors.set_lock({2}, core::Lock::released);
    bench.advance(1s);
    EXPECT_EQ(levels(bench, Input::tamper, 2), std::vector{Level::active});
    fake_gpiod::plug_in("expander", 64);
    bench.advance(adapters::LinuxDoors::retry);
    EXPECT_EQ(fake_gpiod::level("expander", GpioBench::line(2, place::relay)), 1);
}

TEST(LinuxDoors, a_failure_while_the_lock_is_set_is_said_later) {
    GpioBench bench;
    ASSERT_TRUE(bench.doors.open());
    bool told = false;
    bench.doors.on_deadline = [&] { told = true; };
    fake_gpiod::pull_out(GpioBench::chip);
    bench.doors.set_lock({1}, core::Lock::released);
    EXPECT_TRUE(bench.events.empty());
    EXPECT_TRUE(told);
    bench.advance(0ms);
    EXPECT_EQ(levels(bench, Input::tamper), std::vector{Level::active});
}

}  // namespace
}  // namespace sallyport::tests

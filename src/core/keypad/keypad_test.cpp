#include "core/keypad/keypad.hpp"

#include <algorithm>
#include <string_view>

#include <gtest/gtest.h>

namespace sallyport::core {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant start{};

template <class Effect>
std::vector<Effect> only(const KeypadEffects& effects) {
    std::vector<Effect> found;
    for (const auto& effect : effects) {
        if (const auto* one = std::get_if<Effect>(&effect)) found.push_back(*one);
    }
    return found;
}

KeypadEffects type(Keypad& keypad, std::string_view keys, base::Instant now = start) {
    KeypadEffects all;
    for (const char key : keys) {
        const KeypadEffects effects = keypad.handle(KeypadKey{key}, now);
        all.insert(all.end(), effects.begin(), effects.end());
    }
    return all;
}

Keypad in_main_menu() {
    Keypad keypad;
    static_cast<void>(type(keypad, "#88888888#"));
    static_cast<void>(keypad.handle(AdminAnswered{Answer::yes}, start));
    return keypad;
}

TEST(Keypad, hands_over_what_was_typed_and_asks_nobody_else) {
    Keypad keypad;
    const auto codes = only<CodeEntered>(type(keypad, "1001#"));
    ASSERT_EQ(codes.size(), 1U);
    EXPECT_EQ(codes[0].code.reveal(), "1001");
    static_cast<void>(keypad.handle(PinWanted{}, start));
    const auto pins = only<PinEntered>(type(keypad, "2468#"));
    ASSERT_EQ(pins.size(), 1U);
    EXPECT_EQ(pins[0].pin.reveal(), "2468");
}

TEST(Keypad, what_is_no_key_does_nothing) {
    Keypad keypad;
    EXPECT_TRUE(type(keypad, "aA \n").empty());
    EXPECT_FALSE(keypad.awake());
}

TEST(Keypad, a_line_longer_than_every_code_stays_no_code) {
    Keypad keypad;
    const auto codes = only<CodeEntered>(type(keypad, std::string(100, '1') + "#"));
    ASSERT_EQ(codes.size(), 1U);
    EXPECT_EQ(codes[0].code.size(), 32U);
}

TEST(Keypad, waits_for_a_pin_20_seconds_from_the_first_entry) {
    Keypad keypad;
    static_cast<void>(type(keypad, "1001#"));
    static_cast<void>(keypad.handle(PinWanted{}, start));
    static_cast<void>(type(keypad, "24", {19s}));
    EXPECT_EQ(keypad.next_deadline(), base::Instant{20s});
    EXPECT_EQ(only<PinGivenUp>(keypad.handle_timeout({20s})).size(), 1U);
    EXPECT_EQ(keypad.next_deadline(), base::Instant{49s});  // asleep 30 s after the last key
}

TEST(Keypad, a_new_signal_replaces_the_old_one) {
    Keypad keypad;
    static_cast<void>(keypad.handle(SignalWanted{Signal::unlocked}, start));
    EXPECT_EQ(keypad.light().light, Light::green);
    static_cast<void>(keypad.handle(SignalWanted{Signal::denied}, {2s}));
    EXPECT_EQ(keypad.light().light, Light::red);
    static_cast<void>(keypad.handle_timeout({3s}));
    EXPECT_EQ(keypad.light().light, Light::off);
}

TEST(Keypad, green_ends_with_the_release) {
    Keypad keypad;
    static_cast<void>(keypad.handle(SignalWanted{Signal::unlocked}, start));
    static_cast<void>(keypad.handle(LockShut{}, {1s}));
    EXPECT_EQ(keypad.light().light, Light::off);
}

TEST(Keypad, a_refusal_stays_red_although_the_lock_shuts) {
    Keypad keypad;
    static_cast<void>(keypad.handle(SignalWanted{Signal::denied}, start));
    static_cast<void>(keypad.handle(LockShut{}, start));
    EXPECT_EQ(keypad.light().light, Light::red);
}

TEST(Keypad, K8_wants_what_was_typed_and_shows_the_answer) {
    Keypad keypad = in_main_menu();
    const auto wanted = only<MenuRequest>(type(keypad, "4#45#"));
    ASSERT_EQ(wanted.size(), 1U);
    const auto& setting = std::get<SettingWanted>(wanted[0]);
    EXPECT_EQ(setting.setting, KeypadSetting::hold_time);
    EXPECT_EQ(setting.value, 45);
    EXPECT_EQ(keypad.light().light, Light::blue_flashing);
    EXPECT_EQ(only<Signal>(keypad.handle(MenuAnswered{Answer::yes}, start)).at(0), Signal::success);
}

TEST(Keypad, an_answer_of_the_disk_after_the_menu_closed_shows_nothing) {
    Keypad keypad = in_main_menu();
    static_cast<void>(type(keypad, "4#45#"));
    static_cast<void>(keypad.handle_timeout({60s}));
    EXPECT_FALSE(keypad.awake());
    EXPECT_TRUE(keypad.handle(MenuAnswered{Answer::yes}, {61s}).empty());
}

TEST(Keypad, a_card_that_needs_a_pin_closes_the_menu) {
    Keypad keypad = in_main_menu();
    static_cast<void>(keypad.handle(CardShown{}, start));
    EXPECT_TRUE(keypad.in_menu());
    static_cast<void>(keypad.handle(PinWanted{}, start));
    EXPECT_FALSE(keypad.in_menu());
    EXPECT_EQ(only<PinEntered>(type(keypad, "1#")).size(), 1U);
}

TEST(Keypad, K1_a_password_that_was_entered_once_is_forgotten_after_60_seconds) {
    Keypad keypad = in_main_menu();
    static_cast<void>(type(keypad, "0#654321#"));
    static_cast<void>(keypad.handle_timeout({60s}));
    EXPECT_FALSE(keypad.awake());
    static_cast<void>(type(keypad, "#1#", {61s}));
    static_cast<void>(keypad.handle(AdminAnswered{Answer::yes}, {61s}));
    EXPECT_TRUE(only<MenuRequest>(type(keypad, "0#654321#", {61s})).empty());
}

TEST(Keypad, K5_takes_a_card_only_where_it_asks_for_one) {
    Keypad keypad = in_main_menu();
    EXPECT_FALSE(keypad.takes_card());
    static_cast<void>(type(keypad, "1#"));
    EXPECT_FALSE(keypad.takes_card());
    static_cast<void>(type(keypad, "5001#"));
    static_cast<void>(keypad.handle(MenuAnswered{Answer::yes}, start));
    EXPECT_TRUE(keypad.takes_card());
    static_cast<void>(type(keypad, "#"));
    EXPECT_FALSE(keypad.takes_card());
    EXPECT_TRUE(keypad.handle(CardOffered{{1}}, start).empty());
}

TEST(Keypad, K12_codes_are_taken_before_30_seconds_are_over) {
    const auto restored = [](base::Instant at, PowerOnCodes codes, const char* keys) {
        Keypad keypad;
        static_cast<void>(keypad.handle(KeypadStarted{codes}, start));
        return only<RestoreWanted>(type(keypad, keys, at)).size();
    };
    EXPECT_EQ(restored({29'999ms}, PowerOnCodes::allowed, "*0*"), 1U);
    EXPECT_EQ(restored({30s}, PowerOnCodes::allowed, "*0*"), 0U);
    EXPECT_EQ(restored({1s}, PowerOnCodes::forbidden, "*0*"), 0U);
    EXPECT_EQ(restored({1s}, PowerOnCodes::allowed, "*00000*"), 1U);
    EXPECT_EQ(restored({1s}, PowerOnCodes::allowed, "*000*"), 0U);
    EXPECT_EQ(restored({1s}, PowerOnCodes::allowed, "0*"), 0U);
    EXPECT_EQ(restored({1s}, PowerOnCodes::allowed, "12*0*"), 1U);
}

TEST(NumberMenu, takes_numbers_in_its_range_only) {
    const NumberMenu hold{KeypadSetting::hold_time, 1, 600};
    const auto value = [&](const char* line) {
        const MenuStep step = hold.submit(base::Secret{line});
        const auto* request = std::get_if<MenuRequest>(&step);
        return request == nullptr ? 0 : std::get<SettingWanted>(*request).value;
    };
    EXPECT_EQ(value("600"), 600);
    EXPECT_EQ(value("007"), 7);
    for (const auto* bad : {"", "0", "601", "99999999999999999999", "1*"}) EXPECT_EQ(value(bad), 0) << bad;
}

TEST(Signal, beeps_as_the_manual_says) {
    EXPECT_EQ(beeps_of(Signal::success), 1);
    EXPECT_EQ(beeps_of(Signal::unlocked), 1);
    EXPECT_EQ(beeps_of(Signal::power_on), 1);
    EXPECT_EQ(beeps_of(Signal::failure), 3);
    EXPECT_EQ(beeps_of(Signal::denied), 3);
    EXPECT_EQ(beeps_of(Signal::menu), 0);
    EXPECT_EQ(beeps_of(Signal::key), 0);
}

}  // namespace
}  // namespace sallyport::core

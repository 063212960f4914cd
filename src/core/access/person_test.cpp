#include "core/access/person.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/access/settings.hpp"

namespace sallyport::core {
namespace {

PinKey counting_key() {
    PinKey key;
    for (std::size_t i = 0; i < key.bytes.size(); ++i) key.bytes[i] = static_cast<std::uint8_t>(i);
    return key;
}

std::string hex(const PinHash& hash) {
    return base::to_hex({reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()});
}

base::Secret digits(std::string_view text) {
    return base::Secret(std::string(text));
}

base::UserId user(std::string_view text) {
    return base::UserId::from(text).value();
}

TEST(PinHashTest, is_keyed_blake2b_with_a_purpose) {
    // From Python's hashlib.blake2b(key=..., digest_size=16, person=...).
    const PinKey key = counting_key();
    EXPECT_EQ(hex(hash_pin(key, user("1001"), digits("12345"))), "8E3A55308F72A40D850F56AB6501B350");
    EXPECT_EQ(hex(hash_public_password(key, digits("12345"))), "54F1483750F5A9B29798B517F5CF47C9");
    EXPECT_EQ(hex(hash_admin_password(key, digits("12345"))), "714DFD6C630EA08FF94787B0A13D9FB6");
}

TEST(PinHashTest, depends_on_key_user_and_digits) {
    const PinHash hash = hash_pin(counting_key(), user("12"), digits("3456"));
    EXPECT_TRUE(equal(hash, hash_pin(counting_key(), user("12"), digits("3456"))));
    EXPECT_FALSE(equal(hash, hash_pin(PinKey{}, user("12"), digits("3456"))));
    EXPECT_FALSE(equal(hash, hash_pin(counting_key(), user("123"), digits("456"))));
    EXPECT_FALSE(equal(hash, hash_pin(counting_key(), user("12"), digits("3457"))));
}

TEST(Pin, has_one_to_eight_digits) {
    EXPECT_TRUE(is_pin("0"));
    EXPECT_TRUE(is_pin("12345678"));
    for (const char* wrong : {"", "123456789", "12a4", "-1", " 1", "1\n"})
        EXPECT_FALSE(is_pin(wrong)) << wrong;
}

TEST(Pin, duress_form_is_the_last_digit_plus_one_without_carry) {
    EXPECT_EQ(true_pin_of_duress(digits("12346")).reveal(), "12345");
    EXPECT_EQ(true_pin_of_duress(digits("56780")).reveal(), "56789");
    EXPECT_EQ(true_pin_of_duress(digits("0")).reveal(), "9");
    EXPECT_EQ(true_pin_of_duress(digits("")).reveal(), "");
}

RC_GTEST_PROP(PinProperty, the_duress_form_of_a_pin_leads_back_to_it, ()) {
    const auto length = *rc::gen::inRange<std::size_t>(1, 9);
    const auto pin = *rc::gen::container<std::string>(length, rc::gen::inRange('0', ':'));
    std::string duress = pin;
    duress.back() = static_cast<char>('0' + (pin.back() - '0' + 1) % 10);
    RC_ASSERT(true_pin_of_duress(digits(duress)).reveal() == pin);
    RC_ASSERT(duress != pin);
}

TEST(DoorSetTest, holds_the_doors_of_a_controller) {
    EXPECT_TRUE(DoorSet::only({1}).contains({1}));
    EXPECT_FALSE(DoorSet::only({1}).contains({2}));
    EXPECT_TRUE(DoorSet::only({64}).contains({64}));
    EXPECT_FALSE(DoorSet::all().contains({0}));
    EXPECT_FALSE(DoorSet::all().contains({65}));
}

TEST(SettingsCheck, says_which_door_setting_and_range) {
    Settings settings;
    EXPECT_TRUE(check(settings));
    settings.doors.emplace_back().hold_s = 601;
    EXPECT_EQ(check(settings).error().message, "Door 2: the hold time is 601 s, but must be 1 to 600 s.");
    settings.doors[1].hold_s = 0;
    EXPECT_FALSE(check(settings));
    settings.doors[1] = {.hold_s = 600, .overtime_s = 10'000};
    EXPECT_EQ(check(settings).error().message,
              "Door 2: the overtime limit is 10000 s, but must be 1 to 9999 s.");
    settings.doors.clear();
    EXPECT_EQ(check(settings).error().code, "door_count");
    settings.doors.resize(65);
    EXPECT_EQ(check(settings).error().code, "door_count");
    settings.doors.resize(64);
    EXPECT_TRUE(check(settings));
    settings.zone.clear();
    EXPECT_EQ(check(settings).error().code, "unknown_zone");
}

}  // namespace
}  // namespace sallyport::core

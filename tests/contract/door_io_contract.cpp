#include "contract/door_io_contract.hpp"

namespace sallyport::tests {

using namespace std::chrono_literals;
using core::Input;
using core::Level;
using Parity = WiredDoors::Parity;

void DoorIoContract::SetUp() {
    doors_ = GetParam()();
    io().on_event = [this](const core::StationEvent& event, base::Instant since) {
        said_.push_back({event, since, doors().now()});
    };
    doors().advance(1s);
}

namespace {

constexpr base::DoorNumber first{1};
constexpr base::DoorNumber second{2};

TEST_P(DoorIoContract, is_locked_and_dark_and_says_nothing_at_rest) {
    EXPECT_EQ(doors().lock(first), core::Lock::locked);
    EXPECT_EQ(doors().lock(second), core::Lock::locked);
    EXPECT_FALSE(doors().is_green(first));
    io().report_inputs();
    doors().advance(1min);
    EXPECT_TRUE(said_.empty());
}

TEST_P(DoorIoContract, each_lock_and_light_follows_at_once) {
    io().set_lock(second, core::Lock::released);
    io().set_light(second, core::Light::green, core::KeyboardLight::on);
    io().show_signal(second, core::Signal::unlocked);
    EXPECT_EQ(doors().lock(first), core::Lock::locked);
    EXPECT_EQ(doors().lock(second), core::Lock::released);
    EXPECT_FALSE(doors().is_green(first));
    EXPECT_TRUE(doors().is_green(second));
    io().set_lock(second, core::Lock::released);
    EXPECT_EQ(doors().lock(second), core::Lock::released);
    io().set_lock(second, core::Lock::locked);
    EXPECT_EQ(doors().lock(second), core::Lock::locked);
    EXPECT_TRUE(said_.empty()) << "nothing is said from inside";
}

TEST_P(DoorIoContract, a_card_comes_with_its_reader_and_the_time_of_its_end) {
    const auto begin = doors().now();
    doors().present(second, 1, {0x04A1'B2C3}, Parity::right);
    doors().advance(100ms);
    ASSERT_EQ(said_.size(), 1U);
    const auto& read = std::get<core::CardRead>(said_[0].event);
    EXPECT_EQ(read.door, second);
    EXPECT_EQ(read.reader, base::ReaderNumber{3}) << "readers are numbered door by door";
    EXPECT_EQ(read.card.text(), "04A1B2C3");
    EXPECT_EQ(said_[0].since, begin + 33ms + 3ms) << "34 bits of 1 ms, and three of silence";
    EXPECT_GE(said_[0].at, said_[0].since);
}

TEST_P(DoorIoContract, wrong_parity_is_a_bad_frame_and_never_a_card) {
    doors().present(first, 2, {7}, Parity::wrong);
    doors().advance(100ms);
    ASSERT_EQ(said_.size(), 1U);
    const auto& bad = std::get<core::BadFrame>(said_[0].event);
    EXPECT_EQ(bad.door, first);
    EXPECT_EQ(bad.reader, base::ReaderNumber{2});
    EXPECT_NE(bad.detail.find("parity"), std::string::npos);
}

TEST_P(DoorIoContract, readers_do_not_disturb_each_other) {
    doors().present(first, 1, {1}, Parity::right);
    doors().present(first, 2, {2}, Parity::right);
    doors().present(second, 2, {3}, Parity::right);
    doors().advance(100ms);
    const auto read = said<core::CardRead>();
    ASSERT_EQ(read.size(), 3U);
    for (const auto& card : read) EXPECT_EQ(card.card.value, card.reader.value == 4 ? 3 : card.reader.value);
}

TEST_P(DoorIoContract, keys_belong_to_their_door) {
    for (const char key : std::string("0*#")) {
        doors().press(second, key);
        doors().advance(200ms);
    }
    std::string keys;
    for (const auto& pressed : said<core::KeyPressed>()) {
        EXPECT_EQ(pressed.door, second);
        keys += pressed.key;
    }
    EXPECT_EQ(keys, "0*#");
}

TEST_P(DoorIoContract, an_input_is_said_once_for_each_change) {
    for (const auto input :
         {Input::contact, Input::exit_button, Input::tamper, Input::reader_case, Input::fire}) {
        said_.clear();
        for (const auto level : {Level::active, Level::active, Level::inactive}) {
            doors().set_input(second, input, level);
            doors().advance(500ms);
        }
        const auto changes = said<core::InputChanged>();
        ASSERT_EQ(changes.size(), 2U);
        EXPECT_EQ(changes[0].door, second);
        EXPECT_EQ(changes[0].input, input);
        EXPECT_EQ(changes[0].level, Level::active);
        EXPECT_EQ(changes[1].level, Level::inactive);
    }
}

TEST_P(DoorIoContract, a_station_that_starts_is_told_what_is_active) {
    doors().set_input(first, Input::contact, Level::active);
    doors().set_input(second, Input::fire, Level::active);
    doors().set_input(second, Input::tamper, Level::active);
    doors().advance(500ms);
    doors().set_input(second, Input::tamper, Level::inactive);
    doors().advance(500ms);
    said_.clear();
    io().report_inputs();
    const auto active = said<core::InputChanged>();
    ASSERT_EQ(active.size(), 2U);
    for (const auto& change : active) EXPECT_EQ(change.level, Level::active);
    EXPECT_EQ(active[0].input, Input::contact);
    EXPECT_EQ(active[0].door, first);
    EXPECT_EQ(active[1].input, Input::fire);
    EXPECT_EQ(active[1].door, second);
}

TEST_P(DoorIoContract, time_never_runs_backwards_in_what_is_said) {
    for (int i = 0; i < 5; ++i) {
        doors().present(first, 1, {static_cast<std::uint64_t>(i)}, Parity::right);
        doors().set_input(first, Input::contact, i % 2 == 0 ? Level::active : Level::inactive);
        doors().advance(600ms);
    }
    ASSERT_EQ(said_.size(), 10U);
    for (std::size_t i = 1; i < said_.size(); ++i) EXPECT_GE(said_[i].at, said_[i - 1].at);
    for (const auto& one : said_) EXPECT_LE(one.since, one.at);
}

TEST_P(DoorIoContract, nobody_has_to_listen) {
    io().on_event = nullptr;
    doors().present(first, 1, {1}, Parity::right);
    doors().set_input(first, Input::contact, Level::active);
    doors().advance(1s);
    io().report_inputs();
}

}  // namespace
}  // namespace sallyport::tests

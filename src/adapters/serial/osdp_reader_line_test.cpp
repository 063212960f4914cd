// The line in real time against readers that are played on the far end of a pseudo-terminal.
#include "adapters/serial/osdp_reader_line.hpp"

#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/sim/simulated_line.hpp"

namespace sallyport::adapters {
namespace {

namespace osdp = codec::osdp;
using ports::ReaderFault;
using ports::ReaderState;
using std::chrono::milliseconds;
using std::chrono::seconds;

base::Secret key_of(char number) {
    return base::Secret(std::string(8, number) + std::string(8, 'k'));
}

osdp::CardBits card(std::uint8_t last) {
    return {0, 0, 32, {0x04, 0xA1, 0xB2, last}};
}

class Site {
  public:
    explicit Site(std::uint8_t count, std::uint32_t baud = 115'200) : count_(count), baud_(baud) {
        name_ = std::filesystem::temp_directory_path() /
                ("sallyport-line-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
        plug_adapter();
        OsdpLineOptions options{.device = name_.string(), .baud = baud, .readers = {}};
        for (std::uint8_t i = 0; i < count; ++i)
            options.readers.push_back(
                {i, {static_cast<std::uint8_t>(2 * i + 1)}, {static_cast<std::uint8_t>(i + 1)}});
        line.emplace(loop, clock, clock, std::move(options));
        line->on_event = [this](const core::StationEvent& event, base::Instant) { events.push_back(event); };
    }
    ~Site() {
        std::filesystem::remove(name_);
        std::filesystem::remove(memory());
    }
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    void plug_adapter() {
        SimulatedLineOptions options{baud_, {}, memory(), std::chrono::microseconds{500}};
        for (std::uint8_t i = 0; i < count_; ++i) options.addresses.push_back(i);
        auto opened = SimulatedLine::open(std::move(options));
        far = *std::move(opened);
        std::filesystem::remove(name_);
        std::filesystem::create_symlink(far->device(), name_);
    }
    void pull_adapter() {
        std::filesystem::remove(name_);
        far.reset();
    }
    [[nodiscard]] bool run_until(const std::function<bool()>& holds, milliseconds limit = seconds{5}) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (!holds() && std::chrono::steady_clock::now() < deadline) loop.run_one_for(milliseconds{20});
        return holds();
    }
    [[nodiscard]] bool online(std::uint8_t address) const {
        return line->readers().at(address).state == ReaderState::online;
    }
    void start_paired() {
        line->start(0, {});
        for (std::uint8_t i = 0; i < count_; ++i) {
            ASSERT_TRUE(line->open_pairing(i, key_of(static_cast<char>('a' + i)), seconds{30}));
            ASSERT_TRUE(run_until([&] { return online(i); })) << int{i};
        }
        events.clear();
    }
    template <class T>
    std::vector<T> seen() const {
        std::vector<T> found;
        for (const auto& event : events)
            if (const auto* one = std::get_if<T>(&event)) found.push_back(*one);
        return found;
    }

    boost::asio::io_context loop;
    MachineClock clock;
    std::unique_ptr<SimulatedLine> far;
    std::optional<OsdpReaderLine> line;
    std::vector<core::StationEvent> events;

  private:
    [[nodiscard]] std::filesystem::path memory() const { return name_.string() + ".keys"; }
    std::uint8_t count_;
    std::uint32_t baud_;
    std::filesystem::path name_;
};

TEST(OsdpReaderLine, speaks_to_nobody_before_a_reader_is_paired) {
    Site site(1);
    site.line->start(0, {});
    EXPECT_FALSE(site.run_until([&] { return site.online(0); }, milliseconds{300}));
    EXPECT_EQ(site.line->readers()[0].state, ReaderState::unpaired);
    EXPECT_EQ(site.line->open_pairing(5, key_of('a'), seconds{1}).error().code, "reader_unknown");
    EXPECT_EQ(site.line->open_pairing(0, base::Secret("0123456789:;<=>?"), seconds{1}).error().code,
              "weak_key");
    EXPECT_EQ(site.line->rotate_key(0, key_of('b')).error().code, "reader_unpaired");
}

TEST(OsdpReaderLine, a_paired_reader_tells_cards_keys_and_its_case_to_its_door) {
    Site site(2);
    std::string taken;
    site.line->on_key_taken = [&](std::uint8_t, const base::Secret& key) { taken = key.reveal(); };
    site.start_paired();
    EXPECT_EQ(taken, key_of('b').reveal());
    site.far->tell(1, card(0xC3));
    site.far->tell(1, osdp::CardBits{0, 1, 26, {0x7F, 0, 0, 0}});
    site.far->tell(1, osdp::Keys{0, {'1', 0x7F, 0x0D}});
    site.far->tell(1, osdp::LocalStatus{1, 0});
    ASSERT_TRUE(site.run_until([&] {
        return !site.seen<core::InputChanged>().empty() && site.seen<core::KeyPressed>().size() == 3;
    }));
    const auto read = site.seen<core::CardRead>();
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0].door, base::DoorNumber{2});
    EXPECT_EQ(read[0].reader, base::ReaderNumber{3});
    EXPECT_EQ(read[0].card, base::CardNumber{0x04A1B2C3});
    EXPECT_EQ(site.seen<core::BadFrame>().at(0).detail, "frame_parity_wrong bits=26 parity=even");
    std::string keys;
    for (const auto& pressed : site.seen<core::KeyPressed>()) keys.push_back(pressed.key);
    EXPECT_EQ(keys, "1*#");
    EXPECT_EQ(site.seen<core::InputChanged>()[0].input, core::Input::reader_case);
    ASSERT_TRUE(site.run_until([&] { return !site.line->readers()[1].model.empty(); }));
    EXPECT_EQ(site.line->readers()[1].model, "vendor 535052, model 1.1, firmware 1.0.0, serial 00000001");
}

TEST(OsdpReaderLine, shows_lights_and_beeps_at_the_readers_of_the_door_only) {
    Site site(2);
    site.start_paired();
    site.line->set_light({2}, core::Light::green, core::KeyboardLight::on);
    site.line->show_signal({2}, core::Signal::denied);
    site.line->show_signal({2}, core::Signal::key);
    const auto beeped = [&](std::uint8_t address) {
        const auto shown = site.far->shown(address);
        return std::ranges::find(shown, osdp::Command{osdp::SetBuzzer{0, 2, 1, 1, 3}}) != shown.end();
    };
    ASSERT_TRUE(site.run_until([&] { return beeped(1); }));
    const auto shown = site.far->shown(1);
    const auto* leds = std::get_if<osdp::SetLeds>(&shown.at(shown.size() - 2));
    ASSERT_NE(leds, nullptr);
    EXPECT_EQ(leds->orders.at(0).permanent_on_colour, osdp::Colour::green);
    EXPECT_FALSE(beeped(0));
}

TEST(OsdpReaderLine, an_unplugged_reader_is_lost_after_8_s_and_back_within_2_s_with_its_light) {
    Site site(2);
    site.start_paired();
    site.far->set_fault(1, ReaderFault::unplugged);
    site.far->tell(0, card(1));
    ASSERT_TRUE(site.run_until([&] { return site.seen<core::CardRead>().size() == 1; }, milliseconds{500}));
    const auto lost = [&] { return site.seen<core::ReaderLinkChanged>(); };
    ASSERT_TRUE(lost().empty()) << "the card came before";
    ASSERT_TRUE(site.run_until([&] { return lost().size() == 1; }, seconds{10}));
    EXPECT_EQ(lost()[0].reader, base::ReaderNumber{3});
    EXPECT_EQ(lost()[0].lost, core::Level::active);
    site.line->report_state();
    EXPECT_EQ(lost().size(), 2U);
    site.line->set_light({2}, core::Light::red, core::KeyboardLight::on);
    site.far->set_fault(1, ReaderFault::none);
    ASSERT_TRUE(site.run_until([&] { return lost().size() == 3; }, seconds{2}));
    EXPECT_EQ(lost()[2].lost, core::Level::inactive);
    const auto is_red = [](const osdp::Command& command) {
        const auto* leds = std::get_if<osdp::SetLeds>(&command);
        return leds != nullptr && leds->orders.at(0).permanent_on_colour == osdp::Colour::red;
    };
    EXPECT_TRUE(site.run_until([&] { return std::ranges::any_of(site.far->shown(1), is_red); }));
}

TEST(OsdpReaderLine, an_adapter_that_is_pulled_out_and_plugged_in_again_is_taken_up) {
    Site site(1);
    site.start_paired();
    site.pull_adapter();
    ASSERT_TRUE(site.run_until([&] { return !site.line->device_state(); }));
    EXPECT_EQ(site.line->device_state().error().code, "device_lost");
    site.plug_adapter();
    ASSERT_TRUE(site.run_until([&] { return site.line->device_state().has_value(); }));
    site.far->tell(0, card(7));
    ASSERT_TRUE(site.run_until([&] { return site.seen<core::CardRead>().size() == 1; }));
    EXPECT_TRUE(site.online(0));
}

TEST(OsdpReaderLine, no_card_is_lost_on_a_noisy_cable) {
    Site site(1);
    site.start_paired();
    site.far->set_fault(0, ReaderFault::noisy);
    for (std::uint8_t i = 1; i <= 10; ++i) site.far->tell(0, card(i));
    EXPECT_TRUE(site.run_until([&] { return site.seen<core::CardRead>().size() == 10; }, seconds{20}));
}

TEST(OsdpReaderLine, a_reader_that_lost_its_key_stays_out_and_is_recorded) {
    Site site(1);
    site.line->start(0, {{site.line->device(), 0, key_of('z'), {}}});
    EXPECT_FALSE(site.run_until([&] { return site.online(0); }, seconds{1}));
    EXPECT_EQ(site.line->readers()[0].state, ReaderState::offline);
}

TEST(OsdpReaderLine, a_key_that_the_reader_took_before_a_crash_is_its_own) {
    Site site(1);
    site.start_paired();
    // As it is after a crash between KEYSET and the answer.
    OsdpReaderLine again(site.loop, site.clock, site.clock,
                         {.device = site.line->device(), .baud = 115'200, .readers = {{0, {1}, {1}}}});
    site.line.reset();
    std::string taken;
    again.on_key_taken = [&](std::uint8_t, const base::Secret& key) { taken = key.reveal(); };
    again.start(0, {{again.device(), 0, {}, key_of('a')}});
    ASSERT_TRUE(site.run_until([&] { return !taken.empty(); }));
    EXPECT_EQ(taken, key_of('a').reveal());
    EXPECT_EQ(again.readers()[0].state, ReaderState::online);
}

TEST(OsdpReaderLine, a_key_is_changed_in_its_session) {
    Site site(1);
    site.start_paired();
    std::string taken;
    site.line->on_key_taken = [&](std::uint8_t, const base::Secret& key) { taken = key.reveal(); };
    ASSERT_TRUE(site.line->rotate_key(0, key_of('n')));
    ASSERT_TRUE(site.run_until([&] { return !taken.empty(); }));
    site.far->set_fault(0, ReaderFault::unplugged);
    site.far->set_fault(0, ReaderFault::none);
    site.far->tell(0, card(1));
    EXPECT_TRUE(site.run_until([&] { return !site.seen<core::CardRead>().empty(); }));
}

TEST(OsdpReaderLine, another_speed_is_taken_when_every_reader_follows) {
    Site site(2, 9'600);
    site.start_paired();
    std::optional<base::Status> result;
    site.line->change_baud(115'200, [&](const base::Status& status) { result = status; });
    ASSERT_TRUE(site.run_until([&] { return result.has_value(); }, seconds{10}));
    EXPECT_TRUE(*result) << result->error().message;
    EXPECT_EQ(site.line->baud(), 115'200U);
    EXPECT_TRUE(site.seen<core::ReaderLinkChanged>().empty());
    site.far->tell(1, card(1));
    EXPECT_TRUE(site.run_until([&] { return !site.seen<core::CardRead>().empty(); }));
}

TEST(OsdpReaderLine, everything_goes_back_when_a_reader_does_not_follow) {
    Site site(2, 9'600);
    site.start_paired();
    site.far->set_fault(1, ReaderFault::unplugged);
    std::optional<base::Status> result;
    site.line->change_baud(115'200, [&](const base::Status& status) { result = status; });
    ASSERT_TRUE(site.run_until([&] { return result.has_value(); }, seconds{20}));
    EXPECT_EQ(result->error().code, "baud_refused");
    EXPECT_EQ(site.line->baud(), 9'600U);
    site.far->set_fault(1, ReaderFault::none);
    EXPECT_TRUE(site.run_until([&] { return site.online(0) && site.online(1); }));
}

TEST(OsdpReaderLine, gives_its_traffic_as_a_capture_but_not_while_a_key_is_on_its_way) {
    Site site(1);
    site.start_paired();
    std::optional<base::Result<std::string>> file;
    site.line->capture(seconds{2}, [&](base::Result<std::string> taken) { file = std::move(taken); });
    EXPECT_EQ(site.line->open_pairing(0, key_of('q'), seconds{1}).error().code, "line_busy");
    ASSERT_TRUE(site.run_until([&] { return file.has_value(); }));
    ASSERT_TRUE(*file);
    EXPECT_GT((*file)->size(), 24U + 10 * 30);
    EXPECT_EQ((*file)->substr(0, 4), "\xD4\xC3\xB2\xA1");
    EXPECT_NE((*file)->find('\x53'), std::string::npos);
    ASSERT_TRUE(site.line->open_pairing(0, key_of('q'), seconds{5}));
    file.reset();
    site.line->capture(seconds{2}, [&](base::Result<std::string> taken) { file = std::move(taken); });
    EXPECT_EQ(file.value().error().code, "line_busy");
}

}  // namespace
}  // namespace sallyport::adapters

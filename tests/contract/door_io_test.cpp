#include "adapters/sim/simulated_clock.hpp"
#include "adapters/sim/simulated_doors.hpp"
#include "contract/door_io_contract.hpp"
#include "gpio/gpio_bench.hpp"

namespace sallyport::tests {
namespace {

namespace wiegand = codec::wiegand;

class Simulated final : public WiredDoors {
  public:
    [[nodiscard]] ports::DoorIo& io() override { return doors_; }
    [[nodiscard]] base::Instant now() const override { return clock_.monotonic(); }
    void advance(base::Duration by) override {
        const auto end = now() + by;
        for (auto due = doors_.next_deadline(); due && *due <= end; due = doors_.next_deadline()) {
            clock_.advance_to(*due);
            doors_.handle_timeout(now());
        }
        clock_.advance_to(end);
    }
    void present(base::DoorNumber door, std::uint8_t reader, base::CardNumber card, Parity parity) override {
        const auto fault = parity == Parity::wrong ? ports::FrameFault::parity : ports::FrameFault::none;
        ASSERT_TRUE(doors_.present(door, reader, card, fault));
    }
    void press(base::DoorNumber door, char key) override { doors_.press(door, key); }
    void set_input(base::DoorNumber door, core::Input input, core::Level level) override {
        doors_.set_input(door, input, level);
    }
    [[nodiscard]] core::Lock lock(base::DoorNumber door) override { return doors_.shown(door).lock; }
    [[nodiscard]] bool is_green(base::DoorNumber door) override {
        return doors_.shown(door).light == core::Light::green;
    }

  private:
    HandClock still_;
    adapters::SimulatedClock clock_{still_};
    adapters::SimulatedDoors doors_{clock_, {.doors = 2, .readers_per_door = 2}};
};

class Wired final : public WiredDoors {
  public:
    Wired() { EXPECT_TRUE(bench_.doors.open()); }
    [[nodiscard]] ports::DoorIo& io() override { return bench_.doors; }
    [[nodiscard]] base::Instant now() const override { return bench_.clock.now; }
    /// Pulses of several readers fall side by side, each at its time.
    void advance(base::Duration by) override {
        const auto end = now() + by;
        std::ranges::sort(coming_, {}, [](const Coming& each) { return each.pulse.at; });
        for (const auto& [door, reader, pulse] : std::exchange(coming_, {}))
            bench_.send(door, reader, {pulse});
        bench_.advance(end - now());
    }
    void present(base::DoorNumber door, std::uint8_t reader, base::CardNumber card, Parity parity) override {
        auto frame = *wiegand::encode(*wiegand::find_format("34-bit"), card);
        if (parity == Parity::wrong) frame.bits ^= 1;
        send(door, reader, frame);
    }
    void press(base::DoorNumber door, char key) override {
        send(door, 1, *wiegand::encode_key(key, wiegand::KeyBurst::four_bits));
    }
    void set_input(base::DoorNumber door, core::Input input, core::Level level) override {
        bench_.set_input(door.value, input, level);
    }
    [[nodiscard]] core::Lock lock(base::DoorNumber door) override {
        return bench_.released(door.value) ? core::Lock::released : core::Lock::locked;
    }
    [[nodiscard]] bool is_green(base::DoorNumber door) override {
        return bench_.lit(door.value, place::led_green);
    }

  private:
    struct Coming {
        std::uint8_t door = 0;
        std::uint8_t reader = 0;
        wiegand::Pulse pulse;
    };
    void send(base::DoorNumber door, std::uint8_t reader, const wiegand::Frame& frame) {
        for (const auto& pulse : wiegand::pulses(frame, now()))
            coming_.push_back({door.value, reader, pulse});
    }

    GpioBench bench_{2, 2};
    std::vector<Coming> coming_;
};

INSTANTIATE_TEST_SUITE_P(sim, DoorIoContract, testing::Values([] { return std::make_unique<Simulated>(); }));
INSTANTIATE_TEST_SUITE_P(gpio, DoorIoContract, testing::Values([] { return std::make_unique<Wired>(); }));

}  // namespace
}  // namespace sallyport::tests

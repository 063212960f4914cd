#pragma once
// Doors without hardware. Their readers send real pulses in real order through the real decoder, one bit at a
// time (controller.md R1).
#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "codec/wiegand/decoder.hpp"
#include "ports/clock.hpp"
#include "ports/door_io.hpp"
#include "ports/simulation.hpp"

namespace sallyport::adapters {

struct SimulatedDoorOptions {
    std::uint8_t doors = 1;
    std::uint8_t readers_per_door = 1;  ///< wired ones, 0-2
    base::Duration bit_time = std::chrono::milliseconds{1};
};

/// A reader on a line of its own, played by somebody else.
struct PlayedReader {
    base::DoorNumber door;
    base::ReaderNumber number;
    std::function<base::Status(const codec::wiegand::Frame&)> present;
    std::function<void(ports::ReaderFault)> set_fault;
};

class SimulatedDoors final : public ports::DoorIo, public ports::DoorSimulation {
  public:
    /// `clock` outlives it.
    SimulatedDoors(const ports::Clock& clock, const SimulatedDoorOptions&);

    /// Counts as the next reader of its door.
    void add_reader(PlayedReader);
    /// What a played reader's line says, before the controller hears it: its card is under way no longer.
    void heard(const core::StationEvent&);
    /// A card that a played reader was given has not come within 3 s and is waited for no longer.
    std::function<void()> on_given_up;
    /// Of the panel on simulated wires, if there is one.
    std::function<std::vector<std::string>()> panel_heard;

    void set_lock(base::DoorNumber, core::Lock) override;
    void set_light(base::DoorNumber, core::Light, core::KeyboardLight) override;
    void show_signal(base::DoorNumber, core::Signal) override;
    void accept_formats(const std::vector<core::CardFormat>&) override;
    void report_inputs() override;
    [[nodiscard]] std::optional<base::Instant> next_deadline() const override;
    void handle_timeout(base::Instant now) override;

    void press(base::DoorNumber, char key) override;
    base::Status present(base::DoorNumber, std::uint8_t reader, base::CardNumber, ports::FrameFault) override;
    base::Status set_reader_fault(base::DoorNumber, std::uint8_t reader, ports::ReaderFault) override;
    void set_input(base::DoorNumber, core::Input, core::Level) override;
    void cut_power() override;
    [[nodiscard]] bool busy() const override { return next_deadline().has_value(); }
    [[nodiscard]] const ports::ShownDoor& shown(base::DoorNumber) const override;
    [[nodiscard]] std::vector<ports::ShownReader> readers_of(base::DoorNumber) const override;
    [[nodiscard]] core::Level input(base::DoorNumber, core::Input) const override;
    [[nodiscard]] std::vector<std::string> told_panel() const override;

  private:
    struct Reader {
        base::DoorNumber door;
        base::ReaderNumber number;
        std::deque<codec::wiegand::Pulse> pulses;  ///< not yet sent
        codec::wiegand::Decoder decoder;
        ports::WirePulses sent{};
        [[nodiscard]] std::optional<base::Instant> next_deadline() const;
    };
    struct Door {
        ports::ShownDoor shown;
        std::uint64_t signals = 0;
        std::array<core::Level, core::input_count> inputs{};
        std::optional<base::Instant> presented;  ///< of the last card
    };
    struct Played {
        PlayedReader reader;
        ports::ReaderFault fault = ports::ReaderFault::none;
        std::optional<base::Instant> until;  ///< while its card is under way
    };
    [[nodiscard]] Played* played(base::DoorNumber, std::uint8_t reader);
    /// The frame that a reader sends for the card.
    [[nodiscard]] std::optional<codec::wiegand::Frame> frame_for(base::CardNumber) const;
    void emit(const Reader&, const codec::wiegand::Seen&, base::Instant since);

    const ports::Clock& clock_;
    SimulatedDoorOptions options_;
    std::vector<codec::wiegand::Format> formats_;
    std::vector<Door> doors_;
    std::vector<Reader> readers_;
    std::vector<Played> played_;
};

}  // namespace sallyport::adapters

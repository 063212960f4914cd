#pragma once
// An OSDP line of this machine: codec/osdp's Line over a serial port in real time, its readers' cards, keys
// and tamper contacts as events of their doors, lights and beeps as orders (controller.md R2, R4). On the
// loop thread.
#include <array>
#include <optional>
#include <set>
#include <vector>

#include "adapters/serial/serial_port.hpp"
#include "codec/osdp/card.hpp"
#include "codec/osdp/line.hpp"
#include "codec/osdp/pcap.hpp"
#include "ports/clock.hpp"
#include "ports/reader_line.hpp"

namespace sallyport::adapters {

struct OsdpReaderPlace {
    std::uint8_t address = 0;  ///< 0-126, each once on its line
    base::ReaderNumber number;
    base::DoorNumber door;
    core::Direction direction = core::Direction::entry;
};

struct OsdpLineOptions {
    std::string device;
    std::string name{};  ///< what the line is called and its keys are kept under; empty: the device
    std::uint32_t baud = 9'600;
    std::vector<OsdpReaderPlace> readers;  ///< at most 8
};

class OsdpReaderLine final : public ports::ReaderLine {
  public:
    /// `real` keeps the line's time, `clock` is the controller's; both outlive it.
    OsdpReaderLine(boost::asio::io_context&, const ports::Clock& real, const ports::Clock& clock,
                   OsdpLineOptions);

    void set_light(base::DoorNumber, core::Light, core::KeyboardLight) override;
    void show_signal(base::DoorNumber, core::Signal) override;
    void accept_formats(const std::vector<core::CardFormat>&) override;
    void report_state() override;

    [[nodiscard]] const std::string& device() const override { return name_; }
    [[nodiscard]] std::uint32_t baud() const override { return port_.baud(); }
    [[nodiscard]] base::Status device_state() const override { return device_state_; }
    [[nodiscard]] std::vector<ports::LinkedReader> readers() const override;
    void start(std::uint32_t baud, const std::vector<ports::ReaderKeys>& keys) override;
    [[nodiscard]] base::Status open_pairing(std::uint8_t address, const base::Secret& key,
                                            base::Duration duration) override;
    void close_pairing() override;
    [[nodiscard]] base::Status rotate_key(std::uint8_t address, const base::Secret& key) override;
    void change_baud(std::uint32_t baud, Done done) override;
    void capture(base::Duration, Captured done) override;

  private:
    enum class Heard : std::uint8_t { not_yet, online, lost };
    struct Reader {
        OsdpReaderPlace place;
        std::optional<codec::osdp::Key> own{};
        std::optional<codec::osdp::Key> pending{};
        Heard heard = Heard::not_yet;  ///< as the controller was told last
        bool secured = false;
        bool opened = false;  ///< its tamper contact
        core::Light light = core::Light::off;
        std::string model{};
        std::optional<base::Instant> last_breach{};
    };
    /// On the way from one speed to another, or back.
    struct BaudChange {
        enum class Step : std::uint8_t { asking, proving, returning };
        std::uint32_t from = 0;
        std::uint32_t to = 0;
        std::set<std::uint8_t> expected;  ///< readers that have not done yet what the step waits for
        std::set<std::uint8_t> all;
        Step step = Step::asking;
        Done done;
    };

    void make_line(std::uint32_t baud);
    void feed(const codec::osdp::Line::Event&);
    void take(codec::osdp::Line::Effects);
    void take_effect(const codec::osdp::Line::Transmit&);
    void take_effect(const codec::osdp::Line::ReaderChanged&);
    void take_effect(const codec::osdp::Line::Replied&);
    void take_effect(const codec::osdp::Line::KeyTaken&);
    void take_effect(const codec::osdp::Line::PairingClosed&);
    void take_effect(const codec::osdp::Line::SecurityFailed&);
    void take_effect(const codec::osdp::Line::Refused&);
    void take_effect(const codec::osdp::Line::Captured&);
    void take_reply(Reader&, const codec::osdp::Reply&);
    void tell(const core::StationEvent&);
    void tell_card(const Reader&, const codec::osdp::CardOrFault&);
    void tell_case(base::DoorNumber);
    void say(Reader&, Heard);
    void say_who_is_missing();
    void order(const Reader&, codec::osdp::Command);
    void arm();
    void fired();

    void baud_answered(std::uint8_t address, std::uint32_t baud);
    void baud_step_after(std::chrono::milliseconds);
    void baud_step_over();
    void switch_baud(std::uint32_t baud);
    void finish_baud(base::Status);
    void finish_capture();

    [[nodiscard]] Reader* find(std::uint8_t address);
    [[nodiscard]] base::Status check_key(std::uint8_t address, const std::optional<codec::osdp::Key>&);
    [[nodiscard]] codec::osdp::Turn turn();

    boost::asio::io_context& loop_;
    const ports::Clock& real_;
    const ports::Clock& clock_;
    std::string name_;
    SerialPort port_;
    base::Status device_state_;
    std::vector<Reader> readers_;
    std::vector<codec::wiegand::Format> formats_;  ///< none: all that are known
    std::optional<codec::osdp::Line> line_;
    std::array<codec::osdp::Nonce, 64> random_{};  ///< each used once
    std::size_t random_left_ = 0;
    boost::asio::steady_timer timer_;
    std::optional<base::Instant> armed_;
    boost::asio::steady_timer missing_timer_;
    std::optional<std::uint8_t> pairing_;
    std::optional<BaudChange> baud_change_;
    boost::asio::steady_timer baud_timer_;
    std::optional<codec::osdp::Pcap> pcap_;
    Captured captured_;
    boost::asio::steady_timer capture_timer_;
};

}  // namespace sallyport::adapters

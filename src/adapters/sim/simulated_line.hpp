#pragma once
// OSDP readers that are not there: they hang on the far end of a pseudo-terminal, on which bytes take the
// time of their speed, and play on a thread of their own. For the simulated site, tests and measurements.
// Faults as they happen: a reader without power, a noisy cable, a reader that listens at another speed than
// the panel speaks.
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/result.hpp"
#include "codec/osdp/peripheral.hpp"
#include "ports/simulation.hpp"

namespace sallyport::adapters {

struct SimulatedLineOptions {
    std::uint32_t baud = 115'200;  ///< what its readers listen at
    std::vector<std::uint8_t> addresses;
    /// Where the readers' keys outlive the program, as they outlive the panel; empty: nowhere.
    std::filesystem::path memory{};
    /// From the end of a command to the first byte of the answer.
    std::chrono::microseconds answers_after{500};
};

class SimulatedLine {
  public:
    /// `internal` "no_terminal" when the machine gives no pseudo-terminal.
    [[nodiscard]] static base::Result<std::unique_ptr<SimulatedLine>> open(SimulatedLineOptions);
    ~SimulatedLine();
    SimulatedLine(const SimulatedLine&) = delete;
    SimulatedLine& operator=(const SimulatedLine&) = delete;

    /// What the panel opens.
    [[nodiscard]] const std::string& device() const { return device_; }

    // From any thread; nothing happens for an address that the line does not have.
    void tell(std::uint8_t address, codec::osdp::Reply event);
    void set_fault(std::uint8_t address, ports::ReaderFault);
    /// What the panel had shown or sounded at the reader, oldest first, at most the last 50.
    [[nodiscard]] std::vector<codec::osdp::Command> shown(std::uint8_t address);

  private:
    using Time = std::chrono::steady_clock::time_point;
    struct Reader {
        std::uint32_t baud = 0;
        std::optional<codec::osdp::Key> key;
        ports::ReaderFault fault = ports::ReaderFault::none;
        std::optional<codec::osdp::Peripheral> peripheral;  ///< none without power
        std::vector<codec::osdp::Command> shown;
    };

    SimulatedLine(SimulatedLineOptions, int master, int slave, std::string device);
    void run();
    void read();
    void heard(std::size_t count);
    void deliver(const codec::osdp::Bytes&, Time arrived, std::uint32_t baud);
    void carry_out(Reader&, codec::osdp::Peripheral::Effects, Time arrived, std::uint32_t baud);
    void send(const Reader&, codec::osdp::Bytes, Time begin, std::uint32_t baud);
    void switch_on(std::uint8_t address, Reader&);
    void at(Time, std::function<void()>);
    void arm();
    [[nodiscard]] std::uint32_t panel_baud() const;
    void remember() const;
    void recall();

    SimulatedLineOptions options_;
    std::string device_;
    boost::asio::io_context loop_{1};
    boost::asio::posix::stream_descriptor master_;
    boost::asio::posix::stream_descriptor slave_;  ///< kept open, so that the line is there without the panel
    boost::asio::steady_timer timer_;
    std::multimap<Time, std::function<void()>> due_;
    std::map<std::uint8_t, Reader> readers_;
    std::array<std::uint8_t, 2'048> buffer_{};
    Time line_free_{};
    std::uint32_t dice_ = 7;
    std::thread thread_;
};

}  // namespace sallyport::adapters

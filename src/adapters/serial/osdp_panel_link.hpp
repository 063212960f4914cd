#pragma once
// The controller as a reader on somebody else's OSDP line: codec/osdp's Peripheral over a serial port. Cards
// go up as 34-bit Wiegand frames, or as plain 64 bits where a number is longer. On the loop thread.
#include <optional>

#include "adapters/serial/serial_port.hpp"
#include "codec/osdp/peripheral.hpp"
#include "ports/clock.hpp"
#include "ports/panel_link.hpp"

namespace sallyport::adapters {

struct OsdpPanelOptions {
    std::string device;
    std::uint32_t baud = 9'600;
    std::uint8_t address = 0;  ///< 0-126, of this controller on the panel's line
};

class OsdpPanelLink final : public ports::PanelLink {
  public:
    /// `real` outlives it.
    OsdpPanelLink(boost::asio::io_context&, const ports::Clock& real, OsdpPanelOptions);

    [[nodiscard]] const std::string& device() const override { return port_.device(); }
    [[nodiscard]] std::uint8_t address() const override { return options_.address; }
    void start(const base::Secret& key) override;
    void stop() override { peripheral_.reset(); }
    [[nodiscard]] bool connected() const override;
    [[nodiscard]] base::Status tell(base::CardNumber) override;
    void tell(char key) override;

  private:
    void heard(codec::osdp::ByteView);
    void apply(const codec::osdp::Command&);
    void show(const codec::osdp::LedOrder&);

    const ports::Clock& real_;
    OsdpPanelOptions options_;
    SerialPort port_;
    std::optional<codec::osdp::Peripheral> peripheral_;
    bool opened_ = false;
    std::optional<base::Instant> asked_;  ///< when the panel asked last
    core::Light lasting_ = core::Light::off;
    boost::asio::steady_timer timer_;  ///< of a light for a time
};

}  // namespace sallyport::adapters

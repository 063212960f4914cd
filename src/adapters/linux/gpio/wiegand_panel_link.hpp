#pragma once
// The controller as a Wiegand reader of somebody else's panel (controller.md R3; readers.md, Wiegand): cards
// and keys go up as pulses on two outputs. Nothing comes back on them: the reader's light is blue, and it
// beeps once for each card that went up.
//
// Pulses are timed on a thread of their own, which spends each of them awake: the loop may be busy for longer
// than a pulse, and than the silence that ends a frame. Everything else is on the loop thread.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>

#include "adapters/linux/gpio/wiring.hpp"
#include "codec/wiegand/decoder.hpp"
#include "ports/panel_link.hpp"

namespace sallyport::adapters {

/// Two outputs, used by one thread at a time. `active` is a pulse.
struct WiegandOutputs {
    /// Takes both at rest; also again after one of them has failed.
    std::function<base::Status()> open;
    std::function<base::Status(codec::wiegand::Line, core::Level)> set;
};

class WiegandPanelLink final : public ports::PanelLink {
  public:
    static constexpr std::size_t frames_limit = 16;  ///< waiting; more are refused
    static constexpr base::Duration between_frames = std::chrono::milliseconds{100};
    static constexpr base::Duration retry = std::chrono::seconds{2};  ///< of outputs that cannot be had

    WiegandPanelLink(boost::asio::io_context&, WiegandOutputs, WiegandSending);
    ~WiegandPanelLink() override;
    WiegandPanelLink(const WiegandPanelLink&) = delete;
    WiegandPanelLink& operator=(const WiegandPanelLink&) = delete;

    [[nodiscard]] const std::string& device() const override { return device_; }
    [[nodiscard]] std::uint8_t address() const override { return 0; }
    void start(const base::Secret& key) override;
    void stop() override;
    /// The outputs can be had: whether a panel hangs on them nobody knows.
    [[nodiscard]] bool connected() const override { return open_; }
    [[nodiscard]] base::Status tell(base::CardNumber) override;
    void tell(char key) override;

  private:
    void run();
    [[nodiscard]] base::Status send(const codec::wiegand::Frame&);
    [[nodiscard]] base::Status enqueue(const codec::wiegand::Frame&);

    boost::asio::io_context& loop_;
    WiegandOutputs outputs_;
    WiegandSending sending_;
    std::string device_ = "wiegand";
    std::mutex mutex_;  ///< of what follows, up to the thread
    std::condition_variable wake_;
    std::deque<codec::wiegand::Frame> frames_;
    bool serving_ = false;
    bool ended_ = false;
    std::atomic<bool> open_{false};
    std::thread thread_;
};

}  // namespace sallyport::adapters

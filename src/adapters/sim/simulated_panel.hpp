#pragma once
// Somebody else's panel that is not there: what it makes of the pulses that a controller in the working mode
// "reader" sends it (controller.md R3). Any thread.
#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "codec/wiegand/decoder.hpp"
#include "core/door/door_terms.hpp"

namespace sallyport::adapters {

class SimulatedPanel {
  public:
    /// Between frames. A machine that is short of time may stretch one, which a panel of its own would not
    /// see.
    static constexpr std::chrono::milliseconds silence{50};
    static constexpr std::size_t heard_kept = 50;

    explicit SimulatedPanel(const codec::wiegand::Format& format) : formats_{format} {}

    /// One of the two lines, `active` while a pulse lasts.
    void set(codec::wiegand::Line, core::Level);
    /// "card 04A1B2C3", "key 5" or "bad_frame", oldest first; a frame counts when the lines are silent again.
    [[nodiscard]] std::vector<std::string> heard();

  private:
    using Clock = std::chrono::steady_clock;
    void finish(Clock::time_point now);

    std::mutex mutex_;
    std::vector<codec::wiegand::Format> formats_;
    codec::wiegand::Decoder decoder_{formats_};
    base::Instant at_;  ///< of the last pulse, as if they came at the even pace of their frame
    Clock::time_point last_;
    std::deque<std::string> heard_;
};

}  // namespace sallyport::adapters

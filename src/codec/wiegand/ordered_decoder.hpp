#pragma once
// A decoder for two lines that are read one after the other, as the kernel's queues are: pulses may be handed
// over in any order, and are put into that of their times before a frame is looked at (controller.md R1). A
// value: the shell feeds pulses, and takes what has ended when `next_deadline` has come and all that fell
// until then has been fed.
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "codec/wiegand/decoder.hpp"

namespace sallyport::codec::wiegand {

class OrderedDecoder {
  public:
    /// The formats outlive the decoder.
    explicit OrderedDecoder(std::span<const Format> accepted = formats())
        : decoder_(accepted), ahead_(accepted) {}

    void handle(Pulse);

    struct Ended {
        Seen seen;
        base::Instant at;  ///< when the silence after it had lasted long enough
    };
    /// One frame that has ended by `now`; to be called until it gives none.
    [[nodiscard]] std::optional<Ended> handle_timeout(base::Instant now);
    [[nodiscard]] std::optional<base::Instant> next_deadline() const;

  private:
    void settle();

    Decoder decoder_;             ///< has seen what is certainly in order
    Decoder ahead_;               ///< has seen `waiting_` as well
    std::vector<Pulse> waiting_;  ///< by time, fewer than a frame may have
    std::deque<Ended> ended_;
};

}  // namespace sallyport::codec::wiegand

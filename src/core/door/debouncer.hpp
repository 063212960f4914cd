#pragma once
// A contact bounces: its level as the door may believe it (controller.md D2). A value: the adapter feeds the
// edges of one line with the time at which they fell, and takes what has settled when `next_deadline` has
// come. What it says depends on those times alone, not on when it is asked.
#include <optional>

#include "base/time.hpp"
#include "core/door/door_terms.hpp"

namespace sallyport::core {

class Debouncer {
  public:
    static constexpr base::Duration usual_settle = std::chrono::milliseconds{50};
    /// Activity that lasts so long is seen even if it never stops bouncing: noise hides no press and no door.
    static constexpr base::Duration always_seen = std::chrono::milliseconds{400};

    /// A level counts once it has lasted for `settle`, 0 to 400 ms. `level` is what the line has at first.
    explicit Debouncer(base::Duration settle = usual_settle, Level level = Level::inactive);

    /// The line has had this level since `at`. What was due until then is taken first (`handle_timeout`).
    void handle(Level level, base::Instant at);

    struct Settled {
        Level level = Level::inactive;
        base::Instant at;
    };
    /// One change that is due by `now`; to be called until it gives none.
    [[nodiscard]] std::optional<Settled> handle_timeout(base::Instant now);
    [[nodiscard]] std::optional<base::Instant> next_deadline() const;
    /// The settled one.
    [[nodiscard]] Level level() const { return level_; }
    /// The last that was fed.
    [[nodiscard]] Level raw() const { return raw_; }

  private:
    [[nodiscard]] std::optional<Settled> next() const;

    base::Duration settle_;
    Level level_;
    Level raw_;
    base::Instant raw_since_;
    std::optional<base::Instant> active_since_;  ///< of activity whose pauses were too short to end it
};

}  // namespace sallyport::core

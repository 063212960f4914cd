#pragma once
// The timers of a state machine: an enumeration, and when each is due. No clock: the machine asks what is due
// at the time that it is given.
#include <array>
#include <cstddef>
#include <optional>

#include "base/time.hpp"

namespace sallyport::base {

/// `Timer` is an enumeration with the values 0 .. N-1. Of two timers due at the same instant the one that
/// stands first in the enumeration comes first.
template <class Timer, std::size_t N>
class Deadlines {
  public:
    void set(Timer timer, Instant due) { at(timer) = due; }
    void clear(Timer timer) { at(timer).reset(); }
    [[nodiscard]] std::optional<Instant> due(Timer timer) const {
        return due_[static_cast<std::size_t>(timer)];
    }
    [[nodiscard]] bool running(Timer timer) const { return due(timer).has_value(); }
    [[nodiscard]] std::optional<Instant> next() const {
        const auto first = earliest();
        return first ? due_[*first] : std::nullopt;
    }

    struct Expired {
        Timer timer;
        Instant due;
    };
    /// Takes out the earliest timer that is due at `now`, if there is one.
    [[nodiscard]] std::optional<Expired> take(Instant now) {
        const auto first = earliest();
        if (!first || now < *due_[*first]) return std::nullopt;
        const Expired expired{static_cast<Timer>(*first), *due_[*first]};
        due_[*first].reset();
        return expired;
    }

  private:
    [[nodiscard]] std::optional<Instant>& at(Timer timer) { return due_[static_cast<std::size_t>(timer)]; }
    [[nodiscard]] std::optional<std::size_t> earliest() const {
        std::optional<std::size_t> first;
        for (std::size_t i = 0; i < N; ++i) {
            if (due_[i] && (!first || *due_[i] < *due_[*first])) first = i;
        }
        return first;
    }

    std::array<std::optional<Instant>, N> due_{};
};

}  // namespace sallyport::base

#pragma once
// How long the platform waits for controllers' answers, and between looking at them: as long as its constants
// say. Only tests of controllers that stall are in a hurry.
#include <chrono>

namespace sallyport::server {

/// How often a controller is heard, and how long it may take to answer then: a dead peer is known within ten
/// seconds (platform.md V3).
inline constexpr std::chrono::seconds keep_alive_every{4};
inline constexpr std::chrono::seconds keep_alive_deadline{5};
static_assert(keep_alive_every + keep_alive_deadline < std::chrono::seconds(10));

struct Pace {
    /// How many times as fast as usual, from 1.
    int pauses_divided = 1;
    int answers_divided = 1;

    template <class Rep, class Period>
    [[nodiscard]] constexpr std::chrono::milliseconds pause(std::chrono::duration<Rep, Period> usual) const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(usual) / pauses_divided;
    }
    [[nodiscard]] constexpr std::chrono::milliseconds answer(std::chrono::milliseconds usual) const {
        return usual / answers_divided;
    }
};

}  // namespace sallyport::server

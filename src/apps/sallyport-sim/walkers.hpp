#pragma once
// People who come to the doors of a simulated site and walk through them: more in the morning, at noon and in
// the evening, few at night and at the weekend, each choice drawn from a seed. They are whoever the
// controller knows; now and then somebody whom it does not, and somebody who leaves by the exit button.
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "apps/sallyport-sim/options.hpp"
#include "apps/sallyport-sim/simulated_controller.hpp"

namespace sallyport::apps {

/// How many people come in this hour of such a day (0-23), beside the average hour of a working day.
[[nodiscard]] double share_of_hour(base::Weekday, int hour);

struct Passages {
    std::uint64_t began = 0;        ///< a card was shown, or the exit button pressed
    std::uint64_t walked = 0;       ///< the door let somebody through
    std::uint64_t turned_away = 0;  ///< it stayed locked
    std::uint64_t given_up = 0;     ///< all doors looked at were in use: that many were not offered
};

/// All on the loop thread.
class Walkers {
  public:
    /// The fleet outlives it.
    Walkers(boost::asio::io_context&, Fleet&, const ports::Clock&, std::uint64_t seed, Pace);

    /// That many people an hour come to each controller, on the average of a working day; 0: nobody new.
    void come(double passages);
    [[nodiscard]] const Passages& passages() const { return passages_; }

  private:
    enum class Next : std::uint8_t { decided, button_up, through };
    struct Walk {
        std::size_t controller = 0;
        base::DoorNumber door;
        Next next = Next::decided;
    };
    /// What is remembered of a controller between walks.
    struct Site {
        std::vector<base::CardNumber> cards;
        core::RosterDigest known;
        std::vector<bool> used;  ///< doors with somebody in front of them
    };
    void tick();
    void arm();
    void arrive();
    void go_on(const Walk&);
    void later(Walk, base::Duration);
    [[nodiscard]] bool comes_now(const SimulatedController&);
    [[nodiscard]] base::CardNumber card_for(std::size_t controller);
    [[nodiscard]] bool one_in(unsigned);

    Fleet& fleet_;
    const ports::Clock& clock_;
    std::mt19937_64 random_;
    Pace pace_;
    double a_second_ = 0;  ///< arrivals at the busiest hour; fewer are let come at others
    base::Instant next_arrival_;
    std::multimap<base::Instant, Walk> walks_;
    std::vector<Site> sites_;
    Passages passages_;
    controller::LoopTimer timer_;
};

}  // namespace sallyport::apps

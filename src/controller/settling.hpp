#pragma once
// Waits until everything that a hand on simulated hardware has caused has happened: pulses sent, decisions
// made, writes durable. Runs jobs one after the other, so that scripts mean what they say.
#include <deque>
#include <functional>

#include "controller/controller.hpp"
#include "ports/simulation.hpp"

namespace sallyport::controller {

class Settling {
  public:
    using Step = std::move_only_function<void()>;

    /// Takes over `store.on_idle` of the controller.
    Settling(Controller&, ports::DoorSimulation&, ports::MovableClock&);

    /// Runs when all earlier jobs have finished. A job calls `finish` exactly once, later or at once.
    void run(Step job);
    void finish();

    /// Inside a job: runs when pulses, decisions and writes are through.
    void when_settled(Step);
    /// Inside a job: moves both clocks, fires each deadline in between at its time, in order, with what it
    /// causes; then `done`.
    void advance(base::Instant target, Step done);

  private:
    [[nodiscard]] bool settled() const;
    void check();
    void when_stored(Step);
    void start_next();

    Controller& controller_;
    ports::DoorSimulation& doors_;
    ports::MovableClock& clock_;
    std::deque<Step> jobs_;
    bool working_ = false;
    Step waiting_;         ///< for `settled`
    Step waiting_stored_;  ///< for the store alone
};

}  // namespace sallyport::controller

#include "controller/settling.hpp"

#include <utility>

namespace sallyport::controller {

Settling::Settling(Controller& controller, ports::DoorSimulation& doors, ports::MovableClock& clock)
    : controller_(controller), doors_(doors), clock_(clock) {
    controller_.store().on_idle = [this] { check(); };
    controller_.observe([this] { check(); });
}

void Settling::run(Step job) {
    jobs_.push_back(std::move(job));
    if (!working_) start_next();
}

void Settling::finish() {
    working_ = false;
    start_next();
}

void Settling::start_next() {
    if (jobs_.empty()) return;
    working_ = true;
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    job();
}

bool Settling::settled() const {
    return controller_.running() && controller_.store().idle() && !doors_.busy();
}

void Settling::when_settled(Step step) {
    waiting_ = std::move(step);
    check();
}

void Settling::when_stored(Step step) {
    waiting_stored_ = std::move(step);
    check();
}

void Settling::check() {
    if (waiting_stored_ && controller_.running() && controller_.store().idle())
        std::exchange(waiting_stored_, {})();
    if (waiting_ && settled()) std::exchange(waiting_, {})();
}

void Settling::advance(base::Instant target, Step done) {
    for (auto next = controller_.next_deadline(); next && *next <= target;
         next = controller_.next_deadline()) {
        clock_.advance_to(*next);
        controller_.handle_timeouts();
        if (controller_.running() && controller_.store().idle()) continue;
        return when_stored(
            [this, target, done = std::move(done)]() mutable { advance(target, std::move(done)); });
    }
    clock_.advance_to(target);
    controller_.clock_changed();
    controller_.handle_timeouts();
    when_stored(std::move(done));
}

}  // namespace sallyport::controller

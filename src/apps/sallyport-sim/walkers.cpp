#include "apps/sallyport-sim/walkers.hpp"

#include <algorithm>
#include <array>

namespace sallyport::apps {

namespace {

using std::chrono::milliseconds;

/// Of a working day in an office; the mean is 1.
constexpr std::array<double, 24> hours{0.05, 0.05, 0.05, 0.05, 0.1, 0.3, 1.0, 2.6, 3.6, 1.8, 0.9, 0.9,
                                       2.0,  1.8,  0.9,  0.9,  1.3, 2.6, 1.6, 0.7, 0.4, 0.2, 0.1, 0.1};
constexpr double busiest = 3.6;
constexpr double at_weekends = 0.1;

/// A card has been read and decided on by then, a door opened, and its contact has settled.
constexpr milliseconds decided_after{150};
constexpr milliseconds button_for{200};
constexpr milliseconds door_open{900};
constexpr std::uint64_t strangers = 0xF000'0000;  ///< where the numbers of unknown cards begin
constexpr int doors_tried = 8;
constexpr std::chrono::seconds late_at_most{1};

}  // namespace

double share_of_hour(base::Weekday day, int hour) {
    const bool weekend = day == base::Weekday::saturday || day == base::Weekday::sunday;
    return hours[static_cast<std::size_t>(hour)] * (weekend ? at_weekends : 1);
}

Walkers::Walkers(boost::asio::io_context& loop, Fleet& fleet, const ports::Clock& clock, std::uint64_t seed,
                 Pace pace)
    : fleet_(fleet), clock_(clock), random_(seed), pace_(pace), sites_(fleet.size()), timer_(loop) {
    for (std::size_t i = 0; i < fleet.size(); ++i)
        sites_[i].used.resize(fleet[i]->controller().options().doors);
}

void Walkers::come(double passages) {
    const double mean = passages * static_cast<double>(fleet_.size()) / 3'600;
    a_second_ = pace_ == Pace::steady ? mean : mean * busiest;
    next_arrival_ = clock_.monotonic();
    arm();
}

void Walkers::arm() {
    std::optional<base::Instant> due;
    if (a_second_ > 0) due = next_arrival_;
    if (!walks_.empty()) due = std::min(due.value_or(walks_.begin()->first), walks_.begin()->first);
    if (!due) return timer_.cancel();
    timer_.after(std::max(base::Duration{}, *due - clock_.monotonic()), [this] { tick(); });
}

void Walkers::tick() {
    const auto now = clock_.monotonic();
    while (!walks_.empty() && walks_.begin()->first <= now) {
        const auto walk = walks_.extract(walks_.begin()).mapped();
        go_on(walk);
    }
    // Who could not be served in time does not come later all at once.
    next_arrival_ = std::max(next_arrival_, now - late_at_most);
    std::exponential_distribution<double> pause(std::max(a_second_, 1e-9));
    while (a_second_ > 0 && next_arrival_ <= now) {
        next_arrival_ = next_arrival_ + base::Duration{static_cast<std::int64_t>(pause(random_) * 1e6)};
        arrive();
    }
    arm();
}

bool Walkers::comes_now(const SimulatedController& at) {
    if (pace_ == Pace::steady) return true;
    const auto local = at.controller().now().local;
    const double share = share_of_hour(local.date.weekday(), local.second_of_day / 3'600);
    return std::uniform_real_distribution<double>(0, busiest)(random_) < share;
}

void Walkers::arrive() {
    for (int tried = 0; tried < doors_tried; ++tried) {
        const auto number = random_() % fleet_.size();
        auto& at = *fleet_[number];
        if (tried == 0 && !comes_now(at)) return;
        auto& site = sites_[number];
        const auto index = random_() % site.used.size();
        const base::DoorNumber door{static_cast<std::uint8_t>(index + 1)};
        if (site.used[index] || !at.controller().running()) continue;
        const bool leaves = one_in(20);
        if (leaves) {
            at.set_input(door, core::Input::exit_button, core::Level::active);
        } else if (!at.present(door, card_for(number))) {
            continue;
        }
        site.used[index] = true;
        ++passages_.began;
        return later({number, door, leaves ? Next::button_up : Next::decided},
                     leaves ? button_for : decided_after);
    }
    ++passages_.given_up;
}

base::CardNumber Walkers::card_for(std::size_t number) {
    const auto& roster = fleet_[number]->controller().station().roster();
    auto& site = sites_[number];
    if (site.known != roster.digest()) {
        site.cards.clear();
        roster.for_each([&](const core::Person& person) {
            if (!person.cards.empty()) site.cards.push_back(person.cards.front().number);
            return true;
        });
        site.known = roster.digest();
    }
    if (site.cards.empty() || one_in(30)) return {strangers + random_() % 0x100'0000};
    return site.cards[random_() % site.cards.size()];
}

void Walkers::go_on(const Walk& walk) {
    auto& at = *fleet_[walk.controller];
    switch (walk.next) {
        case Next::button_up:
            at.set_input(walk.door, core::Input::exit_button, core::Level::inactive);
            [[fallthrough]];
        case Next::decided:
            if (at.released(walk.door)) {
                ++passages_.walked;
                at.set_input(walk.door, core::Input::contact, core::Level::active);
                return later({walk.controller, walk.door, Next::through}, door_open);
            }
            ++passages_.turned_away;
            break;
        case Next::through: at.set_input(walk.door, core::Input::contact, core::Level::inactive); break;
    }
    sites_[walk.controller].used[walk.door.value - 1U] = false;
}

void Walkers::later(Walk walk, base::Duration pause) {
    walks_.emplace(clock_.monotonic() + pause, walk);
}

bool Walkers::one_in(unsigned many) {
    return random_() % many == 0;
}

}  // namespace sallyport::apps

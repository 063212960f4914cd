#include "core/keypad/keypad.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace sallyport::core {

namespace {

/// Longer than every code; what is longer still is no code (a user ID has up to 31 characters).
constexpr std::size_t longest_line = 32;

constexpr std::string_view keys = "0123456789*#";

std::optional<Light> colour_of(Signal signal) {
    switch (signal) {
        case Signal::success:
        case Signal::unlocked: return Light::green;
        case Signal::failure:
        case Signal::denied: return Light::red;
        case Signal::menu:
        case Signal::power_on:
        case Signal::next:
        case Signal::key: return std::nullopt;
    }
    return std::nullopt;
}

std::optional<Restore> restore_of(std::string_view code) {
    if (code == "0") return Restore::admin_password;
    if (code == "00000") return Restore::everything;
    return std::nullopt;
}

}  // namespace

const std::array<Keypad::Handler, Keypad::timer_count> Keypad::handlers{
    &Keypad::pin_wait_over,
    &Keypad::sleep,
    &Keypad::sleep,
    &Keypad::colour_over,
};

KeypadEffects Keypad::handle(const KeypadEvent& event, base::Instant now) {
    std::visit([&](const auto& what) { on(what, now); }, event);
    return take_effects();
}

KeypadEffects Keypad::handle_timeout(base::Instant now) {
    while (const auto expired = timers_.take(now)) {
        (this->*handlers[static_cast<std::size_t>(expired->timer)])(expired->due);
    }
    return take_effects();
}

KeypadEffects Keypad::take_effects() {
    const LightChanged wanted = light();
    if (wanted.light != shown_.light || wanted.keyboard != shown_.keyboard) {
        shown_ = wanted;
        effects_.emplace_back(wanted);
    }
    KeypadEffects all = std::exchange(effects_, {});
    std::ranges::move(std::exchange(requests_, {}), std::back_inserter(all));
    return all;
}

bool Keypad::in_menu() const {
    return place_ == Place::main_menu || place_ == Place::procedure || place_ == Place::storing;
}

bool Keypad::takes_card() const {
    return place_ == Place::procedure &&
           std::visit([](const auto& menu) { return menu.takes_card(); }, *menu_);
}

LightChanged Keypad::light() const {
    const auto keyboard = awake() ? KeyboardLight::on : KeyboardLight::off;
    if (colour_) return {*colour_of(*colour_), keyboard};
    if (in_menu()) return {Light::blue_flashing, keyboard};
    return {awake() ? Light::blue : Light::off, keyboard};
}

// ---------------------------------------------------------------- events

void Keypad::on(const KeypadKey& pressed, base::Instant now) {
    if (keys.find(pressed.key) == std::string_view::npos) return;
    effects_.emplace_back(Signal::key);
    touched_ = now;
    if (place_ == Place::asleep) go(Place::door);
    restart_idle();
    if (place_ == Place::storing) {
        early_.push_back(pressed.key);
    } else {
        take(pressed.key, now);
    }
}

void Keypad::on(const KeypadStarted& started, base::Instant now) {
    show(Signal::power_on, now);
    if (started.codes == PowerOnCodes::allowed) codes_until_ = now + power_on_codes_last;
}

void Keypad::on(const CardShown&, base::Instant now) {
    touched_ = now;
    if (place_ == Place::asleep || place_ == Place::pin) go(Place::door);
    restart_idle();
}

void Keypad::on(const CardOffered& offered, base::Instant now) {
    if (!takes_card()) return;
    touched_ = now;
    restart_idle();
    line_.clear();
    follow(std::visit([&](auto& menu) { return MenuStep{menu.swipe(offered.card)}; }, *menu_), now);
}

void Keypad::on(const PinWanted&, base::Instant now) {
    go(Place::pin);
    timers_.set(Timer::pin_wait, now + pin_wait);
}

void Keypad::on(const SignalWanted& wanted, base::Instant now) {
    show(wanted.signal, now);
}

void Keypad::on(const LockShut&, base::Instant now) {
    if (colour_ == Signal::unlocked) colour_over(now);
}

void Keypad::on(const AdminAnswered& answer, base::Instant now) {
    if (place_ != Place::door) return;
    if (answer.right == Answer::no) return show(Signal::failure, now);
    go(Place::main_menu);
    show(Signal::menu, now);
}

void Keypad::on(const MenuAnswered& answer, base::Instant now) {
    if (place_ != Place::storing) return;
    const auto early = std::exchange(early_, {});
    go(Place::procedure);
    follow(std::visit([&](auto& menu) { return menu.answered(answer.answer); }, *menu_), now);
    for (const char key : early) {
        if (in_menu()) take(key, now);
    }
}

// ---------------------------------------------------------------- time

void Keypad::pin_wait_over(base::Instant) {
    go(Place::door);
    requests_.emplace_back(PinGivenUp{});
}

void Keypad::sleep(base::Instant due) {
    if (place_ == Place::pin) pin_wait_over(due);
    go(Place::asleep);
}

void Keypad::colour_over(base::Instant) {
    colour_.reset();
    timers_.clear(Timer::colour);
}

// ---------------------------------------------------------------- keys

void Keypad::take(char key, base::Instant now) {
    if (place_ == Place::storing) {
        early_.push_back(key);
    } else if (key == '#') {
        submit(now);
    } else if (key != '*') {
        if (line_.size() < longest_line) line_.append(key);
    } else {
        star(now);
    }
}

/// Two of them at the door, with zeros between, are a code after power-on.
void Keypad::star(base::Instant now) {
    const bool second = std::exchange(starred_, place_ == Place::door);
    const auto restore = second && now < codes_until_ ? restore_of(line_.reveal()) : std::nullopt;
    if (restore) {
        starred_ = false;
        requests_.emplace_back(RestoreWanted{*restore});
    }
    const bool half_entered = !std::exchange(line_, {}).empty();
    if (!half_entered) back(now);
}

void Keypad::back(base::Instant now) {
    switch (place_) {
        case Place::pin: pin_wait_over(now); break;
        case Place::admin_password:
        case Place::main_menu: go(Place::door); break;
        case Place::procedure:
            if (!std::visit([](auto& menu) { return menu.drop_card(); }, *menu_)) go(Place::main_menu);
            break;
        case Place::asleep:
        case Place::door:
        case Place::storing: break;
    }
}

void Keypad::submit(base::Instant now) {
    const base::Secret line = std::exchange(line_, {});
    starred_ = false;
    switch (place_) {
        case Place::door:
            if (line.empty()) {
                go(Place::admin_password);
            } else {
                requests_.emplace_back(CodeEntered{line});
            }
            break;
        case Place::pin:
            go(Place::door);
            requests_.emplace_back(PinEntered{line});
            break;
        case Place::admin_password:
            go(Place::door);
            requests_.emplace_back(AdminPasswordEntered{line});
            break;
        case Place::main_menu: choose_menu(line, now); break;
        case Place::procedure:
            follow(std::visit([&](auto& menu) -> MenuStep { return menu.submit(line); }, *menu_), now);
            break;
        case Place::asleep:
        case Place::storing: break;
    }
}

void Keypad::choose_menu(const base::Secret& line, base::Instant now) {
    const auto menu = find_menu(line.reveal());
    if (!menu) return show(Signal::failure, now);
    menu_ = menu;
    go(Place::procedure);
}

void Keypad::follow(const MenuStep& step, base::Instant now) {
    std::visit([&](const auto& what) { follow(what, now); }, step);
}

void Keypad::follow(const MenuNext& next, base::Instant now) {
    if (next.then == MenuNext::Then::main_menu) go(Place::main_menu);
    if (next.signal) show(*next.signal, now);
}

void Keypad::follow(const MenuRequest& wanted, base::Instant) {
    go(Place::storing);
    requests_.emplace_back(wanted);
}

// ---------------------------------------------------------------- what the events share

void Keypad::show(Signal signal, base::Instant now) {
    effects_.emplace_back(signal);
    if (signal == Signal::power_on || signal == Signal::key) return;
    colour_over(now);
    if (!colour_of(signal)) return;
    colour_ = signal;
    timers_.set(Timer::colour, now + (signal == Signal::unlocked ? green_while_released : colour_of_answer));
}

/// Wherever one goes, what was half entered stays behind.
void Keypad::go(Place place) {
    place_ = place;
    line_.clear();
    early_.clear();
    starred_ = false;
    if (place != Place::procedure && place != Place::storing) menu_.reset();
    timers_.clear(Timer::pin_wait);
    restart_idle();
}

void Keypad::restart_idle() {
    timers_.clear(Timer::sleep);
    timers_.clear(Timer::menu);
    if (in_menu()) timers_.set(Timer::menu, touched_ + menu_closes_after);
    if (awake() && !in_menu()) timers_.set(Timer::sleep, touched_ + sleep_after);
}

}  // namespace sallyport::core

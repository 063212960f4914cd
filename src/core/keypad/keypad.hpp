#pragma once
// One keypad with its light and buzzer (controller.md section 3; manual 5.1-5.9). A value: it knows where one
// is and what was typed, not who may do what; it hands codes to the station and shows the station's answers.
//
// Choices that the specification leaves open:
// - `*` while a PIN is awaited drops half-entered digits first, then gives the attempt up.
// - A menu that was left alone closes to asleep: nobody has touched a key for 60 s.
// - A card that needs a PIN closes a menu without saving; other cards leave it open.
// - Keys that come while something is being stored are taken up after it.
// - The codes after power-on are taken where no menu is open and no PIN awaited.
#include <array>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "base/bounded.hpp"
#include "base/deadlines.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"
#include "core/keypad/menu.hpp"
#include "core/keypad/panel.hpp"

namespace sallyport::core {

inline constexpr base::Duration sleep_after = std::chrono::seconds{30};
inline constexpr base::Duration menu_closes_after = std::chrono::seconds{60};
inline constexpr base::Duration pin_wait = std::chrono::seconds{20};
inline constexpr base::Duration green_while_released = std::chrono::seconds{3};  ///< at most
inline constexpr base::Duration colour_of_answer = std::chrono::seconds{1};
inline constexpr base::Duration power_on_codes_last = std::chrono::seconds{30};

// ---------------------------------------------------------------- events

/// '0'-'9', '*' or '#'; another character is no key and does nothing.
struct KeypadKey {
    char key = '#';
};
/// The power has come: one beep, and for 30 s the codes that restore (K12), where they are allowed.
struct KeypadStarted {
    PowerOnCodes codes = PowerOnCodes::allowed;
};
/// A card wakes the panel and ends the wait for a PIN; what becomes of it is the station's matter.
struct CardShown {};
/// A card for the procedure that waits for one, when `takes_card` says so; no attempt at the door.
struct CardOffered {
    base::CardNumber card;
};
/// The first entry, code or card, is to be followed by a PIN.
struct PinWanted {};
/// The station's answer to an attempt, or to a code after power-on.
struct SignalWanted {
    Signal signal = Signal::denied;
};
/// The door's lock is locked again: green ends.
struct LockShut {};
/// Whether the admin password was right.
struct AdminAnswered {
    Answer right = Answer::no;
};
/// What the procedure asked may be, or is durable.
struct MenuAnswered {
    Answer answer = Answer::no;
};

using KeypadEvent = std::variant<KeypadKey, KeypadStarted, CardShown, CardOffered, PinWanted, SignalWanted,
                                 LockShut, AdminAnswered, MenuAnswered>;

// ---------------------------------------------------------------- effects

/// What the light shows has changed.
struct LightChanged {
    Light light = Light::off;
    KeyboardLight keyboard = KeyboardLight::off;
};
/// A first entry at the door: a public password or a user ID. Answered by PinWanted or SignalWanted.
struct CodeEntered {
    base::Secret code;
};
/// Answered by SignalWanted.
struct PinEntered {
    base::Secret pin;
};
/// The PIN did not come in time, or `*` gave it up. Answered by SignalWanted.
struct PinGivenUp {};
/// Answered by AdminAnswered.
struct AdminPasswordEntered {
    base::Secret password;
};

enum class Restore : std::uint8_t { admin_password, everything };
/// A code after power-on. Answered by SignalWanted.
struct RestoreWanted {
    Restore what = Restore::admin_password;
};

/// A MenuRequest is answered by MenuAnswered.
using KeypadEffect = std::variant<Signal, LightChanged, CodeEntered, PinEntered, PinGivenUp,
                                  AdminPasswordEntered, RestoreWanted, MenuRequest>;
using KeypadEffects = std::vector<KeypadEffect>;

// ---------------------------------------------------------------- the machine

class Keypad {
  public:
    [[nodiscard]] KeypadEffects handle(const KeypadEvent&, base::Instant now);
    [[nodiscard]] KeypadEffects handle_timeout(base::Instant now);
    [[nodiscard]] std::optional<base::Instant> next_deadline() const { return timers_.next(); }

    [[nodiscard]] LightChanged light() const;
    [[nodiscard]] bool awake() const { return place_ != Place::asleep; }
    [[nodiscard]] bool in_menu() const;
    /// Whether the next card is for a procedure of the menu.
    [[nodiscard]] bool takes_card() const;

  private:
    enum class Place : std::uint8_t { asleep, door, pin, admin_password, main_menu, procedure, storing };
    enum class Timer : std::uint8_t { pin_wait, sleep, menu, colour };
    static constexpr std::size_t timer_count = 4;
    using Handler = void (Keypad::*)(base::Instant due);
    static const std::array<Handler, timer_count> handlers;

    void on(const KeypadKey&, base::Instant now);
    void on(const KeypadStarted&, base::Instant now);
    void on(const CardShown&, base::Instant now);
    void on(const CardOffered&, base::Instant now);
    void on(const PinWanted&, base::Instant now);
    void on(const SignalWanted&, base::Instant now);
    void on(const LockShut&, base::Instant now);
    void on(const AdminAnswered&, base::Instant now);
    void on(const MenuAnswered&, base::Instant now);

    void pin_wait_over(base::Instant due);
    void sleep(base::Instant due);
    void colour_over(base::Instant due);

    void take(char key, base::Instant now);
    void star(base::Instant now);
    void back(base::Instant now);
    void submit(base::Instant now);
    void choose_menu(const base::Secret& line, base::Instant now);
    void follow(const MenuStep&, base::Instant now);
    void follow(const MenuNext&, base::Instant now);
    void follow(const MenuRequest&, base::Instant now);
    void show(Signal, base::Instant now);
    void go(Place);
    void restart_idle();
    [[nodiscard]] KeypadEffects take_effects();

    Place place_ = Place::asleep;
    base::Instant touched_{};  ///< the last key or card
    base::Secret line_;
    base::Instant codes_until_{};          ///< when the codes after power-on end
    bool starred_ = false;                 ///< the line began with `*`, at the door
    std::optional<Menu> menu_;             ///< while in a procedure
    std::optional<Signal> colour_;         ///< the signal whose green or red is shown
    base::BoundedVector<char, 32> early_;  ///< keys that came while storing
    base::Deadlines<Timer, timer_count> timers_;
    LightChanged shown_;
    KeypadEffects effects_;   ///< of the event at hand; empty between events
    KeypadEffects requests_;  ///< to the station; come last, so that its answer finds all of this event done
};

}  // namespace sallyport::core

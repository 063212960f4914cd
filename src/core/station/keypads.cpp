// What the keypads ask of the station: codes at the door, the admin password, codes after power-on
// (controller.md section 3).
#include <utility>

#include "core/station/parts.hpp"

namespace sallyport::core {

Record keypad_record(const Post& at, RecordKind kind, const Detail& detail) {
    Record record;
    record.kind = kind;
    record.door = at.number;
    record.method = Method::keypad;
    record.detail = written(detail);
    return record;
}

void Station::Parts::on(const KeyPressed& pressed, Turn& turn) {
    if (Post* const at = post(pressed.door)) run(*at, KeypadKey{pressed.key}, turn);
}

void Station::Parts::run(Post& at, const KeypadEvent& event, Turn& turn) {
    carry_out(at, at.keypad.handle(event, turn.now.instant), turn);
}

void Station::Parts::carry_out(Post& at, const KeypadEffects& effects, Turn& turn) {
    for (const KeypadEffect& effect : effects) {
        std::visit([&](const auto& what) { carry_out(at, what, turn); }, effect);
    }
}

void Station::Parts::carry_out(Post& at, const Signal& signal, Turn& turn) {
    turn.out.emplace_back(ShowSignal{at.number, signal});
}

void Station::Parts::carry_out(Post& at, const LightChanged& changed_light, Turn& turn) {
    turn.out.emplace_back(SetLight{at.number, changed_light.light, changed_light.keyboard});
}

/// A public password opens by itself. Anything else waits for a PIN, whether such a user exists or not (K13);
/// a locked keypad refuses without a look.
void Station::Parts::carry_out(Post& at, const CodeEntered& entered, Turn& turn) {
    Attempt attempt;
    attempt.door = at.number;
    attempt.method = Method::keypad;
    if (at.lockout.state(turn.now.instant) == KeypadLock::locked) return present(attempt, turn);
    if (state.roster.find_public_password(hash_public_password(state.pin_key, entered.code)) != nullptr) {
        attempt.method = Method::public_password;
        attempt.pin = entered.code;
        return present(attempt, turn);
    }
    attempt.method = Method::user_and_pin;
    attempt.user = base::UserId::from(entered.code.reveal());
    at.awaiting_pin = std::move(attempt);
    run(at, PinWanted{}, turn);
}

void Station::Parts::carry_out(Post& at, const PinEntered& entered, Turn& turn) {
    if (!at.awaiting_pin) return;
    Attempt attempt = std::move(*at.awaiting_pin);
    at.awaiting_pin.reset();
    if (attempt.method == Method::card) attempt.method = Method::card_and_pin;
    attempt.pin = entered.pin;
    present(attempt, turn);
}

void Station::Parts::carry_out(Post& at, const PinGivenUp&, Turn& turn) {
    give_up_pin(at, Shown::yes, turn);
}

bool Station::Parts::is_admin_password(const base::Secret& entered) const {
    const PinHash factory = hash_admin_password(state.pin_key, base::Secret{factory_admin_password});
    return equal(hash_admin_password(state.pin_key, entered),
                 state.settings.admin_password.value_or(factory));
}

/// An empty line is no guess, so it does not bring the lock nearer.
void Station::Parts::carry_out(Post& at, const AdminPasswordEntered& entered, Turn& turn) {
    const bool locked = at.lockout.state(turn.now.instant) == KeypadLock::locked;
    const bool right = !locked && is_admin_password(entered.password);
    if (!right && !locked && !entered.password.empty()) at.lockout.wrong(turn.now.instant);
    Record record = keypad_record(at, RecordKind::keypad_admin,
                                  {right ? DetailTerm::menu_opened : DetailTerm::menu_refused, {}});
    if (!right) record.reason = locked ? Reason::keypad_locked : Reason::wrong_pin;
    append(std::move(record), turn);
    run(at, AdminAnswered{right ? Answer::yes : Answer::no}, turn);
}

void Station::Parts::carry_out(Post& at, const RestoreWanted& wanted, Turn& turn) {
    if (is_administering()) return run(at, SignalWanted{Signal::failure}, turn);
    if (wanted.what == Restore::everything) {
        write(RestoreStored{at.number}, {RestoreFactory{}},
              keypad_record(at, RecordKind::factory_reset, {DetailTerm::reset_after_power_on, {}}), turn);
    } else {
        write(RestoreStored{at.number}, {RestoreAdminPassword{}},
              keypad_record(at, RecordKind::settings_changed, {DetailTerm::admin_password_restored, {}}),
              turn);
    }
}

void Station::Parts::carry_out(Post& at, const MenuRequest& request, Turn& turn) {
    std::visit([&](const auto& what) { carry_out(at, what, turn); }, request);
}

}  // namespace sallyport::core

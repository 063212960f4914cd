#include "core/door/door.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "core/record/detail.hpp"

namespace sallyport::core {

namespace {

Record record_of(RecordKind kind) {
    Record record;
    record.kind = kind;
    return record;
}

/// A record about the person and reader of another one.
Record about(const Record& attempt, RecordKind kind) {
    Record record = attempt;
    record.kind = kind;
    record.result = AccessResult::none;
    record.reason = Reason::none;
    record.trace.clear();
    record.detail.clear();
    return record;
}

bool is_fault(Level level) {
    return level == Level::shorted || level == Level::cut;
}

/// Whether the input may say nothing while its line is broken, or has to say the worst.
bool is_active_when_faulty(Input input) {
    return input == Input::contact || input == Input::tamper || input == Input::reader_case;
}

}  // namespace

const std::array<Door::Handler, Door::timer_count> Door::handlers{
    &Door::hold_over,         &Door::overtime_soon, &Door::overtime,       &Door::exit_button_stuck,
    &Door::illegal_card_over, &Door::duress_over,   &Door::blocklist_over,
};

Door::Door(DoorSettings settings, DoorMode mode) : settings_(settings), commanded_(mode) {}

DoorEffects Door::handle(const DoorEvent& event, base::Instant now) {
    std::visit([&](const auto& what) { on(what, now); }, event);
    return take_effects();
}

DoorEffects Door::handle_timeout(base::Instant now) {
    while (const auto expired = timers_.take(now)) {
        (this->*handlers[static_cast<std::size_t>(expired->timer)])(expired->due);
    }
    return take_effects();
}

DoorEffects Door::take_effects() {
    return std::exchange(effects_, {});
}

bool Door::accepts(DoorCommand command) const {
    return commanded_ != DoorMode::lockdown || command != DoorCommand::open;
}

ContactState Door::contact() const {
    if (!detects()) return ContactState::unknown;
    return level(Input::contact) ? ContactState::open : ContactState::closed;
}

base::Duration Door::hold_left(base::Instant now) const {
    const auto due = timers_.due(Timer::hold);
    if (!due || mode() == DoorMode::always_open || fire_) return {};
    return std::max(*due - now, base::Duration{});
}

// ---------------------------------------------------------------- events

void Door::on(const DoorGranted& granted, base::Instant now) {
    settle_grant(RecordKind::access_not_taken);
    release(Holding::entrant, granted.hold, now);
    if (!detects()) return;
    grant_ = granted.access;
    if (level(Input::contact)) settle_grant(RecordKind::access_taken);
}

void Door::on(const DoorInput& input, base::Instant now) {
    const auto index = static_cast<std::size_t>(input.input);
    const bool fault = is_fault(input.level);
    const bool active = input.level == Level::active || (fault && is_active_when_faulty(input.input));
    const bool changed = level(input.input) != active;
    faults_[index] = fault ? input.level : Level::inactive;
    levels_.set(index, active);
    tamper_changed();
    if (!changed) return;
    switch (input.input) {
        case Input::contact: contact_changed(now); break;
        case Input::exit_button: exit_button_changed(active ? Level::active : Level::inactive, now); break;
        case Input::tamper:
        case Input::reader_case:
        case Input::fire:
        case Input::mains:
        case Input::battery: break;
    }
}

void Door::on(const ReadersLost& lost, base::Instant) {
    readers_lost_ = lost.level == Level::active;
    tamper_changed();
}

void Door::on(const FireChanged& fire, base::Instant now) {
    fire_ = fire.level == Level::active;
    update_lock(now);
}

void Door::on(const DoorCommanded& commanded, base::Instant now) {
    if (!accepts(commanded.command)) return;
    switch (commanded.command) {
        case DoorCommand::open: release(Holding::entrant, std::chrono::seconds{settings_.hold_s}, now); break;
        case DoorCommand::close:
            if (holding_ == Holding::entrant) end_hold(now);
            break;
        case DoorCommand::always_open: command_mode(DoorMode::always_open, now); break;
        case DoorCommand::always_closed: command_mode(DoorMode::always_closed, now); break;
        case DoorCommand::normal: command_mode(DoorMode::normal, now); break;
        case DoorCommand::lockdown: command_mode(DoorMode::lockdown, now); break;
        case DoorCommand::silence: silenced_ = alarms_; break;
    }
}

void Door::on(const ModeScheduled& scheduled, base::Instant now) {
    const DoorMode before = mode();
    scheduled_ = scheduled.mode;
    if (mode() != before) mode_changed(now);
}

void Door::on(const AlarmRaised& raised, base::Instant now) {
    end(raised.alarm);
    start(raised.alarm, about(raised.attempt, RecordKind::alarm_started));
    timers_.set(raised.alarm == Alarm::duress ? Timer::duress : Timer::blocklist, now + momentary_alarm);
}

void Door::on(const UnauthorisedCard& card, base::Instant now) {
    unauthorised_.add(now);
    if (unauthorised_.within(illegal_card_window)) {
        start(Alarm::illegal_card, about(card.attempt, RecordKind::alarm_started));
    }
    if (alarmed(Alarm::illegal_card)) timers_.set(Timer::illegal_card, now + illegal_card_window);
}

void Door::on(const DoorConfigured& configured, base::Instant now) {
    const bool detected = detects();
    settings_ = configured.settings;
    pre_alarm_s_ = configured.pre_alarm_s;
    if (detected && !detects()) {
        grant_.reset();
        end(Alarm::intrusion);
        end_overtime();
    } else if (!detected && detects() && level(Input::contact) && lock_ == Lock::locked) {
        await_overtime(now);
    }
}

void Door::on(const DoorStarted&, base::Instant now) {
    update_lock(now);
    if (effects_.empty()) effects_.emplace_back(lock_);
}

// ---------------------------------------------------------------- time

void Door::hold_over(base::Instant due) {
    end_hold(due);
}

void Door::overtime_soon(base::Instant) {
    start(Alarm::overtime_soon);
}

void Door::overtime(base::Instant) {
    end(Alarm::overtime_soon);
    start(Alarm::overtime);
}

void Door::exit_button_stuck(base::Instant) {
    start(Alarm::exit_button_stuck);
}

void Door::illegal_card_over(base::Instant) {
    end(Alarm::illegal_card);
}

void Door::duress_over(base::Instant) {
    end(Alarm::duress);
}

void Door::blocklist_over(base::Instant) {
    end(Alarm::blocklist);
}

// ---------------------------------------------------------------- what the events share

void Door::contact_changed(base::Instant now) {
    if (!detects()) return;
    if (level(Input::contact)) {
        effects_.emplace_back(record_of(RecordKind::door_opened));
        if (lock_ == Lock::locked) return start(Alarm::intrusion);
        opened_ = true;
        settle_grant(RecordKind::access_taken);
        return;
    }
    effects_.emplace_back(record_of(RecordKind::door_closed));
    end(Alarm::intrusion);
    end_overtime();
    if (holding_ != Holding::nobody && opened_) end_hold(now);
}

void Door::exit_button_changed(Level pressed, base::Instant now) {
    if (pressed == Level::inactive) {
        timers_.clear(Timer::exit_button_stuck);
        end(Alarm::exit_button_stuck);
        return;
    }
    Record press = record_of(RecordKind::exit_button);
    press.method = Method::exit_button;
    effects_.emplace_back(std::move(press));
    timers_.set(Timer::exit_button_stuck, now + exit_button_stuck_after);
    release(Holding::exit_button, std::chrono::seconds{settings_.hold_s}, now);
}

std::vector<std::string> Door::tamper_causes() const {
    std::vector<std::string> causes;
    for (std::size_t i = 0; i < input_count; ++i) {
        const auto input = static_cast<Input>(i);
        if (is_fault(faults_[i])) {
            causes.push_back(written(
                {DetailTerm::line_fault, {{DetailName::input, input}, {DetailName::why, faults_[i]}}}));
        } else if (level(input) && (input == Input::tamper || input == Input::reader_case)) {
            const std::string_view part = input == Input::tamper ? "housing" : "reader";
            causes.push_back(written({DetailTerm::tampered, {{DetailName::part, part}}}));
        }
    }
    if (readers_lost_) causes.push_back(written({DetailTerm::reader_lost, {}}));
    return causes;
}

void Door::tamper_changed() {
    auto causes = tamper_causes();
    const auto fresh = std::ranges::find_if(causes, [&](const std::string& cause) {
        return std::ranges::find(tampered_, cause) == tampered_.end();
    });
    if (causes.empty() || fresh != causes.end()) end(Alarm::tamper);
    if (fresh != causes.end()) {
        Record about;
        about.detail = *fresh;
        start(Alarm::tamper, std::move(about));
    }
    tampered_ = std::move(causes);
}

/// A later release restarts the hold and never shortens one. The exit button's lasts through lockdown, so a
/// grant during it does not make it a grant's.
void Door::release(Holding whom, base::Duration hold, base::Instant now) {
    const auto due = timers_.due(Timer::hold);
    timers_.set(Timer::hold, due ? std::max(*due, now + hold) : now + hold);
    if (holding_ != Holding::exit_button) holding_ = whom;
    opened_ = false;
    update_lock(now);
}

void Door::end_hold(base::Instant now) {
    timers_.clear(Timer::hold);
    holding_ = Holding::nobody;
    settle_grant(RecordKind::access_not_taken);
    update_lock(now);
}

void Door::command_mode(DoorMode mode, base::Instant now) {
    commanded_ = mode;
    mode_changed(now);
}

void Door::mode_changed(base::Instant now) {
    const bool closes = mode() == DoorMode::always_closed || mode() == DoorMode::lockdown;
    if (closes && holding_ == Holding::entrant) return end_hold(now);
    update_lock(now);
}

void Door::settle_grant(RecordKind outcome) {
    if (!grant_) return;
    effects_.emplace_back(about(*grant_, outcome));
    grant_.reset();
}

void Door::update_lock(base::Instant now) {
    const bool released = fire_ || holding_ != Holding::nobody || mode() == DoorMode::always_open;
    const Lock wanted = released ? Lock::released : Lock::locked;
    if (wanted == lock_) return;
    lock_ = wanted;
    effects_.emplace_back(lock_);
    timers_.clear(Timer::overtime_soon);
    timers_.clear(Timer::overtime);
    if (!released && detects() && level(Input::contact)) await_overtime(now);
}

void Door::await_overtime(base::Instant now) {
    const std::chrono::seconds limit{settings_.overtime_s};
    const std::chrono::seconds warning{pre_alarm_s_};
    timers_.set(Timer::overtime, now + limit);
    if (pre_alarm_s_ > 0)
        timers_.set(Timer::overtime_soon, now + std::max(limit - warning, std::chrono::seconds{}));
}

void Door::end_overtime() {
    timers_.clear(Timer::overtime_soon);
    timers_.clear(Timer::overtime);
    end(Alarm::overtime_soon);
    end(Alarm::overtime);
}

void Door::start(Alarm alarm, Record record) {
    if (alarmed(alarm)) return;
    alarms_.set(static_cast<std::size_t>(alarm));
    record.kind = RecordKind::alarm_started;
    record.alarm = alarm;
    effects_.emplace_back(std::move(record));
}

void Door::end(Alarm alarm) {
    if (!alarmed(alarm)) return;
    alarms_.reset(static_cast<std::size_t>(alarm));
    silenced_.reset(static_cast<std::size_t>(alarm));
    Record record = record_of(RecordKind::alarm_ended);
    record.alarm = alarm;
    effects_.emplace_back(std::move(record));
}

}  // namespace sallyport::core

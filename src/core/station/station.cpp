#include "core/station/station.hpp"

#include <algorithm>
#include <utility>

#include "core/station/parts.hpp"

namespace sallyport::core {

namespace {

std::optional<DoorMode> mode_of(DoorCommand command) {
    switch (command) {
        case DoorCommand::always_open: return DoorMode::always_open;
        case DoorCommand::always_closed: return DoorMode::always_closed;
        case DoorCommand::normal: return DoorMode::normal;
        case DoorCommand::lockdown: return DoorMode::lockdown;
        case DoorCommand::open:
        case DoorCommand::close:
        case DoorCommand::silence: return std::nullopt;
    }
    return std::nullopt;
}

/// The front panel and the tiles are no place for a silent alarm.
constexpr Alarm shown_alarms[] = {
    Alarm::intrusion,         Alarm::overtime,      Alarm::tamper,         Alarm::illegal_card,
    Alarm::exit_button_stuck, Alarm::clock_invalid, Alarm::storage_failed, Alarm::mains_failed,
    Alarm::battery_low,       Alarm::blocklist,     Alarm::fire,           Alarm::overtime_soon};

}  // namespace

// ---------------------------------------------------------------- the public face

Station::Station(StationState state) : parts_(std::make_unique<Parts>(std::move(state))) {}
Station::~Station() = default;
Station::Station(Station&&) noexcept = default;
Station& Station::operator=(Station&&) noexcept = default;

Effects Station::handle(const StationEvent& event, const base::Moment& now) {
    Effects effects;
    Turn turn{now, effects};
    parts_->expire(turn);
    // Doors that have not started yet are told what to obey after they have.
    if (!std::holds_alternative<PoweredOn>(event)) parts_->follow_schedules(turn);
    std::visit([&](const auto& what) { parts_->on(what, turn); }, event);
    parts_->follow_schedules(turn);
    parts_->check_clock(turn);
    return effects;
}

Effects Station::handle_timeout(const base::Moment& now) {
    Effects effects;
    Turn turn{now, effects};
    parts_->expire(turn);
    parts_->follow_schedules(turn);
    parts_->check_clock(turn);
    return effects;
}

std::optional<base::Instant> Station::next_deadline() const {
    std::optional<base::Instant> first;
    const auto consider = [&](std::optional<base::Instant> deadline) {
        if (deadline && (!first || *deadline < *first)) first = deadline;
    };
    for (const Post& post : parts_->posts) {
        consider(post.door.next_deadline());
        consider(post.keypad.next_deadline());
        if (post.question) consider(post.question->until);
    }
    if (!parts_->waiting.empty()) consider(parts_->waiting.front().until);
    consider(parts_->look_at_clock);
    return first;
}

DoorView Station::view(base::DoorNumber number, const base::Moment& now) const {
    const Post* const post = parts_->post(number);
    DoorView view;
    view.door = number;
    if (post == nullptr) return view;
    view.lock = post->door.lock();
    view.contact = post->door.contact();
    view.mode = post->door.mode();
    view.light = post->keypad.light().light;
    view.keyboard = post->keypad.light().keyboard;
    view.awake = post->keypad.awake();
    view.menu = post->keypad.in_menu();
    view.hold_left = post->door.hold_left(now.instant);
    for (const Alarm alarm : shown_alarms) {
        const bool everywhere =
            alarm == Alarm::fire ? !parts_->fires.empty() : parts_->alarms.contains(alarm);
        if (!everywhere && !post->door.alarmed(alarm)) continue;
        view.alarms.push_back(alarm);
        if (post->door.silenced(alarm) || parts_->silenced.contains(alarm)) view.silenced.push_back(alarm);
    }
    return view;
}

std::uint8_t Station::doors() const {
    return static_cast<std::uint8_t>(parts_->posts.size());
}

bool Station::is_asking(std::uint64_t question) const {
    return std::ranges::any_of(
        parts_->posts, [question](const Post& at) { return at.question && at.question->number == question; });
}

void Station::apply(const Change& change) {
    std::visit([&](const auto& what) { parts_->apply(what); }, change);
}

Roster& Station::roster() {
    return parts_->state.roster;
}
const Roster& Station::roster() const {
    return parts_->state.roster;
}
People Station::people() const {
    return parts_->state.people;
}
void Station::set_people_known() {
    parts_->state.people = People::known;
}
const Settings& Station::settings() const {
    return parts_->state.settings;
}
void Station::set_settings(Settings settings) {
    auto& cards = parts_->state.first_cards;
    for (const auto& [door, none] : first_cards_ended(parts_->state.settings, settings))
        if (door.value <= cards.size()) cards[door.value - 1U].reset();
    parts_->state.settings = std::move(settings);
}
void Station::forget_arrivals(const base::UserId& person) {
    for (Post& at : parts_->posts) at.gathering.forget(person);
}
void Station::keep_spent(Person& sent) const {
    parts_->keep_spent(sent);
}
void Station::set_public_passwords(std::vector<PublicPassword> passwords) {
    auto& state = parts_->state;
    state.spent.replace(passwords, state.roster.public_passwords());
    static_cast<void>(state.roster.set_public_passwords(std::move(passwords), state.pin_key));
}
void Station::set_calendar(Calendar calendar) {
    parts_->state.calendar = std::move(calendar);
}
const Calendar& Station::calendar() const {
    return parts_->state.calendar;
}
const PinKey& Station::pin_key() const {
    return parts_->state.pin_key;
}

// ---------------------------------------------------------------- changes that have become durable

void Station::Parts::keep_spent(Person& sent) const {
    state.spent.keep(sent);
    if (const auto* held = state.roster.find(sent.user_id)) core::keep_spent(sent, *held);
}
void Station::Parts::apply(const AddPerson& change) {
    auto person = change.person;
    keep_spent(person);
    // The shell checked it before it wrote; a refusal now leaves the roster as it was.
    static_cast<void>(state.roster.upsert(std::move(person), state.pin_key));
}
void Station::Parts::apply(const RemovePerson& change) {
    for (Post& at : posts) at.gathering.forget(change.user_id);
    if (const auto* leaving = state.roster.find(change.user_id)) state.spent.note(*leaving);
    state.roster.remove(change.user_id);
    state.positions.forget(change.user_id);
}
void Station::Parts::apply(const RemoveEveryone&) {
    state.roster.for_each([this](const Person& leaving) {
        state.spent.note(leaving);
        return true;
    });
    state.roster.clear();
    state.people = People::known;
    state.positions.clear();
}
void Station::Parts::apply(const ChangeSettings& change) {
    core::change(state.settings, change);
}
void Station::Parts::apply(const ChangeDoorMode& change) {
    if (change.door.value < 1 || change.door.value > base::max_doors) return;
    if (state.door_modes.size() < change.door.value) state.door_modes.resize(change.door.value);
    state.door_modes[change.door.value - 1U] = change.mode;
}
void Station::Parts::apply(const CountUse& change) {
    const bool counted = change.user_id
                             ? state.roster.count_use(*change.user_id)
                             : change.public_password && state.roster.count_use(*change.public_password);
    if (!counted && change.series) state.spent.spend(*change.series);
}
void Station::Parts::apply(const RestoreFactory&) {
    state.roster.clear();
    state.people = People::known;
    static_cast<void>(state.roster.set_public_passwords({}, state.pin_key));
    const std::size_t doors = state.settings.doors.size();
    state.settings = Settings{};
    state.settings.doors.resize(doors);
    state.calendar = {};
    state.door_modes.clear();
    state.spent = {};
    state.positions.clear();
    state.first_cards.clear();
}
void Station::Parts::apply(const RestoreAdminPassword&) {
    state.settings.admin_password.reset();
}

// ---------------------------------------------------------------- events

Station::Parts::Parts(StationState initial) : state(std::move(initial)) {
    const std::size_t count = std::min<std::size_t>(state.settings.doors.size(), base::max_doors);
    for (std::size_t i = 0; i < count; ++i) {
        const base::DoorNumber number{static_cast<std::uint8_t>(i + 1)};
        posts.push_back({.number = number, .door = Door(state.settings.doors[i], persisted_mode(number))});
    }
}

void Station::Parts::on(const PoweredOn& powered, Turn& turn) {
    configure_doors(turn);
    Record restarted;
    restarted.kind = RecordKind::restarted;
    const bool started = powered.cause == PoweredOn::Cause::started;
    restarted.detail = written({started ? DetailTerm::started : DetailTerm::power_returned, {}});
    append(restarted, turn);
    for (Post& at : posts) {
        if (at.door.commanded() != DoorMode::normal) {
            restarted.door = at.number;
            restarted.detail = written({DetailTerm::mode_resumed, {{DetailName::mode, at.door.commanded()}}});
            append(restarted, turn);
        }
        run(at, DoorStarted{}, turn);
        const LightChanged light = at.keypad.light();
        turn.out.emplace_back(SetLight{at.number, light.light, light.keyboard});
        run(at, KeypadStarted{state.power_on_codes}, turn);
    }
    check_storage(turn);
}

void Station::Parts::on(const BadFrame& frame, Turn& turn) {
    Record record;
    record.kind = RecordKind::bad_frame;
    record.door = frame.door;
    record.reader = frame.reader;
    record.detail = frame.detail;
    append(std::move(record), turn);
}

void Station::Parts::on(const ReaderLinkChanged& changed, Turn& turn) {
    Post* const at = post(changed.door);
    if (at == nullptr) return;
    const bool lost = changed.lost == Level::active;
    Record record;
    record.kind = lost ? RecordKind::reader_offline : RecordKind::reader_online;
    record.door = changed.door;
    record.reader = changed.reader;
    append(std::move(record), turn);
    if (lost) at->lost_readers.insert(changed.reader);
    if (!lost) at->lost_readers.erase(changed.reader);
    run(*at, ReadersLost{at->lost_readers.empty() ? Level::inactive : Level::active}, turn);
}

void Station::Parts::on(const InputChanged& changed, Turn& turn) {
    if (changed.input == Input::mains || changed.input == Input::battery) {
        // A line that is broken is no sign that all is well.
        const Level level = changed.level == Level::inactive ? Level::inactive : Level::active;
        return set_alarm(changed.input == Input::mains ? Alarm::mains_failed : Alarm::battery_low, level,
                         turn);
    }
    if (changed.input == Input::fire) fire_changed(changed, turn);
    if (Post* const at = post(changed.door)) run(*at, DoorInput{changed.input, changed.level}, turn);
}

/// One fire input releases every door of the controller (D7); each input has an alarm of its own.
void Station::Parts::fire_changed(const InputChanged& changed, Turn& turn) {
    const bool active = changed.level == Level::active;
    // A line that breaks while it burns takes nothing back.
    if (!active && changed.level != Level::inactive) return;
    const bool is_new = active ? fires.insert(changed.door).second : fires.erase(changed.door) == 1;
    if (!is_new) return;
    silenced.erase(Alarm::fire);
    append_alarm(Alarm::fire, changed.level, changed.door, turn);
    const Level fire = fires.empty() ? Level::inactive : Level::active;
    for (Post& at : posts) run(at, FireChanged{fire}, turn);
}

void Station::Parts::on(const CommandReceived& received, Turn& turn) {
    Post* const at = post(received.door);
    if (at == nullptr) return;
    Record record;
    record.kind = RecordKind::remote_command;
    record.door = received.door;
    record.method = Method::remote;
    record.user_id = received.user_id;
    record.detail = written(
        {DetailTerm::commanded, {{DetailName::command, received.command}, {DetailName::by, received.by}}});
    if (!at->door.accepts(received.command)) record.reason = Reason::lockdown;
    const auto mode = mode_of(received.command);
    if (mode && *mode != at->door.commanded()) {
        write(FactStored{}, {ChangeDoorMode{received.door, *mode}}, std::move(record), turn);
    } else {
        append(std::move(record), turn);
    }
    if (received.command == DoorCommand::silence) {
        silenced = alarms;
        if (!fires.empty()) silenced.insert(Alarm::fire);
    }
    run(*at, DoorCommanded{received.command}, turn);
}

void Station::Parts::on(const WriteDone& done, Turn& turn) {
    configure_doors(turn);
    check_storage(turn);
    const auto found = writes.find(done.write);
    if (found == writes.end()) return;
    const Purpose purpose = std::move(found->second);
    writes.erase(found);
    if (const auto* attempt = std::get_if<AttemptStored>(&purpose)) {
        // A disk that fails must not make a limited right unlimited: the use counts until the next start.
        if (!done.status && attempt->use) apply(*attempt->use);
        resume_waiting(turn);
    } else if (const auto* stored = std::get_if<MenuStored>(&purpose)) {
        Post* const at = post(stored->door);
        if (at != nullptr) answer(*at, done.status ? Answer::yes : Answer::no, turn);
    } else if (const auto* restored = std::get_if<RestoreStored>(&purpose)) {
        Post* const at = post(restored->door);
        if (at != nullptr) run(*at, SignalWanted{done.status ? Signal::success : Signal::failure}, turn);
    }
}

void Station::Parts::on(const PolicyChanged&, Turn& turn) {
    configure_doors(turn);
    check_storage(turn);
}

void Station::Parts::on(const StorageChanged& changed, Turn& turn) {
    disk = changed.failing;
    check_storage(turn);
    resume_waiting(turn);
}

// ---------------------------------------------------------------- doors

Post* Station::Parts::post(base::DoorNumber number) {
    if (number.value < 1 || number.value > posts.size()) return nullptr;
    return &posts[number.value - 1U];
}

DoorMode Station::Parts::persisted_mode(base::DoorNumber number) const {
    return number.value <= state.door_modes.size() ? state.door_modes[number.value - 1U] : DoorMode::normal;
}

DoorsNow Station::Parts::doors_now() const {
    DoorsNow now;
    for (const Post& at : posts) {
        const bool released = at.door.lock() == Lock::released;
        const bool unseen = at.door.contact() == ContactState::unknown;
        if (released) now.unlocked.insert(at.number);
        if (at.door.contact() == ContactState::open || (unseen && released)) now.open.insert(at.number);
    }
    return now;
}

void Station::Parts::run(Post& at, const DoorEvent& event, Turn& turn) {
    carry_out(at, at.door.handle(event, turn.now.instant), turn);
}

void Station::Parts::carry_out(Post& at, const DoorEffects& effects, Turn& turn) {
    for (const DoorEffect& effect : effects) {
        if (const auto* lock = std::get_if<Lock>(&effect)) {
            turn.out.emplace_back(SetLock{at.number, *lock});
            if (*lock == Lock::locked) run(at, LockShut{}, turn);
        } else {
            Record record = std::get<Record>(effect);
            record.door = at.number;
            if (record.kind == RecordKind::access_taken) {
                taken(at, std::move(record), turn);
            } else {
                append(std::move(record), turn);
            }
        }
    }
}

void Station::Parts::expire(Turn& turn) {
    for (Post& at : posts) {
        carry_out(at, at.door.handle_timeout(turn.now.instant), turn);
        carry_out(at, at.keypad.handle_timeout(turn.now.instant), turn);
    }
    refuse_waiting(turn);
    end_questions(turn);
}

/// Doors follow the settings; one that is new starts locked, one that is gone is locked before it goes.
void Station::Parts::configure_doors(Turn& turn) {
    const std::size_t count = std::min<std::size_t>(state.settings.doors.size(), base::max_doors);
    while (posts.size() > count) {
        if (posts.back().door.lock() == Lock::released) {
            turn.out.emplace_back(SetLock{posts.back().number, Lock::locked});
        }
        give_up_question(posts.back(), turn);
        posts.pop_back();
    }
    for (std::size_t i = 0; i < posts.size(); ++i) {
        const std::int32_t pre_alarm_s = rules_of(state.settings.rules, posts[i].number).pre_alarm_s;
        const Door& door = posts[i].door;
        if (door.settings() == state.settings.doors[i] && door.pre_alarm_s() == pre_alarm_s) continue;
        run(posts[i], DoorConfigured{state.settings.doors[i], pre_alarm_s}, turn);
    }
    while (posts.size() < count) {
        const std::size_t i = posts.size();
        const base::DoorNumber number{static_cast<std::uint8_t>(i + 1)};
        posts.push_back({.number = number, .door = Door(state.settings.doors[i], persisted_mode(number))});
        run(posts.back(), DoorStarted{}, turn);
        if (!fires.empty()) run(posts.back(), FireChanged{Level::active}, turn);
    }
}

// ---------------------------------------------------------------- alarms and records

/// "Always" rights and the way out do not need the clock; somebody must set it all the same (A5).
void Station::Parts::check_clock(Turn& turn) {
    const bool invalid = turn.now.trust == base::ClockTrust::not_set;
    set_alarm(Alarm::clock_invalid, invalid ? Level::active : Level::inactive, turn);
}

/// What was stored is lost, or what happens cannot be stored: one alarm, for as long as either lasts.
void Station::Parts::check_storage(Turn& turn) {
    const bool lost = state.people == People::lost;
    const bool failed = lost || disk == Level::active;
    set_alarm(Alarm::storage_failed, failed ? Level::active : Level::inactive, turn,
              lost ? written({DetailTerm::people_lost, {}}) : std::string{});
}

void Station::Parts::set_alarm(Alarm alarm, Level level, Turn& turn, const std::string& detail) {
    const bool active = level == Level::active;
    const bool is_new = active ? alarms.insert(alarm).second : alarms.erase(alarm) == 1;
    if (!is_new) return;
    silenced.erase(alarm);
    append_alarm(alarm, level, {}, turn, active ? detail : std::string{});
}

void Station::Parts::append_alarm(Alarm alarm, Level level, base::DoorNumber door, Turn& turn,
                                  const std::string& detail) {
    Record record;
    record.kind = level == Level::active ? RecordKind::alarm_started : RecordKind::alarm_ended;
    record.alarm = alarm;
    record.door = door;
    record.detail = detail;
    append(std::move(record), turn);
}

void Station::Parts::append(Record record, Turn& turn) {
    record.at = turn.now.utc;
    record.utc_offset_s = turn.now.local.utc_offset_s;
    turn.out.emplace_back(Append{std::move(record)});
}

void Station::Parts::write(Purpose purpose, std::vector<Change> changes, Record record, Turn& turn) {
    record.at = turn.now.utc;
    record.utc_offset_s = turn.now.local.utc_offset_s;
    writes.emplace(++last_write, std::move(purpose));
    Write effect{.write = last_write, .changes = std::move(changes), .records = {}};
    effect.records.push_back(std::move(record));
    turn.out.emplace_back(std::move(effect));
}

}  // namespace sallyport::core

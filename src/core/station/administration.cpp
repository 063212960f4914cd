// What the procedures of the keypad's menu ask of the station (controller.md K4-K11).
#include <algorithm>
#include <utility>

#include "core/station/parts.hpp"

namespace sallyport::core {

namespace {

struct IntoSettings {
    Settings& settings;
    base::DoorNumber door;

    void operator()(UnlockMode to) const { door_of(settings, door).unlock_mode = to; }
    void operator()(HoldTime to) const { door_of(settings, door).hold_s = to.seconds; }
    void operator()(Detector to) const { door_of(settings, door).detector = to; }
    void operator()(WorkingMode to) const { settings.working_mode = to; }
    void operator()(const PinHash& to) const { settings.admin_password = to; }
};

Record not_added(const Post& at, std::string_view why) {
    return keypad_record(at, RecordKind::keypad_admin,
                         {DetailTerm::user_not_added, {{DetailName::why, why}}});
}

}  // namespace

void change(Settings& settings, const ChangeSettings& changed) {
    std::visit(IntoSettings{settings, changed.door}, changed.to);
}

void Station::Parts::answer(Post& at, Answer answer, Turn& turn) {
    run(at, MenuAnswered{answer}, turn);
}

void Station::Parts::refuse(Post& at, Record record, Turn& turn) {
    append(std::move(record), turn);
    answer(at, Answer::no, turn);
}

/// One change at a time, of all keypads: each was judged by what holds now.
bool Station::Parts::is_administering() const {
    return std::ranges::any_of(writes, [](const auto& write) {
        return std::holds_alternative<MenuStored>(write.second) ||
               std::holds_alternative<RestoreStored>(write.second);
    });
}

void Station::Parts::store(Post& at, Change wanted, Record record, Turn& turn) {
    if (is_administering()) return answer(at, Answer::no, turn);
    write(MenuStored{at.number}, {std::move(wanted)}, std::move(record), turn);
}

// ---------------------------------------------------------------- settings

void Station::Parts::carry_out(Post& at, const SettingWanted& wanted, Turn& turn) {
    const DoorSettings& door = state.settings.doors[at.number.value - 1U];
    const auto set = [&](std::string_view name, auto field, auto to, auto from) {
        const Detail detail{DetailTerm::setting_changed,
                            {{DetailName::setting, name}, {DetailName::to, to}, {DetailName::from, from}}};
        store(at, ChangeSettings{at.number, field}, keypad_record(at, RecordKind::settings_changed, detail),
              turn);
    };
    switch (wanted.setting) {
        case KeypadSetting::unlock_mode: {
            const auto to = static_cast<UnlockMode>(wanted.value);
            return set("unlock_mode", to, to, door.unlock_mode);
        }
        case KeypadSetting::hold_time:
            return set("hold_s", HoldTime{wanted.value}, wanted.value, door.hold_s);
        case KeypadSetting::working_mode: {
            const auto to = static_cast<WorkingMode>(wanted.value);
            return set("working_mode", to, to, state.settings.working_mode);
        }
        case KeypadSetting::detector: {
            const auto to = static_cast<Detector>(wanted.value);
            return set("detector", to, to, door.detector);
        }
    }
}

void Station::Parts::carry_out(Post& at, const AdminPasswordWanted& wanted, Turn& turn) {
    store(at, ChangeSettings{at.number, hash_admin_password(state.pin_key, wanted.password)},
          keypad_record(at, RecordKind::settings_changed, {DetailTerm::admin_password_changed, {}}), turn);
}

void Station::Parts::carry_out(Post& at, const FactoryWanted&, Turn& turn) {
    store(at, RestoreFactory{}, keypad_record(at, RecordKind::factory_reset, {DetailTerm::reset_in_menu, {}}),
          turn);
}

// ---------------------------------------------------------------- people

/// The record of the refusal. It names no user ID that nobody has: that may be somebody's code.
std::optional<Record> Station::Parts::why_not_add(const Post& at, const Person& person) const {
    const bool is_taken = state.roster.find(person.user_id) != nullptr;
    const base::Status status = state.roster.check_upsert(person, state.pin_key);
    if (!is_taken && status) return std::nullopt;
    const std::string_view why = is_taken ? "user_id_taken" : std::string_view(status.error().code);
    Record record = not_added(at, why);
    if (is_taken) record.user_id = person.user_id;
    if (why == "card_taken") record.card = person.cards[0].number;
    return record;
}

void Station::Parts::carry_out(Post& at, const UserIdAsked& asked, Turn& turn) {
    Person person;
    person.user_id = asked.user_id;
    if (auto refusal = why_not_add(at, person)) return refuse(at, *std::move(refusal), turn);
    answer(at, Answer::yes, turn);
}

void Station::Parts::carry_out(Post& at, const CardAsked& asked, Turn& turn) {
    if (state.roster.find(asked.card) == nullptr) return answer(at, Answer::yes, turn);
    Record record = not_added(at, "card_taken");
    record.card = asked.card;
    refuse(at, std::move(record), turn);
}

/// General, every door, always, no expiry.
void Station::Parts::carry_out(Post& at, const PersonWanted& wanted, Turn& turn) {
    Person person;
    person.user_id = wanted.user_id;
    person.rights.push_back({DoorSet::all(), always, RightKind::allow});
    if (wanted.card) person.cards.push_back({.number = *wanted.card});
    if (wanted.pin) person.pin = hash_pin(state.pin_key, wanted.user_id, *wanted.pin);
    if (auto refusal = why_not_add(at, person)) return refuse(at, *std::move(refusal), turn);
    Record record = keypad_record(at, RecordKind::keypad_admin, {DetailTerm::user_added, {}});
    record.user_id = wanted.user_id;
    record.card = wanted.card;
    store(at, AddPerson{std::move(person)}, std::move(record), turn);
}

void Station::Parts::carry_out(Post& at, const RemovalWanted& wanted, Turn& turn) {
    if (std::holds_alternative<Everybody>(wanted.who)) {
        return store(at, RemoveEveryone{},
                     keypad_record(at, RecordKind::keypad_admin, {DetailTerm::all_users_deleted, {}}), turn);
    }
    Record refused = keypad_record(at, RecordKind::keypad_admin, {DetailTerm::user_not_deleted, {}});
    const Person* person = nullptr;
    if (const auto* card = std::get_if<base::CardNumber>(&wanted.who)) {
        person = state.roster.find(*card);
        refused.reason = Reason::unknown_card;
        refused.card = *card;
    } else {
        person = state.roster.find(std::get<base::UserId>(wanted.who));
        refused.reason = Reason::unknown_user;
    }
    if (person == nullptr) return refuse(at, std::move(refused), turn);
    remove(at, *person, turn);
}

void Station::Parts::remove(Post& at, const Person& person, Turn& turn) {
    Record record = keypad_record(at, RecordKind::keypad_admin, {DetailTerm::user_deleted, {}});
    record.user_id = person.user_id;
    if (!person.cards.empty()) record.card = person.cards[0].number;
    store(at, RemovePerson{person.user_id}, std::move(record), turn);
}

}  // namespace sallyport::core

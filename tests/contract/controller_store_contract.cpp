#include "contract/controller_store_contract.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "codec/dhip/record_json.hpp"
#include "codec/journal/journal.hpp"

namespace sallyport::tests {

using core::RecordPosition;
using ports::StoreWrite;

core::Person sample_person(std::string_view user_id, std::uint64_t card) {
    core::Person person;
    person.user_id = base::UserId::from(user_id).value();
    person.type = core::UserType::guest;
    person.validity = {{1'700'000'000'000'000}, {1'900'000'000'000'000}};
    person.uses_left = 3;
    person.pin = core::PinHash{{1, 2, 3}};
    person.cards = {{{card}, core::CardType::vip, core::CardStatus::frozen}};
    person.rights = {{core::DoorSet{0x8000'0000'0000'0005}, {7}, core::RightKind::deny, {1'774'745'990}}, {}};
    person.tag = {0xFEDC'BA98'7654'3210};
    return person;
}

core::Record sample_record(std::string_view detail) {
    core::Record record;
    record.at = {1'790'000'000'123'456};
    record.utc_offset_s = 7'200;
    record.door = {2};
    record.reader = {3};
    record.direction = core::Direction::exit;
    record.result = core::AccessResult::denied;
    record.reason = core::Reason::wrong_pin;
    record.method = core::Method::card_and_pin;
    record.user_id = base::UserId::from("1001");
    record.card = base::CardNumber{0x4A1B2C3};
    record.flags.duress = true;
    record.trace.push_back({core::Rule::pin, core::RuleOutcome::failed, -1});
    record.detail = detail;
    return record;
}

StoreWrite records_write(int count) {
    StoreWrite write;
    for (int i = 1; i <= count; ++i) write.records.push_back(sample_record(fmt::format("{}", i)));
    return write;
}

namespace {

std::vector<core::StoredRecord> put(ports::ControllerStore& store, const StoreWrite& write) {
    auto stored = store.commit({&write, 1});
    EXPECT_TRUE(stored) << stored.error().message;
    return stored.value_or(std::vector<core::StoredRecord>{});
}

void expect_chain(const std::vector<core::StoredRecord>& records) {
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto body = codec::dhip::record_body(records[i].position, records[i].record);
        EXPECT_EQ(records[i].hash, codec::chain_hash(records[i].previous, body));
        if (i > 0) EXPECT_EQ(records[i].previous, records[i - 1].hash);
    }
}

}  // namespace

TEST_P(ControllerStoreContract, starts_empty_with_a_serial_and_a_key_that_stay) {
    auto place = GetParam()(10);
    const auto first = place->reopen().load();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->serial.size(), 14U);
    EXPECT_EQ(first->serial.substr(0, 2), "SP");
    EXPECT_TRUE(first->people.empty());
    EXPECT_TRUE(first->accounts.empty());
    EXPECT_EQ(first->settings, core::Settings{});
    EXPECT_EQ(first->last, (RecordPosition{1, 0}));
    EXPECT_EQ(first->oldest_sequence, 0U);
    const auto second = place->reopen().load();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->serial, first->serial);
    EXPECT_EQ(second->pin_key.bytes, first->pin_key.bytes);
    EXPECT_NE(second->pin_key.bytes, core::PinKey{}.bytes);
}

TEST_P(ControllerStoreContract, gives_people_back_as_they_were) {
    auto place = GetParam()(10);
    StoreWrite write;
    core::Person plain;
    plain.user_id = base::UserId::from("2").value();
    write.upsert = {sample_person("1", 0xFFFF'FFFF'FFFF'FFFF), plain};
    put(place->reopen(), write);
    const auto image = place->reopen().load();
    ASSERT_TRUE(image);
    EXPECT_EQ(image->people, write.upsert);
}

TEST_P(ControllerStoreContract, replaces_and_removes_people_and_may_be_told_twice) {
    auto place = GetParam()(10);
    auto& store = place->reopen();
    StoreWrite write;
    write.upsert = {sample_person("1", 1), sample_person("2", 2), sample_person("3", 3)};
    put(store, write);
    StoreWrite change;
    change.upsert = {sample_person("2", 22)};
    change.remove = {base::UserId::from("1").value(), base::UserId::from("never-was").value()};
    put(store, change);
    put(store, change);
    const auto image = store.load();
    ASSERT_EQ(image->people.size(), 2U);
    EXPECT_EQ(image->people[0], change.upsert[0]);
    StoreWrite all;
    all.remove_everyone = true;
    put(store, all);
    EXPECT_TRUE(store.load()->people.empty());
}

TEST_P(ControllerStoreContract, gives_settings_calendar_and_accounts_back_as_they_were) {
    auto place = GetParam()(10);
    StoreWrite write;
    core::Settings settings;
    settings.zone = "Europe/Berlin";
    settings.duress = core::Duress::on;
    settings.working_mode = core::WorkingMode::reader;
    settings.admin_password = core::PinHash{{9}};
    settings.doors = {{600, core::UnlockMode::user_and_pin, core::Detector::on, 9'999, {5}}, {}};
    core::DoorRules door;
    door.always_open = core::ScheduleIndex{3};
    door.unlock_periods = {{{1}, core::UnlockMode::card_and_pin}};
    door.extended_s = 20;
    settings.rules.doors = {door};
    settings.rules.interlocks = {{{0b11}, core::Blocks::open}};
    write.settings = [settings](core::Settings& held) { held = settings; };
    write.calendar = core::Calendar{};
    write.calendar->schedules.resize(2);
    write.calendar->schedules[1].week[6] = {{0, 3'600}, {82'800, 86'400}};
    write.calendar->schedules[1].holidays = {0, 127};
    write.calendar->holidays = {{{{{20'000}, {20'003}}, {{-1}, {-1}}}, {{60, 120}}}, {}};
    write.public_passwords = {{core::PinHash{{4}}, core::DoorSet{3}, {{5}, {6}}, 7, 1, {8}},
                              {core::PinHash{{5}}, {}, {}, {}, 2, {}}};
    write.door_modes = {{core::DoorMode::lockdown, core::DoorMode::always_open}};
    write.accounts = {{{"admin", ports::AccountRole::admin, "$argon2id$x", std::string("a\0b", 3)},
                       {"guard", {}, "$argon2id$y"}}};
    write.owner = ports::OwnerState{"platform-1", 42};
    put(place->reopen(), write);
    const auto image = place->reopen().load();
    ASSERT_TRUE(image);
    EXPECT_EQ(image->settings, settings);
    EXPECT_EQ(image->calendar, *write.calendar);
    EXPECT_EQ(image->public_passwords, *write.public_passwords);
    EXPECT_EQ(image->door_modes, *write.door_modes);
    ASSERT_EQ(image->accounts.size(), 2U);
    EXPECT_EQ(image->accounts[0].argon2id, "$argon2id$x");
    EXPECT_EQ(image->accounts[0].sealed_hash, std::string("a\0b", 3));
    EXPECT_EQ(image->accounts[1].sealed_hash, "");
    EXPECT_EQ(image->accounts[0].role, ports::AccountRole::admin);
    EXPECT_EQ(image->owner.manager, "platform-1");
    EXPECT_EQ(image->owner.revision, 42U);
}

TEST_P(ControllerStoreContract, knows_where_people_are_and_which_first_cards_came) {
    const auto id = [](std::string_view text) { return base::UserId::from(text).value(); };
    const auto in = [](std::uint8_t area) {
        return core::Position{{area}, {1'790'000'000'123'456}, -7'200, {}};
    };
    auto place = GetParam()(10);
    StoreWrite write;
    write.upsert = {sample_person("1", 1), sample_person("2", 2), sample_person("3", 3)};
    write.moves = {
        {id("1"), in(1)}, {id("2"), in(2)}, {id("3"), in(3)}, {id("nobody"), in(1)}, {id("1"), in(2)}};
    write.first_cards = {{{2}, {{20'000}, {60, 120}}}, {{2}, {{20'001}, {0, 86'400}}}};
    put(place->reopen(), write);
    auto image = place->reopen().load();
    ASSERT_TRUE(image);
    const auto area_of = [&image](const base::UserId& person) {
        const auto found = std::ranges::find(image->positions, person, &core::MovePerson::user_id);
        return found == image->positions.end() ? -1 : int{found->position.area.value};
    };
    ASSERT_EQ(image->positions.size(), 3U) << "nobody is not on the roster";
    EXPECT_EQ(image->positions[0].position.since, in(1).since);
    EXPECT_EQ(image->positions[0].position.utc_offset_s, -7'200);
    EXPECT_EQ(area_of(id("1")), 2);
    EXPECT_EQ(area_of(id("3")), 3);
    ASSERT_EQ(image->first_cards.size(), 2U);
    EXPECT_EQ(image->first_cards[0], std::nullopt);
    EXPECT_EQ(image->first_cards[1], (core::PeriodOfDay{{20'001}, {0, 86'400}}));
    StoreWrite ended;
    ended.first_cards = {{{2}, {}}};
    put(place->reopen(), ended);
    EXPECT_EQ(place->reopen().load()->first_cards.at(1), core::PeriodOfDay{}) << "a day that never comes";
    StoreWrite pardon;
    pardon.forgotten = {{id("3")}, {core::AreaNumber{2}}};
    put(place->reopen(), pardon);
    EXPECT_TRUE(place->reopen().load()->positions.empty());
    StoreWrite reset;
    reset.factory_reset = true;
    put(place->reopen(), write);
    put(place->reopen(), reset);
    image = place->reopen().load();
    EXPECT_TRUE(image->positions.empty());
    EXPECT_TRUE(image->first_cards.empty());
}

TEST_P(ControllerStoreContract, changes_of_settings_meet_what_is_stored_when_their_turn_comes) {
    auto place = GetParam()(10);
    std::vector<StoreWrite> group(3);
    group[0].settings = [](core::Settings& held) { core::door_of(held, {2}).hold_s = 7; };
    group[1].settings = [](core::Settings& held) { held.zone = "Asia/Tokyo"; };
    group[2].settings = [](core::Settings& held) { core::door_of(held, {2}).hold_s += 1; };
    ASSERT_TRUE(place->reopen().commit(group));
    const auto image = place->reopen().load();
    ASSERT_EQ(image->settings.doors.size(), 2U);
    EXPECT_EQ(image->settings.doors[1].hold_s, 8);
    EXPECT_EQ(image->settings.doors[0], core::DoorSettings{});
    EXPECT_EQ(image->settings.zone, "Asia/Tokyo");
}

TEST_P(ControllerStoreContract, numbers_and_chains_records_through_restarts) {
    auto place = GetParam()(100);
    const auto first = put(place->reopen(), records_write(3));
    const auto second = put(place->reopen(), records_write(2));
    ASSERT_EQ(first.size(), 3U);
    ASSERT_EQ(second.size(), 2U);
    EXPECT_EQ(second[1].position, (RecordPosition{1, 5}));
    EXPECT_EQ(second[0].previous, first[2].hash);
    auto& store = place->reopen();
    const auto all = store.read_after({1, 0}, 100);
    ASSERT_EQ(all->size(), 5U);
    EXPECT_EQ(all->at(0), first[0]);
    EXPECT_EQ(all->at(4), second[1]);
    EXPECT_EQ(all->at(0).record, sample_record("1"));
    expect_chain(*all);
    const auto image = store.load();
    EXPECT_TRUE(image->chain_intact);
    EXPECT_EQ(image->last, (RecordPosition{1, 5}));
    EXPECT_EQ(image->oldest_sequence, 1U);
}

TEST_P(ControllerStoreContract, reads_in_portions_and_knows_what_never_was) {
    auto place = GetParam()(100);
    auto& store = place->reopen();
    put(store, records_write(5));
    const auto portion = store.read_after({1, 2}, 2);
    ASSERT_EQ(portion->size(), 2U);
    EXPECT_EQ(portion->at(0).position.sequence, 3U);
    EXPECT_EQ(portion->at(1).position.sequence, 4U);
    EXPECT_TRUE(store.read_after({1, 5}, 10)->empty());
    EXPECT_TRUE(store.read_after({1, 6}, 10)->empty());
    EXPECT_TRUE(store.read_after({2, 0}, 10)->empty());
    EXPECT_EQ(store.acknowledge({"p", {1, 6}}).error().code, "position_unknown");
}

namespace {

/// What a search finds in portions.
std::vector<core::StoredRecord> found_in(ports::ControllerStore& store, ports::RecordSearch wanted) {
    std::vector<core::StoredRecord> all;
    while (wanted.after.sequence < wanted.upto) {
        auto found = store.search(wanted);
        EXPECT_TRUE(found) << found.error().message;
        if (!found || found->searched <= wanted.after.sequence) break;
        EXPECT_LE(found->records.size(), wanted.limit);
        std::ranges::move(found->records, std::back_inserter(all));
        wanted.after.sequence = found->searched;
    }
    EXPECT_EQ(wanted.after.sequence, wanted.upto) << "it came to its end";
    return all;
}

StoreWrite timed_records(std::initializer_list<std::int64_t> times) {
    StoreWrite write;
    for (const auto at : times) write.records.emplace_back().at = {at};
    return write;
}

}  // namespace

TEST_P(ControllerStoreContract, finds_records_by_time_whatever_the_clock_did_and_the_ring_does) {
    auto place = GetParam()(600);
    auto& store = place->reopen();
    put(store, timed_records({40, 50}));
    StoreWrite many;
    for (std::int64_t i = 0; i < 700; ++i) many.records.emplace_back().at = {i < 350 ? i : i - 300};
    many.generation = 3;
    put(store, many);
    for (int start = 0; start < 2; ++start) {
        auto& again = place->reopen();
        if (start == 1) ASSERT_TRUE(again.load());
        put(again, timed_records({399, 49, 400}));
        const auto last = start == 0 ? 703U : 706U;
        for (const auto& times : std::initializer_list<base::TimeSpan>{
                 {{45}, {55}}, {{399}, {401}}, {{-5}, {0}}, {}, {{500}, {400}}}) {
            auto expected = again.read_after({3, 0}, 10'000).value();
            std::erase_if(expected, [&](const auto& one) { return !times.contains(one.record.at); });
            for (const std::size_t limit : {1U, 7U, 500U, 10'000U})
                EXPECT_EQ(found_in(again, {{3, 0}, last, times, limit}), expected) << limit;
            std::erase_if(expected, [](const auto& one) {
                return one.position.sequence <= 650 || one.position.sequence > 702;
            });
            EXPECT_EQ(found_in(again, {{3, 650}, 702, times, 9}), expected);
        }
    }
    EXPECT_TRUE(found_in(place->reopen(), {{9, 0}, 10, {}, 9}).empty());
}

TEST_P(ControllerStoreContract, loses_the_oldest_past_its_capacity_without_a_gap) {
    auto place = GetParam()(10);
    auto& store = place->reopen();
    put(store, records_write(8));
    EXPECT_EQ(put(store, records_write(5)).size(), 5U);
    const auto kept = store.read_after({1, 0}, 100);
    ASSERT_EQ(kept->size(), 10U);
    EXPECT_EQ(kept->front().position.sequence, 4U);
    EXPECT_EQ(kept->back().position.sequence, 13U);
    const auto image = place->reopen().load();
    EXPECT_EQ(image->oldest_sequence, 4U);
    EXPECT_TRUE(image->chain_intact) << image->chain_fault;
}

TEST_P(ControllerStoreContract, says_how_many_records_went_unread_by_the_owner) {
    auto place = GetParam()(10);
    auto& store = place->reopen();
    StoreWrite owner;
    owner.owner = ports::OwnerState{"p", 1};
    put(store, owner);
    put(store, records_write(10));
    ASSERT_TRUE(store.acknowledge({"p", {1, 2}}));
    EXPECT_EQ(put(store, records_write(2)).size(), 2U) << "what went had been read";
    auto& again = place->reopen();
    const auto stored = put(again, records_write(3));
    ASSERT_EQ(stored.size(), 4U);
    EXPECT_EQ(stored[3].record.kind, core::RecordKind::records_overwritten);
    EXPECT_EQ(stored[3].record.detail, "overwritten_unread count=3");
    EXPECT_EQ(stored[3].position.sequence, 16U);
    EXPECT_EQ(again.read_after({1, 0}, 100)->size(), 10U);
}

TEST_P(ControllerStoreContract, begins_a_generation_at_sequence_1) {
    auto place = GetParam()(100);
    auto& store = place->reopen();
    put(store, records_write(2));
    StoreWrite replaced = records_write(1);
    replaced.generation = 4;
    const auto stored = put(store, replaced);
    EXPECT_EQ(stored[0].position, (RecordPosition{4, 1}));
    put(store, replaced);
    auto& again = place->reopen();
    EXPECT_EQ(again.read_after({1, 0}, 10)->size(), 2U);
    EXPECT_EQ(again.read_after({4, 0}, 10)->size(), 2U);
    EXPECT_EQ(again.load()->last, (RecordPosition{4, 2}));
    EXPECT_TRUE(again.load()->chain_intact);
}

TEST_P(ControllerStoreContract, keeps_a_cursor_for_each_platform_and_never_moves_one_back) {
    auto place = GetParam()(100);
    auto& store = place->reopen();
    put(store, records_write(5));
    ASSERT_TRUE(store.acknowledge({"a", {1, 4}}));
    ASSERT_TRUE(store.acknowledge({"a", {1, 2}}));
    ASSERT_TRUE(store.acknowledge({"b", {1, 1}}));
    const auto image = place->reopen().load();
    ASSERT_EQ(image->cursors.size(), 2U);
    EXPECT_EQ(image->cursors[0].acknowledged, (RecordPosition{1, 4}));
    EXPECT_EQ(image->cursors[1].acknowledged, (RecordPosition{1, 1}));
}

TEST_P(ControllerStoreContract, takes_the_key_that_restored_hashes_came_with) {
    auto place = GetParam()(10);
    StoreWrite write;
    write.pin_key.emplace();
    write.pin_key->bytes.fill(7);
    const auto serial = place->reopen().load()->serial;
    ASSERT_TRUE(place->reopen().commit({&write, 1}));
    const auto image = place->reopen().load();
    EXPECT_EQ(image->pin_key.bytes, write.pin_key->bytes);
    EXPECT_EQ(image->serial, serial);
}

TEST_P(ControllerStoreContract, counts_uses_down_to_nothing) {
    auto place = GetParam()(10);
    auto& store = place->reopen();
    StoreWrite write;
    write.upsert = {sample_person("1", 1)};
    write.public_passwords = {{core::PinHash{{4}}, {}, {}, 1, 1, {}}};
    put(store, write);
    StoreWrite used;
    used.uses = {{write.upsert[0].user_id, {}}, {{}, core::PinHash{{4}}}, {{}, core::PinHash{{4}}}};
    put(store, used);
    const auto image = place->reopen().load();
    EXPECT_EQ(image->people[0].uses_left, 2U);
    EXPECT_EQ(image->public_passwords[0].uses_left, 0U);
}

TEST_P(ControllerStoreContract, what_was_spent_stays_spent_until_a_new_series_comes) {
    auto place = GetParam()(10);
    auto& store = place->reopen();
    StoreWrite write;
    write.upsert = {sample_person("1", 1)};
    write.upsert[0].uses_series.value = 0xFFFF'FFFF'FFFF'FFFF;
    write.public_passwords = {{core::PinHash{{4}}, {}, {}, 5, 1, {8}}};
    put(store, write);
    StoreWrite used;
    used.uses = {{write.upsert[0].user_id, {}}, {{}, core::PinHash{{4}}}};
    put(store, used);

    write.upsert[0].cards.clear();
    write.public_passwords->at(0).code = core::PinHash{{5}};
    put(place->reopen(), write);
    auto image = place->reopen().load();
    EXPECT_EQ(image->people[0].uses_left, 2U);
    EXPECT_TRUE(image->people[0].cards.empty());
    EXPECT_EQ(image->people[0].uses_series, write.upsert[0].uses_series);
    EXPECT_EQ(image->public_passwords[0].uses_left, 4U);
    EXPECT_EQ(image->public_passwords[0].code, core::PinHash{{5}});

    write.upsert[0].uses_series.value = 9;
    write.public_passwords->at(0).uses_series.value = 9;
    put(place->reopen(), write);
    image = place->reopen().load();
    EXPECT_EQ(image->people[0].uses_left, 3U);
    EXPECT_EQ(image->public_passwords[0].uses_left, 5U);
    EXPECT_EQ(image->public_passwords[0].uses_series, (core::UsesSeries{9}));
}

TEST_P(ControllerStoreContract, what_was_spent_stays_spent_of_who_left_until_factory_defaults) {
    auto place = GetParam()(10);
    const auto put_anew = [&](const StoreWrite& write) { put(place->reopen(), write); };
    StoreWrite come;
    for (const auto* id : {"1", "2", "3"}) {
        come.upsert.push_back(sample_person(id, 1));
        come.upsert.back().uses_series = {8};  // each of them has an eighth of his own
    }
    come.upsert[2].uses_series = {0};
    come.public_passwords = {{core::PinHash{{4}}, {}, {}, 5, 1, {8}},
                             {core::PinHash{{5}}, {}, {}, 5, 2, {8}}};
    put_anew(come);
    StoreWrite used;
    used.uses = {{come.upsert[0].user_id, {}}, {come.upsert[2].user_id, {}}, {{}, core::PinHash{{4}}}};
    put_anew(used);
    const auto left = [&] {
        const auto image = place->reopen().load().value();
        std::vector<std::uint32_t> uses;
        for (const auto& one : image.people) uses.push_back(one.uses_left.value());
        for (const auto& one : image.public_passwords) uses.push_back(one.uses_left.value());
        return uses;
    };
    ASSERT_EQ(left(), (std::vector<std::uint32_t>{2, 3, 2, 4, 5}));

    StoreWrite one_leaves;
    one_leaves.remove = {come.upsert[0].user_id, come.upsert[1].user_id, come.upsert[2].user_id};
    one_leaves.public_passwords.emplace();
    StoreWrite all_leave = one_leaves;
    all_leave.remove.clear();
    all_leave.remove_everyone = true;
    for (const auto& leave : {one_leaves, all_leave}) {
        put_anew(leave);
        EXPECT_TRUE(left().empty());
        EXPECT_EQ(place->reopen().load()->spent.all().size(), 4U) << "0 is no series";
        put_anew(come);
        EXPECT_EQ(left(), (std::vector<std::uint32_t>{2, 3, 3, 4, 5}));
    }
    used.uses.pop_back();
    used.uses.pop_back();
    put_anew(used);
    put_anew(one_leaves);
    put_anew(come);
    EXPECT_EQ(left().front(), 1U) << "he went on where he was, and left again";

    put_anew(one_leaves);
    auto anew = come;
    for (auto& one : anew.upsert) one.uses_series = {9};
    put_anew(anew);
    EXPECT_EQ(left().front(), 3U) << "a new series";

    StoreWrite late;
    late.uses = {{anew.upsert[0].user_id, {}, core::spent_series(anew.upsert[0])->name},
                 {{}, core::PinHash{{4}}, core::spent_series(come.public_passwords->front())->name}};
    put_anew(one_leaves);
    put_anew(late);
    put_anew(anew);
    EXPECT_EQ(left(), (std::vector<std::uint32_t>{2, 3, 3, 3, 5})) << "stored after they had left";

    StoreWrite reset;
    reset.factory_reset = true;
    put_anew(reset);
    EXPECT_TRUE(place->reopen().load()->spent.all().empty());
    put_anew(come);
    EXPECT_EQ(left(), (std::vector<std::uint32_t>{3, 3, 3, 5, 5}));
}

TEST_P(ControllerStoreContract, remembers_what_was_spent_of_those_who_left_last) {
    auto place = GetParam()(10);
    StoreWrite come;
    StoreWrite leave;
    for (std::size_t i = 0; i < core::SpentUses::limit + 2; ++i) {
        auto& one = come.upsert.emplace_back();
        one.user_id = base::UserId::from(fmt::format("{}", i)).value();
        one.uses_left = 1;
        one.uses_series.value = 1;
        leave.remove.push_back(one.user_id);
        come.uses.push_back({one.user_id, {}});
    }
    put(place->reopen(), come);
    put(place->reopen(), leave);
    put(place->reopen(), leave);  // who is gone leaves no more
    const auto kept = place->reopen().load()->spent;
    EXPECT_EQ(kept.all().size(), core::SpentUses::limit);
    for (const std::size_t i : {0UL, 1UL, 2UL, core::SpentUses::limit + 1}) {
        auto back = come.upsert[i];
        kept.keep(back);
        EXPECT_EQ(back.uses_left, i < 2 ? 1U : 0U) << i;
    }
}

TEST_P(ControllerStoreContract, factory_reset_leaves_records_serial_and_key) {
    auto place = GetParam()(10);
    auto& store = place->reopen();
    const auto before = store.load();
    StoreWrite write = records_write(2);
    write.upsert = {sample_person("1", 1)};
    write.settings = [](core::Settings& held) { held.zone = "Asia/Tokyo"; };
    write.accounts = {{{"admin", ports::AccountRole::admin, "x"}}};
    write.owner = ports::OwnerState{"p", 3};
    write.door_modes = {{core::DoorMode::always_open}};
    put(store, write);
    ASSERT_TRUE(store.acknowledge({"p", {1, 1}}));
    StoreWrite reset = records_write(1);
    reset.factory_reset = true;
    put(store, reset);
    const auto image = place->reopen().load();
    EXPECT_TRUE(image->people.empty());
    EXPECT_TRUE(image->accounts.empty());
    EXPECT_TRUE(image->cursors.empty());
    EXPECT_TRUE(image->door_modes.empty());
    EXPECT_EQ(image->settings, core::Settings{});
    EXPECT_EQ(image->owner.manager, "");
    EXPECT_EQ(image->serial, before->serial);
    EXPECT_EQ(image->pin_key.bytes, before->pin_key.bytes);
    EXPECT_EQ(image->last, (RecordPosition{1, 3}));
}

TEST_P(ControllerStoreContract, keeps_keys_speeds_and_formats_of_readers_through_factory_defaults) {
    auto place = GetParam()(10);
    auto& store = place->reopen();
    StoreWrite write;
    write.reader_keys = {{"a", 1, {}, base::Secret("0123456789abcdef")}, {"b", 1, base::Secret("b"), {}}};
    write.line_speeds = {{"a", 9'600}};
    const std::vector<core::CardFormat> formats{
        {.name = "H10301"}, {.name = "Site", .bits = "PCCCCCCCCC", .parities = {"EXXXXXXXXX", ".XXXXXXXXO"}}};
    write.card_formats = formats;
    put(store, write);
    StoreWrite later;
    later.reader_keys = {{"a", 1, base::Secret("0123456789abcdef"), {}}};
    later.line_speeds = {{"a", 115'200}};
    later.factory_reset = true;
    put(store, later);
    const auto image = place->reopen().load();
    ASSERT_EQ(image->reader_keys.size(), 2U);
    const auto& kept = image->reader_keys[image->reader_keys[0].device == "a" ? 0 : 1];
    EXPECT_EQ(kept.own.reveal(), "0123456789abcdef");
    EXPECT_TRUE(kept.pending.empty());
    ASSERT_EQ(image->line_speeds.size(), 1U);
    EXPECT_EQ(image->line_speeds[0].baud, 115'200U);
    EXPECT_EQ(image->card_formats, formats);
}

TEST_P(ControllerStoreContract, commits_a_group_in_its_order) {
    auto place = GetParam()(100);
    auto& store = place->reopen();
    std::vector<StoreWrite> group{records_write(2), records_write(1), {}};
    group[0].upsert = {sample_person("1", 1)};
    group[1].remove = {base::UserId::from("1").value()};
    const auto stored = store.commit(group);
    ASSERT_EQ(stored->size(), 3U);
    EXPECT_TRUE(store.load()->people.empty());
    EXPECT_TRUE(store.commit({})->empty());
}

}  // namespace sallyport::tests

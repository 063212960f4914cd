// E1: whatever happens is a record. A row for each kind of record and each alarm; one that is added to the
// lists needs a row here.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "base/enum_text.hpp"
#include "codec/dhip/record_json.hpp"
#include "integration/door_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;
using core::Alarm;
using core::Input;
using core::Level;
using core::RecordKind;

namespace {

/// A controller whose owner has put people and a plan in place.
struct Place {
    explicit Place(std::uint64_t records_limit = 60'000) : site(1, records_limit) {
        client = owner_of(site);
        client->ask("sallyport.applyPlan",
                    {{"revision", 1},
                     {"zone", "Asia/Tokyo"},
                     {"duress", "on"},
                     {"doors", json::array{json::object{{"number", 1},
                                                        {"detector", "on"},
                                                        {"unlock_mode", "card_or_user_and_pin"},
                                                        {"overtime_s", 30}}}}});
        auto settings = site.controller->station().settings();
        settings.rules.doors.resize(1);
        settings.rules.doors[0].pre_alarm_s = 10;
        settings.duress = core::Duress::on;
        site.controller->station().set_settings(settings);
        person("1001", "00000001", "general");
        person("1002", "00000002", "patrol");
        person("1003", "00000003", "blocklist");
    }
    void person(const std::string& id, const std::string& card, std::string_view type) {
        auto one = person_json(id, card);
        one["type"] = type;
        one["pin"] = "12345";
        client->ask("sallyport.updateRoster", {{"upsert", json::array{std::move(one)}}});
    }
    void card(std::string_view number) { site.post("/panel/card", {{"number", number}}); }
    void keys(std::string_view keys) { site.post("/panel/keys", {{"keys", keys}}); }
    void input(Input input, Level level) { site.controller->handle(core::InputChanged{{1}, input, level}); }
    void reader(Level lost) { site.controller->handle(core::ReaderLinkChanged{{1}, {1}, lost}); }
    void advance(int ms) { site.post("/panel/clock", {{"advance_ms", ms}}); }
    void pulse(Input which) {
        input(which, Level::active);
        input(which, Level::inactive);
    }
    std::vector<core::StoredRecord> records() {
        site.run_until([this] { return site.store->idle(); });
        return site.memory.read_after({1, 0}, 100'000).value();
    }

    DoorSite site;
    std::unique_ptr<Client> client;
};

struct Happening {
    RecordKind kind;
    void (*happen)(Place&);
};

void schedule_opens(Place& place) {
    auto& station = place.site.controller->station();
    auto settings = station.settings();
    settings.rules.doors[0].always_open = core::always;
    station.set_settings(settings);
    place.site.controller->handle(core::PolicyChanged{});
}

constexpr Happening happenings[] = {
    {RecordKind::access, [](Place& place) { place.card("00000001"); }},
    {RecordKind::access, [](Place& place) { place.card("0000BEEF"); }},
    {RecordKind::access, [](Place& place) { place.keys("1001#99999#"); }},
    {RecordKind::patrol, [](Place& place) { place.card("00000002"); }},
    {RecordKind::access_taken,
     [](Place& place) {
         place.card("00000001");
         place.pulse(Input::contact);
     }},
    {RecordKind::access_not_taken,
     [](Place& place) {
         place.card("00000001");
         place.advance(10'000);
     }},
    {RecordKind::door_opened, [](Place& place) { place.pulse(Input::contact); }},
    {RecordKind::door_closed, [](Place& place) { place.pulse(Input::contact); }},
    {RecordKind::alarm_started, [](Place& place) { place.input(Input::tamper, Level::active); }},
    {RecordKind::alarm_started,
     [](Place& place) {
         place.input(Input::tamper, Level::active);
         place.records();
         place.input(Input::reader_case, Level::active);
     }},
    {RecordKind::alarm_ended, [](Place& place) { place.pulse(Input::tamper); }},
    {RecordKind::exit_button, [](Place& place) { place.pulse(Input::exit_button); }},
    {RecordKind::bad_frame,
     [](Place& place) { place.site.post("/panel/card", {{"number", "04A1B2C3"}, {"fault", "parity"}}); }},
    {RecordKind::reader_offline, [](Place& place) { place.reader(Level::active); }},
    {RecordKind::reader_online,
     [](Place& place) {
         place.reader(Level::active);
         place.reader(Level::inactive);
     }},
    {RecordKind::remote_command,
     [](Place& place) {
         place.site.controller->handle(core::CommandReceived{{1}, core::DoorCommand::open, "anna", {}});
     }},
    {RecordKind::keypad_admin, [](Place& place) { place.keys("#246813#1#5001##2468#**"); }},
    {RecordKind::keypad_admin, [](Place& place) { place.keys("#246813#4#7#**"); }},
    {RecordKind::keypad_admin, [](Place& place) { place.keys("#13579246#"); }},
    {RecordKind::login, [](Place& place) { Client(place.site).login(password); }},
    {RecordKind::login, [](Place& place) { Client(place.site).login("wrong"); }},
    {RecordKind::settings_changed,
     [](Place& place) { place.client->ask("sallyport.applyPlan", {{"revision", 2}}); }},
    {RecordKind::factory_reset, [](Place& place) { place.keys("#246813#9#000#"); }},
    {RecordKind::restarted, [](Place& place) { place.site.post("/panel/power", json::object{}); }},
    {RecordKind::scheduled_mode, schedule_opens},
};

constexpr std::pair<Alarm, void (*)(Place&)> alarms[] = {
    {Alarm::intrusion, [](Place& place) { place.pulse(Input::contact); }},
    {Alarm::overtime,
     [](Place& place) {
         place.pulse(Input::exit_button);
         place.input(Input::contact, Level::active);
         place.advance(60'000);
         place.input(Input::contact, Level::inactive);
     }},
    {Alarm::overtime_soon,
     [](Place& place) {
         place.pulse(Input::exit_button);
         place.input(Input::contact, Level::active);
         place.advance(60'000);
     }},
    {Alarm::duress,
     [](Place& place) {
         place.keys("1001#12346#");
         place.advance(120'000);
     }},
    {Alarm::tamper, [](Place& place) { place.pulse(Input::tamper); }},
    {Alarm::illegal_card,
     [](Place& place) {
         for (int i = 1; i <= 6; ++i) place.card("0000BEE" + std::to_string(i));
         place.advance(60'000);
     }},
    {Alarm::exit_button_stuck,
     [](Place& place) {
         place.input(Input::exit_button, Level::active);
         place.advance(61'000);
         place.input(Input::exit_button, Level::inactive);
     }},
    {Alarm::clock_invalid,
     [](Place& place) {
         place.site.post("/panel/power", {{"battery", false}});
         place.site.post("/panel/clock", {{"set", "2026-03-29T01:59:50Z"}});
     }},
    {Alarm::storage_failed,
     [](Place& place) {
         place.site.memory.fail_with(base::Error{base::ErrorKind::storage, "storage", "The disk is full."});
         place.card("00000001");
         place.site.memory.fail_with(std::nullopt);
         place.client->ask("sallyport.applyPlan", {{"revision", 2}});
     }},
    {Alarm::mains_failed, [](Place& place) { place.pulse(Input::mains); }},
    {Alarm::battery_low, [](Place& place) { place.pulse(Input::battery); }},
    {Alarm::blocklist,
     [](Place& place) {
         place.card("00000003");
         place.advance(120'000);
     }},
    {Alarm::fire, [](Place& place) { place.pulse(Input::fire); }},
};

int count_of(const std::vector<core::StoredRecord>& records, RecordKind kind,
             std::optional<Alarm> alarm = {}) {
    return static_cast<int>(std::ranges::count_if(records, [&](const core::StoredRecord& stored) {
        return stored.record.kind == kind && (!alarm || stored.record.alarm == alarm);
    }));
}

void expect_complete(const std::vector<core::StoredRecord>& records) {
    core::ChainHash previous;
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto& [position, record, before, hash] = records[i];
        EXPECT_EQ(position.sequence, i + 1);
        EXPECT_EQ(before, previous);
        EXPECT_EQ(hash, codec::dhip::chain_hash(before, codec::dhip::record_body(position, record)));
        EXPECT_GT(record.at.microseconds, 0) << base::text_of(record.kind);
        previous = hash;
    }
    EXPECT_EQ(records.back().record.utc_offset_s, 9 * 3'600) << base::text_of(records.back().record.kind);
}

}  // namespace

TEST(EveryRecord, whatever_happens_is_a_record) {
    std::set<RecordKind> seen{RecordKind::records_overwritten};  // below
    for (const auto& [kind, happen] : happenings) {
        SCOPED_TRACE(base::text_of(kind));
        Place place;
        const int before = count_of(place.records(), kind);
        happen(place);
        const auto records = place.records();
        EXPECT_GT(count_of(records, kind), before);
        if (kind != RecordKind::factory_reset) expect_complete(records);
        seen.insert(kind);
    }
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<RecordKind>>(
        [&](const auto& one) { EXPECT_TRUE(seen.contains(one.value)) << one.name; });
}

TEST(EveryRecord, every_alarm_has_a_start_and_an_end) {
    std::set<Alarm> seen;
    for (const auto& [alarm, happen] : alarms) {
        SCOPED_TRACE(base::text_of(alarm));
        Place place;
        happen(place);
        place.site.run_until([&] { return count_of(place.records(), RecordKind::alarm_ended, alarm) == 1; });
        EXPECT_EQ(count_of(place.records(), RecordKind::alarm_started, alarm), 1);
        seen.insert(alarm);
    }
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<Alarm>>(
        [&](const auto& one) { EXPECT_TRUE(seen.contains(one.value)) << one.name; });
}

TEST(EveryRecord, each_cause_of_tampering_is_recorded) {
    Place place;
    place.input(Input::tamper, Level::active);
    place.input(Input::reader_case, Level::active);
    place.reader(Level::active);
    place.input(Input::contact, Level::cut);
    EXPECT_EQ(count_of(place.records(), RecordKind::alarm_started, Alarm::tamper), 4);
    EXPECT_EQ(count_of(place.records(), RecordKind::alarm_ended, Alarm::tamper), 3);
}

TEST(EveryRecord, what_the_owner_has_not_read_is_counted_when_it_goes) {
    Place place(20);
    for (int i = 0; i < 30; ++i) place.pulse(Input::exit_button);
    EXPECT_GT(count_of(place.records(), RecordKind::records_overwritten), 0);
}

}  // namespace sallyport::tests

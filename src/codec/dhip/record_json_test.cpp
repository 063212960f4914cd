#include "codec/dhip/record_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "codec/dhip/reader.hpp"

namespace sallyport::codec::dhip {
namespace {

namespace json = boost::json;

template <class E>
E any(E last) {
    return static_cast<E>(*rc::gen::inRange<int>(0, static_cast<int>(last) + 1));
}

core::TraceStep any_step() {
    return {any(core::Rule::verification), any(core::RuleOutcome::not_applicable),
            *rc::gen::arbitrary<std::int32_t>()};
}

core::Record any_record() {
    core::Record record;
    record.kind = any(core::RecordKind::records_overwritten);
    record.at.microseconds = *rc::gen::inRange<std::int64_t>(0, 253'402'300'799'999'999);
    record.utc_offset_s = *rc::gen::inRange(-50'400, 50'401);
    record.door.value = *rc::gen::inRange<std::uint8_t>(0, 65);
    record.reader.value = *rc::gen::inRange<std::uint8_t>(0, 129);
    record.direction = any(core::Direction::exit);
    record.result = any(core::AccessResult::denied);
    record.reason = any(core::Reason::verification_timeout);
    record.method = any(core::Method::keypad);
    if (*rc::gen::arbitrary<bool>()) record.alarm = any(core::Alarm::blocklist);
    if (*rc::gen::arbitrary<bool>()) record.user_id = base::UserId::from("u-1.x");
    if (*rc::gen::arbitrary<bool>()) record.card = base::CardNumber{*rc::gen::arbitrary<std::uint64_t>()};
    record.flags = {*rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()};
    for (int i = *rc::gen::inRange(0, 25); i > 0; --i) record.trace.push_back(any_step());
    record.detail = *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    return record;
}

core::ChainHash any_hash() {
    core::ChainHash hash;
    for (auto& byte : hash.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
    return hash;
}

core::StoredRecord any_stored() {
    core::StoredRecord stored{
        {*rc::gen::inRange<std::uint32_t>(1, 1'000), *rc::gen::arbitrary<std::uint64_t>()},
        any_record(),
        any_hash(),
        {}};
    stored.hash = chain_hash(stored.previous, record_body(stored.position, stored.record));
    return stored;
}

RC_GTEST_PROP(Records, come_through_with_their_chain, ()) {
    const auto stored = any_stored();
    const auto object = to_json(stored);
    RC_ASSERT(*record_from(object) == stored);
    RC_ASSERT(*record_from(record_json(stored)) == stored);
    RC_ASSERT(is_intact(object));
    RC_ASSERT(record_body(stored.position, record_from(object)->record) ==
              record_body(stored.position, stored.record));
}

RC_GTEST_PROP(Records, any_detail_can_be_stored_and_read, (std::string detail)) {
    core::Record record;
    record.detail = detail;
    const auto back = record_from(record_body({1, 1}, record));
    RC_ASSERT(back.has_value());
    RC_ASSERT(detail.starts_with(back->record.detail));
}

TEST(Records, are_written_in_the_documented_order) {
    core::Record record;
    record.at = {1'774'746'000'000'000};
    record.utc_offset_s = 3'600;
    record.door = {1};
    record.reader = {2};
    record.direction = core::Direction::entry;
    record.result = core::AccessResult::denied;
    record.reason = core::Reason::expired;
    record.method = core::Method::card;
    record.user_id = base::UserId::from("1001");
    record.card = base::CardNumber{0x04A1'B2C3};
    record.flags.duress = true;
    record.flags.patrol = true;
    record.trace.push_back({core::Rule::validity, core::RuleOutcome::failed, -1});
    record.detail = "a \"b\"";
    EXPECT_EQ(
        record_body({1, 17}, record),
        R"({"generation":1,"sequence":17,"at":"2026-03-29T01:00:00.000000Z","utc_offset_s":3600,)"
        R"("kind":"access","door":1,"reader":2,"direction":"entry","result":"denied","reason":"expired",)"
        R"("method":"card","user_id":"1001","card":"04A1B2C3","flags":["duress","patrol"],)"
        R"("trace":[["validity","failed",-1]],"detail":"a \"b\""})");
    record = {};
    record.kind = core::RecordKind::alarm_started;
    record.alarm = core::Alarm::intrusion;
    EXPECT_EQ(record_body({1, 1}, record),
              R"({"generation":1,"sequence":1,"at":"1970-01-01T00:00:00.000000Z",)"
              R"("kind":"alarm_started","alarm":"intrusion"})");
}

TEST(Records, a_change_on_the_way_is_noticed_in_members_that_are_not_known_too) {
    auto object = json::parse(R"({"generation":1,"sequence":1,"at":"2026-01-01T00:00:00Z","kind":"login",)"
                              R"("colour":"blue"})")
                      .as_object();
    const core::ChainHash none;
    const auto hash = chain_hash(none, json::serialize(object));
    object["previous"] = std::string(64, '0');
    object["hash"] = base::to_hex({reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()});
    EXPECT_TRUE(is_intact(object));
    EXPECT_TRUE(record_from(object));
    object["colour"] = "red";
    EXPECT_FALSE(is_intact(object));
}

TEST(Records, a_wrong_member_is_named) {
    const auto wrong = [](std::string_view json) { return record_from(json).error().message; };
    EXPECT_EQ(wrong("[]"), "record has to be an object.");
    EXPECT_EQ(wrong(R"({"generation":0})"), "generation has to be a whole number from 1 to 4294967295.");
    EXPECT_EQ(wrong(R"({"generation":1,"sequence":-1})"),
              "sequence has to be a whole number from 0 to 18446744073709551615.");
    const std::string begin = R"({"generation":1,"sequence":1,"at":"2026-01-01T00:00:00Z","kind":)";
    EXPECT_EQ(wrong(begin + R"("party"})"), "kind does not know the word 'party'.");
    EXPECT_EQ(wrong(begin + R"("access","trace":[["pin","passed"]]})"), "trace[0] has to be a list of 3.");
    EXPECT_EQ(wrong(begin + R"("access","hash":"00"})"), "hash has to be 64 hexadecimal digits.");
    json::object params{{"records", json::array{json::parse(begin + R"("access","door":65})")}}};
    EXPECT_EQ(decode_records(params).error().message,
              "records[0].door has to be a whole number from 0 to 64.");
}

TEST(Records, a_detail_is_cut_at_its_limit_and_where_it_is_no_text) {
    EXPECT_EQ(json_text("gr\xC3\xBC\xC3", 10), "gr\xC3\xBC");
    EXPECT_EQ(json_text("\xC3\xBC\xC3\xBC", 3), "\xC3\xBC");
    EXPECT_EQ(json_text("\xED\xA0\x80", 10), "");      // a surrogate
    EXPECT_EQ(json_text("\xC0\x80", 10), "");          // overlong
    EXPECT_EQ(json_text("\xF4\x90\x80\x80", 10), "");  // past the last character
}

TEST(Positions, come_through) {
    EXPECT_EQ(position_from(to_json(core::RecordPosition{3, 17})), (core::RecordPosition{3, 17}));
    EXPECT_FALSE(position_from(json::object{{"generation", 1}}));
    EXPECT_FALSE(position_from(17));
}

}  // namespace
}  // namespace sallyport::codec::dhip

#include "codec/syslog/syslog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sallyport::codec {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

namespace {

const SyslogSource front{"front door", "SP0123456789AB", CardNumbers::hidden};

core::StoredRecord denied() {
    core::StoredRecord stored;
    stored.position = {2, 17};
    auto& record = stored.record;
    record.at.microseconds = 1'774'746'000'000'001;
    record.utc_offset_s = 3'600;
    record.door = {1};
    record.reader = {2};
    record.direction = core::Direction::entry;
    record.result = core::AccessResult::denied;
    record.reason = core::Reason::outside_schedule;
    record.method = core::Method::card;
    record.user_id = base::UserId::from("1001");
    record.card = base::CardNumber{0x04A1'B2C3};
    return stored;
}

}  // namespace

TEST(Syslog, is_a_message_of_rfc_5424) {
    EXPECT_EQ(syslog_message(denied(), front),
              "<85>1 2026-03-29T01:00:00.000001Z front_door sallyport-door - access "
              "[sallyport@32473 serial=\"SP0123456789AB\" generation=\"2\" sequence=\"17\" kind=\"access\" "
              "door=\"1\" reader=\"2\" direction=\"entry\" result=\"denied\" reason=\"outside_schedule\" "
              "method=\"card\" user_id=\"1001\" utc_offset_s=\"3600\"] "
              "\xEF\xBB\xBF"
              "access denied, outside_schedule, door 1, user 1001");
}

TEST(Syslog, counts_the_bytes_of_the_message) {
    const auto message = syslog_message(denied(), front);
    EXPECT_EQ(syslog_frame(denied(), front), std::to_string(message.size()) + " " + message);
}

TEST(Syslog, shows_a_card_number_only_where_it_is_wanted) {
    EXPECT_THAT(syslog_message(denied(), front), Not(HasSubstr("04A1B2C3")));
    EXPECT_THAT(syslog_message(denied(), {"", "", CardNumbers::shown}), HasSubstr("card=\"04A1B2C3\""));
}

TEST(Syslog, escapes_what_somebody_typed) {
    auto stored = denied();
    stored.record.detail = R"(a"b\c]d)";
    EXPECT_THAT(syslog_message(stored, front), HasSubstr(R"(detail="a\"b\\c\]d")"));
    EXPECT_THAT(syslog_message(stored, {"\n<13>1", "", CardNumbers::hidden}), HasSubstr("Z _<13>1 sally"));
    EXPECT_THAT(syslog_message(stored, {"", "", CardNumbers::hidden}), HasSubstr("Z - sallyport-door"));
}

TEST(Syslog, is_as_severe_as_what_happened) {
    const auto begins = [](core::RecordKind kind, std::optional<core::Alarm> alarm, std::string_view with) {
        core::StoredRecord stored;
        stored.record.kind = kind;
        stored.record.alarm = alarm;
        EXPECT_THAT(syslog_message(stored, front), StartsWith(std::string(with)));
    };
    begins(core::RecordKind::alarm_started, core::Alarm::duress, "<81>1 ");
    begins(core::RecordKind::alarm_started, core::Alarm::overtime, "<84>1 ");
    begins(core::RecordKind::alarm_ended, core::Alarm::duress, "<86>1 ");
    begins(core::RecordKind::records_overwritten, std::nullopt, "<84>1 ");
    begins(core::RecordKind::door_opened, std::nullopt, "<86>1 ");
}

TEST(Syslog, a_message_is_one_line) {
    SyslogText said{.host = "h", .program = "sallyport-audit", .kind = "door.changed"};
    said.facts = {{"subject_name", "Front\r\n<81>1 - - forged"}};
    said.text = "door.changed: Front\n<81>1 - - forged";
    EXPECT_EQ(syslog_frame(said).find_first_of("\r\n"), std::string::npos);
    auto stored = denied();
    stored.record.detail = "a\nb";
    EXPECT_THAT(syslog_message(stored, front), Not(HasSubstr("\n")));
}

TEST(Syslog, other_programs_say_what_they_want_in_the_same_form) {
    SyslogText said{
        .severity = SyslogText::notice, .host = "one host", .program = "sallyport", .kind = "role.added"};
    said.at.microseconds = 1'774'746'000'000'001;
    said.facts = {{"account", "a\"]\\"}, {"token", ""}};
    said.text = "role.added by anna";
    const std::string message =
        "<85>1 2026-03-29T01:00:00.000001Z one_host sallyport - role.added [sallyport@32473 "
        "account=\"a\\\"\\]\\\\\"] \xEF\xBB\xBFrole.added by anna";
    EXPECT_EQ(syslog_frame(said), std::to_string(message.size()) + " " + message);
}

}  // namespace sallyport::codec

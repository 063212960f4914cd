#include "codec/cgi/record_rows.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace sallyport::codec::cgi {

namespace {

boost::json::value row(const char* text) {
    return boost::json::parse(text);
}

}  // namespace

TEST(RecordRows, a_record_of_access_is_read_as_the_dialect_means_it) {
    const auto read = access_row_from(
        row(R"({"RecNo":17,"CreateTime":1774746000,"CardNo":"04A1B2C3","UserID":"1001","Type":"Exit",)"
            R"("Status":0,"Method":1,"Door":1,"ReaderID":"2","ErrorCode":32,"URL":"/x"})"));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->number, 17U);
    const auto& record = read->record;
    EXPECT_EQ(record.kind, core::RecordKind::access);
    EXPECT_EQ(record.result, core::AccessResult::denied);
    EXPECT_EQ(record.reason, core::Reason::outside_schedule);
    EXPECT_EQ(record.direction, core::Direction::exit);
    EXPECT_EQ(record.door.value, 2);
    EXPECT_EQ(record.reader.value, 2);
    EXPECT_EQ(record.at.microseconds, 1'774'746'000'000'000);
    EXPECT_EQ(record.card->text(), "04A1B2C3");
    EXPECT_EQ(record.user_id->text(), "1001");
}

TEST(RecordRows, exit_buttons_commands_and_duress_are_told_apart) {
    const auto kind = [](const char* method) {
        return access_row_from({{"RecNo", 1}, {"CreateTime", 1}, {"Status", 1}, {"Method", method}})->record;
    };
    EXPECT_EQ(kind("5").kind, core::RecordKind::exit_button);
    EXPECT_EQ(kind("4").kind, core::RecordKind::remote_command);
    EXPECT_TRUE(kind("13").flags.duress);
    EXPECT_EQ(kind("15").result, core::AccessResult::granted) << "a face, which is not known here";
}

TEST(RecordRows, without_a_number_or_a_time_it_is_no_record) {
    EXPECT_FALSE(access_row_from(row(R"({"CreateTime":5})")));
    EXPECT_FALSE(access_row_from(row(R"({"RecNo":0,"CreateTime":5})")));
    EXPECT_FALSE(access_row_from(row(R"({"RecNo":3})")));
    EXPECT_FALSE(access_row_from(row("[]")));
}

TEST(RecordRows, alarms_have_our_word_or_that_of_their_code) {
    const auto alarm = [](const char* text) { return alarm_row_from(row(text))->record; };
    EXPECT_EQ(alarm(R"({"RecNo":1,"CreateTime":1,"Code":"BreakIn","Action":"Start"})").alarm,
              core::Alarm::intrusion);
    EXPECT_EQ(alarm(R"({"RecNo":1,"CreateTime":1,"Code":"AlarmLocal","SallyportAlarm":"fire"})").alarm,
              core::Alarm::fire);
    const auto over = alarm(R"({"RecNo":1,"CreateTime":1,"Code":"AlarmLocal","Action":"Stop"})");
    EXPECT_EQ(over.kind, core::RecordKind::alarm_ended);
    EXPECT_FALSE(over.alarm);
}

TEST(RecordRows, a_user_is_compared_by_what_can_be_seen) {
    const auto read = [](const char* text) { return user_row_from(row(text)).value(); };
    const auto known =
        read(R"({"UserID":"1001","Doors":[0,1],"TimeSections":[255,3],"ValidFrom":"","ValidTo":""})");
    EXPECT_EQ(known.rights, (std::set<std::pair<int, int>>{{0, 255}, {1, 3}}));
    EXPECT_EQ(known.pin, UserRow::Pin::untold);
    EXPECT_EQ(read(R"({"UserID":"1001","Password":""})").pin, UserRow::Pin::untold) << "many always say so";
    EXPECT_EQ(read(R"({"UserID":"1001","Password":"***"})").pin, UserRow::Pin::some);
    EXPECT_TRUE(known.same_as(
        read(R"({"UserID":"1001","Doors":[1,0],"TimeSections":[3,255],"ValidFrom":"1999-01-01 00:00:00",)"
             R"("ValidTo":"2099-01-01 00:00:00","UserName":"Anna","SallyportHasPassword":true})")))
        << "no bound is written in many ways";
    EXPECT_FALSE(known.same_as(read(R"({"UserID":"1001","Doors":[0],"TimeSections":[255]})")));
    EXPECT_FALSE(user_row_from(row(R"({"UserID":"","Doors":[0]})")));
}

TEST(RecordRows, a_card_that_does_not_open_is_never_read_as_one_that_does) {
    const auto read = card_row_from(row(R"({"CardNo":"A1","UserID":"7","CardStatus":8})"));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->card.status, core::CardStatus::frozen);
    EXPECT_FALSE(card_row_from(row(R"({"CardNo":"","UserID":"7"})")));
}

}  // namespace sallyport::codec::cgi

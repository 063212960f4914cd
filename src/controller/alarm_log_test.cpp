#include "controller/alarm_log.hpp"

#include <gtest/gtest.h>

namespace sallyport::controller {
namespace {

using core::Alarm;
using core::RecordKind;

base::UtcTime second(int number) {
    return base::UtcTime{number * 1'000'000LL};
}

core::StoredRecord record(RecordKind kind, Alarm alarm, std::uint8_t door, int at) {
    core::StoredRecord stored;
    stored.record.kind = kind;
    stored.record.alarm = alarm;
    stored.record.door = {door};
    stored.record.at = second(at);
    return stored;
}

void take(AlarmLog& log, RecordKind kind, Alarm alarm, std::uint8_t door, int at) {
    const std::vector one{record(kind, alarm, door, at)};
    log.take(one);
}

TEST(AlarmLog, lists_the_alarms_of_a_door_and_of_the_controller_newest_first) {
    AlarmLog log;
    take(log, RecordKind::alarm_started, Alarm::intrusion, 1, 10);
    take(log, RecordKind::alarm_started, Alarm::mains_failed, 0, 20);
    take(log, RecordKind::alarm_started, Alarm::tamper, 2, 30);
    take(log, RecordKind::alarm_ended, Alarm::intrusion, 1, 40);
    const auto of_one = log.of({1}, 10);
    ASSERT_EQ(of_one.size(), 2U);
    EXPECT_EQ(of_one[0].alarm, Alarm::mains_failed);
    EXPECT_EQ(of_one[0].ended, std::nullopt);
    EXPECT_EQ(of_one[1].started, second(10));
    EXPECT_EQ(of_one[1].ended, second(40));
    EXPECT_EQ(log.of({2}, 1)[0].alarm, Alarm::tamper);
}

TEST(AlarmLog, a_silent_alarm_is_not_shown) {
    AlarmLog log;
    take(log, RecordKind::alarm_started, Alarm::duress, 1, 10);
    EXPECT_TRUE(log.of({1}, 10).empty());
}

TEST(AlarmLog, an_alarm_that_begins_again_without_an_end_stands_once) {
    AlarmLog log;
    take(log, RecordKind::alarm_started, Alarm::tamper, 1, 10);
    take(log, RecordKind::alarm_started, Alarm::tamper, 1, 50);
    const auto all = log.of({1}, 10);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].ended, std::nullopt);
    EXPECT_EQ(all[1].ended, second(50));
}

TEST(AlarmLog, keeps_the_last_ones) {
    AlarmLog log;
    for (int i = 0; i < 500; ++i) take(log, RecordKind::alarm_started, Alarm::tamper, 1, i);
    const auto all = log.of({1}, 1'000);
    ASSERT_EQ(all.size(), AlarmLog::limit);
    EXPECT_EQ(all[0].started, second(499));
}

}  // namespace
}  // namespace sallyport::controller

// People, cards, passwords, records and settings over the plain dialect, as deployed clients use it
// (controller.md N2, N5; docs/compatibility.md).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "integration/plain_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

constexpr std::string_view card_table = "/cgi-bin/recordUpdater.cgi?name=AccessControlCard&action=";

std::string updater(std::string_view rest) {
    return std::string(card_table) + std::string(rest);
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

json::object parsed(const std::string& text) {
    return json::parse(text).as_object();
}

}  // namespace

TEST(PlainTables, a_card_with_its_holder_is_inserted_found_changed_and_removed) {
    PlainSite site;
    EXPECT_EQ(
        site.get(updater("insert&CardNo=04A1B2C3&CardStatus=0&CardName=Wang%20Lei&UserID=101&Password=12345"
                         "&Doors[0]=0&TimeSections[0]=255&ValidDateStart=20260101%20000000"
                         "&ValidDateEnd=20371231+235959")),
        "RecNo=77705923\r\n");
    const auto* person = site.controller->station().roster().find(base::UserId::from("101").value());
    ASSERT_NE(person, nullptr);
    EXPECT_TRUE(person->pin);
    EXPECT_EQ(person->validity.to.microseconds, 2'145'916'800'000'000) << "the dialect's end is included";
    const auto row = site.get(updater("get&recno=77705923"));
    EXPECT_TRUE(has(row, "record.CardNo=04A1B2C3\r\n")) << row;
    EXPECT_TRUE(has(row, "record.UserID=101\r\n"));
    EXPECT_TRUE(has(row, "record.ValidDateEnd=20371231 235959\r\n"));
    EXPECT_TRUE(has(row, "record.Password=\r\n")) << "a PIN is never shown";
    EXPECT_TRUE(has(row, "record.Doors[0]=0\r\n"));
    EXPECT_EQ(site.post("/panel/card", {{"number", "04A1B2C3"}}).at("lock"), "released");

    EXPECT_EQ(site.get(updater("update&recno=77705923&CardStatus=1")), "OK\r\n");
    EXPECT_TRUE(has(site.get(updater("get&recno=77705923")), "record.CardStatus=1\r\n"));
    EXPECT_TRUE(site.controller->station().roster().find(base::UserId::from("101").value())->pin);
    site.refused(400, updater("insert&CardNo=04A1B2C3&UserID=102"));
    site.refused(400, updater("insert&CardNo=XYZ&UserID=102"));
    site.refused(400, updater("insert&CardNo=05&UserID=102&CardType=6"));
    site.refused(400, updater("insert&UserID=103"));
    site.refused(400, updater("update&UserID=101"));
    site.refused(404, updater("update&recno=5&CardStatus=0"));
    site.refused(404, updater("get&recno=5"));
    EXPECT_EQ(site.get(updater("remove&recno=77705923")), "OK\r\n");
    site.refused(404, updater("remove&recno=77705923"));
    EXPECT_EQ(site.controller->station().roster().size(), 0U);
}

TEST(PlainTables, people_and_cards_come_in_lists_all_or_nothing) {
    PlainSite site;
    const auto users = [](std::string_view last) {
        return fmt::format(
            R"({{"UserList":[{{"UserID":"101","UserName":"Wang","UserType":0,"Doors":[0],)"
            R"("TimeSections":[255],"ValidFrom":"2026-01-01 00:00:00","ValidTo":"2036-12-31 23:59:59"}},)"
            R"({{"UserID":"102","Password":"{}"}}]}})",
            last);
    };
    site.refused(400, "/cgi-bin/AccessUser.cgi?action=insertMulti", users("12x"));
    EXPECT_EQ(site.controller->station().roster().size(), 0U);
    EXPECT_EQ(site.get("/cgi-bin/AccessUser.cgi?action=insertMulti", users("4321")), "OK\r\n");
    EXPECT_TRUE(
        has(site.refused(400, "/cgi-bin/AccessUser.cgi?action=insertMulti", users("4321")), "updateMulti"));
    EXPECT_EQ(site.get("/cgi-bin/AccessCard.cgi?action=insertMulti",
                       R"({"CardList":[{"CardNo":"A1","UserID":"101","CardType":1,"CardStatus":0}]})"),
              "OK\r\n");
    site.refused(400, "/cgi-bin/AccessCard.cgi?action=insertMulti",
                 R"({"CardList":[{"CardNo":"A2","UserID":"9"}]})");
    const auto listed =
        parsed(site.get("/cgi-bin/AccessUser.cgi?action=list&UserIDList[0]=101&UserIDList[1]=9"));
    ASSERT_EQ(listed.at("UserList").as_array().size(), 1U);
    const auto& user = listed.at("UserList").at(0);
    EXPECT_EQ(user.at("ValidTo"), "2036-12-31 23:59:59");
    EXPECT_EQ(user.at("Doors"), json::array{0});
    EXPECT_EQ(site.get("/cgi-bin/AccessUser.cgi?action=updateMulti",
                       R"({"UserList":[{"UserID":"101","UserType":2,"UseTime":3}]})"),
              "OK\r\n");
    EXPECT_EQ(site.controller->station().roster().find(base::UserId::from("101").value())->uses_left, 3U);
    const auto cards = parsed(site.get("/cgi-bin/AccessCard.cgi?action=list&UserIDList[0]=101"));
    EXPECT_EQ(cards.at("CardList").at(0).at("CardNo"), "000000A1");
    EXPECT_EQ(cards.at("CardList").at(0).at("CardType"), 1);
    EXPECT_EQ(site.get("/cgi-bin/AccessCard.cgi?action=removeMulti&CardNoList[0]=A1"), "OK\r\n");
    EXPECT_EQ(site.controller->station().roster().size(), 2U) << "the person stays";
    EXPECT_EQ(site.get("/cgi-bin/AccessUser.cgi?action=removeMulti&UserIDList[0]=101"), "OK\r\n");
    EXPECT_EQ(site.get("/cgi-bin/AccessUser.cgi?action=removeAll"), "OK\r\n");
    EXPECT_EQ(site.controller->station().roster().size(), 0U);
}

TEST(PlainTables, whoever_owns_the_roster_is_the_only_one_to_change_it) {
    PlainSite site;
    EXPECT_EQ(site.get(updater("insert&CardNo=1&UserID=1")), "RecNo=1\r\n");
    auto owner = owner_of(site);
    EXPECT_TRUE(has(site.refused(400, updater("insert&CardNo=2&UserID=2")), "belongs to platform"));
    site.refused(400, updater("clear"));
    site.refused(400, "/cgi-bin/AccessUser.cgi?action=removeAll");
    site.refused(400, "/cgi-bin/configManager.cgi?action=setConfig&AccessControl[0].Method=3");
    site.refused(
        400, "/cgi-bin/recordUpdater.cgi?action=insert&name=AccessControlCustomPassword&OpenDoorPassword=1");
    EXPECT_EQ(site.controller->station().roster().size(), 1U);
    EXPECT_EQ(site.get("/cgi-bin/accessControl.cgi?action=openDoor&channel=1"), "OK\r\n")
        << "commands are free";
    EXPECT_EQ(owner->refused("AccessUser.removeAll"), "") << "the owner may use these words, too";
    EXPECT_EQ(site.controller->station().roster().size(), 0U);
}

TEST(PlainTables, public_passwords_open_and_their_codes_are_never_shown) {
    PlainSite site;
    const std::string table = "/cgi-bin/recordUpdater.cgi?name=AccessControlCustomPassword&action=";
    EXPECT_EQ(site.get(table + "insert&OpenDoorPassword=4711&Doors[0]=0&ValidCounts=2"), "RecNo=1\r\n");
    EXPECT_EQ(site.get(table + "insert&OpenDoorPassword=4712"), "RecNo=2\r\n");
    site.refused(400, table + "insert&OpenDoorPassword=4712");
    site.refused(400, table + "insert&OpenDoorPassword=47x");
    site.refused(400, table + "insert&OpenDoorPassword=4713&AlarmPassword=9");
    EXPECT_EQ(site.post("/panel/keys", {{"keys", "4711#"}}).at("lock"), "released");
    const auto row = site.get(table + "get&recno=1");
    EXPECT_FALSE(has(row, "4711"));
    EXPECT_TRUE(has(row, "record.ValidCounts=1\r\n")) << row;
    EXPECT_EQ(site.get(table + "update&recno=2&OpenDoorPassword=4799"), "OK\r\n");
    EXPECT_EQ(site.get(table + "remove&recno=1"), "OK\r\n");
    EXPECT_TRUE(has(site.get("/cgi-bin/recordFinder.cgi?action=find&name=AccessControlCustomPassword"),
                    "totalCount=1\r\nfound=1\r\nrecords[0].RecNo=2\r\n"));
    EXPECT_EQ(site.get(table + "clear"), "OK\r\n");
    EXPECT_TRUE(site.controller->station().roster().public_passwords().empty());
}

TEST(PlainTables, records_are_found_by_time_and_card) {
    PlainSite site;
    site.get(updater("insert&CardNo=A1&UserID=101"));
    site.post("/panel/clock", {{"set", "2026-06-01T12:00:00Z"}});
    site.post("/panel/card", {{"number", "A1"}});
    site.post("/panel/clock", {{"advance_ms", 60'000}});
    site.post("/panel/card", {{"number", "B2"}});
    const std::string find = "/cgi-bin/recordFinder.cgi?action=find&name=AccessControlCardRec";
    const auto all = site.get(find);
    EXPECT_TRUE(has(all, "totalCount=2\r\nfound=2\r\nrecords[0].RecNo="));
    EXPECT_TRUE(has(all, "records[0].CardNo=000000A1\r\n"));
    EXPECT_TRUE(has(all, "records[0].Status=1\r\n"));
    EXPECT_TRUE(has(all, "records[0].Method=1\r\n"));
    EXPECT_TRUE(has(all, "records[0].UserID=101\r\n"));
    EXPECT_TRUE(has(all, "records[1].Status=0\r\n"));
    EXPECT_TRUE(has(all, "records[1].ErrorCode=16\r\n"));
    EXPECT_TRUE(has(site.get(find + "&condition.CardNo=B2"), "found=1\r\n"));
    EXPECT_TRUE(has(site.get(find + "&StartTime=2026-06-01%2012:00:30&EndTime=2026-06-01%2012:02:00"),
                    "found=1\r\n"));
    EXPECT_TRUE(has(site.get(find + "&StartTime=1780315200&EndTime=1780315202"), "found=1\r\n"));
    EXPECT_TRUE(has(site.get(find + "&count=1"), "totalCount=2\r\nfound=1\r\n"));
    site.refused(400, find + "&StartTime=yesterday");
    site.refused(400, "/cgi-bin/recordFinder.cgi?action=find&name=Nothing");
    site.refused(400, find + "&count=0");
    EXPECT_TRUE(has(site.get(find + "&StartTime=0&EndTime=1780315202"), "found=1\r\n"));
    EXPECT_TRUE(has(site.refused(400, find + "&condition.cardno=B2"), "cardno is no condition here"));
    EXPECT_TRUE(
        has(site.refused(400, "/cgi-bin/AccessUser.cgi?action=startFind", R"({"Condition":{"CardNo":"A1"}})"),
            "UserID"));
    EXPECT_EQ(site.get("/cgi-bin/recordFinder.cgi?action=getQuerySize&name=AccessControlCardRec"),
              "count=2\r\n");
}

TEST(PlainTables, settings_come_back_as_they_were_written) {
    PlainSite site(2);
    const std::string set = "/cgi-bin/configManager.cgi?action=setConfig&";
    const std::string get = "/cgi-bin/configManager.cgi?action=getConfig&name=";
    EXPECT_EQ(site.get(set + "AccessControl[1].Method=16&AccessControl[1].UnlockHoldInterval=5000"
                             "&AccessControl[1].SensorEnable=true&AccessControl[1].CloseTimeout=30"),
              "OK\r\n");
    const auto doors = site.get(get + "AccessControl");
    EXPECT_TRUE(has(doors, "table.AccessControl[0].Method=1\r\n"));
    EXPECT_TRUE(has(doors, "table.AccessControl[1].Method=16\r\n"));
    EXPECT_TRUE(has(doors, "table.AccessControl[1].UnlockHoldInterval=5000\r\n"));
    EXPECT_EQ(site.controller->station().settings().doors[1].overtime_s, 30);
    EXPECT_EQ(site.get(set + "AccessTimeSchedule[0].TimeSchedule[1][0]=1%2008:00:00-17:59:59"), "OK\r\n");
    EXPECT_EQ(site.controller->station().calendar().schedules.at(0).week[0],
              (core::Day{{8 * 3'600, 18 * 3'600}}))
        << "day 1 is Monday";
    EXPECT_TRUE(has(site.get(get + "AccessTimeSchedule"),
                    "table.AccessTimeSchedule[0].TimeSchedule[1][0]=1 08:00:00-17:59:59\r\n"));
    EXPECT_EQ(site.get(set + "SpecialDayGroup[0].Days[0].StartTime=2026-12-24%2000:00:00"
                             "&SpecialDayGroup[0].Days[0].EndTime=2026-12-26%2023:59:59"),
              "OK\r\n");
    EXPECT_EQ(site.get(set + "SpecialDaysSchedule[0].TimeSections[0]=1%2010:00:00-11:59:59"), "OK\r\n");
    EXPECT_EQ(site.get(set + "AccessTimeSchedule[0].SallyportSpecialDays[0]=0"), "OK\r\n");
    EXPECT_TRUE(has(site.get(get + "AccessTimeSchedule"),
                    "table.AccessTimeSchedule[0].TimeSchedule[7][0]=1 10:00:00-11:59:59\r\n"));
    EXPECT_TRUE(has(site.get(get + "SpecialDayGroup"), "Days[0].EndTime=2026-12-26 23:59:59\r\n"));
    site.refused(400, set + "AccessControl[0].Method=5");
    site.refused(400, set + "AccessControl[0].UnlockHoldInterval=601000");
    EXPECT_TRUE(has(site.refused(400, set + "AccessControl[0].UnlockHoldInterval=1500"), "whole seconds"));
    EXPECT_TRUE(has(site.refused(400, set + "AccessControl[0].TimeSection=128"), "TimeSection"));
    EXPECT_TRUE(has(site.refused(400, set + "NTP.Address=192.0.2.1"), "comes from the machine"));
    EXPECT_EQ(site.get(set + "NTP.SallyportOffsetUs=12345"), "OK\r\n") << "as it was measured a moment ago";
    site.refused(400, set + "Network.Hostname=other");
    EXPECT_TRUE(has(site.refused(400, set + "AccessControl[0].Name=Front"), "cannot be set here"));
    site.refused(400, set + "AccessControl[2].Method=1");
    site.refused(400, set + "AccessTimeSchedule[0].TimeSchedule[1][0]=8-18");
    site.refused(400, set + "T2UServer.Enable=true");
    EXPECT_EQ(site.get(set + "T2UServer.Enable=false"), "OK\r\n");
    for (const auto* name : {"AccessControlGeneral", "SpecialDaysSchedule", "NTP", "Network", "General"})
        EXPECT_TRUE(has(site.get(get + name), fmt::format("table.{}", name)));
    site.refused(404, get + "Nothing");
}

TEST(PlainTables, a_table_can_be_written_as_it_was_read) {
    PlainSite site;
    site.rpc2_login();
    site.rpc2(
        "configManager.setConfig",
        {{"name", "AccessTimeSchedule"},
         {"table",
          json::array{json::object{{"TimeSchedule", json::array{json::array{"1 08:00:00-24:00:00"}}}}}}});
    for (const auto* name : {"AccessControl", "AccessControlGeneral", "AccessTimeSchedule", "SpecialDayGroup",
                             "SpecialDaysSchedule", "NTP", "Network", "General", "T2UServer"}) {
        const auto read = site.rpc2("configManager.getConfig", {{"name", name}});
        const auto& table = read.at("params").at("table");
        const auto written = site.rpc2("configManager.setConfig", {{"name", name}, {"table", table}});
        EXPECT_EQ(written.at("result"), true) << name << json::serialize(written);
        EXPECT_EQ(site.rpc2("configManager.getConfig", {{"name", name}}).at("params").at("table"), table)
            << name;
    }
}

}  // namespace sallyport::tests

// What docs/requirements/device-protocol.md lists and no other test shows: numbers of errors, every call,
// every table, every event (P ids).
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "codec/cgi/digest.hpp"
#include "codec/dhip/message.hpp"
#include "integration/plain_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

constexpr auto guards_password = "a guard's password";

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

std::int64_t code_of(const json::object& answer) {
    const auto* error = answer.if_contains("error");
    return error == nullptr ? 0 : error->at("code").as_int64();
}

std::string update_card(std::string_view rest) {
    return fmt::format("/cgi-bin/recordUpdater.cgi?name=AccessControlCard&action={}", rest);
}

std::string find(std::string_view rest) {
    return fmt::format("/cgi-bin/recordFinder.cgi?action={}", rest);
}

}  // namespace

TEST(DialectLines, P8_errors_have_the_numbers_that_clients_know) {
    PlainSite site;
    DoorSite fresh;
    Client client(site, controller::Channel::clear);
    EXPECT_EQ(code_of(Client(fresh).request("magicBox.getSerialNo")), 268'632'086) << "not initialised";
    EXPECT_EQ(code_of(client.request("magicBox.getSerialNo")), 287'637'505) << "no session";
    EXPECT_EQ(code_of(client.request("global.login", {{"userName", "admin"}, {"password", ""}})),
              268'632'079);
    EXPECT_EQ(code_of(client.request("global.login", {{"userName", "admin"}, {"password", "0123"}})),
              268'632'085);
    site.session = 12'345;
    EXPECT_EQ(code_of(site.rpc2("magicBox.getSerialNo")), 287'637'505) << "another session";
    EXPECT_EQ(site.rpc2_login().at("result"), true);
    EXPECT_EQ(code_of(site.rpc2("magicBox.getNothing")), 268'894'210);
    EXPECT_EQ(code_of(site.rpc2("accessControl.openDoor", {{"DoorIndex", 9}})), 268'894'209);
    site.rpc2("userManager.addUser",
              {{"user", json::object{{"Name", "guard"}, {"Password", guards_password}, {"Group", "user"}}}});
    EXPECT_EQ(site.rpc2_login("guard", guards_password).at("result"), true);
    EXPECT_EQ(code_of(site.rpc2("magicBox.reboot")), 268'632'073) << "forbidden";
    for (int i = 0; i < 5; ++i) code_of(site.rpc2_login("guard", "wrong"));
    EXPECT_EQ(code_of(site.rpc2_login("guard", guards_password)), 268'632'081) << "locked";
}

// Every call of the dialect's table is one that this controller knows: it may say that something is missing,
// never that there is no such call.
TEST(DialectLines, P20_every_call_of_the_table_is_there) {
    PlainSite site;
    const std::set<std::string> calls{"accessControl.cgi?action=openDoor&channel=1",
                                      "accessControl.cgi?action=closeDoor&channel=1",
                                      "accessControl.cgi?action=getDoorStatus&channel=1",
                                      "accessControl.cgi?action=getLockStatus&channel=1",
                                      "recordFinder.cgi?action=find&name=AccessControlCardRec",
                                      "recordFinder.cgi?action=find&name=AccessControlAlarmRecord",
                                      "recordFinder.cgi?action=find&name=AccessControlCard",
                                      "recordFinder.cgi?action=find&name=AccessControlCustomPassword",
                                      "recordFinder.cgi?action=doSeekFind&name=AccessControlCard",
                                      "recordFinder.cgi?action=doSeekFind&name=AccessControlCustomPassword",
                                      "recordFinder.cgi?action=getQuerySize&name=AccessControlCard",
                                      "recordFinder.cgi?action=getQuerySize&name=AccessControlCustomPassword",
                                      "recordUpdater.cgi?action=insert&name=AccessControlCard",
                                      "recordUpdater.cgi?action=insertEx&name=AccessControlCard",
                                      "recordUpdater.cgi?action=update&name=AccessControlCard",
                                      "recordUpdater.cgi?action=remove&name=AccessControlCard",
                                      "recordUpdater.cgi?action=clear&name=AccessControlCard",
                                      "recordUpdater.cgi?action=get&name=AccessControlCard",
                                      "AccessUser.cgi?action=insertMulti",
                                      "AccessUser.cgi?action=updateMulti",
                                      "AccessUser.cgi?action=removeMulti",
                                      "AccessUser.cgi?action=removeAll",
                                      "AccessUser.cgi?action=list",
                                      "AccessUser.cgi?action=startFind",
                                      "AccessUser.cgi?action=doFind",
                                      "AccessUser.cgi?action=stopFind",
                                      "AccessCard.cgi?action=insertMulti",
                                      "AccessCard.cgi?action=updateMulti",
                                      "AccessCard.cgi?action=removeMulti",
                                      "AccessCard.cgi?action=removeAll",
                                      "AccessCard.cgi?action=list",
                                      "AccessCard.cgi?action=startFind",
                                      "AccessCard.cgi?action=doFind",
                                      "AccessCard.cgi?action=stopFind",
                                      "configManager.cgi?action=getConfig&name=AccessControl",
                                      "configManager.cgi?action=setConfig&AccessControl[0].CloseTimeout=60",
                                      "accessControlManager.cgi?action=getCaps",
                                      "api/AC/getCaps",
                                      "magicBox.cgi?action=getSystemInfo",
                                      "magicBox.cgi?action=getDeviceType",
                                      "magicBox.cgi?action=getSoftwareVersion",
                                      "magicBox.cgi?action=getSerialNo",
                                      "magicBox.cgi?action=getMachineName",
                                      "global.cgi?action=getCurrentTime",
                                      "global.cgi?action=setCurrentTime",
                                      "eventManager.cgi?action=attach&codes=[All]&heartbeat=5"};
    for (const auto& call : calls) {
        const auto answer = site.cgi("/cgi-bin/" + call);
        EXPECT_TRUE(answer.status == 200 || answer.status == 400) << call << ": " << answer.body;
        EXPECT_FALSE(has(answer.body, "docs/compatibility.md")) << call;
        if (answer.status == 400) EXPECT_TRUE(answer.body.starts_with("Error\r\n")) << call;
    }
    EXPECT_EQ(site.cgi("/cgi-bin/magicBox.cgi?action=explode").status, 404);
}

TEST(DialectLines, P10_every_method_of_the_list_is_there) {
    PlainSite site;
    std::set<std::string> there;
    for (const auto& name : site.service->method_names()) there.insert(name);
    for (const auto* group :
         {"magicBox.:getSystemInfo getDeviceType getSoftwareVersion getSerialNo getMachineName reboot",
          "global.:login keepAlive logout getCurrentTime setCurrentTime",
          "configManager.:getConfig setConfig attach", "eventManager.:attach detach",
          "accessControl.:factory.instance openDoor closeDoor getDoorStatus getLockStatus",
          "RecordFinder.:factory.create startFind doFind doSeekFind getQuerySize stopFind",
          "RecordUpdater.:factory.instance insert insertEx update remove clear get",
          "AccessUser.:insertMulti updateMulti removeMulti removeAll list startFind doFind stopFind",
          "AccessCard.:insertMulti updateMulti removeMulti removeAll list startFind doFind stopFind",
          "accessControlManager.:getCaps", "system.:multicall listMethod"}) {
        const std::string_view text(group);
        const auto colon = text.find(':');
        for (std::size_t at = colon + 1; at < text.size();) {
            const auto end = std::min(text.find(' ', at), text.size());
            const auto name = fmt::format("{}{}", text.substr(0, colon), text.substr(at, end - at));
            EXPECT_TRUE(there.contains(name)) << name;
            at = end + 1;
        }
    }
}

TEST(DialectLines, P22_a_search_of_records_gives_1024_unless_it_is_asked_for_another_count) {
    PlainSite site;
    core::Record record;
    record.result = core::AccessResult::denied;
    record.reason = core::Reason::unknown_card;
    record.card = base::CardNumber{0xB2};
    for (int i = 0; i < 1'100; ++i) {
        site.controller->note(record);
        if (i % 100 == 0) site.run_until([&] { return site.store->idle(); });
    }
    site.run_until([&] { return site.store->idle(); });
    const auto all = site.get(find("find&name=AccessControlCardRec&condition.CardNo=B2"));
    EXPECT_TRUE(has(all, "totalCount=1100\r\nfound=1024\r\n")) << all.substr(0, 60);
    EXPECT_TRUE(has(site.get(find("find&name=AccessControlCardRec&count=1100")), "found=1100\r\n"));
    for (const auto* field : {"RecNo", "CreateTime", "CardNo", "CardName", "CardType", "UserID", "Type",
                              "Status", "Method", "Door", "ReaderID", "ErrorCode"})
        EXPECT_TRUE(has(all, fmt::format("records[0].{}=", field))) << field;
}

TEST(DialectLines, P23_the_tables_are_searched_page_by_page) {
    PlainSite site;
    for (int i = 1; i <= 3; ++i)
        site.get(update_card(fmt::format("insertEx&CardNo={}&UserID={}", i, 100 + i)));
    site.get(
        "/cgi-bin/recordUpdater.cgi?action=insert&name=AccessControlCustomPassword&OpenDoorPassword=4711");
    EXPECT_TRUE(has(site.get(find("find&name=AccessControlCard&condition.CardNo=2")),
                    "totalCount=1\r\nfound=1\r\nrecords[0].RecNo=2\r\n"));
    EXPECT_EQ(site.get(find("getQuerySize&name=AccessControlCard")), "count=3\r\n");
    EXPECT_EQ(site.get(find("getQuerySize&name=AccessControlCustomPassword")), "count=1\r\n");
    std::string seen;
    for (const auto* offset : {"0", "2", "3"})
        seen += site.get(find(fmt::format("doSeekFind&name=AccessControlCard&count=2&offset={}", offset)));
    for (int i = 1; i <= 3; ++i) EXPECT_TRUE(has(seen, fmt::format(".CardNo=0000000{}\r\n", i))) << seen;
    EXPECT_TRUE(has(seen, "found=0\r\n"));
    EXPECT_TRUE(has(site.get(find("doSeekFind&name=AccessControlCustomPassword")), "found=1\r\n"));
}

TEST(DialectLines, P25_lists_may_be_as_long_as_the_capabilities_say) {
    PlainSite site;
    EXPECT_TRUE(
        has(site.get("/cgi-bin/accessControlManager.cgi?action=getCaps"), "caps.MaxInsertRate=100\r\n"));
    const auto users = [](int from, int count) {
        json::array list;
        for (int i = 0; i < count; ++i)
            list.push_back(json::object{{"UserID", std::to_string(from + i)}, {"Password", "1234"}});
        return json::serialize(json::object{{"UserList", std::move(list)}});
    };
    EXPECT_EQ(site.get("/cgi-bin/AccessUser.cgi?action=insertMulti", users(1'000, 100)), "OK\r\n");
    site.refused(400, "/cgi-bin/AccessUser.cgi?action=insertMulti", users(2'000, 101));
    const auto begun =
        json::parse(site.get("/cgi-bin/AccessUser.cgi?action=startFind", R"({"Condition":{}})")).as_object();
    EXPECT_EQ(begun.at("Total"), 100);
    EXPECT_EQ(begun.at("Caps"), 100);
    const auto token = begun.at("Token").to_number<int>();
    const auto page =
        json::parse(
            site.get(fmt::format("/cgi-bin/AccessUser.cgi?action=doFind&Token={}&Offset=0&Count=30", token)))
            .as_object();
    EXPECT_EQ(page.at("Info").as_array().size(), 30U);
    EXPECT_EQ(site.get(fmt::format("/cgi-bin/AccessUser.cgi?action=stopFind&Token={}", token)), "OK\r\n");
    site.refused(404, fmt::format("/cgi-bin/AccessUser.cgi?action=doFind&Token={}", token));
    site.get("/cgi-bin/AccessCard.cgi?action=insertMulti",
             R"({"CardList":[{"CardNo":"A1","UserID":"1001"}]})");
    const auto cards =
        json::parse(site.get("/cgi-bin/AccessCard.cgi?action=startFind", R"({"Condition":{}})")).as_object();
    EXPECT_EQ(cards.at("Total"), 1);
    EXPECT_EQ(site.get("/cgi-bin/AccessCard.cgi?action=updateMulti",
                       R"({"CardList":[{"CardNo":"A1","UserID":"1001","CardStatus":4}]})"),
              "OK\r\n");
    EXPECT_EQ(site.get("/cgi-bin/AccessCard.cgi?action=removeAll"), "OK\r\n");
}

TEST(DialectLines, P24_rows_are_written_by_an_object_over_json_as_well) {
    PlainSite site;
    site.rpc2_login();
    const auto object = site.rpc2("RecordUpdater.factory.instance", {{"name", "AccessControlCard"}})
                            .at("result")
                            .to_number<std::uint32_t>();
    const json::object row{{"CardNo", "A1"}, {"UserID", "101"}, {"ValidDateStart", "20260101 000000"}};
    const auto written = site.rpc2("RecordUpdater.insert", {{"record", row}}, object);
    EXPECT_EQ(written.at("params").at("recno"), 0xA1);
    const auto read = site.rpc2("RecordUpdater.get", {{"recno", 0xA1}}, object);
    EXPECT_EQ(read.at("params").at("record").at("ValidDateStart"), "20260101 000000");
    EXPECT_EQ(site.rpc2("RecordUpdater.update",
                        {{"recno", 0xA1}, {"record", json::object{{"CardStatus", 1}}}}, object)
                  .at("result"),
              true);
    EXPECT_EQ(site.rpc2("RecordUpdater.remove", {{"recno", 0xA1}}, object).at("result"), true);
    EXPECT_EQ(site.rpc2("RecordUpdater.clear", {}, object).at("result"), true);
    EXPECT_EQ(site.rpc2("RecordUpdater.destroy", {}, object).at("result"), true);
    EXPECT_EQ(code_of(site.rpc2("RecordUpdater.get", {{"recno", 0xA1}}, object)), 268'894'209);
}

TEST(DialectLines, P33_cards_and_people_have_every_type_and_status) {
    PlainSite site;
    for (int type = 0; type <= 5; ++type) {
        site.get(update_card(
            fmt::format("insert&CardNo={0}&UserID={0}&CardType={1}&UserType={1}", type + 1, type)));
        const auto row = site.get(update_card(fmt::format("get&recno={}", type + 1)));
        EXPECT_TRUE(has(row, fmt::format("record.CardType={}\r\n", type))) << row;
        EXPECT_TRUE(has(row, fmt::format("record.UserType={}\r\n", type))) << row;
    }
    for (const auto& [set, shown] : {std::pair{0, 0}, {1, 1}, {2, 2}, {4, 4}, {8, 4}, {16, 4}, {7, 1}}) {
        site.get(update_card(fmt::format("update&recno=1&CardStatus={}", set)));
        EXPECT_TRUE(
            has(site.get(update_card("get&recno=1")), fmt::format("record.CardStatus={}\r\n", shown)));
    }
    for (const auto* no : {"CardType=6", "CardType=255", "UserType=6", "CardStatus=32"})
        site.refused(400, update_card(fmt::format("update&recno=1&{}", no)));
}

TEST(DialectLines, P31_methods_and_modes_by_rules_are_told_and_left_alone) {
    PlainSite site;
    auto owner = owner_of(site);
    owner->ask("sallyport.updateRoster",
               {{"upsert", json::array{person_json("101", "A1"), person_json("102", "A2")}}});
    const auto plan = [&](const json::object& door) {
        owner->ask("sallyport.applyPlan", {{"revision", 1}, {"rules", {{"doors", json::array{door}}}}});
    };
    plan({{"number", 1},
          {"groups", json::array{json::object{{"people", json::array{"101", "102"}}, {"needed", 2}}}}});
    const auto method = [&] {
        const auto text = site.get("/cgi-bin/configManager.cgi?action=getConfig&name=AccessControl");
        const auto at = text.find(".Method=") + 8;
        return text.substr(at, text.find('\r', at) - at);
    };
    EXPECT_EQ(method(), "11");
    EXPECT_EQ(
        owner->refused("configManager.setConfig",
                       {{"name", "AccessControl"}, {"table", json::array{json::object{{"Method", 11}}}}}),
        "");
    EXPECT_EQ(
        owner->refused("configManager.setConfig",
                       {{"name", "AccessControl"}, {"table", json::array{json::object{{"Method", 1}}}}}),
        "invalid_parameter");
    for (const auto* card : {"A1", "A2"}) site.post("/panel/card", {{"number", card}});
    const auto records = site.get(find("find&name=AccessControlCardRec"));
    EXPECT_TRUE(has(records, "records[0].ErrorCode=81\r\n")) << records;
    EXPECT_TRUE(has(records, "records[1].Method=11\r\n")) << records;
    EXPECT_TRUE(has(records, "records[1].Status=1\r\n")) << records;
    plan({{"number", 1},
          {"unlock_periods", json::array{json::object{{"schedule", 255}, {"mode", "card_and_pin"}}}}});
    EXPECT_EQ(method(), "5");
}

TEST(DialectLines, P34_every_event_has_its_code) {
    PlainSite site;
    auto owner = owner_of(site);
    auto plan = json::object{{"revision", 1},
                             {"duress", "on"},
                             {"doors", json::array{json::object{{"number", 1},
                                                                {"hold_s", 3},
                                                                {"unlock_mode", "card"},
                                                                {"detector", "on"},
                                                                {"overtime_s", 5},
                                                                {"schedule", 255}}}}};
    plan["rules"] = json::object{
        {"readers", json::array{json::object{
                        {"number", 1}, {"door", 1}, {"direction", "entry"}, {"from", 0}, {"to", 1}}}},
        {"areas", json::array{json::object{{"number", 1}, {"passback", "hard"}}}}};
    owner->ask("sallyport.applyPlan", plan);
    auto blocked = person_json("103", "A3");
    blocked["type"] = "blocklist";
    auto forced = person_json("104", "A4");
    forced["cards"].at(0).at("type") = "duress";
    owner->ask("sallyport.updateRoster",
               {{"upsert", json::array{person_json("101", "A1"), blocked, forced}}});
    owner->ask("eventManager.attach", {{"codes", json::array{"All"}}});
    const auto input = [&](const char* name, bool active) {
        site.post("/panel/input", {{"name", name}, {"active", active}});
    };
    const auto pass = [&](int ms) { site.post("/panel/clock", {{"advance_ms", ms}}); };
    const auto card = [&](const char* number) {
        site.post("/panel/card", {{"number", number}});
        pass(2'000);
    };
    card("A1");
    input("contact", true);
    pass(500);
    pass(20'000);  // still open
    input("contact", false);
    pass(500);
    card("A1");  // is inside already
    card("A3");
    card("A4");
    pass(5'000);
    input("contact", true);
    pass(500);
    input("contact", false);
    input("tamper", true);
    input("fire", true);
    pass(1'000);
    for (int i = 0; i < 6; ++i) card("FF");
    std::set<std::string> codes;
    for (const auto& told : owner->notified("client.notifyEventStream")) {
        EXPECT_TRUE(told.contains("SID"));
        for (const auto& event : told.at("eventList").as_array()) {
            codes.insert(std::string(event.at("Code").as_string()));
            for (const auto* member : {"Action", "Index", "Data"})
                EXPECT_TRUE(event.as_object().contains(member)) << member;
        }
    }
    EXPECT_EQ(codes,
              (std::set<std::string>{"AccessControl", "DoorStatus", "BreakIn", "DoorNotClosed", "Duress",
                                     "ChassisIntruded", "RepeatEnter", "MaliciousAccessControl",
                                     "AccessControlBlacklist", "AlarmLocal"}));
}

}  // namespace sallyport::tests

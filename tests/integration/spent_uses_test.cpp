// A guest's uses and those of a public password: what was spent stays spent (controller.md A3, K13).
#include <gtest/gtest.h>

#include "integration/door_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

class SpentUses : public ::testing::Test {
  protected:
    void restart() { site.post("/panel/power", json::object{}); }
    bool opens(const std::string& card) {
        site.post("/panel/clock", {{"advance_ms", 5'000}});
        return site.post("/panel/card", {{"number", card}}).at("lock") == "released";
    }
    bool opens_by_code(const std::string& code) {
        site.post("/panel/clock", {{"advance_ms", 5'000}});
        return site.post("/panel/keys", {{"keys", code + "#"}}).at("lock") == "released";
    }
    void send_guest(int uses, const std::string& series, const std::string& user_id = "1001",
                    const std::string& card = "04A1B2C3") {
        auto guest = person_json(user_id, card);
        guest["type"] = "guest";
        guest["uses"] = uses;
        guest["uses_series"] = series;
        owner_of(site)->ask("sallyport.updateRoster", {{"upsert", json::array{std::move(guest)}}});
    }
    void remove_guest() { owner_of(site)->ask("sallyport.updateRoster", {{"remove", json::array{"1001"}}}); }
    void send_codes(const json::array& codes) {
        owner_of(site)->ask("sallyport.applyPlan", {{"revision", 1}, {"public_passwords", codes}});
    }
    void send_code(int uses, const std::string& series, const std::string& code) {
        send_codes({json::object{
            {"number", 7}, {"code", code}, {"doors", {1}}, {"uses", uses}, {"uses_series", series}}});
    }
    const std::string first = "0000000000000001";
    const std::string second = "0000000000000002";
    DoorSite site;
};

}  // namespace

TEST_F(SpentUses, an_entry_that_comes_again_goes_on_with_what_is_left) {
    send_guest(2, first);
    EXPECT_TRUE(opens("04A1B2C3"));
    send_guest(2, first, "1001", "0000BEEF");
    EXPECT_TRUE(opens("0000BEEF"));
    send_guest(2, first);
    EXPECT_FALSE(opens("04A1B2C3"));
    restart();
    EXPECT_FALSE(opens("04A1B2C3"));
    send_guest(2, first);
    EXPECT_FALSE(opens("04A1B2C3"));
    EXPECT_EQ(site.memory.load()->people[0].uses_left, 0U);
}

TEST_F(SpentUses, who_sets_the_same_number_anew_gives_that_many) {
    send_guest(1, first);
    EXPECT_TRUE(opens("04A1B2C3"));
    EXPECT_FALSE(opens("04A1B2C3"));
    send_guest(1, second);
    EXPECT_TRUE(opens("04A1B2C3"));
    EXPECT_FALSE(opens("04A1B2C3"));
}

TEST_F(SpentUses, one_series_is_never_worth_more_than_it_was) {
    send_guest(3, first);
    EXPECT_TRUE(opens("04A1B2C3"));
    send_guest(1, first);
    EXPECT_TRUE(opens("04A1B2C3"));
    EXPECT_FALSE(opens("04A1B2C3"));
    send_guest(9, first);
    EXPECT_FALSE(opens("04A1B2C3"));
}

TEST_F(SpentUses, public_passwords_keep_theirs_by_their_number) {
    send_code(1, first, "4711");
    EXPECT_TRUE(opens_by_code("4711"));
    send_code(1, first, "4712");
    EXPECT_FALSE(opens_by_code("4712"));
    restart();
    EXPECT_FALSE(opens_by_code("4712"));
    send_code(1, second, "4712");
    EXPECT_TRUE(opens_by_code("4712"));
}

TEST_F(SpentUses, who_is_taken_off_the_door_and_given_back_is_refused) {
    send_guest(1, first);
    EXPECT_TRUE(opens("04A1B2C3"));
    remove_guest();
    send_guest(1, first);
    EXPECT_FALSE(opens("04A1B2C3"));
    remove_guest();
    restart();
    send_guest(1, first);
    EXPECT_FALSE(opens("04A1B2C3"));
    restart();
    EXPECT_FALSE(opens("04A1B2C3"));
    remove_guest();
    send_guest(1, second);
    EXPECT_TRUE(opens("04A1B2C3")) << "set anew";
}

TEST_F(SpentUses, a_public_password_that_was_gone_goes_on_with_what_is_left) {
    send_code(1, first, "4711");
    EXPECT_TRUE(opens_by_code("4711"));
    send_codes({});
    send_code(1, first, "4712");
    EXPECT_FALSE(opens_by_code("4712"));
    restart();
    EXPECT_FALSE(opens_by_code("4712"));
    send_codes({});
    send_code(1, second, "4712");
    EXPECT_TRUE(opens_by_code("4712"));
}

}  // namespace sallyport::tests

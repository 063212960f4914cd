// States and history of cards (platform.md H4; api/openapi.yaml).
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

class CardsOfPeople : public SetUpPlatformTest {
  protected:
    json::object add(std::string_view name, const json::value& cards) {
        return must(201, call("POST", "/people", {{"name", name}, {"cards", cards}}));
    }
    std::string id_of(const json::object& person) { return json::value_to<std::string>(person.at("id")); }
    json::object give(const std::string& person, const json::value& cards) {
        return must(200, call("PATCH", "/people/" + person, {{"cards", cards}}));
    }
    /// "status name" of each step, the newest first.
    std::vector<std::string> history(const std::string& number) {
        std::vector<std::string> steps;
        const auto card = must(200, call("GET", "/cards/" + number));
        for (const auto& step : card.at("history").as_array()) {
            const auto& name = step.at("person").at("name");
            steps.push_back(json::value_to<std::string>(step.at("status")) + " " +
                            (name.is_null() ? "nobody" : json::value_to<std::string>(name)));
        }
        return steps;
    }
    std::vector<std::string> numbers(const std::string& query) {
        std::vector<std::string> all;
        for (const auto& card : must(200, call("GET", "/cards" + query))["items"].as_array())
            all.push_back(json::value_to<std::string>(card.at("number")));
        return all;
    }
};

TEST_F(CardsOfPeople, a_status_stays_until_somebody_sets_it) {
    const auto anna = id_of(add("Anna", {{{"number", "A1"}}}));
    give(anna, {{{"number", "A1"}, {"status", "frozen"}}});
    const auto after = give(anna, {{{"number", "A1"}, {"type", "vip"}}, {{"number", "A2"}}});
    EXPECT_EQ(after.at("cards"),
              (json::array{{{"number", "000000A1"}, {"type", "vip"}, {"status", "frozen"}},
                           {{"number", "000000A2"}, {"type", "general"}, {"status", "active"}}}));
    EXPECT_EQ(
        call("PATCH", "/people/" + anna, {{"cards", {{{"number", "A1"}, {"status", "returned"}}}}}).fields(),
        std::vector<std::string>{"cards.0.status:choice"});
}

TEST_F(CardsOfPeople, who_had_a_card_and_when_is_known) {
    const auto anna = id_of(add("Anna", {{{"number", "A1"}}}));
    clock_.advance(std::chrono::hours(1));
    give(anna, {{{"number", "A1"}, {"status", "lost"}}});
    clock_.advance(std::chrono::hours(1));
    give(anna, json::array());
    const auto ben = id_of(add("Ben", {{{"number", "A1"}}}));
    EXPECT_THAT(history("000000A1"), ElementsAre("active Ben", "returned Anna", "lost Anna", "active Anna"));
    const auto steps = must(200, call("GET", "/cards/A1")).at("history").as_array();
    EXPECT_EQ(steps.at(0).at("account"), "admin");
    EXPECT_NE(steps.at(1).at("at"), steps.at(2).at("at"));
    EXPECT_EQ(call("DELETE", "/people/" + anna).status, 204);
    EXPECT_EQ(call("DELETE", "/people/" + ben).status, 204);
    EXPECT_THAT(history("A1"),
                ElementsAre("returned Ben", "active Ben", "returned Anna", "lost Anna", "active Anna"))
        << "until somebody erases them";
    EXPECT_TRUE(must(200, call("GET", "/cards/A1")).at("person").is_null());
}

TEST_F(CardsOfPeople, a_cancelled_card_goes_to_the_next_holder_and_no_other_does) {
    const auto anna = id_of(add("Anna", {{{"number", "A1"}}, {{"number", "A2"}}}));
    for (const auto* status : {"active", "lost", "frozen"}) {
        give(anna, {{{"number", "A1"}, {"status", status}}, {{"number", "A2"}}});
        const auto refused = call("POST", "/people", {{"name", "Ben"}, {"cards", {{{"number", "A1"}}}}});
        EXPECT_EQ(refused.code(), "card_taken") << status;
        EXPECT_THAT(refused.text, HasSubstr("Anna"));
    }
    const auto before = give(anna, {{{"number", "A1"}, {"status", "cancelled"}}, {{"number", "A2"}}});
    add("Ben", {{{"number", "A1"}}});
    const auto after = must(200, call("GET", "/people/" + anna));
    EXPECT_EQ(after.at("cards").as_array().size(), 1U);
    EXPECT_GT(after.at("revision").as_int64(), before.at("revision").as_int64());
    const auto log = must(200, call("GET", "/audit?action=person.changed&limit=1")).at("items").at(0);
    EXPECT_EQ(log.at("subject").at("name"), "Anna");
    EXPECT_EQ(json::value_to<std::string>(log.at("before").at("cards").at(0).at("status")), "cancelled");
    EXPECT_THAT(history("A1"), ElementsAre("active Ben", "returned Anna", "cancelled Anna", "frozen Anna",
                                           "lost Anna", "active Anna"));
}

TEST_F(CardsOfPeople, cards_are_found_by_number_holder_and_status) {
    add("Anna Berger", {{{"number", "A1"}}, {{"number", "B2"}, {"status", "lost"}}});
    const auto ben = id_of(add("Ben", {{{"number", "DEADBEEF"}}}));
    give(ben, json::array());
    EXPECT_THAT(numbers(""), ElementsAre("000000A1", "000000B2", "DEADBEEF"));
    EXPECT_THAT(numbers("?q=adbe"), ElementsAre("DEADBEEF"));
    EXPECT_THAT(numbers("?q=berg&status=lost"), ElementsAre("000000B2"));
    EXPECT_THAT(numbers("?status=returned"), ElementsAre("DEADBEEF"));
    EXPECT_THAT(numbers("?limit=1&cursor=000000A1"), ElementsAre("000000B2"));
    EXPECT_EQ(call("GET", "/cards/77").code(), "not_found");
}

TEST_F(CardsOfPeople, a_part_of_the_site_sees_the_cards_of_its_people_only) {
    const auto north = must(201, call("POST", "/departments", {{"name", "North"}})).at("id");
    const auto anna =
        id_of(must(201, call("POST", "/people",
                             {{"name", "Anna"}, {"department_id", north}, {"cards", {{{"number", "A1"}}}}})));
    add("Ben", {{{"number", "B2"}}});
    add("Carl", {{{"number", "C3"}, {"status", "cancelled"}}});
    must(201,
         call("POST", "/accounts",
              {{"name", "guard"}, {"password", "brass-key-58"}, {"role_id", "1"}, {"departments", {north}}}));
    const auto session =
        must(200, call("POST", "/sessions", {{"account", "guard"}, {"password", "brass-key-58"}}));
    token_ = json::value_to<std::string>(session.at("token"));
    EXPECT_EQ(call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}).status,
              204);
    EXPECT_THAT(numbers(""), ElementsAre("000000A1"));
    EXPECT_EQ(call("GET", "/cards/B2").code(), "not_found");
    const auto taken = call("PATCH", "/people/" + anna, {{"cards", {{{"number", "C3"}}}}});
    EXPECT_EQ(taken.code(), "card_taken") << "cancelled, but somebody else's business";
    EXPECT_THAT(taken.text, HasSubstr("outside of your part"));
}

}  // namespace
}  // namespace sallyport::tests

// Which of a person's cards a controller gets, and in which state (platform.md H4).
#include <gtest/gtest.h>

#include "integration/platform_database.hpp"
#include "server/issue/desired.hpp"

namespace sallyport::tests {
namespace {

struct IssuedCards : testing::Test {
    PlatformDatabase database;
    server::Sealer sealer = server::Sealer::open(database.directory() / "secret.key").value();

    void SetUp() override {
        add_a_door_and_anna(database);
        database.execute("INSERT INTO permission_group (id, name, remark) VALUES (9, 'All', '')");
        database.execute("INSERT INTO permission_group_door VALUES (9, 2)");
        database.execute("INSERT INTO permission_group_person VALUES (9, 3)");
    }
    std::uint32_t left_out() {
        const auto desired = ports::read_from(
            *database, [&](ports::Connection& c) { return server::load_desired(c, sealer, 1, {0}, 3); });
        const auto& all = desired->cards_left_out;
        return all.empty() ? 0 : all.begin()->second;
    }
    /// "number status", in the order in which they are sent.
    std::string cards() {
        const auto desired = ports::read_from(
            *database, [&](ports::Connection& c) { return server::load_desired(c, sealer, 1, {0}, 3); });
        std::string text;
        for (const auto& card : desired->roster.front().person.at("cards").as_array())
            text += std::string(card.at("number").as_string()) + " " +
                    std::string(card.at("status").as_string()) + "\n";
        return text;
    }
};

TEST_F(IssuedCards, a_card_that_does_not_open_is_sent_with_its_state) {
    EXPECT_EQ(cards(), "04A1B2C3 normal\n");
    database.execute("UPDATE card SET status = 'lost'");
    EXPECT_EQ(cards(), "04A1B2C3 lost\n");
    database.execute("UPDATE card SET status = 'returned', person_id = NULL");
    EXPECT_EQ(cards(), "");
}

TEST_F(IssuedCards, a_card_that_opens_has_the_room_of_one_that_does_not) {
    database.execute("UPDATE card SET status = 'lost'");
    database.execute("INSERT INTO card VALUES ('000000A2', 3, 1, 'vip', 'active', 0)");
    EXPECT_EQ(cards(), "000000A2 normal\n") << "the controller takes one";
    database.execute("UPDATE device SET cards_per_person = 2");
    EXPECT_EQ(cards(), "000000A2 normal\n04A1B2C3 lost\n");
}

TEST_F(IssuedCards, one_card_more_than_the_controller_takes_leaves_the_first_opening) {
    database.execute("INSERT INTO card VALUES ('000000A2', 3, 1, 'vip', 'active', 0)");
    EXPECT_EQ(cards(), "04A1B2C3 normal\n");
    EXPECT_EQ(left_out(), 1U);
    database.execute("UPDATE device SET cards_per_person = 2");
    EXPECT_EQ(cards(), "04A1B2C3 normal\n000000A2 normal\n");
    EXPECT_EQ(left_out(), 0U);
}

}  // namespace
}  // namespace sallyport::tests

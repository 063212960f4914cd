// Who is asked about somebody at a door, and whose answer counts (platform.md M3).
#include "server/verification/verifications.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/platform_database.hpp"

namespace sallyport::tests {

namespace {

using namespace std::chrono_literals;
using core::Verification;
using server::Function;
using server::Level;
using server::Viewer;

class MovedClock final : public ports::Clock {
  public:
    [[nodiscard]] base::Instant monotonic() const override { return now; }
    [[nodiscard]] base::UtcTime utc() const override { return {}; }
    [[nodiscard]] base::ClockTrust trust() const override { return base::ClockTrust::set; }
    base::Status set_utc(base::UtcTime) override { return {}; }
    base::Instant now{1h};
};

class Page final : public ports::WebSocket {
  public:
    void send(std::shared_ptr<const std::string> text) override {
        auto message = boost::json::parse(*text).as_object();
        if (message["type"] == "verification") told.push_back(message["data"].as_object());
    }
    [[nodiscard]] std::size_t waiting() const override { return 0; }
    void close(std::string_view, std::uint16_t) override {}
    std::vector<boost::json::object> told;
};

Viewer operator_of(server::Branches areas = {}, server::Branches departments = {}) {
    Viewer viewer{{}, {std::move(areas), std::move(departments)}};
    viewer.rights.set(Function::doors, Level::control);
    viewer.rights.set(Function::people, Level::view);
    return viewer;
}

/// Anna stands at the door of controller 1, which lets an operator answer for 20 s.
class Verifications : public ::testing::Test {
  protected:
    Verifications() {
        add_a_door_and_anna(stored);
        stored.execute("INSERT INTO department (id, name, revision) VALUES (50, 'Sales', 1)");
        stored.execute("INSERT INTO area (id, name, revision) VALUES (60, 'North', 1)");
        stored.execute("UPDATE person SET department_id = 50");
        stored.execute("UPDATE door SET area_id = 60");
        EXPECT_TRUE(doors.load());
    }
    void ask(std::uint64_t number = 7) {
        core::AskOperator asked{number, {}, 20s};
        asked.attempt.door = {1};
        asked.attempt.method = core::Method::card;
        asked.attempt.user_id = base::UserId::from("1001");
        asked.attempt.card = base::CardNumber::from("04A1B2C3");
        questions.ask(1, asked);
    }
    boost::json::array waiting(const Viewer& viewer) { return questions.list(viewer).at("items").as_array(); }
    server::Id id() { return *server::id_from(waiting(operator_of()).at(0).at("id").as_string()); }
    std::string state(server::Id one) {
        return std::string(questions.get(one, operator_of())->at("state").as_string());
    }

    PlatformDatabase stored;
    MovedClock clock;
    server::Audit audit{*stored, stored.ids(), clock};
    server::Live live;
    server::Doors doors{*stored, stored.ids(), clock, audit, live};
    server::Verifications questions{*stored, stored.ids(), clock, doors, live};
};

}  // namespace

TEST_F(Verifications, whoever_may_control_the_door_sees_who_stands_there_and_how_long) {
    const auto page = std::make_shared<Page>();
    const auto elsewhere = std::make_shared<Page>();
    const auto onlooker = std::make_shared<Page>();
    live.add(page, 1, "10.0.0.1", operator_of());
    live.add(elsewhere, 2, "10.0.0.2", operator_of(std::set<server::Id>{61}));
    Viewer looks = operator_of();
    looks.rights.set(Function::doors, Level::view);
    live.add(onlooker, 3, "10.0.0.3", looks);
    ask();
    ASSERT_EQ(page->told.size(), 1U);
    const auto& told = page->told[0];
    EXPECT_EQ(told.at("person").at("name"), "Anna Berger");
    EXPECT_EQ(told.at("department"), "Sales");
    EXPECT_EQ(told.at("door_name"), "Main");
    EXPECT_EQ(told.at("card"), "04A1B2C3");
    EXPECT_EQ(told.at("left_ms"), 20'000);
    EXPECT_TRUE(elsewhere->told.empty());
    EXPECT_TRUE(onlooker->told.empty());
    EXPECT_TRUE(waiting(looks).empty());
    clock.now = clock.now + 5s;
    EXPECT_EQ(waiting(operator_of()).at(0).at("left_ms"), 15'000);
}

TEST_F(Verifications, of_people_elsewhere_it_is_told_that_somebody_is_there) {
    ask();
    const auto told = waiting(operator_of({}, std::set<server::Id>{51})).at(0);
    EXPECT_TRUE(told.at("person").is_null());
    EXPECT_TRUE(told.at("card").is_null());
    Viewer sees_no_cards = operator_of();
    sees_no_cards.rights.set(Function::people, Level::none);
    EXPECT_TRUE(waiting(sees_no_cards).at(0).at("card").is_null());
}

TEST_F(Verifications, the_first_answer_counts_and_the_others_are_told_whose_it_was) {
    ask();
    const auto page = std::make_shared<Page>();
    live.add(page, 1, "10.0.0.1", operator_of());
    const auto question = id();
    const auto taken = questions.take(question, Verification::granted, operator_of(), "anna");
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->question, 7U);
    const auto late = questions.take(question, Verification::denied, operator_of(), "ben");
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, "question_over");
    EXPECT_EQ(late.error().message, "anna has answered already: granted.");
    questions.over(1, 7);  // the controller says so before it answers
    questions.settle(question, {});
    ASSERT_EQ(page->told.size(), 1U);
    EXPECT_EQ(page->told[0].at("state"), "granted");
    EXPECT_EQ(page->told[0].at("by"), "anna");
    EXPECT_TRUE(waiting(operator_of()).empty());
    EXPECT_EQ(questions.take(question, Verification::denied, operator_of(), "ben").error().message,
              "anna has answered already: granted.");
}

TEST_F(Verifications, an_answer_that_did_not_arrive_leaves_the_question_to_the_others) {
    ask();
    const auto question = id();
    ASSERT_TRUE(questions.take(question, Verification::granted, operator_of(), "anna"));
    questions.settle(question, base::fail(base::ErrorKind::timeout, "device_timeout", "Nothing came."));
    EXPECT_EQ(state(question), "waiting");
    ASSERT_TRUE(questions.take(question, Verification::denied, operator_of(), "ben"));
    questions.settle(question, base::fail(base::ErrorKind::conflict, "question_over", "It is over."));
    EXPECT_EQ(state(question), "withdrawn");
}

TEST_F(Verifications, without_an_answer_it_ends_when_the_time_is_over) {
    ask();
    const auto question = id();
    clock.now = clock.now + 20s;
    questions.over(1, 7);
    EXPECT_EQ(state(question), "unanswered");
    ask(8);
    const auto next = id();
    clock.now = clock.now + 22s;
    questions.sweep();  // a controller that says nothing any more
    EXPECT_EQ(state(next), "unanswered");
    EXPECT_FALSE(questions.take(next, Verification::granted, operator_of(), "anna"));
    clock.now = clock.now + 70s;
    questions.sweep();
    EXPECT_FALSE(questions.get(next, operator_of()));
}

TEST_F(Verifications, a_controller_that_is_away_does_not_wait_here_and_asks_again_when_it_is_back) {
    ask();
    const auto question = id();
    questions.lost(1);
    EXPECT_EQ(state(question), "withdrawn");
    EXPECT_TRUE(waiting(operator_of()).empty());
    ask();
    EXPECT_EQ(state(question), "waiting");
    EXPECT_EQ(id(), question);
}

TEST_F(Verifications, a_controller_cannot_ask_without_end) {
    for (std::uint64_t number = 1; number <= 200; ++number) ask(number);
    EXPECT_EQ(waiting(operator_of()).size(), server::Verifications::at_once);
}

}  // namespace sallyport::tests

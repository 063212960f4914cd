// Event search, histogram, audit log (platform.md L2, S5; api/openapi.yaml).
#include <condition_variable>
#include <latch>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t start = 1'774'742'400'000'000;  // 2026-03-29T00:00:00Z
constexpr std::int64_t minute = 60'000'000;

class EventSearch : public TwoControllers {
  protected:
    struct Made {
        std::int64_t id;
        std::int64_t at_minute;
        std::string kind = "access";
        std::string result = "'granted'";
        std::string reason = "NULL";
        std::string door = "21";
        std::string person = "NULL";
        std::string user_id = "'1001'";  ///< where there is a person
        std::string card = "NULL";
        std::string department = "NULL";
    };
    void add(const Made& made) {
        const auto outcome = ports::write_to(*database_, [&](ports::Connection& c) -> base::Status {
            return c.script(fmt::format(
                "INSERT INTO event (id, device_id, door_id, generation, sequence, at, "
                "utc_offset_s, received_at, kind, "
                "result, reason, user_id, person_id, card, department_id, trace) VALUES ({0}, 1, {5}, 1, "
                "{0}, "
                "{1}, 3600, {1}, '{2}', "
                "{3}, {4}, CASE WHEN {6} IS NULL THEN NULL ELSE {8} END, {6}, {7}, {9}, "
                "'[[\"credential\",\"passed\",-1],[\"schedule\",\"failed\",\"Office "
                "hours\"],[\"uses\",\"passed\",3]]')",
                made.id, start + made.at_minute * minute, made.kind, made.result, made.reason, made.door,
                made.person, made.card, made.user_id, made.department));
        });
        ASSERT_TRUE(outcome) << outcome.error().message;
    }
    std::vector<std::string> ids(const std::string& query) {
        std::vector<std::string> all;
        for (const auto& item : must(200, call("GET", "/events" + query))["items"].as_array())
            all.push_back(json::value_to<std::string>(item.at("id")));
        return all;
    }
};

TEST_F(EventSearch, filters_and_shows_the_newest_first) {
    const auto anna =
        json::value_to<std::string>(must(201, call("POST", "/people", {{"name", "Anna"}}))["id"]);
    add({.id = 1, .at_minute = 5, .person = anna, .card = "'04A1B2C3'"});
    add({.id = 2, .at_minute = 1, .result = "'denied'", .reason = "'unknown_card'", .door = "22"});
    add({.id = 3, .at_minute = 9, .kind = "door_opened", .result = "NULL"});
    add({.id = 4, .at_minute = 5, .result = "'denied'", .reason = "'expired'", .door = "99", .person = "77"});
    EXPECT_THAT(ids(""), ElementsAre("3", "4", "1", "2"));
    EXPECT_THAT(ids("?door=22,23"), ElementsAre("2"));
    EXPECT_THAT(ids("?device=1&kind=access,door_opened&result=denied"), ElementsAre("4", "2"));
    EXPECT_THAT(ids("?reason=expired,unknown_card&to=2026-03-29T00:05:00Z"), ElementsAre("2"));
    EXPECT_THAT(ids("?from=2026-03-29T00:05:00Z"), ElementsAre("3", "4", "1"));
    EXPECT_THAT(ids("?person=" + anna), ElementsAre("1"));
    EXPECT_THAT(ids("?card=4a1b2c3"), ElementsAre("1"));
    EXPECT_THAT(ids("?card=ff"), ElementsAre());
    const auto one = must(200, call("GET", "/events/1"));
    EXPECT_EQ(one.at("person").at("name"), "Anna");
    EXPECT_EQ(one.at("at"), "2026-03-29T00:05:00Z");
    EXPECT_EQ(json::value_to<std::string>(one.at("trace").at(1).at("detail")), "Office hours");
    EXPECT_TRUE(one.at("trace").at(0).at("detail").is_null());
    const auto removed = must(200, call("GET", "/events/4"));
    EXPECT_TRUE(removed.at("person").at("id").is_null());
    EXPECT_TRUE(removed.at("door_name").is_null());
    EXPECT_EQ(call("GET", "/events/5").code(), "not_found");
}

TEST_F(EventSearch, a_card_that_the_controller_does_not_know_is_named_by_its_owner) {
    const auto anna = must(201, call("POST", "/people", {{"name", "Anna"}, {"user_id", "1001"}}));
    const Made denied{
        .id = 1, .at_minute = 1, .result = "'denied'", .reason = "'unknown_card'", .card = "'04A1B2C3'"};
    add(denied);
    auto hers = denied;
    hers.id = 2;
    hers.person = json::value_to<std::string>(anna.at("id"));
    hers.user_id = "NULL";
    add(hers);
    EXPECT_TRUE(must(200, call("GET", "/events/1")).at("person").is_null()) << "nobody had it";
    const auto event = must(200, call("GET", "/events/2"));
    EXPECT_EQ(event.at("reason"), "unknown_card");
    const json::value who{{"id", anna.at("id")}, {"user_id", "1001"}, {"name", "Anna"},
                          {"photo", nullptr},    {"erased", false},   {"department_id", nullptr}};
    EXPECT_EQ(event.at("person"), who);
}

TEST_F(EventSearch, finds_those_who_were_in_a_department_or_below_it) {
    const auto add_department = [&](const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", "/departments", body))["id"]);
    };
    const auto works = add_department({{"name", "Works"}});
    const auto hall = add_department({{"name", "Hall"}, {"parent_id", json::string(works)}});
    const auto office = add_department({{"name", "Office"}});
    const auto anna = json::value_to<std::string>(
        must(201, call("POST", "/people", {{"name", "Anna"}, {"department_id", json::string(hall)}}))["id"]);
    add({.id = 1, .at_minute = 1, .person = anna, .department = hall});
    add({.id = 2, .at_minute = 2, .person = anna, .department = works});
    add({.id = 3, .at_minute = 3});
    must(200, call("PATCH", "/people/" + anna, {{"department_id", json::string(office)}}));
    EXPECT_THAT(ids("?department=" + works), ElementsAre("2", "1")) << "where she was, not where she is";
    EXPECT_THAT(ids("?department=" + hall), ElementsAre("1"));
    EXPECT_THAT(ids("?department=" + office), ElementsAre());
    EXPECT_THAT(ids("?department=77"), ElementsAre());
    EXPECT_THAT(ids("?result=granted&department=" + works + "," + office), ElementsAre("2", "1"));
    EXPECT_EQ(must(200, call("GET", "/events/1")).at("person").at("department_id"), json::string(hall));
}

TEST_F(EventSearch, events_of_a_removed_controller_keep_its_name_and_those_of_its_doors) {
    add({.id = 1, .at_minute = 1});
    add({.id = 2, .at_minute = 2, .kind = "restarted", .result = "NULL", .door = "NULL"});
    must(200, call("PATCH", "/doors/21", {{"name", "Main gate"}}));
    EXPECT_EQ(must(200, call("GET", "/events/1")).at("device_name"), "Lobby");
    ASSERT_EQ(call("DELETE", "/devices/1").status, 204);
    const auto items = must(200, call("GET", "/events?door=21")).at("items").as_array();
    ASSERT_EQ(items.size(), 1U);
    EXPECT_EQ(items.at(0).at("door_name"), "Main gate");
    EXPECT_EQ(items.at(0).at("device_name"), "Lobby");
    const auto whole = must(200, call("GET", "/events/2"));
    EXPECT_TRUE(whole.at("door_name").is_null());
    EXPECT_EQ(whole.at("device_name"), "Lobby");
}

TEST_F(EventSearch, what_never_came_of_a_removed_controller_is_in_the_audit_log_and_missing_no_more) {
    add({.id = 1, .at_minute = 1});
    const auto missing = [&] { return must(200, call("GET", "/system/status")).at("missing_events"); };
    ASSERT_TRUE(ports::write_to(*database_, [](ports::Connection& c) {
        return c.script("INSERT INTO event_gap VALUES (1, 1, 10, 12, 0), (1, 2, 1, 4, 0)");
    }));
    EXPECT_EQ(missing(), 7);
    ASSERT_EQ(call("DELETE", "/devices/1").status, 204);
    EXPECT_EQ(missing(), 0);
    EXPECT_THAT(ids(""), ElementsAre("1")) << "its events stay";
    const auto removed = must(200, call("GET", "/audit?action=device.removed")).at("items").at(0);
    EXPECT_EQ(removed.at("before").at("missing_events"), 7);
}

TEST_F(EventSearch, pages_without_a_gap_or_a_double_even_while_events_come) {
    for (int i = 0; i < 10; ++i) add({.id = 100 + i, .at_minute = i / 3});
    std::vector<std::string> seen;
    std::string cursor;
    int late = 200;
    do {
        const auto page = must(200, call("GET", "/events?limit=3" + cursor));
        for (const auto& item : page.at("items").as_array())
            seen.push_back(json::value_to<std::string>(item.at("id")));
        cursor = page.at("next").is_null() ? "" : "&cursor=" + json::value_to<std::string>(page.at("next"));
        add({.id = late++, .at_minute = 60});
    } while (!cursor.empty());
    EXPECT_THAT(seen, ElementsAre("109", "108", "107", "106", "105", "104", "103", "102", "101", "100"));
    for (const auto* wrong : {"x", "1-", "-1", "99999999999999999999-1"})
        EXPECT_EQ(call("GET", std::string("/events?cursor=") + wrong).code(), "bad_cursor") << wrong;
}

TEST_F(EventSearch, counts_by_time) {
    add({.id = 1, .at_minute = 0});
    add({.id = 2, .at_minute = 1});
    add({.id = 3, .at_minute = 30, .result = "'denied'", .reason = "'expired'"});
    add({.id = 4, .at_minute = 59, .kind = "alarm_started", .result = "NULL"});
    add({.id = 5, .at_minute = 60, .kind = "door_opened", .result = "NULL"});
    const auto counted = must(
        200, call("GET", "/events/histogram?from=2026-03-29T00:00:00Z&to=2026-03-29T01:00:00Z&buckets=2"));
    EXPECT_EQ(
        json::value(counted.at("items")),
        json::value(
            {{{"at", "2026-03-29T00:00:00Z"}, {"granted", 2}, {"denied", 0}, {"alarms", 0}, {"others", 0}},
             {{"at", "2026-03-29T00:30:00Z"}, {"granted", 0}, {"denied", 1}, {"alarms", 1}, {"others", 0}}}));
    EXPECT_EQ(call("GET", "/events/histogram").fields(),
              (std::vector<std::string>{"from:missing", "to:missing"}));
    const auto narrow = must(
        200, call("GET",
                  "/events/histogram?from=2026-03-29T00:00:00Z&to=2026-03-29T00:00:00.000003Z&buckets=200"));
    EXPECT_EQ(narrow.at("items").as_array().size(), 3U);
}

/// Keeps every reader of the database, as searches do that take long.
class KeptReaders {
  public:
    KeptReaders(ports::Database& database, std::size_t readers)
        : taken_(static_cast<std::ptrdiff_t>(readers)) {
        for (std::size_t i = 0; i < readers; ++i)
            threads_.emplace_back([this, &database] {
                (void)database.read([this](ports::Connection&) -> base::Status {
                    taken_.count_down();
                    let_go_.wait();
                    return {};
                });
            });
        taken_.wait();
    }
    void let_go() {
        let_go_.count_down();
        threads_.clear();
    }

  private:
    std::latch taken_;
    std::latch let_go_{1};
    std::vector<std::jthread> threads_;
};

/// The status of each call, in the order in which they are answered.
class Statuses {
  public:
    void add(int status) {
        const std::lock_guard lock(mutex_);
        all_.push_back(status);
        added_.notify_all();
    }
    /// So many, or fewer when they do not come within ten seconds.
    std::vector<int> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        added_.wait_for(lock, std::chrono::seconds{10}, [&] { return all_.size() >= count; });
        return all_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable added_;
    std::vector<int> all_;
};

TEST_F(EventSearch, of_one_account_leaves_half_of_the_workers_to_others) {
    KeptReaders kept(*database_, options_.readers);
    Statuses statuses;
    const auto at_work = server::PlatformPorts::default_workers / 2;
    for (std::size_t i = 0; i < at_work + server::searches_waiting_at_most + 1; ++i) {
        ports::HttpRequest request;
        request.method = "GET";
        request.path = "/api/v1/events";
        request.headers = signed_in().headers;
        platform_->handler().handle(
            std::move(request), [&](const ports::HttpResponse& response) { statuses.add(response.status); });
    }
    EXPECT_THAT(statuses.wait_for(1), ElementsAre(429));
    EXPECT_EQ(call("GET", "/doors").status, 200) << "there are workers left";
    EXPECT_EQ(call("GET", "/audit").code(), "searches_waiting");
    kept.let_go();
    const auto all = statuses.wait_for(at_work + server::searches_waiting_at_most + 1);
    EXPECT_EQ(std::ranges::count(all, 200), at_work + server::searches_waiting_at_most);
    EXPECT_EQ(call("GET", "/events").status, 200);
}

TEST_F(EventSearch, names_wrong_parameters) {
    const auto reply = call(
        "GET", "/events?door=a&kind=nothing&result=maybe&reason=none&card=xyz&from=today&limit=1001&x=1");
    EXPECT_EQ(reply.status, 400);
    EXPECT_THAT(reply.fields(), testing::UnorderedElementsAre("door:pattern", "kind:choice", "result:choice",
                                                              "reason:choice", "card:pattern", "from:pattern",
                                                              "limit:too_large", "x:unknown"));
    EXPECT_THAT(call("GET", "/events?from=2026-03-29T01:00:00Z&to=2026-03-29T00:00:00Z").fields(),
                ElementsAre("to:order"));
    EXPECT_THAT(call("GET", "/events?limit=1&limit=2").fields(),
                ElementsAre("limit:duplicate", "limit:duplicate"));
}

TEST_F(SetUpPlatformTest, the_audit_log_is_searched_and_its_chain_proved) {
    must(201, call("POST", "/people", json::value{{"name", "Anna"}}));
    must(200, call("PATCH", "/settings", json::value{{"language", "zh"}}));
    const auto all = must(200, call("GET", "/audit"));
    EXPECT_EQ(all.at("items").as_array().size(), 3U);
    EXPECT_EQ(all.at("items").at(0).at("before").at("language"), "en");
    EXPECT_EQ(all.at("items").at(2).at("action"), "setup.done");
    const auto people = must(200, call("GET", "/audit?action=person.added&account=admin"));
    EXPECT_EQ(people.at("items").as_array().size(), 1U);
    EXPECT_EQ(must(200, call("GET", "/audit?account=nobody"))["items"].as_array().size(), 0U);
    EXPECT_EQ(must(200, call("GET", "/audit?action=person.added&q=ANNA"))["items"].as_array().size(),
              people.at("items").as_array().size());
    EXPECT_EQ(must(200, call("GET", "/audit?q=ann_"))["items"].as_array().size(), 0U) << "no pattern";
    EXPECT_THAT(call("GET", "/audit?q=").fields(), ElementsAre("q:too_short"));
    EXPECT_THAT(call("GET", "/audit?action=Person").fields(), ElementsAre("action:pattern"));

    const auto chain = server::verify_audit(*database_);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->entries, 3);
    const auto change = [&](const char* sql) {
        return ports::write_to(*database_,
                               [&](ports::Connection& c) -> base::Status { return c.script(sql); });
    };
    EXPECT_FALSE(change("UPDATE audit SET account = 'other' WHERE sequence = 2"));
    EXPECT_FALSE(change("DELETE FROM audit WHERE sequence = 2"));
    ASSERT_TRUE(
        change("DROP TRIGGER audit_is_never_changed; UPDATE audit SET account = 'other' WHERE sequence = 2"));
    const auto broken = server::verify_audit(*database_);
    ASSERT_FALSE(broken);
    EXPECT_THAT(broken.error().message, HasSubstr("entry 2"));
    ASSERT_TRUE(change("DROP TRIGGER audit_is_never_deleted; DELETE FROM audit WHERE sequence = 1"));
    EXPECT_THAT(server::verify_audit(*database_).error().message, HasSubstr("entry 1 is missing"));
}

}  // namespace
}  // namespace sallyport::tests

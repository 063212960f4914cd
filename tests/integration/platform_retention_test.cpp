// Erasing people who were removed, and how long things are kept (platform.md H4).
#include <chrono>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

class Retention : public SetUpPlatformTest {
  protected:
    std::string add(const std::string& path, const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", path, body))["id"]);
    }
    void run(const std::string& sql) {
        const auto done =
            ports::write_to(*database_, [&](ports::Connection& c) -> base::Status { return c.script(sql); });
        ASSERT_TRUE(done) << done.error().message;
    }
    std::int64_t count(const std::string& sql) {
        const auto rows = ports::read_from(*database_, [&](ports::Connection& c) { return c.query(sql); });
        return rows ? rows->front().integer(0) : -1;
    }
    /// So long that the session is over. Day by day: whoever looks at both of its times meanwhile finds no
    /// two that are further apart.
    void let_pass(int days) {
        for (int day = 0; day < days; ++day) clock_.advance(std::chrono::hours{24});
        const auto opened =
            call("POST", "/sessions", {{"account", "admin"}, {"password", "correct-horse-7"}});
        token_ = json::value_to<std::string>(must(200, opened).at("token"));
    }
    /// What the background has to come to.
    void wait_for(const std::string& sql, std::int64_t wanted) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (count(sql) != wanted && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
        EXPECT_EQ(count(sql), wanted) << sql;
    }
    json::value held_until() { return must(200, call("GET", "/settings/retention")).at("held_until"); }
    void wait_until_held(bool wanted) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (held_until().is_string() != wanted && std::chrono::steady_clock::now() < deadline)
            std::this_thread::yield();
        EXPECT_EQ(held_until().is_string(), wanted);
    }
    void jump_ahead() {
        clock_.jump(std::chrono::hours{24 * 365 * 14});
        let_pass(0);
    }
    /// Events of somebody, at the time of the clock and before.
    void add_events(const std::string& person, const std::string& user_id, int number) {
        const auto now = clock_.utc().microseconds;
        std::string sql;
        for (int i = 1; i <= number; ++i)
            sql +=
                "INSERT INTO event (id, device_id, generation, sequence, at, utc_offset_s, received_at, "
                "kind, result, user_id, person_id, card, detail) VALUES (" +
                std::to_string(i) + ", 1, 1, " + std::to_string(i) + ", " +
                std::to_string(now - i * 86'400'000'000) + ", 0, " +
                std::to_string(now - i * 86'400'000'000) + ", 'access', 'granted', '" + user_id + "', " +
                person + ", '04A1B2C3', 'x');";
        run(sql);
    }
    std::string everything_audited() {
        std::string all;
        for (const auto& entry : must(200, call("GET", "/audit?limit=100"))["items"].as_array())
            all += json::serialize(entry) + "\n";
        return all;
    }
};

TEST_F(Retention, events_keep_the_name_of_who_was_removed_until_the_person_is_erased) {
    const auto anna = add("/people", {{"name", "Anna Berger"}, {"user_id", "1001"}, {"remark", "Night"}});
    must(200,
         call("PATCH", "/people/" + anna, {{"name", "Anna Klein"}, {"cards", {{{"number", "4A1B2C3"}}}}}));
    add("/permission-groups", {{"name", "Staff"}, {"people", {anna}}});
    add_events(anna, "1001", 3);
    EXPECT_EQ(call("DELETE", "/people/" + anna).status, 204);
    const auto person = [&] { return must(200, call("GET", "/events"))["items"].at(0).at("person"); };
    EXPECT_EQ(person().at("name"), "Anna Klein");
    EXPECT_EQ(person().at("id"), nullptr);
    EXPECT_EQ(person().at("erased"), false);
    const auto former = must(200, call("GET", "/former-people?q=anna"))["items"].as_array();
    ASSERT_EQ(former.size(), 1);
    EXPECT_EQ(former[0].at("user_id"), "1001");

    EXPECT_EQ(call("DELETE", "/former-people/" + anna).status, 204);
    EXPECT_EQ(person().at("erased"), true);
    EXPECT_EQ(person().at("user_id"), nullptr);
    wait_for("SELECT count(*) FROM event WHERE user_id IS NOT NULL OR card IS NOT NULL", 0);
    EXPECT_EQ(count("SELECT count(*) FROM event WHERE person_id = " + anna), 3);
    EXPECT_TRUE(must(200, call("GET", "/former-people"))["items"].as_array().empty());
    EXPECT_EQ(call("DELETE", "/former-people/" + anna).code(), "not_found");
    const auto history = must(200, call("GET", "/cards/04A1B2C3"))["history"].as_array();
    EXPECT_EQ(history.at(0).at("person").at("user_id"), nullptr);
    EXPECT_EQ(history.at(0).at("person").at("name"), nullptr);

    const auto audited = everything_audited();
    for (const auto* known : {"Anna", "04A1B2C3", "Night", "\"1001\""})
        EXPECT_THAT(audited, Not(HasSubstr(known)));
    EXPECT_THAT(audited, HasSubstr("person.erased"));
    const auto chain = server::verify_audit(*database_);
    ASSERT_TRUE(chain) << chain.error().message;
}

TEST_F(Retention, rules_of_doors_and_pardons_do_not_name_an_erased_person) {
    run("INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
        "model, "
        "firmware, created_at) VALUES (1, 'Lobby', '10.0.0.9', 37777, 'admin', x'00', 'ab', 'given', 'SP1', "
        "'m', 'f', 0); INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, "
        "overtime_s, duress) VALUES (21, 1, 1, 'Front', 3, 'card', 1, 60, 0)");
    restart();
    const auto anna = add("/people", {{"name", "Anna Berger"}, {"user_id", "1001"}});
    const auto bo = add("/people", {{"name", "Bo"}});
    const json::array together{{{"people", {anna, bo}}, {"needed", 1}}};
    must(200, call("PATCH", "/doors/21/rules", {{"groups", together}}));
    const auto pardoned = ports::write_to(*database_, [&](ports::Connection& c) -> base::Status {
        const json::object told{{"person", {{"id", anna}, {"name", "Anna Berger"}}}};
        server::IdSource ids(clock_, 1);
        return server::Audit(*database_, ids, clock_)
            .append(c, {}, "device.person_pardoned", server::Subject{"device", "1", "Lobby"}, nullptr, &told);
    });
    ASSERT_TRUE(pardoned);
    ASSERT_THAT(everything_audited(), HasSubstr("Anna Berger"));
    EXPECT_EQ(call("DELETE", "/people/" + anna + "?personal_data=erase").status, 204);
    EXPECT_THAT(everything_audited(), Not(HasSubstr("Anna")));
    EXPECT_THAT(everything_audited(), HasSubstr("Bo")) << "the others stay named";
    EXPECT_TRUE(server::verify_audit(*database_));
}

TEST_F(Retention, a_person_is_erased_with_the_removal) {
    const auto anna = add("/people", {{"name", "Anna Berger"}, {"user_id", "1001"}});
    EXPECT_EQ(call("DELETE", "/people/" + anna + "?personal_data=all").code(), "invalid");
    EXPECT_EQ(call("DELETE", "/people/" + anna + "?personal_data=erase").status, 204);
    EXPECT_THAT(everything_audited(), Not(HasSubstr("Anna")));
    EXPECT_TRUE(server::verify_audit(*database_));
}

TEST_F(Retention, what_is_left_of_an_erased_entry_is_part_of_the_chain) {
    const auto anna = add("/people", {{"name", "Anna Berger"}, {"user_id", "1001"}});
    EXPECT_EQ(call("DELETE", "/people/" + anna + "?personal_data=erase").status, 204);
    run("DROP TRIGGER audit_is_never_changed; UPDATE audit SET account = 'somebody' WHERE action = "
        "'person.added'");
    const auto changed = server::verify_audit(*database_);
    ASSERT_FALSE(changed);
    EXPECT_THAT(changed.error().message, HasSubstr("changed since a person was erased from it"));
}

TEST_F(Retention, an_entry_that_only_claims_to_be_erased_is_found) {
    add("/people", {{"name", "Anna Berger"}, {"user_id", "1001"}});
    run("UPDATE audit SET after = NULL, erased_by = 99 WHERE action = 'person.added'");
    EXPECT_FALSE(server::verify_audit(*database_));
}

TEST_F(Retention, audit_entries_and_events_change_in_no_other_way) {
    const auto anna = add("/people", {{"name", "Anna Berger"}, {"user_id", "1001"}});
    add_events(anna, "1001", 1);
    for (const std::string sql :
         {"UPDATE audit SET account = 'x', erased_by = 99", "UPDATE audit SET after = NULL",
          "DELETE FROM audit", "UPDATE event SET user_id = NULL, card = NULL, detail = NULL",
          "UPDATE event SET at = 0"})
        EXPECT_FALSE(ports::write_to(*database_, [&](ports::Connection& c) -> base::Status {
            return c.script(sql);
        })) << sql;
}

TEST_F(Retention, what_is_over_is_removed_in_the_background_and_told) {
    const auto anna =
        add("/people", {{"name", "Anna Berger"}, {"user_id", "1001"}, {"valid_to", "2026-01-01T00:00:00Z"}});
    add_events(anna, "1001", 20);
    run("INSERT INTO person_photo (person_id, changed_at, jpeg) VALUES (" + anna + ", 1, x'00')");
    const auto ben = add("/people", {{"name", "Ben Adler"}, {"user_id", "1002"}});
    EXPECT_EQ(call("DELETE", "/people/" + ben).status, 204);
    let_pass(1);
    EXPECT_EQ(call("PATCH", "/settings/retention", {{"events_days", 0}}).fields(),
              std::vector<std::string>{"events_days:too_small"});
    const auto kept = must(200, call("PATCH", "/settings/retention",
                                     {{"events_days", 11}, {"photos_days", 30}, {"people_days", 7}}));
    EXPECT_EQ(kept.at("audit_days"), nullptr);
    wait_for("SELECT count(*) FROM event", 10);
    wait_for("SELECT count(*) FROM person_photo", 0);
    wait_for("SELECT count(*) FROM audit WHERE action = 'retention.applied'", 1);
    EXPECT_EQ(count("SELECT count(*) FROM former_person WHERE erased_at IS NULL"), 1) << "not over yet";
    EXPECT_THAT(everything_audited(), HasSubstr(R"("after":{"events":10,"photos":1})"));

    let_pass(8);
    must(200, call("PATCH", "/settings/retention", {{"events_days", nullptr}}));
    wait_for("SELECT count(*) FROM former_person WHERE erased_at IS NULL", 0);
    EXPECT_THAT(everything_audited(), Not(HasSubstr("Ben")));
}

TEST_F(Retention, old_entries_of_the_audit_log_go_and_the_rest_is_still_proved) {
    add("/people", {{"name", "Anna Berger"}});
    const auto all = count("SELECT max(sequence) FROM audit");
    let_pass(40);
    must(200, call("PATCH", "/settings/retention", {{"audit_days", 30}}));
    wait_for("SELECT count(*) FROM audit WHERE sequence <= " + std::to_string(all), 0);
    const auto chain = server::verify_audit(*database_);
    ASSERT_TRUE(chain) << chain.error().message;
    EXPECT_EQ(chain->entries, count("SELECT count(*) FROM audit"));
    run("DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_deleted; "
        "UPDATE audit_start SET sequence = sequence + 1, hash = (SELECT hash FROM audit ORDER BY sequence "
        "LIMIT 1); "
        "DELETE FROM audit WHERE sequence <= (SELECT sequence FROM audit_start)");
    EXPECT_FALSE(server::verify_audit(*database_)) << "cut off by somebody else";
}

TEST_F(Retention, a_clock_that_jumps_ahead_removes_nothing_until_it_has_gone_on_for_days) {
    const auto anna = add("/people", {{"name", "Anna Berger"}, {"user_id", "1001"}});
    add_events(anna, "1001", 20);
    must(200, call("PATCH", "/settings/retention", {{"events_days", 365}, {"audit_days", 365}}));
    wait_for("SELECT count(*) FROM setting WHERE name = 'retention_clock'", 1);
    const auto entries = count("SELECT count(*) FROM audit");
    EXPECT_EQ(held_until(), nullptr);
    jump_ahead();
    must(200, call("PATCH", "/settings/retention", {{"photos_days", 365}}));
    wait_until_held(true);
    restart();
    wait_until_held(true);
    // What somebody asks for is done all the same.
    EXPECT_EQ(call("DELETE", "/people/" + anna + "?personal_data=erase").status, 204);
    wait_for("SELECT count(*) FROM event WHERE user_id IS NOT NULL", 0);
    EXPECT_EQ(count("SELECT count(*) FROM event"), 20);
    EXPECT_GE(count("SELECT count(*) FROM audit"), entries);

    let_pass(3);
    must(200, call("PATCH", "/settings/retention", {{"photos_days", 366}}));
    wait_until_held(false);
    wait_for("SELECT count(*) FROM event", 0);
}

TEST_F(Retention, a_clock_that_jumps_ahead_within_a_run_makes_nothing_more_be_over) {
    const auto anna = add("/people", {{"name", "Anna Berger"}, {"user_id", "1001"}});
    add_events(anna, "1001", 20);
    const auto long_ago = std::to_string((clock_.utc() + -std::chrono::days{400}).microseconds);
    run("WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 10999) "
        "INSERT INTO event (id, device_id, generation, sequence, at, utc_offset_s, received_at, kind) "
        "SELECT i, 1, 1, i, " +
        long_ago + ", 0, " + long_ago + ", 'access' FROM n");
    must(200, call("PATCH", "/settings/retention", {{"events_days", 365}}));
    while (count("SELECT count(*) FROM event") == 10'020) std::this_thread::yield();
    jump_ahead();
    must(200, call("PATCH", "/settings/retention", {{"photos_days", 365}}));
    wait_until_held(true);  // by the next run
    EXPECT_EQ(count("SELECT count(*) FROM event"), 20);
}

TEST_F(Retention, the_notice_is_told_with_the_periods) {
    must(200, call("PATCH", "/settings/retention", {{"events_days", 365}}));
    must(200, call("PATCH", "/privacy-notice", {{"en", "We record who opens which door.\n\nAsk us."}}));
    const auto notice = must(200, call("GET", "/privacy-notice"));
    EXPECT_EQ(notice.at("en"), "We record who opens which door.\n\nAsk us.");
    EXPECT_EQ(notice.at("zh"), "");
    EXPECT_EQ(notice.at("kept").at("events_days"), 365);
}

}  // namespace
}  // namespace sallyport::tests

// Sessions while accounts, roles and other sessions change under them (platform.md S3, S4, S6).
#include <future>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using server::Function;
using server::Level;
using std::chrono::minutes;

/// Sessions by themselves, with an account that may edit people.
class HeldSessions : public SetUpPlatformTest {
  protected:
    void SetUp() override {
        SetUpPlatformTest::SetUp();
        run("INSERT INTO role (id, name, rights, revision) VALUES (50, 'Keeper', '{\"people\": \"edit\"}', "
            "1)");
        run("INSERT INTO account (id, name, password_hash, language, role_id, created_at, "
            "password_changed_at) VALUES (60, 'anna', 'x', 'en', 50, 0, 0)");
        ASSERT_TRUE(rules_.load());
        ASSERT_TRUE(sessions_.load());
        EXPECT_TRUE(ids_.start_after(server::last_id(*database_).value()));
    }
    void run(const std::string& sql) {
        const auto done = ports::write_to(
            *database_, [&](ports::Connection& connection) { return connection.execute(sql); });
        ASSERT_TRUE(done) << done.error().message;
    }
    void lower_the_role() { run("UPDATE role SET rights = '{\"people\": \"view\"}' WHERE id = 50"); }
    server::Account anna() {
        return ports::read_from(*database_,
                                [](ports::Connection& c) { return server::load_accounts(c, "anna"); })
            .value()
            .front();
    }
    server::Sessions::Opening stored() {
        auto opening = sessions_.prepare(anna(), {.address = "10.0.0.7", .agent = "test"});
        const auto done = ports::write_to(
            *database_, [&](ports::Connection& connection) { return sessions_.store(connection, opening); });
        EXPECT_TRUE(done);
        return opening;
    }
    std::string opened() { return std::string(sessions_.add(stored()).value().token.reveal()); }
    bool edits(const std::string& token) {
        const auto session = sessions_.use(token);
        return session && session->account.rights.may(Function::people, Level::edit);
    }

    server::IdSource ids_{clock_, 0};
    server::Audit audit_{*database_, ids_, clock_};
    server::SignInRules rules_{*database_, audit_};
    server::Sessions sessions_{*database_, ids_, clock_, rules_};
};

TEST_F(HeldSessions, a_slow_reading_brings_no_right_back) {
    const auto token = opened();
    database_->after_next_read([&] {
        lower_the_role();
        sessions_.refresh();
        EXPECT_FALSE(edits(token));
    });
    sessions_.refresh();  // has read the role as it was
    EXPECT_TRUE(sessions_.use(token));
    EXPECT_FALSE(edits(token));
}

TEST_F(HeldSessions, a_slow_reading_ends_none_that_was_opened_since) {
    std::promise<void> has_read, goes_on;
    database_->after_next_read([&] {
        has_read.set_value();
        goes_on.get_future().wait();
    });
    const auto slow = std::async(std::launch::async, [&] { sessions_.refresh(); });
    has_read.get_future().wait();
    auto opening = stored();
    database_->after_next_read([&] {
        goes_on.set_value();
        slow.wait();
    });
    EXPECT_TRUE(sessions_.add(std::move(opening)));
}

TEST_F(HeldSessions, one_that_is_being_opened_gets_the_role_as_it_is_by_then) {
    auto opening = stored();
    lower_the_role();
    sessions_.refresh();
    const auto session = sessions_.add(std::move(opening));
    ASSERT_TRUE(session);
    EXPECT_FALSE(edits(std::string(session->token.reveal())));
}

TEST_F(HeldSessions, one_that_was_ended_while_it_was_opened_is_not_there) {
    for (const auto* sql :
         {"DELETE FROM session WHERE account_id = 60", "DELETE FROM account WHERE id = 60"}) {
        auto opening = stored();
        const auto token = std::string(opening.token.reveal());
        run(sql);
        sessions_.refresh();
        const auto session = sessions_.add(std::move(opening));
        ASSERT_FALSE(session) << sql;
        EXPECT_EQ(session.error().code, "unauthenticated");
        EXPECT_FALSE(sessions_.use(token));
    }
}

TEST_F(HeldSessions, what_cannot_be_read_is_caught_up_with) {
    const auto token = opened();
    lower_the_role();
    database_->set_readable(HookedDatabase::Readable::no);
    sessions_.refresh();
    EXPECT_TRUE(sessions_.behind());
    EXPECT_FALSE(sessions_.catch_up());
    database_->set_readable(HookedDatabase::Readable::yes);
    EXPECT_TRUE(sessions_.catch_up());
    EXPECT_FALSE(sessions_.behind());
    EXPECT_FALSE(edits(token));
}

TEST_F(HeldSessions, a_thousand_are_held_and_one_more_ends_the_longest_idle) {
    run("DELETE FROM session");
    sessions_.refresh();
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < server::Sessions::at_once; ++i) tokens.push_back(opened());
    // Each is used, the first again, and one long before the others.
    constexpr std::size_t idle = 617;
    clock_.advance(minutes{10});
    EXPECT_TRUE(sessions_.use(tokens[idle]));
    clock_.advance(minutes{10});
    for (const auto& token : tokens)
        if (token != tokens[idle]) EXPECT_TRUE(sessions_.use(token));
    EXPECT_EQ(sessions_.all().size(), 1'000U);

    tokens.push_back(opened());
    EXPECT_EQ(sessions_.all().size(), 1'000U);
    EXPECT_FALSE(sessions_.use(tokens[idle]));
    std::size_t held = 0;
    for (const auto& token : tokens) held += sessions_.use(token) ? 1 : 0;
    EXPECT_EQ(held, 1'000U);

    server::Sessions restarted(*database_, ids_, clock_, rules_);
    run("DELETE FROM setting WHERE name = 'none'");  // what was queued is written
    ASSERT_TRUE(restarted.load());
    EXPECT_EQ(restarted.all().size(), 1'000U);
    EXPECT_FALSE(restarted.use(tokens[idle]));
}

TEST_F(HeldSessions, one_that_made_room_goes_from_the_database_as_soon_as_that_lets_it) {
    const auto rows = [this] {
        run("DELETE FROM setting WHERE name = 'none'");  // what was queued is written
        return ports::read_from(*database_,
                                [](ports::Connection& c) { return c.query("SELECT count(*) FROM session"); })
            .value()
            .at(0)
            .integer(0);
    };
    constexpr auto most = static_cast<std::int64_t>(server::Sessions::at_once);
    run("DELETE FROM session");
    sessions_.refresh();
    const auto idle = opened();
    clock_.advance(minutes{1});
    for (std::int64_t i = 1; i < most; ++i) (void)opened();
    run("CREATE TRIGGER refusing BEFORE DELETE ON session BEGIN SELECT RAISE(ABORT, 'full'); END");
    const auto latest = opened();
    EXPECT_FALSE(sessions_.use(idle));
    sessions_.store_ends();  // in vain
    EXPECT_EQ(rows(), most + 1);
    run("DROP TRIGGER refusing");
    sessions_.store_ends();
    EXPECT_EQ(rows(), most);
    server::Sessions restarted(*database_, ids_, clock_, rules_);
    ASSERT_TRUE(restarted.load());
    EXPECT_FALSE(restarted.use(idle));
    EXPECT_TRUE(restarted.use(latest));
}

/// Two administrators and what one does while the other's call is under way.
class TwoAdministrators : public SetUpPlatformTest {
  protected:
    void SetUp() override {
        SetUpPlatformTest::SetUp();
        admin_ = token_;
        boss_id_ = json::value_to<std::string>(
            must(201, call("POST", "/accounts",
                           {{"name", "boss"}, {"password", "brass-key-58"}, {"role_id", "1"}}))["id"]);
        ASSERT_NO_FATAL_FAILURE(boss_ = sign_in("brass-key-58"));
        token_ = boss_;
        clock_.advance(minutes{1});
        must(204, call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}));
        must(200, as(admin_, "GET", "/me", {}));  // notes when it was used, which is no write in between
    }
    Reply post_session(const char* password) {
        return call_from({}, "POST", "/api/v1/sessions",
                         json::serialize(json::value{{"account", "boss"}, {"password", password}}));
    }
    std::string sign_in(const char* password) {
        return json::value_to<std::string>(must(200, post_session(password)).at("token"));
    }
    Reply as(const std::string& token, const std::string& method, const std::string& path,
             const json::value& body) {
        return call_from({.headers = {{"authorization", "Bearer " + token}}}, method, "/api/v1" + path,
                         json::serialize(body));
    }
    void demote_boss_before_the_next_write() {
        database_->before_next_write([this] {
            EXPECT_EQ(as(admin_, "PATCH", "/accounts/" + boss_id_, {{"role_id", guest_role}}).status, 200);
        });
    }
    static constexpr const char* guest_role = "4";
    std::string admin_, boss_, boss_id_;
};

TEST_F(TwoAdministrators, who_is_demoted_meanwhile_makes_no_account_and_changes_no_role) {
    const auto own = must(201, call("POST", "/roles", {{"name", "Own"}, {"rights", {{"people", "view"}}}}));
    const auto role = "/roles/" + json::value_to<std::string>(own.at("id"));
    const json::value friends{{"name", "friend"}, {"password", "brass-key-58"}, {"role_id", "1"}};
    const auto calls = {
        std::tuple{"POST", std::string("/accounts"), friends},
        {"PATCH", "/accounts/" + boss_id_, json::value{{"role_id", "1"}}},
        {"PATCH", role, json::value{{"rights", {{"accounts", "administer"}}}}},
        {"POST", std::string("/roles"), json::value{{"name", "New"}, {"rights", {{"people", "view"}}}}},
    };
    for (const auto& [method, path, body] : calls) {
        demote_boss_before_the_next_write();
        const auto reply = as(boss_, method, path, body);
        EXPECT_EQ(reply.status, 403) << method << path << reply.text;
        EXPECT_EQ(as(boss_, "GET", "/accounts", {}).code(), "forbidden");
        must(200, as(admin_, "PATCH", "/accounts/" + boss_id_, {{"role_id", "1"}}));
    }
}

TEST_F(TwoAdministrators, a_password_that_was_changed_meanwhile_opens_nothing) {
    const auto change = [this](const char* old, const char* fresh) {
        return as(boss_, "POST", "/me/password", {{"old", old}, {"password", fresh}});
    };
    const auto change_meanwhile = [&](const char* old, const char* fresh) {
        database_->before_next_write([=, this] {
            clock_.advance(minutes{1});
            EXPECT_EQ(change(old, fresh).status, 204);
        });
    };
    change_meanwhile("silver-lock-91", "copper-gate-17");
    EXPECT_EQ(post_session("silver-lock-91").code(), "wrong_login");
    change_meanwhile("copper-gate-17", "bronze-door-33");
    EXPECT_THAT(change("copper-gate-17", "stolen-away-44").fields(), testing::ElementsAre("old:wrong"));
    EXPECT_EQ(post_session("bronze-door-33").status, 200);
}

TEST_F(TwoAdministrators, nobody_is_believed_while_rights_cannot_be_read) {
    database_->before_next_write([this] { database_->set_readable(HookedDatabase::Readable::no); });
    must(200, as(admin_, "PATCH", "/accounts/" + boss_id_, {{"role_id", guest_role}}));
    EXPECT_EQ(as(boss_, "GET", "/me", {}).status, 503);
    database_->set_readable(HookedDatabase::Readable::yes);
    EXPECT_EQ(as(boss_, "GET", "/me", {}).status, 200);
    EXPECT_EQ(as(boss_, "GET", "/accounts", {}).code(), "forbidden");
}

}  // namespace
}  // namespace sallyport::tests

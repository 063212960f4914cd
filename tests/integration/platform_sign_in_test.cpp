// What signing in asks for besides a password, and what helps when it is forgotten (platform.md S1, S2, S4).
#include <set>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "codec/otp/totp.hpp"
#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
namespace otp = codec::otp;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const json::value password{{"password", "correct-horse-7"}};
const json::array two_questions{
    json::object{{"question", "First pet?"}, {"answer", "  Rex  the Dog"}},
    json::object{{"question", "First street?"}, {"answer", "\xc3\x96stra\xc3\x9f"}}};

/// As an authenticator app reads it.
base::Secret bytes_of(std::string_view base32) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string bytes;
    unsigned kept = 0;
    int bits = 0;
    for (const char c : base32) {
        kept = kept << 5 | static_cast<unsigned>(digits.find(c));
        if ((bits += 5) < 8) continue;
        bits -= 8;
        bytes += static_cast<char>(kept >> bits);
    }
    return base::Secret(bytes);
}

class SigningIn : public SetUpPlatformTest {
  protected:
    Reply sign_in(json::object more = {}, const char* peer = "10.0.0.7", const char* account = "admin") {
        json::object body{{"account", account}, {"password", "correct-horse-7"}};
        for (auto& member : more) body[member.key()] = member.value();
        return call_from({.peer = peer, .headers = {}}, "POST", "/api/v1/sessions", json::serialize(body));
    }
    Reply with_code(std::string_view code, const char* peer = "10.0.0.7") {
        return sign_in({{"code", code}}, peer);
    }
    /// Of the app; `steps` later than now.
    std::string code(std::int64_t steps = 0) {
        return std::string(otp::code_at(secret_, otp::step_at(clock_.utc()) + steps).reveal());
    }
    /// Begins, and confirms with the code of now; the recovery codes.
    std::vector<std::string> set_up_second_factor() {
        const auto begun = must(200, call("POST", "/me/second-factor", password));
        secret_ = bytes_of(begun.at("secret").as_string());
        const auto done =
            must(200, call("POST", "/me/second-factor/confirm", json::object{{"code", code()}}));
        return json::value_to<std::vector<std::string>>(done.at("recovery_codes"));
    }
    /// Actions of the audit log, the newest first.
    std::vector<std::string> done() {
        std::vector<std::string> actions;
        for (const auto& entry : must(200, call("GET", "/audit?limit=50")).at("items").as_array())
            actions.push_back(json::value_to<std::string>(entry.at("action")));
        return actions;
    }
    base::Secret secret_;
};

TEST_F(SigningIn, asks_for_a_code_only_after_one_was_shown) {
    EXPECT_EQ(call("POST", "/me/second-factor", json::object{{"password", "wrong"}}).fields(),
              std::vector<std::string>{"password:wrong"});
    EXPECT_EQ(call("POST", "/me/second-factor/confirm", json::object{{"code", "123456"}}).code(),
              "second_factor_not_begun");
    const auto begun = must(200, call("POST", "/me/second-factor", password));
    secret_ = bytes_of(begun.at("secret").as_string());
    EXPECT_THAT(std::string(begun.at("uri").as_string()),
                HasSubstr("otpauth://totp/Sallyport:admin?secret="));
    EXPECT_EQ(sign_in().status, 200) << "it does not count yet";
    EXPECT_EQ(call("POST", "/me/second-factor/confirm", json::object{{"code", code(5)}}).fields(),
              std::vector<std::string>{"code:wrong"});
    EXPECT_EQ(must(200, call("GET", "/me/second-factor"))["on"], false);
    EXPECT_EQ(must(200, call("GET", "/me"))["second_factor"], "none");
    EXPECT_EQ(set_up_second_factor().size(), 10U);
    EXPECT_EQ(must(200, call("GET", "/me/second-factor"))["recovery_codes"], 10);
    EXPECT_EQ(must(200, call("GET", "/me"))["second_factor"], "on");
    EXPECT_EQ(call("POST", "/me/second-factor", password).code(), "second_factor_on");
    EXPECT_EQ(sign_in().code(), "second_factor_needed");
    EXPECT_EQ(sign_in({{"password", "wrong"}}).code(), "wrong_login") << "who has no password learns nothing";
    restart();
    EXPECT_EQ(sign_in().status, 401);
    clock_.advance(seconds{30});
    EXPECT_EQ(with_code(code()).status, 200);
    EXPECT_THAT(done(), testing::Contains("account.second_factor_added"));
}

TEST_F(SigningIn, takes_a_code_once_and_a_step_early_or_late) {
    set_up_second_factor();
    EXPECT_EQ(with_code(code()).code(), "wrong_code") << "the code that confirmed it is used up";
    clock_.advance(minutes{5});
    EXPECT_EQ(with_code(code(-2)).code(), "wrong_code");
    EXPECT_EQ(with_code(code(2)).code(), "wrong_code");
    EXPECT_EQ(with_code(code(-1)).status, 200) << "of a phone that is late";
    EXPECT_EQ(with_code(code(1)).status, 200) << "of a phone that is early";
    EXPECT_EQ(with_code(code(1)).code(), "wrong_code");
    EXPECT_EQ(with_code(code()).code(), "wrong_code") << "older than one that was used";
    clock_.advance(seconds{60});
    const auto spaced = code().insert(3, " ");
    EXPECT_EQ(with_code(spaced).status, 200);
}

TEST_F(SigningIn, wrong_codes_count_like_wrong_passwords) {
    set_up_second_factor();
    clock_.advance(minutes{1});
    for (int i = 0; i < 3; ++i) EXPECT_EQ(with_code("000000").code(), "wrong_code");
    EXPECT_EQ(sign_in().code(), "second_factor_needed") << "the right password alone forgives nothing";
    EXPECT_EQ(with_code("AAAAA-AAAAA").code(), "wrong_code");
    EXPECT_EQ(sign_in({{"password", "wrong"}}).status, 401);
    EXPECT_EQ(with_code(code(), "10.0.0.8").code(), "locked_out");
    clock_.advance(minutes{10});
    EXPECT_EQ(with_code(code(), "10.0.0.8").status, 200);
}

TEST_F(SigningIn, a_recovery_code_opens_once) {
    const auto codes = set_up_second_factor();
    EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 10U);
    EXPECT_EQ(with_code(codes[0]).status, 200);
    EXPECT_EQ(with_code(codes[0]).code(), "wrong_code");
    auto small = codes[1];
    for (auto& c : small) c = static_cast<char>(std::tolower(c));
    EXPECT_EQ(with_code(small).status, 200);
    EXPECT_EQ(must(200, call("GET", "/me/second-factor"))["recovery_codes"], 8);
    const auto renewed = must(200, call("POST", "/me/second-factor/recovery-codes", password));
    EXPECT_EQ(with_code(codes[2]).code(), "wrong_code") << "those of before are gone";
    EXPECT_EQ(with_code(std::string(renewed.at("recovery_codes").at(0).as_string())).status, 200);
    const auto entry = must(200, call("GET", "/audit?action=session.opened&limit=1")).at("items").at(0);
    EXPECT_EQ(entry.at("after").at("second_factor"), "recovery_code");
}

TEST_F(SigningIn, secrets_and_codes_are_not_in_the_database) {
    const auto begun = must(200, call("POST", "/me/second-factor", password));
    const auto codes = set_up_second_factor();
    const auto rows = ports::read_from(*database_, [](ports::Connection& connection) {
        return connection.query(
            "SELECT secret FROM second_factor UNION ALL SELECT code_hash FROM recovery_code");
    });
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 11U);
    const auto bare = codes[0].substr(0, 5) + codes[0].substr(6);
    for (const auto& row : *rows) {
        EXPECT_THAT(row.blob(0), Not(HasSubstr(std::string(secret_.reveal()))));
        EXPECT_THAT(row.blob(0), Not(HasSubstr(bare)));
    }
}

TEST_F(SigningIn, is_taken_away_by_oneself_and_by_an_administrator) {
    set_up_second_factor();
    EXPECT_EQ(call("POST", "/me/second-factor/remove", json::object{{"password", "wrong"}}).status, 400);
    EXPECT_EQ(call("POST", "/me/second-factor/remove", password).status, 204);
    EXPECT_EQ(sign_in().status, 200);
    EXPECT_EQ(call("POST", "/me/second-factor/recovery-codes", password).code(), "second_factor_off");
    set_up_second_factor();
    const auto account = must(200, call("GET", "/accounts")).at("items").at(0);
    EXPECT_EQ(account.at("second_factor"), true);
    const auto path = "/accounts/" + std::string(account.at("id").as_string()) + "/second-factor";
    EXPECT_EQ(call("DELETE", path).status, 204);
    EXPECT_EQ(call("DELETE", path).status, 204) << "none is no error";
    EXPECT_EQ(call("DELETE", "/accounts/7/second-factor").status, 404);
    EXPECT_EQ(sign_in().status, 200);
    EXPECT_EQ(done()[1], "account.second_factor_removed");
}

TEST_F(SigningIn, may_be_asked_of_administrators_or_of_everybody) {
    const json::object account{{"name", "guard"}, {"password", "brass-key-58"}, {"role_id", "2"}};
    must(201, call("POST", "/accounts", account));
    const auto admin = token_;
    token_ = json::value_to<std::string>(
        sign_in({{"password", "brass-key-58"}}, "10.0.0.7", "guard").body.at("token"));
    const json::object own{{"old", "brass-key-58"}, {"password", "silver-lock-91"}};
    EXPECT_EQ(call("POST", "/me/password", own).status, 204);
    const auto guard = std::exchange(token_, admin);

    must(200, call("PATCH", "/settings/sign-in", json::object{{"second_factor", "administrators"}}));
    EXPECT_EQ(call("GET", "/doors").code(), "second_factor_setup_needed");
    EXPECT_EQ(must(200, call("GET", "/me"))["second_factor"], "needed");
    EXPECT_EQ(std::exchange(token_, guard), admin);
    EXPECT_EQ(call("GET", "/doors").status, 200) << "a guard administers nothing";
    token_ = admin;
    set_up_second_factor();
    EXPECT_EQ(call("GET", "/doors").status, 200);
    must(200, call("PATCH", "/settings/sign-in", json::object{{"second_factor", "everybody"}}));
    EXPECT_EQ(call("GET", "/doors").status, 200);
    token_ = guard;
    EXPECT_EQ(call("GET", "/doors").code(), "second_factor_setup_needed");
    restart();
    EXPECT_EQ(call("GET", "/doors").code(), "second_factor_setup_needed");
}

TEST_F(SigningIn, a_browser_stays_signed_in_for_thirty_days_unless_that_is_forbidden) {
    const auto kept = sign_in({{"stay", true}});
    EXPECT_THAT(kept.header("Set-Cookie"), HasSubstr("Max-Age=2592000"));
    EXPECT_THAT(sign_in().header("Set-Cookie"), Not(HasSubstr("Max-Age")));
    token_ = json::value_to<std::string>(kept.body.at("token"));
    EXPECT_EQ(must(200, call("GET", "/sessions")).at("items").at(1).at("kept"), true);
    clock_.advance(hours{24 * 29});
    restart();
    EXPECT_EQ(call("GET", "/me").status, 200);
    clock_.advance(hours{23});
    EXPECT_EQ(call("GET", "/me").status, 200);
    clock_.advance(hours{1});
    EXPECT_EQ(call("GET", "/me").status, 401) << "however much it was used";

    token_ = json::value_to<std::string>(sign_in({{"stay", true}}).body.at("token"));
    must(200, call("PATCH", "/settings/sign-in", json::object{{"staying_signed_in", "forbidden"}}));
    EXPECT_EQ(call("GET", "/setup").body.at("staying_signed_in"), "forbidden");
    EXPECT_EQ(call("GET", "/me").status, 200);
    clock_.advance(hours{8});
    EXPECT_EQ(call("GET", "/me").status, 401) << "those that were open end like others";
    EXPECT_THAT(sign_in({{"stay", true}}).header("Set-Cookie"), Not(HasSubstr("Max-Age")));
}

TEST_F(SigningIn, an_old_password_is_pointed_out_after_the_time_that_the_site_says) {
    const auto word = [&] {
        token_ = json::value_to<std::string>(sign_in().body.at("token"));
        return must(200, call("GET", "/me"))["password_change"];
    };
    clock_.advance(hours{24 * 31});
    EXPECT_EQ(word(), "none");
    must(200, call("PATCH", "/settings/sign-in", json::object{{"password_reminder_days", 30}}));
    EXPECT_EQ(word(), "due");
    must(200, call("PATCH", "/settings/sign-in", json::object{{"password_reminder_days", 0}}));
    EXPECT_EQ(word(), "none");
    EXPECT_EQ(call("PATCH", "/settings/sign-in", json::object{{"password_reminder_days", -1}}).status, 400);
    EXPECT_EQ(done()[0], "session.opened");
    EXPECT_EQ(done()[1], "settings.changed");
}

class Forgotten : public SigningIn {
  protected:
    Reply recover(const json::array& answers, const char* peer = "10.0.0.7",
                  const char* fresh = "another-horse-8") {
        const json::object body{{"answers", answers}, {"password", fresh}};
        return call_from({.peer = peer, .headers = {}}, "POST", "/api/v1/password-recovery",
                         json::serialize(body));
    }
    Reply ask(const json::array& questions) {
        return call("PUT", "/me/questions",
                    json::object{{"password", "correct-horse-7"}, {"questions", questions}});
    }
};

TEST_F(Forgotten, the_answers_to_all_questions_set_a_new_password_and_end_the_sessions) {
    EXPECT_EQ(ask(two_questions).status, 204);
    EXPECT_EQ(call_from({}, "GET", "/api/v1/password-recovery").text,
              R"({"questions":["First pet?","First street?"],"mail":false})");
    EXPECT_EQ(recover({"rex the dog"}).code(), "wrong_answers");
    EXPECT_EQ(recover({"rex the dog", "elsewhere"}).code(), "wrong_answers");
    EXPECT_EQ(recover({"rex the dog", "x"}, "10.0.0.7", "short").fields().size(), 2U) << "not a guess";
    EXPECT_EQ(call("GET", "/me").status, 200);
    EXPECT_EQ(recover({"REX THE DOG ", "\xc3\xb6stra\xc3\x9f"}).status, 204);
    EXPECT_EQ(call("GET", "/me").status, 401);
    EXPECT_EQ(sign_in().status, 401);
    const auto session = sign_in({{"password", "another-horse-8"}});
    EXPECT_EQ(session.status, 200);
    token_ = json::value_to<std::string>(session.body.at("token"));
    const auto actions = done();
    EXPECT_THAT(actions, testing::IsSupersetOf(
                             {"account.questions_changed", "account.recovered", "account.recovery_refused"}));
}

TEST_F(Forgotten, a_second_factor_is_still_asked_for) {
    ask(two_questions);
    set_up_second_factor();
    EXPECT_EQ(recover({"rex the dog", "\xc3\x96stra\xc3\x9f"}).status, 204);
    EXPECT_EQ(sign_in({{"password", "another-horse-8"}}).code(), "second_factor_needed");
}

TEST_F(Forgotten, wrong_tries_close_the_way_for_an_address_and_for_all) {
    ask(two_questions);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(recover({"a", "b"}).code(), "wrong_answers");
    EXPECT_EQ(recover({"a", "b"}, "10.0.0.8").code(), "wrong_answers");
    EXPECT_EQ(recover({"rex the dog", "\xc3\x96stra\xc3\x9f"}, "10.0.0.9").code(), "too_many_attempts");
    EXPECT_EQ(sign_in({}, "10.0.0.9").status, 200) << "passwords go on";
    const auto locked = must(200, call("GET", "/lockouts")).at("items").at(0);
    EXPECT_EQ(locked.at("kind"), "questions");
    EXPECT_EQ(
        call("POST", "/lockouts/lift", json::object{{"kind", "questions"}, {"subject", "admin"}}).status,
        204);
    EXPECT_EQ(recover({"rex the dog", "\xc3\x96stra\xc3\x9f"}, "10.0.0.9").status, 204);
}

TEST_F(Forgotten, without_questions_the_answer_is_the_same) {
    const auto before = recover({"a", "b"});
    EXPECT_EQ(before.code(), "wrong_answers");
    ask(two_questions);
    EXPECT_EQ(recover({"a", "b"}).text, before.text);
    EXPECT_EQ(ask({}).status, 204);
    EXPECT_EQ(recover({"rex the dog", "\xc3\x96stra\xc3\x9f"}).code(), "wrong_answers");
}

TEST_F(Forgotten, questions_are_none_or_two_or_three_of_the_administrator) {
    EXPECT_EQ(ask({two_questions[0]}).fields(), std::vector<std::string>{"questions:too_short"});
    EXPECT_EQ(ask(json::array(4, two_questions[0])).fields(), std::vector<std::string>{"questions:too_long"});
    const json::object account{{"name", "guard"}, {"password", "brass-key-58"}, {"role_id", "1"}};
    must(201, call("POST", "/accounts", account));
    token_ = json::value_to<std::string>(
        sign_in({{"password", "brass-key-58"}}, "10.0.0.7", "guard").body.at("token"));
    EXPECT_EQ(
        call("POST", "/me/password", json::object{{"old", "brass-key-58"}, {"password", "correct-horse-7"}})
            .status,
        204);
    EXPECT_EQ(ask(two_questions).code(), "administrator_only");
    EXPECT_EQ(call("GET", "/me/questions").text, R"({"possible":false,"questions":[]})");
}

TEST_F(SigningIn, a_reset_on_the_machine_takes_the_second_factor_away) {
    set_up_second_factor();
    ASSERT_TRUE(platform_->accounts().reset_admin(base::Secret("another-horse-8")));
    restart();
    EXPECT_EQ(sign_in({{"password", "another-horse-8"}}).status, 200);
}

TEST(NormalisedAnswer, forgets_what_people_type_differently) {
    const auto normalised = [](const char* text) {
        return std::string(server::normalised_answer(base::Secret(text)).reveal());
    };
    EXPECT_EQ(normalised("  Rex \t the   DOG "), "rex the dog");
    EXPECT_EQ(normalised("\xc3\x84\xc3\x96\xc3\x97\xc3\x9f"), "\xc3\xa4\xc3\xb6\xc3\x97\xc3\x9f");
    EXPECT_EQ(normalised("\xe3\x80\x80\xe7\x8c\xab\xe3\x80\x80\xe7\x8a\xac"), "\xe7\x8c\xab \xe7\x8a\xac");
    EXPECT_EQ(normalised("   "), "");
}

/// Strangers who try passwords hold up one another only.
TEST_F(SetUpPlatformTest, who_is_signed_in_does_not_wait_for_strangers) {
    constexpr int tries = 12;
    std::atomic<int> answered = 0;
    int before = tries;
    // While the writer is busy, no wrong password is answered: it has to be counted first.
    const auto held = ports::write_to(*database_, [&](ports::Connection&) -> base::Status {
        for (int i = 0; i < tries; ++i) {
            ports::HttpRequest request;
            request.method = "POST";
            request.path = "/api/v1/sessions";
            request.body = R"({"account": "admin", "password": "wrong"})";
            request.peer_address = "10.0.0." + std::to_string(i);
            platform_->handler().handle(std::move(request), [&](const ports::HttpResponse&) { ++answered; });
        }
        EXPECT_EQ(call("GET", "/me").status, 200);
        before = answered;
        return {};
    });
    ASSERT_TRUE(held);
    EXPECT_EQ(before, 0);
    const auto deadline = std::chrono::steady_clock::now() + seconds{10};
    while (answered < tries && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_EQ(answered, tries);
}

}  // namespace
}  // namespace sallyport::tests

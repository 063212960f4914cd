// Mailboxes of accounts, codes for forgotten passwords, and the outbox (platform.md S1, I1). The mail server
// is a fake; mail_test.py has a real one.
#include <regex>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::minutes;
using testing::Contains;
using testing::HasSubstr;

constexpr const char* own = "anna@example.org";
const base::Status away = base::fail(base::ErrorKind::unavailable, "refused", "Nobody is there.");

std::string code_in(const std::string& text) {
    std::smatch found;
    return std::regex_search(text, found, std::regex("[0-9]{4}-[0-9]{4}")) ? found.str() : "";
}

class Mailboxes : public SetUpPlatformTest {
  protected:
    void SetUp() override {
        SetUpPlatformTest::SetUp();
        const json::object server{
            {"enabled", true}, {"host", "127.0.0.1"}, {"tls", "off"}, {"sender", "doors@example.org"}};
        must(200, call("PATCH", "/settings/mail", server));
    }
    Reply begin(const char* address) {
        return call("POST", "/me/mailbox",
                    json::object{{"password", "correct-horse-7"}, {"address", address}});
    }
    Reply confirm(const std::string& code) {
        return call("POST", "/me/mailbox/confirm", json::object{{"code", code}});
    }
    /// It is the `sent`-th mail that carries the code.
    void prove(const char* address, std::size_t sent) {
        ASSERT_EQ(begin(address).status, 204);
        must(200, confirm(code_in(mail_server_.mails(sent).at(sent - 1).text)));
    }
    Reply from(const char* peer, const char* path, const json::object& body) {
        return call_from({.peer = peer, .headers = {}}, "POST", std::string("/api/v1") + path,
                         json::serialize(body));
    }
    Reply ask(const char* account = "admin", const char* peer = "10.0.0.7") {
        return from(peer, "/password-recovery/mail", {{"account", account}});
    }
    Reply recover(const std::string& code, const char* peer = "10.0.0.7", const char* account = "admin",
                  const char* fresh = "another-horse-8") {
        return from(peer, "/password-recovery/code",
                    {{"account", account}, {"code", code}, {"password", fresh}});
    }
    Reply sign_in(const char* password) {
        return from("10.0.0.7", "/sessions", {{"account", "admin"}, {"password", password}});
    }
    /// As `sallyport user lock` does, which program_test.py has.
    bool lock(const char* account) {
        const auto now = clock_.utc();
        const server::Failures held{.locks = 1, .locked_until = now + hours{24}, .last_at = now};
        return ports::write_to(*database_,
                               [&](ports::Connection& connection) {
                                   return server::store_failures(
                                       connection, {std::string(server::hand_lock), account}, held);
                               })
            .has_value();
    }
    json::object mail_state() { return must(200, call("GET", "/settings/mail")).at("state").as_object(); }
};

TEST_F(Mailboxes, a_code_proves_a_mailbox_and_the_one_before_is_told) {
    EXPECT_EQ(must(200, call("GET", "/me/mailbox"))["address"], nullptr);
    EXPECT_EQ(call("POST", "/me/mailbox", json::object{{"password", "wrong"}, {"address", own}}).fields(),
              std::vector<std::string>{"password:wrong"});
    EXPECT_EQ(begin("nobody").fields(), std::vector<std::string>{"address:pattern"});
    EXPECT_EQ(confirm("12345678").code(), "mailbox_not_begun");
    EXPECT_EQ(begin(own).status, 204);
    const auto mail = mail_server_.mails(1).at(0);
    EXPECT_EQ(mail.to, own);
    EXPECT_EQ(confirm("0").fields(), std::vector<std::string>{"code:wrong"});
    EXPECT_EQ(must(200, call("GET", "/me/mailbox"))["address"], nullptr);
    EXPECT_EQ(must(200, confirm(code_in(mail.text)))["proved"], true);
    prove("elsewhere@example.org", 2);
    EXPECT_EQ(mail_server_.mails(3).at(2).to, own);
    EXPECT_THAT(mail_server_.mails(3).at(2).text, HasSubstr("not used any more for the account admin"));
    EXPECT_EQ(call("POST", "/me/mailbox/remove", json::object{{"password", "correct-horse-7"}}).status, 204);
    EXPECT_EQ(mail_server_.mails(4).at(3).to, "elsewhere@example.org");
    EXPECT_EQ(must(200, call("GET", "/me/mailbox"))["address"], nullptr);
    const auto entry = must(200, call("GET", "/audit?action=account.mailbox_changed")).at("items").at(1);
    EXPECT_EQ(entry.at("before").at("mailbox"), own);
    EXPECT_EQ(entry.at("after").at("mailbox"), "elsewhere@example.org");
}

TEST_F(Mailboxes, a_code_sets_a_new_password_once_and_ends_the_sessions) {
    prove(own, 1);
    must(200, call("PATCH", "/me", json::object{{"language", "zh"}}));
    EXPECT_EQ(call_from({}, "GET", "/api/v1/password-recovery").body.at("mail"), true);
    EXPECT_EQ(ask().status, 204);
    const auto text = mail_server_.mails(2).at(1).text;
    EXPECT_THAT(text, HasSubstr("忘记了"));
    auto code = code_in(text);
    EXPECT_EQ(recover(code, "10.0.0.7", "admin", "short").fields().size(), 2U) << "not a guess";
    EXPECT_EQ(recover("00000000").code(), "wrong_mail_code");
    EXPECT_EQ(recover(code, "10.0.0.7", "someone").code(), "wrong_mail_code");
    EXPECT_EQ(call("GET", "/me").status, 200);
    code[4] = ' ';
    EXPECT_EQ(recover(code).status, 204);
    EXPECT_EQ(call("GET", "/me").status, 401);
    EXPECT_EQ(sign_in("correct-horse-7").status, 401);
    EXPECT_EQ(recover(code).code(), "wrong_mail_code") << "it is used up";
    const auto session = sign_in("another-horse-8");
    token_ = json::value_to<std::string>(session.body.at("token"));
    EXPECT_THAT(mail_server_.mails(3).at(2).text, HasSubstr("密码已更改"));
    const auto entry = must(200, call("GET", "/audit?action=account.recovered")).at("items").at(0);
    EXPECT_EQ(entry.at("after").at("by"), "mailbox");
}

TEST_F(Mailboxes, whoever_asks_learns_nothing_of_accounts) {
    const auto without = ask("admin");
    const auto nobody = ask("nobody", "10.0.0.8");
    prove(own, 1);
    const auto with = ask("admin", "10.0.0.9");
    for (const auto& reply : {without, nobody}) {
        EXPECT_EQ(reply.status, with.status);
        EXPECT_EQ(reply.text, with.text);
    }
    EXPECT_EQ(mail_server_.mails(2).size(), 2U);
    EXPECT_EQ(recover("1", "10.0.1.1", "nobody").text, recover("1", "10.0.1.2").text);
    EXPECT_EQ(must(200, call("GET", "/audit?action=account.code_asked")).at("items").as_array().size(), 3U);
}

TEST_F(Mailboxes, codes_are_short_lived_and_few) {
    prove(own, 1);
    ask();
    const auto late = code_in(mail_server_.mails(2).at(1).text);
    clock_.advance(minutes{15});
    EXPECT_EQ(recover(late).code(), "wrong_mail_code");
    clock_.advance(hours{24 * 7});  // what failed is forgotten
    token_ = json::value_to<std::string>(sign_in("correct-horse-7").body.at("token"));
    ask();
    const auto first = code_in(mail_server_.mails(3).at(2).text);
    ask();
    const auto second = code_in(mail_server_.mails(4).at(3).text);
    EXPECT_EQ(recover(first, "10.0.0.1").code(), "wrong_mail_code") << "another one was sent since";
    for (int i = 0; i < 4; ++i) EXPECT_EQ(recover("00000000", "10.0.0.2").code(), "wrong_mail_code");
    EXPECT_EQ(recover(second, "10.0.0.3").code(), "too_many_attempts");
    EXPECT_EQ(sign_in("correct-horse-7").status, 200) << "passwords go on";
    EXPECT_EQ(call("POST", "/lockouts/lift", json::object{{"kind", "mailbox"}, {"subject", "admin"}}).status,
              204);
    EXPECT_EQ(recover(second, "10.0.0.3").code(), "wrong_mail_code") << "tried too often";
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("admin", "10.0.0.4").status, 204);
    EXPECT_EQ(ask("admin", "10.0.0.5").code(), "too_many_attempts") << "for the account";
    EXPECT_EQ(begin(own).code(), "too_many_attempts") << "and by its own hand";
    for (const auto* name : {"a", "b"}) EXPECT_EQ(ask(name, "10.0.0.4").status, 204);
    EXPECT_EQ(ask("c", "10.0.0.4").code(), "too_many_attempts") << "from an address";
}

TEST_F(Mailboxes, what_somebody_must_learn_survives_a_restart_and_a_code_does_not) {
    prove(own, 1);
    mail_server_.answer(away);
    ask();
    EXPECT_TRUE(mail_server_.tried(2));
    EXPECT_EQ(call("POST", "/me/password",
                   json::object{{"old", "correct-horse-7"}, {"password", "another-horse-8"}})
                  .status,
              204);
    EXPECT_TRUE(mail_server_.tried(3));
    EXPECT_EQ(mail_state().at("word"), "failing");
    EXPECT_EQ(mail_state().at("problem").at("code"), "refused");
    EXPECT_EQ(mail_state().at("waiting"), 2);
    mail_server_.answer({});
    restart();
    const auto mails = mail_server_.mails(2);
    ASSERT_EQ(mails.size(), 2U);
    EXPECT_THAT(mails.at(1).text, HasSubstr("password of the account admin"));
    restart();
    must(200, call("POST", "/settings/mail/test", json::object{{"to", own}}));
    EXPECT_THAT(mail_server_.mails(3).at(2).text, HasSubstr("This is a test")) << "nothing comes twice";
}

TEST_F(Mailboxes, a_mail_that_is_refused_does_not_stop_the_others) {
    prove(own, 1);
    mail_server_.answer(base::fail(base::ErrorKind::invalid, "mail_refused", "No such mailbox."));
    ask();
    EXPECT_TRUE(mail_server_.tried(2));
    mail_server_.answer({});
    ask();
    EXPECT_NE(code_in(mail_server_.mails(2).at(1).text), "");
    EXPECT_EQ(mail_state().at("dropped"), 1);
    EXPECT_EQ(mail_state().at("word"), "ready");
    mail_server_.answer(base::fail(base::ErrorKind::unavailable, "put_off", "Later."));
    ask();
    EXPECT_TRUE(mail_server_.tried(4));
    mail_server_.answer({});
    EXPECT_EQ(mail_server_.mails(3).size(), 3U) << "it comes by itself";
}

TEST_F(Mailboxes, who_switches_mail_off_throws_away_what_waits) {
    prove(own, 1);
    mail_server_.answer(away);
    ask();
    EXPECT_TRUE(mail_server_.tried(2));
    must(200, call("PATCH", "/settings/mail", json::object{{"enabled", false}}));
    EXPECT_EQ(mail_state().at("waiting"), 0);
    EXPECT_EQ(ask().code(), "mail_off");
    EXPECT_EQ(begin(own).code(), "mail_off");
    EXPECT_EQ(call("POST", "/me/password",
                   json::object{{"old", "correct-horse-7"}, {"password", "another-horse-8"}})
                  .status,
              204);
    mail_server_.answer({});
    must(200, call("PATCH", "/settings/mail", json::object{{"enabled", true}}));
    must(200, call("POST", "/settings/mail/test", json::object{{"to", own}}));
    EXPECT_THAT(mail_server_.mails(2).at(1).text, HasSubstr("This is a test"));
}

TEST_F(Mailboxes, an_administrator_who_sets_a_password_is_told_of_to_the_mailbox) {
    const auto bob =
        must(201, call("POST", "/accounts",
                       json::object{{"name", "bob"}, {"password", "brass-key-58"}, {"role_id", "1"}}));
    const auto admin = token_;
    const auto opened = from("10.0.0.7", "/sessions", {{"account", "bob"}, {"password", "brass-key-58"}});
    token_ = json::value_to<std::string>(opened.body.at("token"));
    EXPECT_EQ(
        call("POST", "/me/password", json::object{{"old", "brass-key-58"}, {"password", "correct-horse-7"}})
            .status,
        204);
    prove("bob@example.org", 1);
    token_ = admin;
    const auto id = json::value_to<std::string>(bob.at("id"));
    must(200, call("PATCH", "/accounts/" + id, json::object{{"password", "copper-bell-3"}}));
    EXPECT_EQ(mail_server_.mails(2).at(1).to, "bob@example.org");
    EXPECT_EQ(ask("bob").status, 204);
    EXPECT_EQ(recover(code_in(mail_server_.mails(3).at(2).text), "10.0.0.7", "bob").status, 204);
}

TEST_F(Mailboxes, every_new_password_ends_the_codes_that_are_out) {
    prove(own, 1);
    const auto account = must(200, call("GET", "/accounts")).at("items").at(0);
    const auto path = "/accounts/" + json::value_to<std::string>(account.at("id"));
    ask();
    auto code = code_in(mail_server_.mails(2).at(1).text);
    const auto change = [&](const char* old, const char* fresh) {
        return call("POST", "/me/password", json::object{{"old", old}, {"password", fresh}}).status;
    };
    EXPECT_EQ(change("correct-horse-7", "brass-key-58"), 204);
    EXPECT_EQ(recover(code).code(), "wrong_mail_code") << "chosen by oneself";
    ask();
    code = code_in(mail_server_.mails(4).at(3).text);
    must(200, call("PATCH", path, json::object{{"password", "copper-bell-3"}}));
    EXPECT_EQ(recover(code).code(), "wrong_mail_code") << "given by an administrator";
    ask();
    code = code_in(mail_server_.mails(6).at(5).text);
    ASSERT_TRUE(platform_->accounts().reset_admin(base::Secret("silver-gate-4")));
    EXPECT_EQ(recover(code).code(), "wrong_mail_code") << "given on the machine";
    const auto ways = sign_in("silver-gate-4");
    token_ = json::value_to<std::string>(ways.body.at("token"));
    EXPECT_EQ(
        call("POST", "/me/mailbox", json::object{{"password", "silver-gate-4"}, {"address", "b@c"}}).status,
        204);
    const auto proof = code_in(mail_server_.mails(8).at(7).text);
    EXPECT_EQ(change("silver-gate-4", "golden-arch-5"), 204);
    EXPECT_EQ(confirm(proof).code(), "mailbox_not_begun") << "nor does it prove a mailbox";
}

TEST_F(Mailboxes, a_code_does_not_open_an_account_that_an_administrator_has_locked) {
    prove(own, 1);
    const json::array questions{{{"question", "First pet?"}, {"answer", "rex the dog"}},
                                {{"question", "First street?"}, {"answer", "elm"}}};
    const json::object asked{{"password", "correct-horse-7"}, {"questions", questions}};
    EXPECT_EQ(call("PUT", "/me/questions", asked).status, 204);
    ask();
    const auto code = code_in(mail_server_.mails(2).at(1).text);
    const auto wrong = recover("00000000");
    ASSERT_TRUE(lock("admin"));
    EXPECT_EQ(sign_in("correct-horse-7").code(), "locked_out");
    EXPECT_EQ(recover(code).text, wrong.text);
    EXPECT_EQ(from("10.0.0.7", "/password-recovery",
                   {{"answers", json::array{"rex the dog", "elm"}}, {"password", "another-horse-8"}})
                  .code(),
              "wrong_answers");
    EXPECT_EQ(sign_in("correct-horse-7").code(), "locked_out");
    const auto locked = must(200, call("GET", "/lockouts")).at("items").at(0);
    EXPECT_EQ(locked.at("kind"), "lock");
    EXPECT_EQ(call("POST", "/lockouts/lift", json::object{{"kind", "lock"}, {"subject", "admin"}}).status,
              204);
    EXPECT_EQ(sign_in("correct-horse-7").status, 200) << "nothing was changed";
}

TEST_F(Mailboxes, are_seen_and_taken_away_by_who_keeps_accounts) {
    prove(own, 1);
    const json::object bob{{"name", "bob"}, {"password", "brass-key-58"}, {"role_id", "1"}};
    EXPECT_EQ(must(201, call("POST", "/accounts", bob))["mailbox"], nullptr);
    const auto account = must(200, call("GET", "/accounts")).at("items").at(0);
    EXPECT_EQ(account.at("mailbox"), (json::object{{"address", own}, {"proved", true}}));
    const auto path = "/accounts/" + json::value_to<std::string>(account.at("id"));
    ask();
    const auto code = code_in(mail_server_.mails(2).at(1).text);
    EXPECT_EQ(begin("other@example.org").status, 204);
    const auto proof = code_in(mail_server_.mails(3).at(2).text);
    EXPECT_EQ(call("PATCH", path, json::object{{"mailbox", "a@b"}}).fields(),
              std::vector<std::string>{"mailbox:pattern"});
    EXPECT_EQ(must(200, call("PATCH", path, json::object{{"mailbox", nullptr}}))["mailbox"], nullptr);
    EXPECT_THAT(mail_server_.mails(4).at(3).text, HasSubstr("not used any more for the account admin"));
    EXPECT_EQ(recover(code).code(), "wrong_mail_code");
    EXPECT_EQ(confirm(proof).code(), "mailbox_not_begun");
    const auto entries = must(200, call("GET", "/audit?action=account.mailbox_changed")).at("items");
    EXPECT_EQ(entries.at(0).at("before").at("mailbox"), own);
    EXPECT_EQ(entries.at(0).at("after").at("mailbox"), nullptr);
    EXPECT_TRUE(must(200, call("GET", "/audit?action=account.changed")).at("items").as_array().empty());
    must(200, call("PATCH", path, json::object{{"mailbox", nullptr}}));
    EXPECT_EQ(must(200, call("GET", "/audit?action=account.mailbox_changed")).at("items").as_array().size(),
              2U)
        << "none was there";
}

TEST_F(Mailboxes, have_no_address_for_who_only_looks_at_accounts) {
    prove(own, 1);
    const json::object rights{{"accounts", "view"}};
    const auto role = must(201, call("POST", "/roles", json::object{{"name", "Reader"}, {"rights", rights}}));
    const json::object reader{{"name", "bob"}, {"password", "brass-key-58"}, {"role_id", role.at("id")}};
    must(201, call("POST", "/accounts", reader));
    const auto opened = from("10.0.0.7", "/sessions", {{"account", "bob"}, {"password", "brass-key-58"}});
    token_ = json::value_to<std::string>(opened.body.at("token"));
    const json::object fresh{{"old", "brass-key-58"}, {"password", "correct-horse-7"}};
    EXPECT_EQ(call("POST", "/me/password", fresh).status, 204);
    const auto account = must(200, call("GET", "/accounts")).at("items").at(0);
    EXPECT_EQ(account.at("mailbox"), (json::object{{"address", nullptr}, {"proved", true}}));
}

TEST_F(Mailboxes, many_are_proved_from_one_address) {
    for (std::size_t i = 0; i < 7; ++i) {
        ASSERT_EQ(begin(own).status, 204) << i;
        must(200, confirm(code_in(mail_server_.mails(i + 1).at(i).text)));
    }
    for (const auto* name : {"a", "b", "c", "d"}) EXPECT_EQ(ask(name, "127.0.0.1").status, 204);
    prove(own, 8);
    EXPECT_EQ(ask("e", "127.0.0.1").status, 204);
    EXPECT_EQ(ask("f", "127.0.0.1").code(), "too_many_attempts") << "what others asked is not forgiven";
}

class Mailbox : public PlatformTest {};

TEST_F(Mailbox, of_the_set_up_helps_only_when_it_is_proved) {
    const json::object body{{"password", "correct-horse-7"}, {"language", "en"}, {"mailbox", own}};
    const auto opened = must(200, call("POST", "/setup", body));
    token_ = json::value_to<std::string>(opened.at("token"));
    auto mailbox = must(200, call("GET", "/me/mailbox"));
    EXPECT_EQ(mailbox["address"], own);
    EXPECT_EQ(mailbox["proved"], false);
    EXPECT_EQ(mailbox["mail"], false);
    must(200, call("PATCH", "/settings/mail",
                   json::object{{"enabled", true}, {"host", "::1"}, {"tls", "off"}, {"sender", "d@e"}}));
    const json::object asked{{"account", "admin"}};
    EXPECT_EQ(call("POST", "/password-recovery/mail", asked).status, 204);
    must(200, call("POST", "/settings/mail/test", json::object{{"to", "a@b"}}));
    EXPECT_EQ(mail_server_.mails(1).at(0).to, "a@b") << "nothing was sent before";
}

}  // namespace
}  // namespace sallyport::tests

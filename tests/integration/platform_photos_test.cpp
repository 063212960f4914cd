// Photos of people: seen with the person, and drawn without keeping anybody else waiting (platform.md H1;
// decision 0047).
#include <algorithm>
#include <future>
#include <latch>

#include "integration/platform_fixture.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;

/// As far as it is looked at here.
const std::string picture(
    "\xFF\xD8\xFF\xC0\x00\x0B\x08\x00\x28\x00\x1E\x01\x01\x11\x00\xFF\xDA\x00\x02xx\xFF\xD9", 23);

class Photos : public SetUpPlatformTest {
  protected:
    std::string add(const std::string& path, const json::value& body) {
        return json::value_to<std::string>(must(201, call("POST", path, body))["id"]);
    }
    /// The token of a new account's session. An empty part is the whole site.
    std::string operator_named(const std::string& name, const json::array& departments = {}) {
        json::object account{
            {"name", name}, {"password", "brass-key-58"}, {"role_id", "1"}, {"departments", departments}};
        if (departments.empty()) account.erase("departments");
        add("/accounts", account);
        const auto login = json::value{{"account", name}, {"password", "brass-key-58"}};
        const auto session = must(200, call("POST", "/sessions", login));
        const auto admin = std::exchange(token_, json::value_to<std::string>(session.at("token")));
        must(204, call("POST", "/me/password", {{"old", "brass-key-58"}, {"password", "silver-lock-91"}}));
        return std::exchange(token_, admin);
    }
    /// By the session of `token`; answered later.
    std::future<Reply> put_photo(const std::string& token, const std::string& person) {
        return std::async(std::launch::async, [=, this] {
            return call_from({.headers = {{"authorization", "Bearer " + token}}}, "PUT",
                             "/api/v1/people/" + person + "/photo", picture);
        });
    }
    std::size_t count(const std::string& sql) {
        const auto rows = ports::read_from(*database_, [&](ports::Connection& c) { return c.query(sql); });
        return static_cast<std::size_t>(rows->front().integer(0));
    }
    /// How many of them are answered, while others go on.
    std::ptrdiff_t answered(const std::vector<std::future<Reply>>& answers) {
        EXPECT_EQ(call("GET", "/people").status, 200);
        return std::ranges::count_if(answers, [](const auto& answer) {
            return answer.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
        });
    }
    /// So many, or fewer when that does not come within ten seconds.
    std::ptrdiff_t wait_for_answers(const std::vector<std::future<Reply>>& answers, std::ptrdiff_t many) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (answered(answers) < many && std::chrono::steady_clock::now() < deadline) {
        }
        return answered(answers);
    }
};

TEST_F(Photos, a_photo_is_seen_by_who_may_see_the_person_and_goes_with_the_person) {
    const auto works = add("/departments", {{"name", "Works"}});
    const auto id = add("/people", {{"name", "Anna"}});
    const auto path = "/people/" + id + "/photo";
    const auto put = [&](const std::string& file) {
        return call_from(signed_in(), "PUT", "/api/v1" + path, file);
    };
    EXPECT_EQ(call("GET", path).code(), "not_found");
    EXPECT_EQ(put(picture).status, 204);
    const auto shown = call("GET", path);
    EXPECT_EQ(shown.text, picture);
    EXPECT_EQ(shown.header("Content-Type"), "image/jpeg");
    const auto tag = must(200, call("GET", "/people/" + id)).at("photo");
    clock_.advance(std::chrono::seconds{1});
    EXPECT_EQ(put(picture).status, 204);
    EXPECT_NE(must(200, call("GET", "/people/" + id)).at("photo"), tag) << "another one";
    const auto admin = std::exchange(token_, operator_named("clerk", {json::string(works)}));
    EXPECT_EQ(call("GET", path).code(), "not_found") << "of another department";
    EXPECT_EQ(put(picture).code(), "not_found");
    EXPECT_EQ(call("DELETE", path).code(), "not_found");
    token_ = admin;
    EXPECT_EQ(call("DELETE", path).status, 204);
    EXPECT_EQ(put(picture).status, 204);
    EXPECT_EQ(call("DELETE", "/people/" + id).status, 204);
    EXPECT_EQ(count("SELECT count(*) FROM person_photo"), 0U);
}

TEST_F(Photos, what_cannot_be_drawn_is_told_and_changes_nothing) {
    const auto path = "/people/" + add("/people", {{"name", "Anna"}}) + "/photo";
    const auto put = [&](const std::string& file) {
        return call_from(signed_in(), "PUT", "/api/v1" + path, file);
    };
    ASSERT_EQ(put(picture).status, 204);
    EXPECT_EQ(put("<svg/>").code(), "photo_not_drawn") << "whatever comes back is looked at";
    for (const auto& [why, code] : {std::pair(ports::Undrawn::no_picture, "photo_unreadable"),
                                    std::pair(ports::Undrawn::too_large, "photo_too_large"),
                                    std::pair(ports::Undrawn::broken, "photo_broken")}) {
        draw_picture_ = [why](std::string_view, const auto&, const auto&) { return std::unexpected(why); };
        const auto answer = put("file");
        EXPECT_EQ(answer.code(), code);
        EXPECT_EQ(answer.status, 400);
    }
    draw_picture_ = [](std::string_view, const auto&, const auto&) {
        return std::unexpected(ports::Undrawn::failed);
    };
    EXPECT_EQ(put("file").status, 503);
    EXPECT_EQ(call("GET", path).text, picture);
}

TEST_F(Photos, only_a_photo_may_be_large) {
    const auto path = "/people/" + add("/people", {{"name", "Anna"}});
    const std::string large(ports::picture_file_bytes, ' ');
    draw_picture_ = [&](std::string_view file, const auto&, const auto&) {
        EXPECT_EQ(file.size(), large.size());
        return picture;
    };
    EXPECT_EQ(call_from(signed_in(), "PUT", "/api/v1" + path + "/photo", large).status, 204);
    EXPECT_EQ(call_from(signed_in(), "PUT", "/api/v1" + path + "/photo", large + " ").status, 413);
    EXPECT_EQ(call_from(signed_in(), "PATCH", "/api/v1" + path, large).code(), "body_too_large");
}

TEST_F(Photos, of_one_account_leave_room_for_others) {
    const auto person = add("/people", {{"name", "Anna"}});
    const auto clerk = operator_named("clerk");
    std::promise<void> go_on;
    draw_picture_ = [on = go_on.get_future().share()](std::string_view, const auto&, const auto&) {
        on.wait();
        return picture;
    };
    std::vector<std::future<Reply>> many;
    constexpr std::size_t calls = server::photos_at_once + server::photos_waiting + 4;
    for (std::size_t i = 0; i < calls; ++i) many.push_back(put_photo(token_, person));
    constexpr std::ptrdiff_t refused = calls - server::photos_of_each;
    EXPECT_EQ(wait_for_answers(many, refused), refused) << "it has only so many at once";
    auto another = put_photo(clerk, person);
    go_on.set_value();
    EXPECT_EQ(another.get().status, 204);
    std::ptrdiff_t told = 0;
    for (auto& answer : many) {
        const auto reply = answer.get();
        if (reply.status == 204) continue;
        ++told;
        EXPECT_EQ(reply.status, 429);
        EXPECT_EQ(reply.code(), "photos_waiting");
        EXPECT_EQ(reply.header("Retry-After"), "5");
    }
    EXPECT_EQ(told, refused);
    EXPECT_EQ(put_photo(token_, person).get().status, 204) << "they are done";
}

TEST_F(Photos, while_they_are_drawn_nobody_else_waits) {
    const auto person = add("/people", {{"name", "Anna"}});
    std::vector<std::string> operators;
    for (const auto* name : {"ann", "ben", "cay", "dan", "eve", "fay"})
        operators.push_back(operator_named(name));
    std::promise<void> go_on;
    draw_picture_ = [on = go_on.get_future().share()](std::string_view, const auto&, const auto&) {
        on.wait();
        return picture;
    };
    std::vector<std::future<Reply>> answers;
    for (const auto& token : operators)
        for (std::size_t i = 0; i < server::photos_of_each; ++i) answers.push_back(put_photo(token, person));
    constexpr auto most = server::photos_at_once + server::photos_waiting;
    (void)wait_for_answers(answers, static_cast<std::ptrdiff_t>(answers.size() - most));
    go_on.set_value();
    std::size_t drawn = 0;
    for (auto& answer : answers) {
        const auto reply = answer.get();
        if (reply.status == 204)
            ++drawn;
        else
            EXPECT_EQ(reply.code(), "busy");
    }
    EXPECT_GE(drawn, server::photos_waiting);
    EXPECT_LE(drawn, most);
}

TEST_F(Photos, keep_no_stop_waiting) {
    const auto person = add("/people", {{"name", "Anna"}});
    const auto clerk = operator_named("clerk");
    std::latch begun(server::photos_at_once);
    std::atomic<std::size_t> more = 0;
    draw_picture_ = [&](std::string_view, const auto&,
                        const std::stop_token& stop) -> std::expected<std::string, ports::Undrawn> {
        if (stop.stop_requested()) return ++more, std::unexpected(ports::Undrawn::stopped);
        std::promise<void> ended;
        const std::stop_callback end(stop, [&] { ended.set_value(); });
        begun.count_down();
        ended.get_future().wait();
        return std::unexpected(ports::Undrawn::stopped);
    };
    std::vector<std::future<Reply>> answers;
    for (const auto& token : {token_, token_, clerk, clerk}) answers.push_back(put_photo(token, person));
    begun.wait();
    platform_->stop();
    for (auto& answer : answers) {
        const auto reply = answer.get();
        EXPECT_EQ(reply.status, 503);
        EXPECT_EQ(reply.code(), "stopping");
    }
    EXPECT_LE(more, 2U) << "that waited";
    EXPECT_EQ(count("SELECT count(*) FROM person_photo"), 0U);
}

}  // namespace
}  // namespace sallyport::tests

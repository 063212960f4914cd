#include "server/api/page.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

constexpr base::EmbeddedFile files[] = {
    {"assets/app-1a2b.js", "text/javascript; charset=utf-8", "app()", "\"1\""},
    {"index.html", "text/html; charset=utf-8", "<p>page</p>", "\"2\""},
};

ports::HttpResponse get(std::string path, std::vector<std::pair<std::string, std::string>> headers = {}) {
    ports::HttpRequest request;
    request.method = "GET";
    request.path = std::move(path);
    request.headers = std::move(headers);
    return page_response(files, request);
}

std::string header(const ports::HttpResponse& response, std::string_view name) {
    const auto found = std::ranges::find(response.headers, name, [](const auto& pair) { return pair.first; });
    return found == response.headers.end() ? "" : found->second;
}

TEST(Page, keeps_hashed_files_and_asks_again_for_the_page) {
    EXPECT_EQ(get("/assets/app-1a2b.js").body, "app()");
    EXPECT_NE(header(get("/assets/app-1a2b.js"), "Cache-Control").find("immutable"), std::string::npos);
    EXPECT_EQ(get("/").body, "<p>page</p>");
    EXPECT_EQ(header(get("/"), "Cache-Control"), "no-cache");
}

TEST(Page, answers_the_clients_own_paths_with_the_page_but_not_missing_files) {
    EXPECT_EQ(get("/people/42").body, "<p>page</p>");
    EXPECT_EQ(get("/assets/old-9.js").status, 404);
    EXPECT_EQ(get("/../etc/passwd.txt").status, 404);
}

TEST(Page, sends_nothing_twice) {
    const auto again = get("/", {{"if-none-match", "\"2\""}});
    EXPECT_EQ(again.status, 304);
    EXPECT_TRUE(again.body.empty());
}

TEST(Page, takes_no_posts) {
    ports::HttpRequest request;
    request.method = "POST";
    request.path = "/";
    EXPECT_EQ(page_response(files, request).status, 405);
}

}  // namespace
}  // namespace sallyport::server

#include "server/api/router.hpp"

#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

Router router() {
    return Router({{.method = "GET", .pattern = "/devices/{id}", .handler = {}},
                   {.method = "GET", .pattern = "/devices", .handler = {}},
                   {.method = "DELETE", .pattern = "/devices/{id}", .handler = {}},
                   {.method = "POST", .pattern = "/devices/search", .handler = {}},
                   {.method = "GET", .pattern = "/devices/search/{id}", .handler = {}}});
}

TEST(Router, prefers_the_literal_path) {
    const auto all = router();
    EXPECT_EQ(all.find("POST", "/devices/search").operation->pattern, "/devices/search");
    const auto one = all.find("GET", "/devices/42");
    EXPECT_EQ(one.operation->pattern, "/devices/{id}");
    EXPECT_EQ(one.path, std::vector<std::string>{"42"});
    EXPECT_EQ(all.find("GET", "/devices/search/7").path, std::vector<std::string>{"7"});
}

TEST(Router, tells_no_path_from_no_method) {
    const auto all = router();
    EXPECT_TRUE(all.find("GET", "/nothing").allow.empty());
    EXPECT_TRUE(all.find("GET", "").allow.empty());
    EXPECT_TRUE(all.find("GET", "/devices/1/2/3").allow.empty());
    const auto wrong = all.find("PUT", "/devices/42");
    EXPECT_EQ(wrong.operation, nullptr);
    EXPECT_EQ(wrong.allow, "GET, DELETE");
}

}  // namespace
}  // namespace sallyport::server

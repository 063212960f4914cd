#include "server/rights/rights.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace sallyport::server {
namespace {

TEST(Rights, a_level_includes_the_ones_before_it) {
    const auto guard =
        rights_from(R"({"doors": "control", "events": "view", "people": "nonsense", "x": "edit"})");
    EXPECT_TRUE(guard.may(Function::doors, Level::view));
    EXPECT_TRUE(guard.may(Function::doors, Level::control));
    EXPECT_FALSE(guard.may(Function::doors, Level::edit));
    EXPECT_FALSE(guard.may(Function::people, Level::view));
    EXPECT_FALSE(rights_from("not JSON").may(Function::doors, Level::view));
}

TEST(Rights, are_read_as_they_are_written) {
    const auto guard = rights_from(R"({"doors": "control", "events": "view"})");
    EXPECT_EQ(rights_from(boost::json::serialize(rights_json(guard))), guard);
}

TEST(Rights, nobody_has_more_to_give_than_they_have) {
    const auto guard = rights_from(R"({"doors": "control", "events": "view"})");
    const auto viewer = rights_from(R"({"doors": "view"})");
    EXPECT_TRUE(guard.cover(viewer));
    EXPECT_TRUE(guard.cover(guard));
    EXPECT_FALSE(viewer.cover(guard));
    EXPECT_FALSE(guard.cover(rights_from(R"({"audit": "view"})")));
}

TEST(Rights, of_two_the_lower_level_holds) {
    const auto guard = rights_from(R"({"doors": "control", "events": "view"})");
    const auto editor = rights_from(R"({"doors": "edit", "people": "edit"})");
    EXPECT_EQ(both(guard, editor), rights_from(R"({"doors": "control"})"));
    EXPECT_EQ(both(guard, guard), guard);
}

}  // namespace
}  // namespace sallyport::server

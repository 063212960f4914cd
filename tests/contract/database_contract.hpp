#pragma once
// What every ports::Database does. An engine's test makes an empty database and lists this suite:
//
//   INSTANTIATE_TEST_SUITE_P(sqlite, DatabaseContract, testing::Values(make));
#include <functional>
#include <memory>

#include <gtest/gtest.h>

#include "ports/database.hpp"

namespace sallyport::tests {

struct EmptyDatabase {
    std::shared_ptr<void> place;  ///< what the database lives in, removed last
    std::unique_ptr<ports::Database> database;
};

class DatabaseContract : public testing::TestWithParam<std::function<EmptyDatabase()>> {
  protected:
    void SetUp() override {
        empty_ = GetParam()();
        ASSERT_TRUE(empty_.database);
        ASSERT_TRUE(
            script("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE, bytes BLOB);"
                   "CREATE TABLE part (item_id INTEGER NOT NULL REFERENCES item(id));"));
    }
    [[nodiscard]] ports::Database& database() { return *empty_.database; }
    base::Status script(std::string_view sql);
    base::Result<std::int64_t> insert(std::int64_t id, std::string_view name);
    std::int64_t count();

  private:
    EmptyDatabase empty_;
};

}  // namespace sallyport::tests

// A disk that refuses, a clock that was set back, and schemas of other versions.
#include <unistd.h>

#include <gmock/gmock.h>

#include "embedded/platform_schema.hpp"
#include "integration/platform_fixture.hpp"
#include "server/storage/migrate.hpp"

namespace sallyport::tests {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class FullDisk : public PlatformTest {
  protected:
    FullDisk() : PlatformTest({.page_limit = 200}) {}
    void SetUp() override { set_up(); }
    std::size_t people() { return call("GET", "/people?limit=1000").body.at("items").as_array().size(); }
};

TEST_F(FullDisk, is_a_problem_that_leaves_nothing_half_done) {
    std::size_t stored = 0;
    Reply last;
    std::string id;
    while (stored < 900) {
        last = call("POST", "/people", {{"name", std::to_string(stored)}, {"remark", std::string(400, 'r')}});
        if (last.status != 201) break;
        id = json::value_to<std::string>(last.body.at("id"));
        ++stored;
    }
    EXPECT_EQ(last.status, 507);
    EXPECT_EQ(last.code(), "storage");
    EXPECT_EQ(last.body.at("detail"),
              "The disk is full, so nothing was stored. Free some space, then try again.");
    EXPECT_EQ(people(), stored);
    EXPECT_EQ(call("GET", "/health").status, 503);
    EXPECT_EQ(call("GET", "/health").text, R"({"state":"storage_failed"})");
    EXPECT_TRUE(server::verify_audit(*database_));
    restart();
    EXPECT_EQ(people(), stored);
    EXPECT_EQ(call("GET", "/me").status, 200);
}

TEST_F(FullDisk, ends_an_import_at_a_row_that_is_named_and_what_was_taken_is_whole) {
    const auto import =
        "/people/import/" + json::value_to<std::string>(
                                must(201, call("POST", "/people/import", {{"existing", "refuse"}})).at("id"));
    json::array rows;
    for (int n = 1; n <= 900; ++n)
        rows.push_back({{"user_id", std::to_string(n)},
                        {"name", "Visitor"},
                        {"remark", std::string(400, 'r')},
                        {"cards", {{{"number", std::to_string(n)}}}}});
    must(200, call("POST", import + "/rows", {{"people", rows}}));
    auto now = must(200, call("POST", import + "/begin"));
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (now["state"] == "running" && std::chrono::steady_clock::now() < end)
        now = must(200, call("GET", import));
    EXPECT_EQ(now["state"], "failed");
    ASSERT_TRUE(now["problem"].is_object());
    EXPECT_EQ(now["problem"].at("code"), "storage");
    EXPECT_THAT(json::value_to<std::string>(now["problem"].at("detail")), HasSubstr("Free some space"));
    EXPECT_EQ(people(), now["added"].to_number<std::size_t>());
    const auto cards = ports::read_from(*database_, [](ports::Connection& c) {
        return c.query("SELECT count(*) FROM card WHERE person_id IS NOT NULL");
    });
    EXPECT_EQ(cards.value().at(0).integer(0), now["added"].as_int64()) << "nobody is there without the card";
    EXPECT_TRUE(server::verify_audit(*database_));
}

/// On which nothing finds room from `fill` on until `make_room`.
class FillingDisk : public SetUpPlatformTest {
  protected:
    void run(const std::string& sql) {
        ASSERT_TRUE(ports::write_to(*database_, [&](ports::Connection& c) { return c.script(sql); }));
    }
    void fill() {
        run("CREATE TABLE filler (bytes BLOB);"
            "CREATE TRIGGER grow_audit AFTER INSERT ON audit BEGIN INSERT INTO filler VALUES "
            "(zeroblob(1000000)); END;"
            "CREATE TRIGGER grow_session AFTER DELETE ON session BEGIN INSERT INTO filler VALUES "
            "(zeroblob(1000000)); END;"
            "PRAGMA max_page_count = 1");  // no more than there are
    }
    void make_room() { run("PRAGMA max_page_count = 1000000"); }
    Reply sign_in() {
        return call("POST", "/sessions", {{"account", "admin"}, {"password", "correct-horse-7"}});
    }
};

TEST_F(FillingDisk, ends_sessions_and_opens_none) {
    const auto own = token_;
    const auto other = must(200, sign_in());
    fill();
    const auto refused = sign_in();
    EXPECT_EQ(refused.status, 507);
    EXPECT_EQ(refused.code(), "storage");
    EXPECT_THAT(refused.text, HasSubstr("Free some space"));
    EXPECT_EQ(must(200, call("GET", "/sessions"))["items"].as_array().size(), 2U);
    const auto id = [&] {
        for (const auto& session : must(200, call("GET", "/sessions"))["items"].as_array())
            if (session.at("current") == false) return json::value_to<std::string>(session.at("id"));
        return std::string();
    }();
    EXPECT_EQ(call("DELETE", "/sessions/" + id).status, 204) << "of somebody else";
    const auto out = call("DELETE", "/sessions/current");
    EXPECT_EQ(out.status, 204);
    EXPECT_THAT(out.header("Set-Cookie"), HasSubstr("Max-Age=0"));
    const auto nobody_is_in = [&] {
        for (const auto& token : {own, json::value_to<std::string>(other.at("token"))}) {
            token_ = token;
            EXPECT_EQ(call("GET", "/me").status, 401);
        }
    };
    nobody_is_in();
    make_room();
    platform_->sweep();
    nobody_is_in();
    restart();
    nobody_is_in();
    must(200, sign_in());
    EXPECT_TRUE(server::verify_audit(*database_));
}

TEST_F(SetUpPlatformTest, ids_grow_over_a_restart_though_the_clock_was_set_back) {
    const auto id_of_new = [this](const char* name) {
        const auto made = must(201, call("POST", "/areas", {{"name", name}}));
        return server::id_from(json::value_to<std::string>(made.at("id"))).value();
    };
    const auto before = id_of_new("Before");
    clock_.advance(-std::chrono::hours{1});
    restart();
    const auto after = id_of_new("After");
    EXPECT_GT(after, before);
    // Events have no line in the audit, and are handed on by their ids.
    const auto event = after + (server::Id{60'000} << 22);
    ASSERT_TRUE(ports::write_to(*database_, [&](ports::Connection& connection) {
        return connection.script(
            "INSERT INTO event (id, device_id, generation, sequence, at, utc_offset_s, received_at, kind) "
            "VALUES (" +
            server::id_text(event) + ", 1, 1, 1, 5, 0, 6, 'access')");
    }));
    restart();
    EXPECT_GT(id_of_new("Later"), event);
}

std::string schema_of(ports::Database& database) {
    const auto rows = ports::read_from(database, [](ports::Connection& c) {
        return c.query(
            "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name");
    });
    std::string all;
    for (const auto& row : rows.value())
        for (std::size_t i = 0; i < row.size(); ++i) all += row.text(i) + "\n";
    return all;
}

class Schema : public ::testing::Test {
  protected:
    Schema() { std::filesystem::create_directory(place); }
    ~Schema() override { std::filesystem::remove_all(place); }
    std::filesystem::path place =
        std::filesystem::temp_directory_path() / ("sallyport-schema-" + std::to_string(::getpid()));
};

TEST_F(Schema, upgrading_from_every_version_gives_the_fresh_one) {
    const auto all = server::migrations_of(platform_schema::files());
    ASSERT_FALSE(all.empty());
    for (std::size_t i = 0; i < all.size(); ++i)
        EXPECT_EQ(all[i].number, static_cast<int>(i + 1)) << all[i].name;
    std::string fresh;
    for (std::size_t released = all.size() + 1; released-- > 0;) {
        auto database = adapters::open_sqlite(place / (std::to_string(released) + ".db")).value();
        ASSERT_TRUE(server::migrate(*database, std::span(all).first(released), {1}));
        const auto upgraded = server::migrate(*database, all, {2});
        ASSERT_TRUE(upgraded) << upgraded.error().message;
        if (released == all.size()) fresh = schema_of(*database);
        EXPECT_EQ(schema_of(*database), fresh);
    }
}

TEST_F(Schema, fingerprints_of_before_are_written_as_they_are_now) {
    auto database = adapters::open_sqlite(place / "before.db").value();
    const auto all = server::migrations_of(platform_schema::files());
    ASSERT_TRUE(server::migrate(*database, std::span(all).first(32), {1}));
    const auto added = ports::write_to(*database, [](ports::Connection& c) {
        return c.script(
            "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
            "model, firmware, created_at) VALUES (1, 'Gate', '10.0.0.9', 37777, 'admin', x'00', "
            "'9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'given', 'SP1', 'm', 'f', "
            "0), (2, 'Barn', '10.0.0.8', 37777, 'admin', x'00', '', 'none', 'SP2', 'm', 'f', 0)");
    });
    ASSERT_TRUE(added) << added.error().message;
    ASSERT_TRUE(server::migrate(*database, all, {2}));
    const auto rows = ports::read_from(*database, [](ports::Connection& c) {
        return c.query("SELECT fingerprint FROM device ORDER BY id");
    });
    EXPECT_EQ(
        rows.value().at(0).text(0),
        "9F:86:D0:81:88:4C:7D:65:9A:2F:EA:A0:C5:5A:D0:15:A3:BF:4F:1B:2B:0B:82:2C:D1:5D:6C:15:B0:F0:0A:08");
    EXPECT_EQ(rows.value().at(1).text(0), "");
}

class Versions : public PlatformTest {
  protected:
    base::Status migrate(std::vector<server::Migration> all) { return server::migrate(*database_, all, {3}); }
    std::vector<server::Migration> known = server::migrations_of(platform_schema::files());
};

TEST_F(Versions, a_newer_or_changed_schema_is_refused_with_what_to_do) {
    auto changed = known;
    changed.back().sql = "CREATE TABLE other (id INTEGER);";
    const auto altered = migrate(changed);
    ASSERT_FALSE(altered);
    EXPECT_EQ(altered.error().code, "schema_changed");
    EXPECT_THAT(altered.error().message, HasSubstr("Install the version"));
    auto newer = known;
    newer.push_back({static_cast<int>(known.size()) + 1, "later", "CREATE TABLE later (id INTEGER);"});
    ASSERT_TRUE(migrate(newer));
    const auto older = migrate(known);
    ASSERT_FALSE(older);
    EXPECT_EQ(older.error().code, "schema_newer");
}

TEST_F(Versions, a_script_that_fails_changes_nothing) {
    auto broken = known;
    broken.push_back(
        {static_cast<int>(known.size()) + 1, "broken", "CREATE TABLE later (id INTEGER); CREATE TABEL x;"});
    const auto before = schema_of(*database_);
    EXPECT_FALSE(migrate(broken));
    EXPECT_EQ(schema_of(*database_), before);
}

}  // namespace
}  // namespace sallyport::tests

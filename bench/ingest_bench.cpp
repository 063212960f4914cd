// How fast the platform takes over the records of one connection: decoded, named, stored and committed on
// SQLite, beside raw SQLite with the same table, indexes, statements and batches (ingest_sqlite_events_s).
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <sqlite3.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/sqlite/database.hpp"
#include "bench/report.hpp"
#include "codec/dhip/record_json.hpp"
#include "embedded/platform_schema.hpp"
#include "server/ingest/ingest.hpp"
#include "server/storage/migrate.hpp"

namespace {

using namespace sallyport;
using Clock = std::chrono::steady_clock;

constexpr std::size_t events = 50'000;
constexpr std::size_t batch = 500;  // as a controller sends them after an outage
constexpr std::size_t rows_per_statement = 100;
constexpr std::size_t people = 1'000;

[[noreturn]] void give_up(const std::string& why) {
    fmt::print(stderr, "{}\n", why);
    std::exit(1);
}

core::StoredRecord record(std::uint64_t sequence) {
    core::StoredRecord stored;
    stored.position = {1, sequence};
    auto& record = stored.record;
    record.kind = core::RecordKind::access;
    record.at = {1'700'000'000'000'000 + static_cast<std::int64_t>(sequence) * 100'000};
    record.utc_offset_s = 3'600;
    record.door = {1};
    record.reader = {1};
    record.direction = core::Direction::entry;
    record.result = sequence % 10 == 0 ? core::AccessResult::denied : core::AccessResult::granted;
    record.reason = sequence % 10 == 0 ? core::Reason::outside_schedule : core::Reason::none;
    record.method = core::Method::card;
    record.user_id = base::UserId::from(std::to_string(1'000 + sequence % people));
    record.card = base::CardNumber{0x04A1'0000 + sequence % people};
    for (int rule = 0; rule < 12; ++rule) {
        record.trace.push_back(
            {static_cast<core::Rule>(rule), core::RuleOutcome::passed, rule == 10 ? 3 : -1});
    }
    return stored;
}

/// What travels: the params of client.notifyRecords, as text.
std::vector<std::string> notifications() {
    std::vector<std::string> result;
    for (std::uint64_t first = 1; first <= events; first += batch) {
        boost::json::array records;
        for (auto n = first; n < first + batch; ++n) records.push_back(codec::dhip::to_json(record(n)));
        result.push_back(boost::json::serialize(boost::json::object{{"records", std::move(records)}}));
    }
    return result;
}

std::filesystem::path fresh_directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sallyport-bench-XXXXXX").string();
    return mkdtemp(pattern.data());
}

std::unique_ptr<ports::Database> fresh_database(const std::filesystem::path& directory) {
    static const adapters::MachineClock clock;
    auto database = adapters::open_sqlite(directory / "platform.db");
    if (!database) give_up(database.error().message);
    auto migrated = server::migrate(**database, server::migrations_of(platform_schema::files()), clock.utc());
    if (!migrated) give_up(migrated.error().message);
    auto filled = ports::write_to(**database, [](ports::Connection& c) -> base::Result<bool> {
        auto done = c.script(
            "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
            "model, firmware, "
            "created_at) VALUES (1, 'Main', '127.0.0.1', 37777, 'admin', x'', '', 'given', 'SP01', 'm', 'f', "
            "0);"
            "INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, overtime_s, "
            "duress) "
            "VALUES (2, 1, 1, 'Main', 3, 'card', 0, 60, 0);"
            "INSERT INTO department (id, name, revision) VALUES (3, 'Main', 1);");
        if (!done) return std::unexpected(done.error());
        for (std::size_t n = 0; n < people; ++n) {
            auto added = c.execute(
                "INSERT INTO person (id, user_id, name, type, remark, created_at, changed_at, department_id) "
                "VALUES ($1, $2, 'P', 'general', '', 0, 0, 3)",
                ports::Parameters{10 + n, std::to_string(1'000 + n)});
            if (!added) return std::unexpected(added.error());
        }
        return true;
    });
    if (!filled) give_up(filled.error().message);
    return std::move(*database);
}

double seconds_since(Clock::time_point begun) {
    return std::chrono::duration<double>(Clock::now() - begun).count();
}

/// As one connection does it: at most four batches (the controller's window of 2,000) are under way.
double ours(const std::vector<std::string>& arriving) {
    static const adapters::MachineClock clock;
    const auto directory = fresh_directory();
    auto database = fresh_database(directory);
    server::IdSource ids(clock, 0);
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t under_way = 0;
    const auto begun = Clock::now();
    for (const auto& text : arriving) {
        auto records = codec::dhip::decode_records(boost::json::parse(text).as_object());
        if (!records) give_up(records.error().message);
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return under_way < 4; });
        ++under_way;
        database->write(
            [&ids, records = std::move(*records)](ports::Connection& c) -> base::Status {
                auto stored = server::ingest(c, ids, 1, records, clock.utc());
                if (!stored) return std::unexpected(stored.error());
                return {};
            },
            [&](const base::Status& status) {
                if (!status) give_up(status.error().message);
                std::lock_guard guard(mutex);
                --under_way;
                changed.notify_one();
            });
    }
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return under_way == 0; });
    const double took = seconds_since(begun);
    lock.unlock();
    database.reset();
    std::filesystem::remove_all(directory);
    return static_cast<double>(events) / took;
}

void must(sqlite3* handle, int code) {
    if (code != SQLITE_OK && code != SQLITE_DONE) give_up(sqlite3_errmsg(handle));
}

std::string raw_statement() {
    std::string sql =
        "INSERT INTO event (id, device_id, door_id, reader, direction, generation, sequence, at, "
        "utc_offset_s, received_at, kind, "
        "result, reason, alarm, method, user_id, person_id, card, detail, trace, department_id) VALUES ";
    for (std::size_t row = 0; row < rows_per_statement; ++row) {
        sql += row == 0 ? "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
                        : ",(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
    }
    return sql;
}

void bind_raw(sqlite3_stmt* statement, int column, std::int64_t n) {
    static const std::string trace =
        R"([["working_mode","passed",-1],["keypad_lock","passed",-1],["credential","passed",-1],)"
        R"(["blocklist","passed",-1],)"
        R"(["card_status","passed",-1],["validity","passed",-1],["uses","passed",-1],)"
        R"(["unlock_mode","passed",-1],)"
        R"(["pin","passed",-1],["deny_rights","passed",-1],["rights","passed",3],["schedule","passed",-1]])";
    const auto user = std::to_string(1'000 + n % static_cast<std::int64_t>(people));
    const auto card = base::CardNumber{0x04A1'0000 + static_cast<std::uint64_t>(n) % people}.text();
    const auto integer = [&](std::int64_t value) { sqlite3_bind_int64(statement, column++, value); };
    const auto text = [&](const std::string& value) {
        sqlite3_bind_text(statement, column++, value.data(), static_cast<int>(value.size()),
                          SQLITE_TRANSIENT);
    };
    const auto null = [&] { sqlite3_bind_null(statement, column++); };
    integer(n), integer(1), integer(2), integer(1), text("entry"), integer(1), integer(n);
    integer(1'700'000'000'000'000 + n * 100'000), integer(3'600),
        integer(1'700'000'000'000'000 + n * 100'000);
    text("access"), text(n % 10 == 0 ? "denied" : "granted");
    n % 10 == 0 ? text("outside_schedule") : null();
    null(), text("card"), text(user), integer(10 + n % static_cast<std::int64_t>(people)), text(card), null(),
        text(trace), integer(3);
}

/// The same rows into the same schema, with nothing around it: no decoding, no names, no cursor, no threads.
double raw() {
    const auto directory = fresh_directory();
    fresh_database(directory).reset();
    sqlite3* handle = nullptr;
    must(handle, sqlite3_open((directory / "platform.db").c_str(), &handle));
    must(handle,
         sqlite3_exec(handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16384",
                      nullptr, nullptr, nullptr));
    sqlite3_stmt* statement = nullptr;
    must(handle, sqlite3_prepare_v2(handle, raw_statement().c_str(), -1, &statement, nullptr));
    const auto begun = Clock::now();
    for (std::size_t first = 1; first <= events; first += batch) {
        must(handle, sqlite3_exec(handle, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
        for (std::size_t from = first; from < first + batch; from += rows_per_statement) {
            for (std::size_t row = 0; row < rows_per_statement; ++row) {
                bind_raw(statement, static_cast<int>(row * 21 + 1), static_cast<std::int64_t>(from + row));
            }
            must(handle, sqlite3_step(statement));
            must(handle, sqlite3_reset(statement));
        }
        must(handle, sqlite3_exec(handle, "COMMIT", nullptr, nullptr, nullptr));
    }
    const double took = seconds_since(begun);
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    std::filesystem::remove_all(directory);
    return static_cast<double>(events) / took;
}

}  // namespace

int main() {
    const auto arriving = notifications();
    std::vector<double> ours_runs;
    std::vector<double> raw_runs;
    for (int run = 0; run < 3; ++run) {  // in turn: what slows the machine down slows both
        raw_runs.push_back(raw());
        ours_runs.push_back(ours(arriving));
    }
    std::sort(ours_runs.begin(), ours_runs.end());
    std::sort(raw_runs.begin(), raw_runs.end());
    bench::publish("ingest_sqlite_events_s", ours_runs[1], "1/s", events,
                   {"raw SQLite, same table and batches", raw_runs[1]});
}

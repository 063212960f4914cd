// How long the first page of a search takes when the journal of the platform has 100,000, 1,000,000 and
// 10,000,000 events: each filter of platform.md L2 with values that are frequent and values that are rare,
// through server::Events and SQLite, with the rows as JSON. search_bench SIZE... measures at other sizes.
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sqlite3.h>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/sqlite/database.hpp"
#include "bench/report.hpp"
#include "embedded/platform_schema.hpp"
#include "server/events/events.hpp"
#include "server/storage/migrate.hpp"

namespace {

using namespace sallyport;
using server::EventFilter;
using server::Id;
using Clock = std::chrono::steady_clock;

constexpr double limit_ms = 100;
constexpr std::int64_t devices = 100, doors_each = 4, people = 30'000, departments = 200;
// Ids of each kind begin at a round number.
constexpr Id first_device = 1'000, first_door = 10'000, first_person = 100'000, first_department = 50'000;
constexpr std::int64_t begin_us = 1'700'000'000'000'000, step_us = 3'000'000;

[[noreturn]] void give_up(const std::string& why) {
    fmt::print(stderr, "{}\n", why);
    std::exit(1);
}

struct Folder {
    std::filesystem::path path;
    Folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "sallyport-bench-XXXXXX").string();
        path = mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
};

/// The database without the platform's layer, to fill it fast: nothing of it has to survive a crash.
class Raw {
  public:
    explicit Raw(const std::filesystem::path& file) {
        if (sqlite3_open(file.c_str(), &handle_) != SQLITE_OK) give_up(sqlite3_errmsg(handle_));
        run("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-262144; PRAGMA threads=2;"
            "PRAGMA temp_store=FILE; PRAGMA wal_autocheckpoint=100000");
    }
    ~Raw() { sqlite3_close(handle_); }
    void run(const std::string& sql) {
        if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            give_up(sqlite3_errmsg(handle_));
    }
    std::vector<std::string> texts(const std::string& sql) {
        std::vector<std::string> all;
        const auto keep = [](void* to, int, char** values, char**) {
            static_cast<std::vector<std::string>*>(to)->emplace_back(values[0]);
            return 0;
        };
        if (sqlite3_exec(handle_, sql.c_str(), keep, &all, nullptr) != SQLITE_OK)
            give_up(sqlite3_errmsg(handle_));
        return all;
    }

  private:
    sqlite3* handle_ = nullptr;
};

std::string numbers(std::int64_t count) {
    return fmt::format("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {}) ",
                       count);
}

/// Whom events name. In the last department nobody is now.
void fill_names(Raw& raw) {
    raw.run("PRAGMA foreign_keys=OFF; BEGIN");
    raw.run(numbers(departments) +
            fmt::format("INSERT INTO department (id, name, revision) SELECT {} + i, 'Department ' || i, 1 "
                        "FROM n",
                        first_department));
    raw.run(numbers(devices) +
            fmt::format("INSERT INTO device (id, name, address, port, account, password, fingerprint, "
                        "pinning, serial, model, firmware, created_at) SELECT {} + i, 'Device ' || i, "
                        "'10.0.0.' || i, 37777, 'admin', x'', '', 'given', 'SP' || i, 'm', 'f', 0 FROM n",
                        first_device));
    raw.run(
        numbers(devices * doors_each) +
        fmt::format("INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, "
                    "overtime_s, duress) SELECT {} + i, {} + i / {}, i % {} + 1, 'Door ' || i, 3, 'card', "
                    "1, 60, 0 FROM n",
                    first_door, first_device, doors_each, doors_each));
    raw.run(numbers(people) +
            fmt::format("INSERT INTO person (id, user_id, name, type, remark, created_at, changed_at, "
                        "department_id) SELECT {} + i, 1000 + i, 'Person ' || i, 'general', '', 0, 0, {} + i "
                        "% {} FROM n",
                        first_person, first_department, departments - 1));
    raw.run("COMMIT");
}

/// Events `from` to `to`, three seconds apart. r is a number that looks random. The first thousand, which are
/// the oldest, are rare in every way: their doors, people, cards, department and some kinds and reasons come
/// nowhere else.
void fill_events(Raw& raw, std::int64_t from, std::int64_t to) {
    const auto indexes = raw.texts(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'event' "
        "AND sql IS NOT NULL");
    for (const auto& name : raw.texts("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = "
                                      "'event' AND sql IS NOT NULL"))
        raw.run("DROP INDEX " + name);
    constexpr std::int64_t at_once = 500'000;
    for (auto first = from; first < to; first += at_once) {
        const auto last = std::min(first + at_once, to);
        raw.run(fmt::format(
            "WITH RECURSIVE n(i, r) AS (SELECT {0}, {0} * 2654435761 % 4294967296 UNION ALL "
            "SELECT i + 1, (i + 1) * 2654435761 % 4294967296 FROM n WHERE i + 1 < {1}), "
            "e AS (SELECT i, r, i < 1000 AS rare, r / 64 % {2} AS who, r / 16 % {3} AS door, "
            "r % 100 AS part FROM n) "
            "INSERT INTO event (id, device_id, door_id, reader, direction, generation, sequence, at, "
            "utc_offset_s, received_at, kind, result, reason, method, user_id, person_id, card, "
            "department_id) "
            "SELECT 1000000 + i, {4} + door / {5}, {6} + CASE WHEN rare THEN {3} + i % 10 ELSE door END, 1, "
            "'entry', 1, i, {7} + i * {8}, 3600, {7} + i * {8}, "
            "CASE WHEN rare AND i % 10 = 0 THEN 'factory_reset' WHEN part < 45 THEN 'access' WHEN part < 60 "
            "THEN 'access_taken' WHEN part < 80 THEN 'door_opened' ELSE 'door_closed' END, "
            "CASE WHEN part < 45 THEN CASE WHEN part < 3 THEN 'denied' ELSE 'granted' END END, "
            "CASE WHEN rare AND i % 10 = 1 THEN 'holiday' WHEN part < 3 THEN 'outside_schedule' END, "
            "'card', CASE WHEN part < 60 THEN 1000 + who END, "
            "CASE WHEN rare THEN {9} + {2} + i % 10 WHEN part < 60 THEN {9} + who END, "
            "CASE WHEN rare THEN 'RARE' || (i % 10) WHEN part < 60 THEN printf('%08X', 77594624 + who) END, "
            "CASE WHEN rare THEN {10} + {11} - 1 WHEN part < 60 THEN {10} + who % ({11} - 1) END FROM e",
            first, last, people, devices * doors_each, first_device, doors_each, first_door, begin_us,
            step_us, first_person, first_department, departments));
    }
    for (const auto& sql : indexes) raw.run(sql);
    raw.run("PRAGMA wal_checkpoint(TRUNCATE)");
}

struct Search {
    std::string name;
    std::function<EventFilter(std::int64_t turn)> filter;
};

/// For each filter a frequent value, another in each turn, and a rare one; then some filters together.
std::vector<Search> searches(std::int64_t events) {
    const auto at = [=](std::int64_t percent) {
        return base::UtcTime{begin_us + events / 100 * percent * step_us};
    };
    const auto person = [](std::int64_t turn) { return first_person + turn * 7 % people; };
    const auto door = [](std::int64_t turn) { return first_door + turn % (devices * doors_each); };
    const auto card = [](std::int64_t turn) { return fmt::format("{:08X}", 77'594'624 + turn * 7 % people); };
    const auto department = [](std::int64_t turn) { return first_department + turn % (departments - 1); };
    std::vector<Id> most_departments;
    for (Id n = 0; n < departments - 1; ++n) most_departments.push_back(first_department + n);
    return {
        {"time", [=](auto turn) { return EventFilter{.from = at(turn % 90), .to = at(turn % 90 + 5)}; }},
        {"door", [=](auto turn) { return EventFilter{.doors = {door(turn)}}; }},
        {"door", [=](auto turn) { return EventFilter{.doors = {first_door + 400 + turn % 10}}; }},
        {"person", [=](auto turn) { return EventFilter{.people = {person(turn)}}; }},
        {"person", [=](auto turn) { return EventFilter{.people = {first_person + people + turn % 10}}; }},
        {"department", [=](auto turn) { return EventFilter{.departments = {department(turn)}}; }},
        {"department", [=](auto) { return EventFilter{.departments = most_departments}; }},
        {"department",
         [=](auto) { return EventFilter{.departments = {first_department + departments - 1}}; }},
        {"card", [=](auto turn) { return EventFilter{.card = card(turn)}; }},
        {"card", [=](auto turn) { return EventFilter{.card = fmt::format("RARE{}", turn % 10)}; }},
        {"kind", [](auto) { return EventFilter{.kinds = {"access", "door_opened"}}; }},
        {"kind", [](auto) { return EventFilter{.kinds = {"factory_reset"}}; }},
        {"result", [](auto) { return EventFilter{.result = "granted"}; }},
        {"result", [](auto) { return EventFilter{.result = "denied"}; }},
        {"reason", [](auto) { return EventFilter{.reasons = {"outside_schedule"}}; }},
        {"reason", [](auto) { return EventFilter{.reasons = {"holiday"}}; }},
        {"together", [=](auto turn) { return EventFilter{.doors = {door(turn)}, .result = "denied"}; }},
        {"together",
         [=](auto turn) {
             return EventFilter{.people = {person(turn)}, .kinds = {"access"}, .from = at(10), .to = at(90)};
         }},
    };
}

double p95_ms(const server::Events& events, const Search& search) {
    constexpr std::int64_t turns = 40;
    bench::Samples samples(turns);
    std::size_t found = 0;
    for (std::int64_t turn = 0; turn < turns; ++turn) {
        const auto filter = search.filter(turn);
        const auto begun = Clock::now();
        const auto page = events.list(filter, {}, {});
        if (!page) give_up(search.name + ": " + page.error().message);
        samples.add(static_cast<std::uint64_t>((Clock::now() - begun).count()));
        found += page->at("items").as_array().size();
    }
    if (found == 0) give_up(search.name + " finds nothing");  // a single person may not have come yet
    return samples.percentile_us(0.95) / 1'000;
}

std::string short_form(std::int64_t count) {
    return count % 1'000'000 == 0 ? fmt::format("{}m", count / 1'000'000) : fmt::format("{}k", count / 1'000);
}

/// The worst value of each filter is its figure, and the worst filter is that of the size.
void measure(const std::filesystem::path& file, std::int64_t count) {
    server::Live live;
    auto database = adapters::open_sqlite(file);
    if (!database) give_up(database.error().message);
    const server::Events events(**database, live);
    std::vector<std::pair<std::string, double>> worst;
    for (const auto& search : searches(count)) {
        const auto took = p95_ms(events, search);
        if (worst.empty() || worst.back().first != search.name) worst.emplace_back(search.name, 0);
        worst.back().second = std::max(worst.back().second, took);
    }
    double all = 0;
    for (const auto& [name, took] : worst) {
        fmt::print("{:>10} events, by {:<10} p95 {:8.2f} ms\n", count, name, took);
        all = std::max(all, took);
    }
    bench::publish(fmt::format("search_{}_p95_ms", short_form(count)), all, "ms", worst.size(),
                   {"limit", limit_ms});
}

}  // namespace

int main(int count, char** arguments) {
    std::vector<std::int64_t> sizes;
    for (int i = 1; i < count; ++i) sizes.push_back(std::atoll(arguments[i]));
    if (sizes.empty()) sizes = {100'000, 1'000'000, 10'000'000};
    const Folder folder;
    const auto file = folder.path / "platform.db";
    {
        const adapters::MachineClock clock;
        auto database = adapters::open_sqlite(file);
        if (!database) give_up(database.error().message);
        const auto made =
            server::migrate(**database, server::migrations_of(platform_schema::files()), clock.utc());
        if (!made) give_up(made.error().message);
    }
    {
        Raw raw(file);
        fill_names(raw);
    }
    std::int64_t filled = 0;
    for (const auto size : sizes) {
        const auto begun = Clock::now();
        {
            Raw raw(file);
            fill_events(raw, filled, size);
        }
        filled = size;
        fmt::print("{} events are there after {:.0f} s more, {} MB\n", size,
                   std::chrono::duration<double>(Clock::now() - begun).count(),
                   std::filesystem::file_size(file) >> 20);
        measure(file, size);
    }
}

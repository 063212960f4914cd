#include "server/retention/retention.hpp"

#include <chrono>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/log.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::Result;
using base::Status;
using ports::Connection;
using ports::ran;

namespace {

json::value days_or_null(const std::optional<std::int64_t>& days) {
    return days ? json::value(*days) : json::value(nullptr);
}

json::object periods_json(const RetentionPeriods& periods) {
    return {{"events_days", days_or_null(periods.events)},
            {"photos_days", days_or_null(periods.photos)},
            {"people_days", days_or_null(periods.people)},
            {"audit_days", days_or_null(periods.audit)}};
}

/// What is not understood, as from another version, is kept for good.
RetentionPeriods periods_from(const json::object& stored) {
    const auto days = [&](std::string_view name) -> std::optional<std::int64_t> {
        const auto* found = stored.if_contains(name);
        return found != nullptr && found->is_int64() ? std::optional(found->get_int64()) : std::nullopt;
    };
    return {days("events_days"), days("photos_days"), days("people_days"), days("audit_days")};
}

Result<json::object> read_setting(Connection& connection, std::string_view name) {
    const auto rows = connection.query("SELECT value FROM setting WHERE name = $1", {name});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return json::object();
    boost::system::error_code failed;
    const auto value = json::parse(rows->front().text(0), failed);
    return value.is_object() ? value.get_object() : json::object();
}

Status store_value(Connection& connection, std::string_view name, const json::object& value) {
    return ran(
        connection.execute("INSERT INTO setting (name, value) VALUES ($1, $2) "
                           "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                           {name, json::serialize(value)}));
}

/// With its entry in the audit log.
Status store_setting(Connection& connection, Audit& audit, std::string_view name, const json::object& value,
                     const Changes& told, const Actor& actor) {
    auto stored = store_value(connection, name, value);
    if (!stored) return stored;
    return audit.append(connection, actor, "settings.changed", std::nullopt, &told.before, &told.after);
}

std::string text_of(const json::object& notice, std::string_view language) {
    const auto* found = notice.if_contains(language);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

}  // namespace

Status Retention::load() {
    const auto stored = ports::read_from(
        database_, [](Connection& connection) { return read_setting(connection, "retention"); });
    if (!stored) return std::unexpected(stored.error());
    periods_ = periods_from(*stored);
    running_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    return {};
}

void Retention::wake() {
    const std::lock_guard lock(mutex_);
    wanted_ = true;
    woken_.notify_all();
}

void Retention::stop() {
    running_.request_stop();
    if (running_.joinable()) running_.join();
}

RetentionPeriods Retention::periods() const {
    const std::lock_guard lock(mutex_);
    return periods_;
}

json::object Retention::get() const {
    const std::lock_guard lock(mutex_);
    auto told = periods_json(periods_);
    const auto left = doubt_ ? doubt_->left() : std::nullopt;
    told["held_until"] = left ? json::value(time_text(clock_.utc() + *left)) : json::value(nullptr);
    return told;
}

Answer<json::object> Retention::change(const RetentionPatch& patch, const Actor& actor) {
    auto wanted = periods();
    const auto before = periods_json(wanted);
    wanted.events = patch.events.value_or(wanted.events);
    wanted.photos = patch.photos.value_or(wanted.photos);
    wanted.people = patch.people.value_or(wanted.people);
    wanted.audit = patch.audit.value_or(wanted.audit);
    const auto after = periods_json(wanted);
    const auto told = changes(before, after);
    if (told.none()) return get();
    const auto stored = ports::write_to(database_, [&](Connection& connection) {
        return store_setting(connection, audit_, "retention", after, told, actor);
    });
    if (!stored) return std::unexpected(stored.error());
    {
        const std::lock_guard lock(mutex_);
        periods_ = wanted;
    }
    wake();
    return get();
}

Answer<json::object> Retention::notice() const {
    const auto stored = ports::read_from(
        database_, [](Connection& connection) { return read_setting(connection, "privacy_notice"); });
    if (!stored) return std::unexpected(stored.error());
    return json::object{
        {"en", text_of(*stored, "en")}, {"zh", text_of(*stored, "zh")}, {"kept", periods_json(periods())}};
}

Answer<json::object> Retention::change_notice(const NoticePatch& patch, const Actor& actor) {
    const auto done = ports::write_to(database_, [&](Connection& connection) -> Status {
        const auto stored = read_setting(connection, "privacy_notice");
        if (!stored) return std::unexpected(stored.error());
        const json::object before{{"en", text_of(*stored, "en")}, {"zh", text_of(*stored, "zh")}};
        auto after = before;
        if (patch.en) after["en"] = *patch.en;
        if (patch.zh) after["zh"] = *patch.zh;
        // The log keeps that it changed; the text is long.
        if (before == after) return {};
        const Changes told{{}, {{"privacy_notice", "changed"}}};
        return store_setting(connection, audit_, "privacy_notice", after, told, actor);
    });
    if (!done) return std::unexpected(done.error());
    return notice();
}

void Retention::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        woken_.wait_for(lock, stop, between_runs, [this] { return wanted_; });
        if (stop.stop_requested()) return;
        wanted_ = false;
        lock.unlock();
        run_once(stop);
        lock.lock();
    }
}

void Retention::run_once(const std::stop_token& stop) {
    using std::chrono::steady_clock;
    constexpr std::chrono::milliseconds breath{20};
    bool more = true;
    const auto looked = look_at_clock();
    if (!looked) {
        base::log_warning("What is over is not removed: " + looked.error().message);
        return;
    }
    // All that the run removes is over by the time that was looked at: the clock may jump while it goes on.
    const auto now = looked->believed;
    while (more && !stop.stop_requested()) {
        const auto began = steady_clock::now();
        const auto kept = looked->doubted ? RetentionPeriods{} : periods();
        const auto done =
            ports::write_to(database_, [&](Connection& connection) { return step(connection, kept, now); });
        if (!done && done.error().kind != base::ErrorKind::timeout &&
            done.error().kind != base::ErrorKind::limit) {
            base::log_warning("What is over is not removed: " + done.error().message);
            return;  // tried again with the next run
        }
        more = done.value_or(true);
        // The writer is the others' for at least as long as it was ours, and while they wait for it.
        const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
        std::unique_lock lock(mutex_);
        do woken_.wait_for(lock, stop, std::max(rest, breath), [] { return false; });
        while (database_.waiting() > 0 && !stop.stop_requested());
    }
}

Result<ClockDoubt> Retention::look_at_clock() {
    const auto now = clock_.utc();
    const auto at = clock_.monotonic();
    const auto passed = looked_ ? at - *looked_ : base::Duration{};
    std::optional<ClockDoubt> before;
    {
        const std::lock_guard lock(mutex_);
        before = doubt_;
    }
    auto looked = ports::write_to(database_, [&](Connection& connection) -> Result<ClockDoubt> {
        if (!before) {
            const auto stored = read_setting(connection, "retention_clock");
            if (!stored) return std::unexpected(stored.error());
            before = clock_doubt_from(*stored);
        }
        if (!before) {
            const auto newest = connection.query("SELECT max(at) FROM audit");
            if (!newest) return std::unexpected(newest.error());
            const auto known = newest->front().time_or_null(0).value_or(now);
            before = ClockDoubt{known, known};
        }
        auto doubt = *before;
        doubt.look(now, passed);
        if (auto done = store_value(connection, "retention_clock", to_json(doubt)); !done)
            return std::unexpected(done.error());
        return doubt;
    });
    if (!looked) return std::unexpected(looked.error());
    looked_ = at;
    tell_doubt(*before, *looked);
    const std::lock_guard lock(mutex_);
    doubt_ = *looked;
    return looked;
}

void Retention::tell_doubt(const ClockDoubt& before, const ClockDoubt& now) const {
    if (now.doubted && (!before.doubted || !looked_))
        base::log_warning(
            fmt::format("The clock shows {} and was believed at {}. Nothing is removed for its age until the "
                        "clock is set right, or has gone on steadily for {} h.",
                        time_text(now.seen), time_text(before.believed),
                        std::chrono::floor<std::chrono::hours>(*now.left()).count()));
    if (before.doubted && !now.doubted)
        base::log_notice("The clock is believed again. What is over is removed.");
}

Result<bool> Retention::step(Connection& connection, const RetentionPeriods& kept, base::UtcTime now) {
    const auto before = [&](std::int64_t days) { return now + -std::chrono::days{days}; };
    auto done = former_.clean_events(connection, rows_at_once);
    if (done && !*done && kept.people) done = former_.erase_oldest(connection, before(*kept.people));
    if (done && !*done && kept.photos)
        done = remove_some(connection, "photos",
                           "DELETE FROM person_photo WHERE person_id IN (SELECT p.id FROM person p JOIN "
                           "person_photo f ON f.person_id = p.id WHERE p.valid_to < $1 LIMIT {})",
                           before(*kept.photos));
    if (done && !*done && kept.events)
        done = remove_some(connection, "events",
                           "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE at < $1 AND "
                           "received_at < $1 ORDER BY at, id LIMIT {})",
                           before(*kept.events));
    if (done && !*done && kept.audit) done = audit_.trim(connection, before(*kept.audit), rows_at_once);
    if (!done || *done) return done;
    if (auto noted = note_run(connection); !noted) return std::unexpected(noted.error());
    return false;
}

Result<bool> Retention::remove_some(Connection& connection, std::string_view counter, std::string_view sql,
                                    base::UtcTime before) {
    const auto removed = connection.execute(fmt::format(fmt::runtime(sql), rows_at_once), {before});
    if (!removed) return std::unexpected(removed.error());
    if (*removed == 0) return false;
    const auto counted = ran(connection.execute(
        fmt::format("INSERT INTO retention_run (id, events, photos) VALUES (1, {1}, {2}) "
                    "ON CONFLICT (id) DO UPDATE SET {0} = retention_run.{0} + excluded.{0}",
                    counter, counter == "events" ? "$1" : "0", counter == "photos" ? "$1" : "0"),
        {*removed}));
    if (!counted) return std::unexpected(counted.error());
    return true;
}

Status Retention::note_run(Connection& connection) {
    const auto run = connection.query("SELECT events, photos FROM retention_run");
    if (!run || run->empty()) return run ? Status{} : std::unexpected(run.error());
    const json::object after{{"events", run->front().integer(0)}, {"photos", run->front().integer(1)}};
    auto noted = audit_.append(connection, {}, "retention.applied", std::nullopt, nullptr, &after);
    return noted ? ran(connection.execute("DELETE FROM retention_run")) : noted;
}

}  // namespace sallyport::server

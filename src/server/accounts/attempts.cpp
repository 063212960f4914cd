#include "server/accounts/attempts.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "server/accounts/lockout.hpp"

namespace sallyport::server {

using base::Status;
using ports::Connection;
using ports::ran;

namespace {

base::Result<Failures> failures_of(Connection& connection, const Attempts::Counter& counter) {
    const auto rows = connection.query(
        "SELECT failures, locks, locked_until, last_at FROM login_failure WHERE kind = $1 AND subject = $2",
        {counter.first, counter.second});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return Failures{};
    const auto& row = rows->front();
    return Failures{row.integer(0), row.integer(1), row.time(2), row.time(3)};
}

}  // namespace

base::Result<bool> locked_by_hand(Connection& connection, const std::string& account, base::UtcTime now) {
    const auto known = failures_of(connection, {std::string(hand_lock), account});
    if (!known) return std::unexpected(known.error());
    return is_locked(*known, now);
}

Status store_failures(Connection& connection, const Attempts::Counter& counter, const Failures& known) {
    return ran(connection.execute(
        "INSERT INTO login_failure (kind, subject, failures, locks, locked_until, last_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, subject) DO UPDATE SET failures = "
        "excluded.failures, "
        "locks = excluded.locks, locked_until = excluded.locked_until, last_at = excluded.last_at",
        {counter.first, counter.second, known.failures, known.locks, known.locked_until, known.last_at}));
}

Problem locked_out(base::UtcTime until, base::UtcTime now, std::string_view code) {
    const auto seconds = (until - now).count() / 1'000'000 + 1;
    Problem problem(
        base::Error{base::ErrorKind::limit, std::string(code),
                    fmt::format("Too many wrong attempts. Try again in {} minutes.", seconds / 60 + 1)});
    problem.retry_after_s = seconds;
    return problem;
}

Answer<Attempts::Admitted> Attempts::admit(Counters counters, std::string_view code) {
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto room = room_for(counters, code);
        if (!room) return std::unexpected(room.error());
        if (*room == Room::free) break;
        left_.wait(lock);
    }
    for (const auto& counter : counters) ++under_way_[counter];
    return Admitted(*this, std::move(counters));
}

/// An attempt leaves after its failure is stored: what is under way is never missing in both.
Answer<Attempts::Room> Attempts::room_for(const Counters& counters, std::string_view code) const {
    const auto now = clock_.utc();
    base::UtcTime until{0};
    Room room = Room::free;
    const auto looked = database_.read([&](Connection& connection) -> Status {
        for (const auto& counter : counters) {
            const auto known = failures_of(connection, counter);
            if (!known) return std::unexpected(known.error());
            if (is_locked(*known, now)) until = std::max(until, known->locked_until);
            if (counter.first == "account") {
                const auto held = failures_of(connection, {std::string(hand_lock), counter.second});
                if (!held) return std::unexpected(held.error());
                if (is_locked(*held, now)) until = std::max(until, held->locked_until);
            }
            const auto found = under_way_.find(counter);
            const auto others = found == under_way_.end() ? 0 : found->second;
            if (others > 0 && known->failures + others >= failures_until_lock) room = Room::taken;
        }
        return {};
    });
    if (!looked) return std::unexpected(looked.error());
    if (until > now) return std::unexpected(locked_out(until, now, code));
    return room;
}

void Attempts::leave(const Counters& counters) {
    const std::lock_guard lock(mutex_);
    for (const auto& counter : counters) {
        const auto found = under_way_.find(counter);
        if (--found->second == 0) under_way_.erase(found);
    }
    left_.notify_all();
}

Status Attempts::count_failure(Connection& connection, const Admitted& attempt) const {
    const auto now = clock_.utc();
    auto outcome = ran(connection.execute("DELETE FROM login_failure WHERE last_at < $1",
                                          {now + -std::chrono::hours{24 * 7}}));
    for (const auto& counter : attempt.counters()) {
        if (!outcome) return outcome;
        const auto known = failures_of(connection, counter);
        if (!known) return std::unexpected(known.error());
        outcome = store_failures(connection, counter, after_failure(*known, now));
    }
    return outcome;
}

Status Attempts::take_back(Connection& connection, const Counter& counter) {
    const auto known = failures_of(connection, counter);
    if (!known) return std::unexpected(known.error());
    return store_failures(connection, counter, without_failure(*known));
}

Status Attempts::forgive(Connection& connection, const Admitted& attempt) const {
    Status outcome;
    for (const auto& counter : attempt.counters())
        if (outcome)
            outcome = ran(connection.execute("DELETE FROM login_failure WHERE kind = $1 AND subject = $2",
                                             {counter.first, counter.second}));
    return outcome;
}

}  // namespace sallyport::server

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <sodium.h>

#include "base/log.hpp"
#include "server/webhooks/signature.hpp"
#include "server/webhooks/webhooks.hpp"
#include "server/wire/outside_problem.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;

namespace {

constexpr std::chrono::milliseconds patience{10'000};
/// How long nothing is looked for without being woken.
constexpr std::chrono::seconds at_rest{60};
constexpr int gone = 410;
constexpr std::int64_t looked_at_once = 1'000;

double chance() {
    return static_cast<double>(randombytes_uniform(1'000)) / 1'000;
}

}  // namespace

/// The one that is due first of those that may be sent to; null: none.
Webhooks::Hook* Webhooks::most_due() {
    Hook* first = nullptr;
    for (auto& [id, hook] : hooks_) {
        if (!hook.enabled || hook.under_way) continue;
        if (first == nullptr || hook.due < first->due) first = &hook;
    }
    return first;
}

void Webhooks::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        auto* hook = most_due();
        const auto due = hook == nullptr ? Steady::now() + at_rest : hook->due;
        if (hook == nullptr || due > Steady::now()) {
            changed_.wait_until(lock, stop, due, [this] { return woken_; });
            woken_ = false;
            continue;
        }
        const auto copy = *hook;
        hook->under_way = true;
        hook->due = Steady::now() + at_rest;  // unless it is woken while it looks
        lock.unlock();
        auto next = next_event(copy.position, copy.kinds);
        if (next && next->event) deliver(copy, *std::move(next->event));
        lock.lock();
        const auto found = hooks_.find(copy.id);
        if (found == hooks_.end() || (next && next->event)) continue;
        auto& kept = found->second;
        kept.under_way = false;
        if (!next) {
            kept.due = Steady::now() + std::chrono::seconds{5};
            continue;
        }
        kept.position = std::max(kept.position, next->position);
        if (!next->more) continue;
        kept.due = Steady::now();
        keep(kept);
    }
}

/// Ids of events grow in the order in which they were stored, so a place among them is one number.
base::Result<Webhooks::Next> Webhooks::next_event(Id after, const std::set<std::string>& kinds) const {
    const auto rows = ports::read_from(database_, [&](Connection& connection) {
        return connection.query(
            fmt::format("SELECT id, kind FROM event WHERE id > $1 ORDER BY id LIMIT {}", looked_at_once),
            {after});
    });
    if (!rows) return std::unexpected(rows.error());
    Next next{after, std::nullopt, std::ssize(*rows) == looked_at_once};
    for (const auto& row : *rows) {
        if (!kinds.empty() && !kinds.contains(row.text(1))) {
            next.position = row.integer(0);
            continue;
        }
        auto event = events_.get(row.integer(0), Part{});
        if (!event) return std::unexpected(static_cast<const base::Error&>(event.error()));
        next.event = *std::move(event);
        break;
    }
    return next;
}

void Webhooks::deliver(const Hook& hook, json::object event) {
    const auto id = id_from(event.at("id").as_string()).value_or(0);
    event["card"] = nullptr;  // the number opens doors
    Delivery delivery;
    delivery.event_id = id;
    delivery.type = "event." + std::string(event.at("kind").as_string());
    delivery.attempt = hook.failures + 1;
    const json::object body{
        {"type", delivery.type}, {"timestamp", event.at("received_at")}, {"data", std::move(event)}};
    post(hook, std::move(delivery), fmt::format("evt_{}", id), body,
         [this, hook = hook.id, id](const Delivery& done) { settle(hook, id, done); });
}

void Webhooks::post(const Hook& hook, Delivery delivery, const std::string& message_id,
                    const json::object& body, std::function<void(Delivery)> done) {
    delivery.at = clock_.utc();
    const auto timestamp = delivery.at.microseconds / 1'000'000;
    ports::HttpPost post{hook.url, {}, json::serialize(body)};
    post.headers = {{"Content-Type", "application/json"},
                    {"User-Agent", "Sallyport/" SALLYPORT_VERSION},
                    {"webhook-id", message_id},
                    {"webhook-timestamp", std::to_string(timestamp)},
                    {"webhook-signature", webhook_signature(hook.secret, message_id, timestamp, post.body)}};
    poster_->post(
        std::move(post), patience,
        [began = Steady::now(), delivery = std::move(delivery),
         done = std::move(done)](const ports::OutsideResult<int>& status) mutable {
            delivery.took_ms =
                std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - began).count();
            if (status) delivery.status = *status;
            if (!status)
                delivery.problem = status.error();
            else if (*status < 200 || *status > 299)
                delivery.problem = {ErrorKind::unavailable, "bad_status",
                                    fmt::format("It answered with the status {}.", *status),
                                    fmt::format("HTTP {}", *status)};
            done(std::move(delivery));
        });
}

void Webhooks::settle(Id id, Id event, const Delivery& delivery) {
    {
        const std::lock_guard lock(mutex_);
        const auto found = hooks_.find(id);
        if (found == hooks_.end()) return;
        auto& hook = found->second;
        hook.under_way = false;
        remember(hook, delivery);
        if (!delivery.problem) {
            hook.position = std::max(hook.position, event);
            hook.failing_since.reset();
            hook.problem.reset();
            hook.failures = 0;
            hook.due = Steady::now();
        } else {
            ++hook.failures;
            hook.problem = delivery.problem;
            if (!hook.failing_since) hook.failing_since = delivery.at;
            hook.due = Steady::now() + webhook_delay(hook.failures, chance());
            const bool too_long = delivery.at - *hook.failing_since > give_up_after;
            if (hook.enabled && (too_long || delivery.status == gone)) return give_up(hook);
        }
        keep(hook);
        woken_ = true;
    }
    changed_.notify_all();
}

void Webhooks::give_up(Hook& hook) {
    hook.enabled = false;
    hook.disabled_at = clock_.utc();
    base::log_error(fmt::format("The webhook \"{}\" is switched off, it took nothing since {}: {}", hook.name,
                                time_text(*hook.failing_since), hook.problem->message));
    database_.write(
        [this, copy = hook](Connection& connection) -> base::Status {
            if (auto stored = store(connection, copy); !stored) return stored;
            const json::object after{{"enabled", false}, {"problem", copy.problem->code}};
            return audit_.append(connection, Actor{}, "webhook.given_up",
                                 Subject{"webhook", id_text(copy.id), copy.name}, nullptr, &after);
        },
        [](const base::Status&) {});
}

/// Lost when the disk refuses: after a start what was taken comes again, which its id tells.
void Webhooks::keep(const Hook& hook) {
    database_.write(
        [id = hook.id, position = hook.position, since = hook.failing_since,
         problem = hook.problem](Connection& connection) {
            return ports::ran(connection.execute(
                "UPDATE webhook SET position = max(position, $2), failing_since = $3, problem = $4, said = "
                "$5 WHERE id = $1",
                {id, position, since, code_of(problem), said_of(problem)}));
        },
        [](const base::Status&) {});
}

/// Under the mutex. The row is lost when the disk refuses, or when the webhook has gone.
void Webhooks::remember(Hook& hook, const Delivery& delivery) {
    hook.deliveries.push_front(delivery);
    if (hook.deliveries.size() > remembered) hook.deliveries.pop_back();
    database_.write(
        [hook = hook.id, id = ids_.next(), delivery](Connection& connection) {
            const auto stored = connection.execute(
                "INSERT INTO webhook_delivery (id, webhook_id, at, event_id, type, attempt, status, problem, "
                "said, took_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                {id, hook, delivery.at, delivery.event_id, delivery.type, delivery.attempt, delivery.status,
                 code_of(delivery.problem), said_of(delivery.problem), delivery.took_ms});
            if (!stored) return ports::ran(stored);
            return ports::ran(connection.execute(
                fmt::format(
                    "DELETE FROM webhook_delivery WHERE webhook_id = $1 AND id NOT IN (SELECT id FROM "
                    "webhook_delivery WHERE webhook_id = $1 ORDER BY id DESC LIMIT {})",
                    remembered),
                {hook}));
        },
        [](const base::Status&) {});
}

base::Status Webhooks::load_deliveries() {
    const auto rows = ports::read_from(database_, [](Connection& connection) {
        return connection.query(
            "SELECT webhook_id, at, event_id, type, attempt, status, problem, said, took_ms FROM "
            "webhook_delivery "
            "ORDER BY id");
    });
    if (!rows) return std::unexpected(rows.error());
    const std::lock_guard lock(mutex_);
    for (const auto& row : *rows) {
        const auto found = hooks_.find(row.integer(0));
        if (found == hooks_.end()) continue;
        const auto status = row.integer_or_null(5);
        found->second.deliveries.push_front({row.time(1), row.integer_or_null(2), row.text(3), row.integer(4),
                                             status ? std::optional(static_cast<int>(*status)) : std::nullopt,
                                             problem_of(row, 6), row.integer(8)});
    }
    return {};
}

void Webhooks::test(Id id, std::function<void(Answer<json::object>)> done) {
    Hook hook;
    {
        const std::lock_guard lock(mutex_);
        const auto found = hooks_.find(id);
        if (found == hooks_.end()) return done(no_such("webhook"));
        hook = found->second;
    }
    if (poster_ == nullptr)
        return done(refuse(ErrorKind::unavailable, "webhooks_off", "This platform sends no webhooks."));
    Delivery delivery;
    delivery.type = "test";
    const json::object body{{"type", "test"},
                            {"timestamp", time_text(clock_.utc())},
                            {"data", json::object{{"webhook", hook.name}}}};
    post(hook, std::move(delivery), fmt::format("test_{}", ids_.next()), body,
         [this, id, done = std::move(done)](const Delivery& outcome) {
             {
                 const std::lock_guard lock(mutex_);
                 const auto found = hooks_.find(id);
                 if (found != hooks_.end()) remember(found->second, outcome);
             }
             done(told(outcome));
         });
}

}  // namespace sallyport::server

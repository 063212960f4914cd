#include "server/webhooks/webhooks.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <sodium.h>

#include "base/base64.hpp"
#include "server/webhooks/signature.hpp"
#include "server/wire/outside_problem.hpp"
#include "server/wire/revision.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;
using ports::ran;

namespace {

std::string purpose(Id id) {
    return fmt::format("webhook.secret:{}", id);
}

base::Secret fresh_secret() {
    std::string bytes(24, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    base::Secret secret(std::string(webhook_secret_prefix) + base::to_base64(bytes));
    base::wipe(bytes.data(), bytes.size());
    return secret;
}

json::array list_json(const std::set<std::string>& words) {
    json::array list;
    for (const auto& word : words) list.emplace_back(word);
    return list;
}

std::set<std::string> words_from(const std::string& stored) {
    std::set<std::string> words;
    boost::system::error_code failed;
    const auto list = json::parse(stored, failed);
    if (failed || !list.is_array()) return words;
    for (const auto& word : list.get_array())
        if (word.is_string()) words.emplace(word.get_string());
    return words;
}

std::string_view state_of(bool enabled, bool disabled, bool failing) {
    if (disabled) return "given_up";
    if (!enabled) return "off";
    return failing ? "failing" : "ok";
}

json::value time_or_null(const std::optional<base::UtcTime>& time) {
    return time ? json::value(time_text(*time)) : json::value(nullptr);
}

Subject subject_of(Id id, const std::string& name) {
    return {"webhook", id_text(id), name};
}

}  // namespace

std::optional<ports::OutsideError> Webhooks::problem_of(const ports::Row& row, std::size_t first) {
    if (row.is_null(first)) return std::nullopt;
    return ports::OutsideError(ErrorKind::unavailable, row.text(first), "",
                               row.text_or_null(first + 1).value_or(""));
}

json::object Webhooks::told(const Hook& hook) {
    return {{"id", id_text(hook.id)},
            {"name", hook.name},
            {"url", hook.url_text},
            {"kinds", list_json(hook.kinds)},
            {"enabled", hook.enabled},
            {"state", state_of(hook.enabled, hook.disabled_at.has_value(), hook.failing_since.has_value())},
            {"failing_since", time_or_null(hook.failing_since)},
            {"given_up_at", time_or_null(hook.disabled_at)},
            {"problem", outside_problem(hook.problem)},
            {"revision", hook.revision}};
}

json::object Webhooks::told(const Delivery& delivery) {
    return {{"at", time_text(delivery.at)},
            {"event_id", delivery.event_id ? json::value(id_text(*delivery.event_id)) : json::value(nullptr)},
            {"type", delivery.type},
            {"attempt", delivery.attempt},
            {"status", delivery.status ? json::value(*delivery.status) : json::value(nullptr)},
            {"problem", outside_problem(delivery.problem)},
            {"took_ms", delivery.took_ms}};
}

json::object Webhooks::audited(const Hook& hook) {
    return {{"name", hook.name},
            {"url", hook.url_text},
            {"kinds", list_json(hook.kinds)},
            {"enabled", hook.enabled}};
}

base::Result<Webhooks::Hook> Webhooks::hook_of(const ports::Row& row, const Sealer& sealer) {
    Hook hook;
    hook.id = row.integer(0);
    hook.name = row.text(1);
    hook.url_text = row.text(2);
    auto url = ports::parse_https_url(hook.url_text);
    if (!url) return std::unexpected(url.error());
    hook.url = *std::move(url);
    auto secret = sealer.unseal(row.blob(3), purpose(hook.id));
    if (!secret) return std::unexpected(secret.error());
    hook.secret = *std::move(secret);
    hook.kinds = words_from(row.text(4));
    hook.enabled = row.integer(5) != 0;
    hook.position = row.integer(6);
    hook.failing_since = row.time_or_null(7);
    hook.problem = problem_of(row, 8);
    hook.disabled_at = row.time_or_null(10);
    hook.revision = row.integer(11);
    return hook;
}

base::Status Webhooks::load() {
    const auto rows = ports::read_from(database_, [](Connection& connection) {
        return connection.query(
            "SELECT id, name, url, secret, kinds, enabled, position, failing_since, problem, said, "
            "disabled_at, revision FROM webhook");
    });
    if (!rows) return std::unexpected(rows.error());
    {
        const std::lock_guard lock(mutex_);
        for (const auto& row : *rows) {
            auto hook = hook_of(row, sealer_);
            if (!hook) return std::unexpected(hook.error());
            const auto id = hook->id;
            hooks_[id] = *std::move(hook);
        }
    }
    if (auto loaded = load_deliveries(); !loaded) return loaded;
    if (poster_ != nullptr) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    return {};
}

void Webhooks::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void Webhooks::wake() {
    {
        const std::lock_guard lock(mutex_);
        woken_ = true;
        for (auto& [id, hook] : hooks_)
            if (hook.failures == 0) hook.due = Steady::now();
    }
    changed_.notify_all();
}

Answer<json::object> Webhooks::list() const {
    json::array items;
    const std::lock_guard lock(mutex_);
    for (const auto& [id, hook] : hooks_) items.push_back(told(hook));
    return json::object{{"items", std::move(items)}, {"next", nullptr}};
}

Answer<json::object> Webhooks::get(Id id) const {
    const std::lock_guard lock(mutex_);
    const auto found = hooks_.find(id);
    if (found == hooks_.end()) return no_such("webhook");
    return told(found->second);
}

Answer<json::object> Webhooks::deliveries(Id id) const {
    const std::lock_guard lock(mutex_);
    const auto found = hooks_.find(id);
    if (found == hooks_.end()) return no_such("webhook");
    json::array items;
    for (const auto& delivery : found->second.deliveries) items.push_back(told(delivery));
    return json::object{{"items", std::move(items)}, {"next", nullptr}};
}

/// Under the mutex.
Outcome Webhooks::check_name(const std::string& name, Id own) const {
    for (const auto& [id, hook] : hooks_)
        if (id != own && hook.name == name)
            return refuse(ErrorKind::conflict, "name_taken",
                          fmt::format("There is a webhook \"{}\" already. Choose another name.", name));
    return {};
}

base::Status Webhooks::store(Connection& connection, const Hook& hook) const {
    const auto box = sealer_.seal(hook.secret, purpose(hook.id));
    return ran(connection.execute(
        "INSERT INTO webhook (id, name, url, secret, kinds, enabled, position, failing_since, problem, "
        "said, disabled_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT "
        "(id) DO "
        "UPDATE SET name = excluded.name, url = excluded.url, kinds = excluded.kinds, enabled = "
        "excluded.enabled, position = excluded.position, failing_since = excluded.failing_since, problem = "
        "excluded.problem, said = excluded.said, disabled_at = excluded.disabled_at, revision = "
        "excluded.revision",
        {hook.id, hook.name, hook.url_text, box, json::serialize(list_json(hook.kinds)), hook.enabled ? 1 : 0,
         hook.position, hook.failing_since, code_of(hook.problem), said_of(hook.problem), hook.disabled_at,
         hook.revision}));
}

Answer<json::object> Webhooks::add(const WebhookPatch& patch, const Actor& actor) {
    Hook hook;
    hook.id = ids_.next();
    hook.name = *patch.name;
    hook.url_text = *patch.url;
    hook.url = ports::parse_https_url(*patch.url).value();
    if (patch.kinds) hook.kinds = {patch.kinds->begin(), patch.kinds->end()};
    hook.enabled = patch.enabled.value_or(true);
    hook.secret = fresh_secret();
    {
        const std::lock_guard lock(mutex_);
        if (auto is_free = check_name(hook.name, hook.id); !is_free) return std::unexpected(is_free.error());
        if (hooks_.size() >= at_most)
            return refuse(ErrorKind::conflict, "too_many_webhooks",
                          fmt::format("There are {} webhooks. Remove one that is not needed.", at_most));
    }
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> base::Status {
        // From now on: nobody asked for what was before.
        const auto last = connection.query("SELECT coalesce(max(id), 0) FROM event");
        if (!last) return std::unexpected(last.error());
        hook.position = last->front().integer(0);
        if (auto done = store(connection, hook); !done) return done;
        const auto after = audited(hook);
        return audit_.append(connection, actor, "webhook.added", subject_of(hook.id, hook.name), nullptr,
                             &after);
    });
    if (!stored) return std::unexpected(stored.error());
    auto answer = told(hook);
    answer["secret"] = hook.secret.reveal();
    {
        const std::lock_guard lock(mutex_);
        const auto id = hook.id;
        hooks_[id] = std::move(hook);
    }
    wake();
    return answer;
}

Answer<json::object> Webhooks::change(Id id, const WebhookPatch& patch, const Actor& actor) {
    Hook hook;
    json::object before;
    {
        const std::lock_guard lock(mutex_);
        const auto found = hooks_.find(id);
        if (found == hooks_.end()) return no_such("webhook");
        hook = found->second;
        before = audited(hook);
        if (patch.revision && *patch.revision != hook.revision) return changed_meanwhile(hook.name);
        if (patch.name)
            if (auto is_free = check_name(*patch.name, id); !is_free) return std::unexpected(is_free.error());
    }
    if (patch.name) hook.name = *patch.name;
    if (patch.url) hook.url_text = *patch.url;
    if (patch.url) hook.url = ports::parse_https_url(*patch.url).value();
    if (patch.kinds) hook.kinds = {patch.kinds->begin(), patch.kinds->end()};
    if (patch.enabled) hook.enabled = *patch.enabled;
    // Whoever touches it wants to see it tried anew.
    hook.failing_since.reset();
    hook.disabled_at.reset();
    hook.problem.reset();
    hook.failures = 0;
    ++hook.revision;
    const auto said = changes(before, audited(hook));
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> base::Status {
        if (auto done = store(connection, hook); !done) return done;
        if (said.none()) return {};
        return audit_.append(connection, actor, "webhook.changed", subject_of(id, hook.name), &said.before,
                             &said.after);
    });
    if (!stored) return std::unexpected(stored.error());
    const auto answer = told(hook);
    {
        const std::lock_guard lock(mutex_);
        const auto found = hooks_.find(id);
        if (found == hooks_.end()) return no_such("webhook");
        // What was taken meanwhile stays taken.
        hook.position = std::max(hook.position, found->second.position);
        hook.under_way = found->second.under_way;
        hook.deliveries = std::move(found->second.deliveries);
        found->second = std::move(hook);
    }
    wake();
    return answer;
}

Outcome Webhooks::remove(Id id, const Actor& actor) {
    json::object before;
    {
        const std::lock_guard lock(mutex_);
        const auto found = hooks_.find(id);
        if (found == hooks_.end()) return no_such("webhook");
        before = audited(found->second);
    }
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> base::Status {
        if (auto done = ran(connection.execute("DELETE FROM webhook WHERE id = $1", {id})); !done)
            return done;
        return audit_.append(connection, actor, "webhook.removed",
                             subject_of(id, std::string(before.at("name").as_string())), &before, nullptr);
    });
    if (!stored) return std::unexpected(stored.error());
    const std::lock_guard lock(mutex_);
    hooks_.erase(id);
    return {};
}

}  // namespace sallyport::server

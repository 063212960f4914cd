#include "server/syslog/syslog_feed.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/log.hpp"
#include "codec/syslog/syslog.hpp"
#include "server/wire/revision.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using boost::system::error_code;
using ports::Connection;
using std::chrono::milliseconds;

namespace {

/// Who changes something wakes nobody: the audit log is looked at so often.
constexpr milliseconds look_again{2'000};

std::string text_of(const json::object& object, std::string_view member) {
    const auto& value = object.at(member);
    if (value.is_string()) return std::string(value.get_string());
    return value.is_null() ? "" : json::serialize(value);
}

codec::SyslogText message_of(const json::object& event, const std::string& host) {
    codec::SyslogText message{.host = host, .program = "sallyport", .kind = text_of(event, "kind")};
    message.at = time_from(text_of(event, "at")).value_or(base::UtcTime{});
    const bool alarm = message.kind == "alarm_started";
    const auto result = text_of(event, "result");
    message.severity = alarm                ? codec::SyslogText::alert
                       : result == "denied" ? codec::SyslogText::notice
                                            : codec::SyslogText::informational;
    for (const auto* member : {"id", "kind", "device_id", "door_id", "reader", "direction", "generation",
                               "sequence", "result", "reason", "alarm", "method", "received_at"})
        message.facts.emplace_back(member, text_of(event, member));
    std::string who;
    if (const auto* person = event.at("person").if_object()) who = text_of(*person, "user_id");
    message.facts.emplace_back("user_id", who);
    message.text = message.kind;
    std::ranges::replace(message.text, '_', ' ');
    for (const auto* member : {"result", "alarm", "reason", "door_name"})
        if (const auto value = text_of(event, member); !value.empty()) message.text += ", " + value;
    if (!who.empty()) message.text += ", user " + who;
    return message;
}

codec::SyslogText message_of(const ports::Row& row, const std::string& host) {
    codec::SyslogText message{.host = host, .program = "sallyport-audit", .kind = row.text(2)};
    message.severity =
        message.kind.ends_with("refused") ? codec::SyslogText::warning : codec::SyslogText::notice;
    message.at = row.time(1);
    message.facts = {{"number", std::to_string(row.integer(0))}, {"action", message.kind}};
    std::size_t column = 3;
    for (const auto* name :
         {"account", "address", "token", "subject_kind", "subject_id", "subject_name", "before", "after"})
        message.facts.emplace_back(name, row.text_or_null(column++).value_or(""));
    message.text = fmt::format("{} by {}", message.kind, row.text_or_null(3).value_or("the platform"));
    if (const auto name = row.text_or_null(8)) message.text += ": " + *name;
    return message;
}

SyslogSettings settings_from(const StoredOutlet& stored) {
    SyslogSettings settings;
    if (stored.revision == 0) return settings;
    settings.enabled = truth_in(stored.settings, "enabled");
    settings.server = server_from(stored.settings);
    settings.events = truth_in(stored.settings, "events");
    settings.audit = truth_in(stored.settings, "audit");
    settings.revision = stored.revision;
    return settings;
}

}  // namespace

json::object told_of(const SyslogSettings& settings) {
    json::object told{{"enabled", settings.enabled}};
    tell_server(told, settings.server);
    told.erase("account");
    told.erase("has_password");
    told["events"] = settings.events;
    told["audit"] = settings.audit;
    told["revision"] = settings.revision;
    return told;
}

SyslogFeed::SyslogFeed(SyslogParts parts) : parts_(std::move(parts)), timer_(parts_.loop) {}

base::Status SyslogFeed::load() {
    const auto stored = read_outlet(parts_.database, parts_.sealer, "syslog");
    if (!stored) return std::unexpected(stored.error());
    const auto places = ports::read_from(parts_.database, [](Connection& connection) {
        return connection.query(
            "SELECT coalesce(event_position, 0), coalesce(audit_position, 0) FROM outlet WHERE name = "
            "'syslog'");
    });
    if (!places) return std::unexpected(places.error());
    if (!places->empty()) places_ = {places->front().integer(0), places->front().integer(1)};
    settings_ = settings_from(*stored);
    since_ = parts_.clock.utc();
    if (parts_.open) asio::post(parts_.loop, [this] { begin(); });
    return {};
}

void SyslogFeed::stop() {
    stopped_ = true;
    ready_ = false;
    timer_.cancel();
    collector_.reset();
}

void SyslogFeed::wake() {
    if (woken_.exchange(true)) return;
    asio::post(parts_.loop, [this] {
        woken_ = false;
        next();
    });
}

json::object SyslogFeed::get() const {
    const std::lock_guard lock(mutex_);
    auto told = told_of(settings_);
    told["state"] = told_of(OutletState{.word = word_, .since = since_, .problem = problem_});
    return told;
}

Answer<json::object> SyslogFeed::change(const SyslogPatch& patch, const Actor& actor) {
    const std::lock_guard one_after_the_other(changing_);
    SyslogSettings before;
    {
        const std::lock_guard lock(mutex_);
        before = settings_;
    }
    if (patch.revision && *patch.revision != before.revision) return changed_meanwhile("Syslog");
    auto server = patched(before.server, patch.server, parts_.check_authorities);
    if (!server) return std::unexpected(server.error());
    auto wanted = before;
    wanted.server = *std::move(server);
    wanted.enabled = patch.enabled.value_or(before.enabled);
    wanted.events = patch.events.value_or(before.events);
    wanted.audit = patch.audit.value_or(before.audit);
    ++wanted.revision;
    if (wanted.enabled && wanted.server.host.empty())
        return wrong_field("host", "missing", "Write where the collector is, to switch this on.");
    const auto said = changes(audited_outlet(told_of(before)), audited_outlet(told_of(wanted)));
    Places places;
    const auto stored = ports::write_to(parts_.database, [&](Connection& connection) -> base::Status {
        const StoredOutlet outlet{told_of(wanted), std::nullopt, wanted.revision};
        auto done = store_outlet(connection, parts_.sealer, "syslog", outlet);
        if (done && !said.none())
            done = parts_.audit.append(connection, actor, "settings.changed",
                                       Subject{"syslog", std::nullopt, "Syslog"}, &said.before, &said.after);
        if (!done) return done;
        const auto last = connection.query(
            "SELECT (SELECT coalesce(max(id), 0) FROM event), (SELECT coalesce(max(sequence), 0) FROM "
            "audit)");
        if (!last) return std::unexpected(last.error());
        places = {last->front().integer(0), last->front().integer(1)};
        return {};
    });
    if (!stored) return std::unexpected(stored.error());
    {
        const std::lock_guard lock(mutex_);
        settings_ = wanted;
    }
    if (parts_.open)
        asio::post(parts_.loop, [this, places, was = before, is = wanted] {
            const bool begins = is.enabled && !was.enabled;
            if (begins || is.events != was.events) places_.event = places.event;
            if (begins || is.audit != was.audit) places_.audit = places.audit;
            keep(places_);
            begin();
        });
    return get();
}

// ---------------------------------------------------------------- the connection, on the loop

void SyslogFeed::say(std::string_view word, std::optional<ports::OutsideError> problem) {
    const std::lock_guard lock(mutex_);
    if (word_ != word) since_ = parts_.clock.utc();
    word_ = word;
    problem_ = std::move(problem);
}

void SyslogFeed::begin() {
    if (stopped_) return;
    {
        const std::lock_guard lock(mutex_);
        now_ = settings_;
    }
    timer_.cancel();
    collector_.reset();
    ready_ = false;
    failures_ = 0;
    ++round_;
    if (!now_.enabled) return say("off");
    say("connecting");
    open();
}

void SyslogFeed::open() {
    auto made = parts_.open(now_.server.at(), now_.server.trust);
    if (!made) return lost(made.error());
    collector_ = *std::move(made);
    ++round_;
    busy_ = false;
    collector_->on_lost = [this](const ports::OutsideError& why) { lost(why); };
    collector_->open([this](const ports::OutsideResult<void>& opened) {
        if (!opened) return lost(opened.error());
        if (failures_ > 0) base::log_notice("The syslog collector is reached again.");
        failures_ = 0;
        ready_ = true;
        say("connected");
        next();
    });
}

void SyslogFeed::next() {
    if (stopped_ || !ready_ || busy_) return;
    busy_ = true;
    asio::post(reader_, [this, settings = now_, places = places_, round = round_] {
        auto found = read(settings, places);
        asio::post(parts_.loop, [this, round, found = std::move(found)] {
            if (!stopped_ && round == round_) send(found);
        });
    });
}

void SyslogFeed::send(const base::Result<Batch>& found) {
    if (!found || found->upto == places_) {
        busy_ = false;
        return rest(look_again);
    }
    collector_->send(found->frames, [this, upto = found->upto](const ports::OutsideResult<void>& taken) {
        busy_ = false;
        if (!taken) return lost(taken.error());
        places_ = upto;
        keep(upto);
        next();
    });
}

void SyslogFeed::rest(milliseconds time) {
    timer_.expires_after(time);
    timer_.async_wait([this](error_code error) {
        if (!error) next();
    });
}

void SyslogFeed::lost(const ports::OutsideError& why) {
    ready_ = false;
    busy_ = false;
    ++round_;
    if (failures_++ == 0) base::log_warning("The syslog collector is not reached: " + why.message);
    say("failing", why);
    timer_.expires_after(outlet_pause(failures_));
    timer_.async_wait([this](error_code error) {
        if (!error && !stopped_) open();
    });
}

/// Lost when the disk refuses: after a start the batch comes again.
void SyslogFeed::keep(Places places) {
    parts_.database.write(
        [places](Connection& connection) {
            return ports::ran(connection.execute(
                "UPDATE outlet SET event_position = $1, audit_position = $2 WHERE name = 'syslog'",
                {places.event, places.audit}));
        },
        [](const base::Status&) {});
}

/// On the thread of the reader.
base::Result<SyslogFeed::Batch> SyslogFeed::read(const SyslogSettings& settings, Places places) const {
    Batch found{places, {}};
    std::vector<Id> ids;
    const auto done = parts_.database.read([&](Connection& connection) -> base::Status {
        if (settings.events) {
            const auto rows = connection.query(
                fmt::format("SELECT id FROM event WHERE id > $1 ORDER BY id LIMIT {}", batch),
                {places.event});
            if (!rows) return std::unexpected(rows.error());
            for (const auto& row : *rows) ids.push_back(row.integer(0));
        }
        if (!settings.audit) return {};
        const auto rows = connection.query(
            fmt::format(
                "SELECT sequence, at, action, account, address, token, subject_kind, subject_id, "
                "subject_name, before, after FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT {}",
                batch),
            {places.audit});
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows) {
            found.frames += codec::syslog_frame(message_of(row, parts_.host));
            found.upto.audit = row.integer(0);
        }
        return {};
    });
    if (!done) return std::unexpected(done.error());
    for (const auto id : ids) {
        const auto event = parts_.events.get(id, Part{});
        if (!event) return std::unexpected(static_cast<const base::Error&>(event.error()));
        found.frames += codec::syslog_frame(message_of(*event, parts_.host));
        found.upto.event = id;
    }
    return found;
}

// ---------------------------------------------------------------- the test

void SyslogFeed::test(std::function<void(Answer<json::object>)> done) {
    SyslogSettings settings;
    {
        const std::lock_guard lock(mutex_);
        settings = settings_;
    }
    if (settings.server.host.empty() || !parts_.open)
        return done(
            refuse(base::ErrorKind::conflict, "not_set_up", "Write where the collector is first, and save."));
    asio::post(parts_.loop, [this, settings, done = std::move(done)] {
        const auto began = std::chrono::steady_clock::now();
        const auto answer = [done, began](const ports::OutsideResult<void>& outcome) {
            done(outlet_test(outcome ? std::nullopt : std::optional(outcome.error()), began));
        };
        auto made = parts_.open(settings.server.at(), settings.server.trust);
        if (!made) return answer(std::unexpected(made.error()));
        const std::shared_ptr<ports::Collector> collector = *std::move(made);
        collector->open([this, collector, answer](const ports::OutsideResult<void>& opened) {
            if (!opened) return answer(opened);
            codec::SyslogText message{.host = parts_.host, .program = "sallyport", .kind = "test"};
            message.at = parts_.clock.utc();
            message.text = "A test of Sallyport.";
            collector->send(codec::syslog_frame(message),
                            [collector, answer](const ports::OutsideResult<void>& taken) { answer(taken); });
        });
    });
}

}  // namespace sallyport::server

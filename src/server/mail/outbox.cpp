#include "server/mail/outbox.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/log.hpp"
#include "codec/mail/mail.hpp"
#include "server/wire/revision.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::Connection;

namespace {

/// How long nothing is looked for without being woken; also how late a mail is known to be too late.
constexpr std::chrono::seconds at_rest{60};
constexpr std::chrono::minutes longest_put_off{15};

bool is_about_the_mail(const base::Error& why) {
    return why.kind == ErrorKind::invalid || why.code == "put_off";
}

}  // namespace

base::Status Outbox::load() {
    const auto stored = read_outlet(parts_.database, parts_.sealer, "mail");
    if (!stored) return std::unexpected(stored.error());
    settings_ = mail_settings_from(*stored);
    since_ = parts_.clock.utc();
    if (settings_.enabled) word_ = "ready";
    if (parts_.send) thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    return {};
}

void Outbox::stop() {
    for (auto* thread : {&thread_, &tester_}) {
        thread->request_stop();
        if (thread->joinable()) thread->join();
    }
}

bool Outbox::is_on() const {
    const std::lock_guard lock(mutex_);
    return settings_.enabled;
}

std::size_t Outbox::waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
}

void Outbox::send(MailToSend mail) {
    const std::lock_guard lock(mutex_);
    if (!settings_.enabled) return;
    if (waiting_.size() >= waiting_at_most) {
        ++dropped_;
        return;
    }
    waiting_.push_back({.id = parts_.ids.next(), .mail = std::move(mail)});
    awake_ = true;
    woken_.notify_all();
}

base::Status Outbox::store(Connection& connection, const MailToSend& mail) {
    if (!is_on()) return {};
    const auto rows = connection.query("SELECT count(*) FROM mail");
    if (!rows) return std::unexpected(rows.error());
    if (std::cmp_greater_equal(rows->front().integer(0), waiting_at_most)) {
        const std::lock_guard lock(mutex_);
        ++dropped_;
        return {};
    }
    return ports::ran(connection.execute(
        "INSERT INTO mail (id, recipient, subject, body, not_after) VALUES ($1, $2, $3, $4, $5)",
        {parts_.ids.next(), mail.to, mail.letter.subject, mail.letter.text, mail.not_after}));
}

void Outbox::wake() {
    const std::lock_guard lock(mutex_);
    look_ = awake_ = true;
    woken_.notify_all();
}

// ---------------------------------------------------------------- what is set

json::object Outbox::get() const {
    const std::lock_guard lock(mutex_);
    auto told = told_of(settings_);
    told["state"] = told_of(OutletState{word_, since_, problem_, waiting_.size(), dropped_});
    return told;
}

Answer<json::object> Outbox::change(const MailPatch& patch, const Actor& actor) {
    const std::lock_guard one_after_the_other(changing_);
    MailSettings before;
    {
        const std::lock_guard lock(mutex_);
        before = settings_;
    }
    if (patch.revision && *patch.revision != before.revision) return changed_meanwhile("Mail");
    const auto wanted = patched(before, patch, parts_.check_authorities);
    if (!wanted) return std::unexpected(wanted.error());
    auto said = changes(audited_outlet(told_of(before)), audited_outlet(told_of(*wanted)));
    if (patch.server.password) said.after["password"] = "changed";
    const auto stored = ports::write_to(parts_.database, [&](Connection& connection) -> base::Status {
        const StoredOutlet outlet{told_of(*wanted), wanted->server.password, wanted->revision};
        auto done = store_outlet(connection, parts_.sealer, "mail", outlet);
        if (done && !wanted->enabled) done = ports::ran(connection.execute("DELETE FROM mail"));
        if (!done || said.none()) return done;
        return parts_.audit.append(connection, actor, "settings.changed",
                                   Subject{"mail", std::nullopt, "Mail"}, &said.before, &said.after);
    });
    if (!stored) return std::unexpected(stored.error());
    {
        const std::lock_guard lock(mutex_);
        settings_ = *wanted;
        if (!settings_.enabled) waiting_.clear();
        failures_ = 0;
        due_ = {};
        say(settings_.enabled ? "ready" : "off");
        awake_ = true;
        woken_.notify_all();
    }
    return get();
}

// ---------------------------------------------------------------- what waits

void Outbox::say(std::string_view word, std::optional<ports::OutsideError> problem) {
    if (word_ != word) since_ = parts_.clock.utc();
    word_ = word;
    problem_ = std::move(problem);
}

void Outbox::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        if (std::exchange(look_, false)) {
            lock.unlock();
            const auto taken = take_stored();
            lock.lock();
            if (!taken) look_ = true;
        }
        drop_late();
        const auto next = most_due();
        const auto now = Steady::now();
        const auto due = next == waiting_.end() ? now + at_rest : std::max(next->due, due_);
        if (!settings_.enabled || due > now) {
            woken_.wait_until(lock, stop, std::min(due, now + at_rest), [this] { return awake_; });
            awake_ = false;
            continue;
        }
        const auto [id, mail, settings] = std::tuple(next->id, next->mail, settings_);
        lock.unlock();
        const auto outcome = hand_over(settings, mail, id, stop);
        lock.lock();
        if (!stop.stop_requested() || outcome) settle(id, outcome);
    }
}

base::Status Outbox::take_stored() {
    return parts_.database.read([this](Connection& connection) -> base::Status {
        Id after = 0;
        {
            const std::lock_guard lock(mutex_);
            after = last_stored_;
        }
        const auto rows = connection.query(
            "SELECT id, recipient, subject, body, not_after FROM mail WHERE id > $1 ORDER BY id", {after});
        if (!rows) return std::unexpected(rows.error());
        const std::lock_guard lock(mutex_);
        for (const auto& row : *rows) {
            last_stored_ = row.integer(0);
            waiting_.push_back({.id = last_stored_,
                                .mail = {row.text(1), {row.text(2), row.text(3)}, row.time(4)},
                                .kept = Kept::stored});
        }
        return {};
    });
}

void Outbox::remove(std::list<Waiting>::iterator gone) {
    if (gone->kept == Kept::stored)
        parts_.database.write(
            [id = gone->id](Connection& connection) {
                return ports::ran(connection.execute("DELETE FROM mail WHERE id = $1", {id}));
            },
            [](const base::Status&) {});
    waiting_.erase(gone);
}

void Outbox::drop_late() {
    const auto now = parts_.clock.utc();
    for (auto one = waiting_.begin(); one != waiting_.end();) {
        const auto late = one++;
        if (late->mail.not_after > now) continue;
        ++dropped_;
        base::log_warning("A mail is dropped: it could not be sent in time.");
        remove(late);
    }
}

std::list<Outbox::Waiting>::iterator Outbox::most_due() {
    return std::ranges::min_element(waiting_, {}, &Waiting::due);
}

void Outbox::settle(Id id, const ports::OutsideResult<void>& outcome) {
    const auto found = std::ranges::find(waiting_, id, &Waiting::id);
    if (!outcome && !is_about_the_mail(outcome.error())) {
        if (!settings_.enabled) return;
        if (failures_++ == 0)
            base::log_warning("The mail server does not take mail: " + outcome.error().message);
        due_ = Steady::now() + outlet_pause(failures_);
        return say("failing", outcome.error());
    }
    if (std::exchange(failures_, 0) > 0) base::log_notice("The mail server takes mail again.");
    if (settings_.enabled) say("ready", outcome ? std::nullopt : std::optional(outcome.error()));
    if (found == waiting_.end()) return;
    if (!outcome && outcome.error().kind != ErrorKind::invalid) {
        found->due = Steady::now() + outlet_pause(++found->put_off, longest_put_off);
        return;
    }
    if (!outcome) {
        ++dropped_;
        base::log_warning("A mail is dropped. " + outcome.error().message);
    }
    remove(found);
}

ports::OutsideResult<void> Outbox::hand_over(const MailSettings& settings, const MailToSend& mail, Id id,
                                             const std::stop_token& stop) const {
    const ports::MailServer server{settings.server.at(),    settings.server.trust,    settings.begins,
                                   settings.server.account, settings.server.password, parts_.host};
    const auto message = codec::mail_message(
        {settings.sender, mail.to, mail.letter.subject, mail.letter.text, parts_.clock.utc(), id_text(id)});
    return parts_.send(server, {settings.sender, mail.to, message}, stop);
}

// ---------------------------------------------------------------- the test

void Outbox::test(const std::string& to, const std::string& language,
                  std::function<void(Answer<json::object>)> done) {
    const std::lock_guard lock(mutex_);
    if (settings_.server.host.empty() || settings_.sender.empty() || !parts_.send)
        return done(refuse(ErrorKind::conflict, "not_set_up",
                           "Write where the mail server is and whom mails come from first, and save."));
    if (std::exchange(testing_, true))
        return done(refuse(ErrorKind::conflict, "test_running", "A test is running. Wait for its end."));
    tester_ = std::jthread(
        [this, to, language, settings = settings_, done = std::move(done)](const std::stop_token& stop) {
            const auto began = Steady::now();
            const auto outcome =
                hand_over(settings, {to, test_letter(language, parts_.host), {}}, parts_.ids.next(), stop);
            {
                const std::lock_guard guard(mutex_);
                testing_ = false;
                if (outcome) due_ = {};  // what waits goes now
                awake_ = true;
                woken_.notify_all();
            }
            done(outlet_test(outcome ? std::nullopt : std::optional(outcome.error()), began));
        });
}

}  // namespace sallyport::server

// What the sessions with controllers ask of the list of devices: where their records go, what each should
// hold, and what is told when that changes.
#include <algorithm>
#include <span>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/json/array.hpp>

#include "base/enum_text.hpp"
#include "core/record/detail.hpp"
#include "server/devices/device_rows.hpp"
#include "server/devices/devices.hpp"
#include "server/devices/on_loop.hpp"
#include "server/ingest/ingest.hpp"
#include "server/issue/keypad_removals.hpp"
#include "server/issue/keypad_settings.hpp"
#include "server/issue/plan_secrets.hpp"

namespace sallyport::server {

namespace asio = boost::asio;

namespace {

/// What of the new records says that somebody at the keypad has changed what is set from here.
base::Status take_up_keypad_work(ports::Connection& connection, Id id,
                                 const std::vector<core::StoredRecord>& records, const Ingested& stored) {
    const auto left = std::ranges::count_if(
        records, [&](const auto& one) { return one.position > stored.cursor; });  // refused
    const auto believed = std::span(records).first(records.size() - static_cast<std::size_t>(left));
    const auto news = believed.last(std::min(believed.size(), stored.event_ids.size()));
    for (const auto& one : news) {
        const auto& record = one.record;
        auto taken = take_up_removal(connection, id, record);
        if (taken && record.method == core::Method::keypad &&
            (record.detail == base::text_of(core::DetailTerm::admin_password_changed) ||
             record.detail == base::text_of(core::DetailTerm::admin_password_restored)))
            taken = leave_keypad_password(connection, id, record.at);
        if (!taken) return taken;
    }
    return {};
}

}  // namespace

void Devices::store_records(Id id, std::optional<InList> in, std::vector<core::StoredRecord> records,
                            std::function<void(base::Result<core::RecordPosition>)> done) {
    auto result = std::make_shared<Ingested>();
    const auto youngest = records.empty() ? base::UtcTime{} : records.back().record.at;
    const bool at_keypad = std::ranges::any_of(
        records, [](const auto& one) { return one.record.method == core::Method::keypad; });
    parts_.database.write(
        [this, id, in, result, records = std::move(records)](ports::Connection& c) -> base::Status {
            const auto now = parts_.clock.utc();
            auto stored = in ? ingest_list(c, parts_.ids, id, in->list, in->continuity, records, now)
                             : ingest(c, parts_.ids, id, records, now);
            if (!stored) return std::unexpected(stored.error());
            *result = std::move(*stored);
            return take_up_keypad_work(c, id, records, *result);
        },
        [this, id, result, youngest, at_keypad, done = std::move(done)](base::Status status) {
            if (status && !result->event_ids.empty()) {
                count(id, result->event_ids.size(), youngest);
                if (at_keypad) publish(id);
                if (on_events) on_events();
            }
            asio::post(loop_, [this, result, done, status = std::move(status)] {
                if (!status) return done(std::unexpected(status.error()));
                result->refused ? done(std::unexpected(*result->refused)) : done(result->cursor);
                if (result->event_ids.empty() || !parts_.live.watched()) return;
                asio::post(publisher_, [this, result] { parts_.events.publish(result->event_ids); });
            });
        });
}

asio::awaitable<base::Result<ListCursor>> Devices::store_list(Id id, InList in,
                                                              std::vector<core::StoredRecord> records) {
    const auto at = records.back().record.at;
    using Stored = base::Result<core::RecordPosition>;
    auto stored = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Stored)>(
        [&](auto handler) {
            // A function can be copied, and what resumes a coroutine cannot.
            auto shared = std::make_shared<decltype(handler)>(std::move(handler));
            store_records(id, in, std::move(records),
                          [shared](Stored cursor) { std::move (*shared)(std::move(cursor)); });
        },
        asio::use_awaitable);
    if (!stored) co_return std::unexpected(stored.error());
    co_return ListCursor{*stored, at};
}

asio::awaitable<base::Result<Desired>> Devices::compute_desired(Id id) {
    co_return co_await on_workers(workers_, [this, id]() -> base::Result<Desired> {
        const auto load = [&](ports::Connection& c) {
            return load_desired(c, parts_.sealer, id, parts_.clock.utc());
        };
        auto desired = ports::read_from(parts_.database, load);
        if (desired || desired.error().code != "schedule_unassigned") return desired;
        auto assigned = ports::write_to(parts_.database, [&](ports::Connection& c) -> base::Result<bool> {
            if (auto done = assign_schedules(c, id); !done) return std::unexpected(done.error());
            return true;
        });
        if (!assigned) return std::unexpected(assigned.error());
        return ports::read_from(parts_.database, load);
    });
}

asio::awaitable<base::Status> Devices::take_up_settings(Id id, std::uint64_t revision,
                                                        std::vector<codec::dhip::DoorState> doors) {
    const auto judge = [this, id, revision, &doors](ports::Connection& c) {
        return changed_at_keypads(c, id, revision, parts_.clock.utc(), doors);
    };
    auto changed = co_await on_workers(workers_, [&] { return ports::read_from(parts_.database, judge); });
    if (!changed) co_return std::unexpected(changed.error());
    if (changed->empty()) co_return base::Status{};
    auto done = co_await write_on(loop_, parts_.database, [&](ports::Connection& c) -> base::Status {
        changed = judge(c);
        if (!changed) return std::unexpected(changed.error());
        return store_keypads(c, id, *changed);
    });
    if (!done) co_return done;
    for (auto& [number, keypad] : *changed) parts_.doors.set_keypad(id, number, std::move(keypad));
    co_return done;
}

asio::awaitable<base::Status> Devices::confirm_in_step(Id id, const Desired& applied) {
    enum class Left { nothing, something };
    bool current = false;
    const auto look = [&](ports::Connection& c) -> base::Result<Left> {
        auto wanted = plan_revision(c, id, parts_.clock.utc());
        if (!wanted) return std::unexpected(wanted.error());
        current = *wanted == applied.revision;
        auto unused = unused_schedules(c, id, applied.schedules);
        if (!unused) return std::unexpected(unused.error());
        auto others = remembers_other_plans(c, id, applied.revision);
        if (!others) return std::unexpected(others.error());
        return unused->empty() && !*others ? Left::nothing : Left::something;
    };
    auto left = co_await on_workers(workers_, [&] { return ports::read_from(parts_.database, look); });
    if (!left) co_return std::unexpected(left.error());
    base::Status done;
    if (*left == Left::something)
        done = co_await write_on(loop_, parts_.database, [&](ports::Connection& c) -> base::Status {
            if (auto released = release_schedules(c, id, applied.schedules); !released) return released;
            return forget_other_plans(c, id, applied.revision);
        });
    if (done && current) {
        observe_refusal(id, {});
        if (parts_.doors.set_settings_state(id, IssueWord::issued)) publish(id);
    }
    co_return done;
}

asio::awaitable<base::Status> Devices::note_plan(Id id, std::uint64_t revision) {
    const auto read = [id](ports::Connection& c) { return plan_in_place(c, id); };
    const auto noted = co_await on_workers(workers_, [&] { return ports::read_from(parts_.database, read); });
    if (!noted) co_return std::unexpected(noted.error());
    if (*noted == revision) co_return base::Status{};
    co_return co_await write_on(loop_, parts_.database, [id, revision](ports::Connection& c) {
        return put_plan_in_place(c, id, revision);
    });
}

asio::awaitable<base::Result<std::string>> Devices::site_zone() {
    co_return co_await on_workers(workers_, [this] {
        return ports::read_from(parts_.database, [](ports::Connection& c) { return zone_of_site(c); });
    });
}

DeviceHooks Devices::hooks_for(Id id, Wire wire) {
    DeviceHooks hooks;
    hook_state(hooks, id);
    hook_records(hooks, id);
    hook_issue(hooks, id);
    if (wire == Wire::in_clear) hook_clear(hooks, id);
    return hooks;
}

/// What a controller in clear does not keep itself is kept here.
void Devices::hook_clear(DeviceHooks& hooks, Id id) {
    hooks.zone = [this] { return site_zone(); };
    hooks.list_cursor = [this, id](RecordList list) -> asio::awaitable<base::Result<ListCursor>> {
        co_return co_await on_workers(workers_, [this, id, list] {
            return ports::read_from(parts_.database,
                                    [&](ports::Connection& c) { return read_list_cursor(c, id, list); });
        });
    };
    hooks.store_list = [this, id](RecordList list, Continuity continuity,
                                  std::vector<core::StoredRecord> records) {
        return store_list(id, {list, continuity}, std::move(records));
    };
    hooks.deleted_there = [this, id](std::vector<base::UserId> users) {
        return store_people(id, [this, id, users = std::move(users)](ports::Connection& c) -> base::Status {
            for (const auto& user : users)
                if (auto kept = note_removal(c, id, user, parts_.clock.utc()); !kept) return kept;
            return {};
        });
    };
    hooks.barred_by_card =
        [this,
         id](std::vector<KeypadCard> cards) -> asio::awaitable<base::Result<std::vector<base::UserId>>> {
        co_return co_await on_workers(workers_, [&] {
            return ports::read_from(parts_.database,
                                    [&](ports::Connection& c) { return barred_by_card(c, id, cards); });
        });
    };
    hooks.plan_in_place = [this, id]() -> asio::awaitable<base::Result<std::uint64_t>> {
        co_return co_await on_workers(workers_, [this, id] {
            return ports::read_from(parts_.database,
                                    [&](ports::Connection& c) { return plan_in_place(c, id); });
        });
    };
    hooks.sending = [this, send = hooks.sending, id](const Desired& plan) -> asio::awaitable<base::Status> {
        if (auto noted = co_await note_plan(id, 0); !noted) co_return noted;
        co_return co_await send(plan);
    };
    hooks.in_step = [this, id](const Desired& applied) -> asio::awaitable<base::Status> {
        if (auto noted = co_await note_plan(id, applied.revision); !noted) co_return noted;
        co_return co_await confirm_in_step(id, applied);
    };
}

asio::awaitable<base::Status> Devices::recognise_now(Id id, std::string serial) {
    const auto is_new = co_await on_workers(workers_, [this, id, &serial] {
        return ports::read_from(parts_.database,
                                [&](ports::Connection& c) { return recognise(c, id, serial); });
    });
    if (!is_new) co_return std::unexpected(is_new.error());
    if (!*is_new) co_return base::Status{};
    co_return co_await write_on(
        loop_, parts_.database,
        [id, serial = std::move(serial)](ports::Connection& c) { return store_serial(c, id, serial); });
}

void Devices::hook_state(DeviceHooks& hooks, Id id) {
    hooks.recognise = [this, id](std::string serial) { return recognise_now(id, std::move(serial)); };
    hooks.online = [this, id](const DeviceStatus& status) {
        parts_.doors.set_reach(id, Reach::online);
        observe(id, [&](ObservedDevice& device) {
            if (device.reach == Reach::offline) device.since = parts_.clock.utc();
            device.reach = Reach::online;
            device.status = status;
        });
        parts_.database.write([id, status](ports::Connection& c) { return update_identity(c, id, status); },
                              [](const base::Status&) {});  // it is written again with the next contact
    };
    hooks.status_changed = [this, id](const DeviceStatus& status) {
        observe(id, [&](ObservedDevice& device) { device.status = status; });
    };
    hooks.offline = [this, id](OfflineReason reason, const std::string&) {
        parts_.doors.set_reach(id, Reach::offline);
        asio::post(publisher_, [this, id] { parts_.verifications.lost(id); });
        observe(id, [&](ObservedDevice& device) {
            if (device.reach == Reach::online) device.since = parts_.clock.utc();
            device.reach = Reach::offline;
            device.reason = reason;
        });
    };
    hooks.doors = [this, id](std::vector<codec::dhip::DoorState> doors) { observe_doors(id, doors); };
    hook_questions(hooks, id);
}

/// Who is meant is read from the database: on the workers, one after the other.
void Devices::hook_questions(DeviceHooks& hooks, Id id) {
    hooks.question = [this, id](const core::AskOperator& asked) {
        asio::post(publisher_, [this, id, asked] { parts_.verifications.ask(id, asked); });
    };
    hooks.question_over = [this, id](std::uint64_t question) {
        asio::post(publisher_, [this, id, question] { parts_.verifications.over(id, question); });
    };
}

void Devices::hook_records(DeviceHooks& hooks, Id id) {
    hooks.store = [this, id](auto records, auto done) {
        store_records(id, std::nullopt, std::move(records), std::move(done));
    };
    hooks.cursor = [this, id]() -> asio::awaitable<base::Result<core::RecordPosition>> {
        co_return co_await on_workers(workers_, [this, id] {
            return ports::read_from(parts_.database,
                                    [&](ports::Connection& c) { return read_cursor(c, id); });
        });
    };
}

asio::awaitable<base::Status> Devices::store_people(Id id, ports::Database::Work work) {
    auto stored = co_await write_on(loop_, parts_.database, std::move(work));
    if (stored) publish(id);
    co_return stored;
}

void Devices::hook_issue(DeviceHooks& hooks, Id id) {
    hooks.desired = [this, id] { return compute_desired(id); };
    hooks.known = [this, id]() -> asio::awaitable<base::Result<HeldRoster>> {
        co_return co_await on_workers(workers_, [this, id] {
            return ports::read_from(
                parts_.database, [&](ports::Connection& c) { return load_held(c, id, parts_.clock.utc()); });
        });
    };
    hooks.replace_known = [this, id](KnownRoster known, base::UtcTime as_of) {
        return store_people(id, [this, id, as_of, known = std::move(known)](ports::Connection& c) {
            return replace_known(c, id, known, as_of, parts_.clock.utc());
        });
    };
    hooks.record_issued = [this, id](std::vector<KnownEntry> issued, std::vector<base::UserId> removed) {
        return store_people(
            id, [this, id, issued = std::move(issued), removed = std::move(removed)](ports::Connection& c) {
                return record_issued(c, id, issued, removed, parts_.clock.utc());
            });
    };
    hooks.record_failures = [this, id](std::vector<EntryFailure> failures) {
        return store_people(id, [this, id, failures = std::move(failures)](ports::Connection& c) {
            return replace_failures(c, id, failures, parts_.clock.utc());
        });
    };
    hooks.settings = [this, id](std::uint64_t revision, std::vector<codec::dhip::DoorState> doors) {
        return take_up_settings(id, revision, std::move(doors));
    };
    hooks.sending = [this, id](const Desired& plan) {
        return write_on(loop_, parts_.database,
                        [id, revision = plan.revision, doors = plan.plan.at("doors").as_array()](
                            ports::Connection& c) { return remember_plan(c, id, revision, doors); });
    };
    hooks.plan_refused = [this, id](const base::Error& error) { observe_refusal(id, error.code); };
    hooks.in_step = [this, id](const Desired& applied) { return confirm_in_step(id, applied); };
}

}  // namespace sallyport::server

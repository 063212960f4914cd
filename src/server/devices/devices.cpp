#include "server/devices/devices.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/json/array.hpp>

#include "base/enum_text.hpp"
#include "codec/dhip/reader.hpp"
#include "core/record/detail.hpp"
#include "server/devices/device_rows.hpp"
#include "server/devices/on_loop.hpp"
#include "server/ingest/ingest.hpp"
#include "server/issue/keypad_removals.hpp"
#include "server/issue/keypad_settings.hpp"
#include "server/issue/plan_secrets.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;

namespace {

constexpr std::size_t worker_threads = 4;
/// Thirty thousand people may come one after the other: a thousand controllers are not compared for each.
constexpr std::chrono::milliseconds between_comparisons{500};

DoorState door_state(const codec::dhip::DoorState& said) {
    return {std::string(base::text_of(said.lock)), std::string(base::text_of(said.contact)),
            std::string(base::text_of(said.mode)), said.alarms, said.silenced};
}

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

Devices::Devices(asio::io_context& loop, Registrations& registrations, DeviceParts parts)
    : loop_(loop),
      workers_(worker_threads),
      publisher_(asio::make_strand(workers_)),
      dialler_(registrations),
      parts_(parts),
      compare_(loop) {}

Devices::~Devices() {
    workers_.join();
}

base::Status Devices::start(std::string installation) {
    installation_ = std::move(installation);
    auto stored = ports::read_from(parts_.database,
                                   [&](ports::Connection& c) { return load_devices(c, parts_.sealer); });
    if (!stored) return std::unexpected(stored.error());
    for (const auto& device : *stored) {
        observed_[device.id].since = parts_.clock.utc();
        remember_password(device.id, device.address);
    }
    asio::post(loop_, [this, devices = std::move(*stored)]() mutable {
        for (auto& device : devices) open_session(device.id, std::move(device.address));
    });
    return {};
}

void Devices::stop() {
    compare_.cancel();
    for (auto& [id, session] : sessions_) session->stop();
    sessions_.clear();
}

void Devices::open_session(Id id, DeviceAddress address) {
    if (dials_in(address.endpoint)) dialler_.expect(address.endpoint.address, address.fingerprint);
    const auto wire = address.wire;
    auto session = std::make_shared<DeviceSession>(driver_parts(), std::move(address), hooks_for(id, wire));
    sessions_[id] = session;
    session->start();
}

DriverParts Devices::driver_parts() const {
    return {loop_, dialler_, parts_.clear_dialler, parts_.zones, installation_, parts_.pace};
}

void Devices::add(NewDevice device, Actor actor, Later<Id> later) {
    auto work = [this, device = std::move(device), actor = std::move(actor)] {
        return add_now(device, actor);
    };
    answer_with<Id>(loop_, std::move(work), std::move(later));
}

asio::awaitable<base::Result<Id>> Devices::add_now(NewDevice device, Actor actor) {
    auto taken = co_await on_workers(workers_, [this, endpoint = device.address.endpoint] {
        return ports::read_from(parts_.database, [&](ports::Connection& c) { return is_known(c, endpoint); });
    });
    if (!taken) co_return std::unexpected(taken.error());
    DeviceHooks hooks;  // nothing of it is here yet
    hooks.zone = [this] { return site_zone(); };
    hooks.recognise = [this](std::string serial) -> asio::awaitable<base::Status> {
        co_return co_await on_workers(workers_, [this, serial = std::move(serial)] {
            return parts_.database.read([&](ports::Connection& c) { return check_new_serial(c, serial); });
        });
    };
    const auto driver = make_driver(driver_parts(), device.address, std::move(hooks));
    if (auto opened = co_await driver->open(); !opened) co_return std::unexpected(opened.error());
    const auto status = driver->status();
    auto id = co_await on_workers(
        workers_, [this, &device, &status, &actor] { return store_new(device, status, actor); });
    driver->close();
    if (!id) co_return std::unexpected(id.error());
    auto address = device.address;
    address.fingerprint = status.fingerprint;
    remember_password(*id, address);
    observe(*id, [&](ObservedDevice& observed) {
        observed = {Reach::online, OfflineReason::connecting, parts_.clock.utc(), status};
    });
    parts_.doors.set_reach(*id, Reach::online);
    observe_doors(*id, status.said.doors);
    open_session(*id, std::move(address));
    co_return *id;
}

base::Result<Id> Devices::store_new(const NewDevice& device, const DeviceStatus& status, const Actor& actor) {
    const auto store = [&](ports::Connection& c) -> base::Result<Id> {
        const auto id = parts_.ids.next();
        if (auto stored = insert_device(c, id, device, status, parts_.sealer, parts_.clock.utc()); !stored)
            return std::unexpected(stored.error());
        if (auto doors = insert_doors(c, parts_.doors, id, device.name, status.said.doors); !doors)
            return std::unexpected(doors.error());
        const json::object after{{"name", device.name},
                                 {"address", ports::text_of(device.address.endpoint)},
                                 {"serial", status.said.serial},
                                 {"connection", base::text_of(device.address.wire)}};
        auto noted = parts_.audit.append(c, actor, "device.added",
                                         Subject{"device", id_text(id), device.name}, nullptr, &after);
        if (!noted) return std::unexpected(noted.error());
        return id;
    };
    auto id = ports::write_to(parts_.database, store);
    if (!id) return id;
    if (auto loaded = parts_.doors.load(); !loaded) return std::unexpected(loaded.error());
    return id;
}

void Devices::change(Id id, DevicePatch patch, Actor actor, Later<Id> later) {
    auto work = [this, id, patch = std::move(patch), actor] { return change_now(id, patch, actor); };
    answer_with<Id>(loop_, std::move(work), std::move(later));
}

asio::awaitable<base::Result<Id>> Devices::change_now(Id id, DevicePatch patch, Actor actor) {
    auto address = co_await on_workers(workers_, [this, id, &patch, &actor] {
        auto changed = ports::write_to(parts_.database, [&](ports::Connection& c) {
            return update_device(c, id, patch, parts_.sealer, parts_.clock.utc(), parts_.audit, actor);
        });
        if (!changed || !(patch.area_id || patch.name)) return changed;
        // Its doors have moved with it, or are called after it.
        if (auto loaded = parts_.doors.load(); !loaded)
            return base::Result<DeviceAddress>(std::unexpected(loaded.error()));
        parts_.doors.tell(id);
        return changed;
    });
    if (!address) co_return std::unexpected(address.error());
    remember_password(id, *address);
    if (patch.keypad_password) {
        parts_.doors.set_settings_state(id, IssueWord::pending);
        desired_changed(std::set{id});
    }
    const bool reconnects =
        patch.host || patch.port || patch.account || patch.password || patch.fingerprint || patch.replaced;
    auto session = sessions_.find(id);
    if (reconnects && session != sessions_.end()) {
        if (const auto& before = session->second->endpoint(); dials_in(before))
            dialler_.forget(before.address);
        if (dials_in(address->endpoint)) dialler_.expect(address->endpoint.address, address->fingerprint);
        session->second->change_address(std::move(*address));
    }
    publish(id);
    co_return id;
}

void Devices::remove(Id id, Actor actor, Later<Id> later) {
    auto work = [this, id, actor]() -> asio::awaitable<base::Result<Id>> {
        auto removed = co_await on_workers(workers_, [this, id, &actor]() -> base::Result<Id> {
            auto gone = ports::write_to(parts_.database, [&](ports::Connection& c) {
                return delete_device(c, id, parts_.audit, actor);
            });
            if (!gone) return gone;
            if (auto loaded = parts_.doors.load(); !loaded) return std::unexpected(loaded.error());
            return gone;
        });
        if (!removed) co_return std::unexpected(removed.error());
        if (auto session = sessions_.find(id); session != sessions_.end()) {
            session->second->stop();
            if (const auto& endpoint = session->second->endpoint(); dials_in(endpoint))
                dialler_.forget(endpoint.address);
            sessions_.erase(session);
        }
        remember_password(id, {});
        const std::lock_guard lock(mutex_);
        observed_.erase(id);
        passwords_.erase(id);
        co_return id;
    };
    answer_with<Id>(loop_, std::move(work), std::move(later));
}

void Devices::initialise(DeviceAddress address, base::Secret password,
                         std::optional<base::Secret> keypad_password, Actor actor,
                         Later<InitialisedDevice> later) {
    auto work = [this, address = std::move(address), password = std::move(password),
                 keypad = std::move(keypad_password),
                 actor = std::move(actor)] { return initialise_now(address, password, keypad, actor); };
    answer_with<InitialisedDevice>(loop_, std::move(work), std::move(later));
}

asio::awaitable<base::Result<InitialisedDevice>> Devices::initialise_now(
    DeviceAddress address, base::Secret password, std::optional<base::Secret> keypad_password, Actor actor) {
    auto made = co_await server::initialise(loop_, dialler_, address, std::move(password),
                                            std::move(keypad_password));
    if (!made) co_return std::unexpected(made.error());
    const Subject subject{"device", std::nullopt, made->serial};
    const json::object after{{"address", ports::text_of(address.endpoint)}, {"serial", made->serial}};
    const auto noted = co_await write_on(loop_, parts_.database, [&](ports::Connection& c) {
        return parts_.audit.append(c, actor, "device.initialised", subject, nullptr, &after);
    });
    log_unnoted(actor, "device.initialised", subject, after, noted);
    co_return made;
}

void Devices::desired_changed(Concerned devices) {
    if (devices && devices->empty()) return;
    asio::post(loop_, [this, devices = std::move(devices)]() mutable {
        if (!devices)
            to_compare_.reset();
        else if (to_compare_)
            to_compare_->merge(*devices);
        if (std::exchange(comparing_soon_, true)) return;
        compare_.expires_at(compared_ + parts_.pace.pause(between_comparisons));
        compare_.async_wait([this](const boost::system::error_code& stopped) {
            if (stopped) return;
            comparing_soon_ = false;
            compared_ = std::chrono::steady_clock::now();
            const auto concerned = std::exchange(to_compare_, std::set<Id>());
            for (auto& [id, session] : sessions_)
                if (!concerned || concerned->contains(id)) session->desired_changed();
        });
    });
}

void Devices::try_again(Id device) {
    asio::post(loop_, [this, device] {
        if (const auto session = sessions_.find(device); session != sessions_.end())
            session->second->try_again();
    });
}

ObservedDevice Devices::observed(Id id) const {
    const std::lock_guard lock(mutex_);
    auto found = observed_.find(id);
    return found == observed_.end() ? ObservedDevice{} : found->second;
}

std::string Devices::pending_reason(Id id) const {
    const auto device = observed(id);
    if (device.reach == Reach::online) return "sending";
    return device.reason == OfflineReason::roster_owned_by_other ? "roster_owned_by_other" : "device_offline";
}

void Devices::observe(Id id, const std::function<void(ObservedDevice&)>& change) {
    {
        const std::lock_guard lock(mutex_);
        change(observed_[id]);
    }
    publish(id);
}

void Devices::observe_refusal(Id id, const std::string& code) {
    {
        const std::lock_guard lock(mutex_);
        auto& known = observed_[id].plan_refused;
        if (known == code) return;
        known = code;
    }
    if (!code.empty()) parts_.doors.set_settings_state(id, IssueWord::failed);
    publish(id);
}

void Devices::observe_doors(Id id, const std::vector<codec::dhip::DoorState>& doors) {
    for (const auto& door : doors) parts_.doors.observe(id, door.number.value, door_state(door));
}

void Devices::publish(Id id) {
    if (!parts_.live.watched()) return;
    asio::post(publisher_, [this, id] { publish_now(id); });
}

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
        return write_on(loop_, parts_.database,
                        [this, id, users = std::move(users)](ports::Connection& c) -> base::Status {
                            for (const auto& user : users)
                                if (auto kept = note_removal(c, id, user, parts_.clock.utc()); !kept)
                                    return kept;
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

void Devices::hook_issue(DeviceHooks& hooks, Id id) {
    hooks.desired = [this, id] { return compute_desired(id); };
    hooks.known = [this, id]() -> asio::awaitable<base::Result<HeldRoster>> {
        co_return co_await on_workers(workers_, [this, id] {
            return ports::read_from(
                parts_.database, [&](ports::Connection& c) { return load_held(c, id, parts_.clock.utc()); });
        });
    };
    hooks.replace_known = [this, id](KnownRoster known, base::UtcTime as_of) {
        return write_on(loop_, parts_.database,
                        [this, id, as_of, known = std::move(known)](ports::Connection& c) {
                            return replace_known(c, id, known, as_of, parts_.clock.utc());
                        });
    };
    hooks.record_issued = [this, id](std::vector<KnownEntry> issued, std::vector<base::UserId> removed) {
        return write_on(
            loop_, parts_.database,
            [this, id, issued = std::move(issued), removed = std::move(removed)](ports::Connection& c) {
                return record_issued(c, id, issued, removed, parts_.clock.utc());
            });
    };
    hooks.record_failures = [this, id](std::vector<EntryFailure> failures) {
        return write_on(loop_, parts_.database,
                        [this, id, failures = std::move(failures)](ports::Connection& c) {
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

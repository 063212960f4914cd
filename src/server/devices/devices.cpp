#include "server/devices/devices.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "codec/dhip/reader.hpp"
#include "server/devices/device_rows.hpp"
#include "server/ingest/ingest.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
using base::ErrorKind;

namespace {

/// Runs what blocks on the workers and resumes where it was awaited.
template <class Work>
asio::awaitable<std::invoke_result_t<Work>> on_workers(asio::thread_pool& workers, Work work) {
    using Outcome = std::invoke_result_t<Work>;
    co_return co_await asio::co_spawn(
        workers, [work = std::move(work)]() mutable -> asio::awaitable<Outcome> { co_return work(); },
        asio::use_awaitable);
}

template <class T>
void answer_with(asio::io_context& loop, std::function<asio::awaitable<base::Result<T>>()> work,
                 Devices::Later<T> later) {
    asio::co_spawn(
        loop,
        [work = std::move(work), later = std::move(later)]() -> asio::awaitable<void> {
            auto outcome = co_await work();
            later(std::move(outcome));
        },
        asio::detached);
}

}  // namespace

Devices::Devices(asio::io_context& loop, asio::thread_pool& workers, ports::Database& database,
                 Sealer& sealer, IdSource& ids, ports::StreamDialler& dialler, const ports::Clock& clock,
                 DeviceNews news)
    : loop_(loop),
      workers_(workers),
      database_(database),
      sealer_(sealer),
      ids_(ids),
      dialler_(dialler),
      clock_(clock),
      news_(std::move(news)) {}

Devices::~Devices() = default;

base::Status Devices::start(std::string manager) {
    manager_ = std::move(manager);
    auto stored = ports::read_from(database_, [&](ports::Connection& c) { return load_devices(c, sealer_); });
    if (!stored) return std::unexpected(stored.error());
    asio::post(loop_, [this, devices = std::move(*stored)]() mutable {
        for (auto& device : devices) open_session(device.id, std::move(device.address));
    });
    return {};
}

void Devices::stop() {
    asio::post(loop_, [this] {
        for (auto& [id, session] : sessions_) session->stop();
        sessions_.clear();
    });
}

void Devices::open_session(std::int64_t device_id, DeviceAddress address) {
    observe(device_id, [&](ObservedDevice& device) {
        device = ObservedDevice{};
        device.since = clock_.utc();
    });
    auto session =
        std::make_shared<DeviceSession>(loop_, dialler_, manager_, std::move(address), hooks_for(device_id));
    sessions_[device_id] = session;
    session->start();
}

void Devices::add(NewDevice device, Later<std::int64_t> later) {
    answer_with<std::int64_t>(
        loop_, [this, device = std::move(device)] { return add_now(device); }, std::move(later));
}

asio::awaitable<base::Result<std::int64_t>> Devices::add_now(NewDevice device) {
    auto taken = co_await on_workers(workers_, [this, endpoint = device.address.endpoint] {
        return ports::read_from(database_, [&](ports::Connection& c) { return is_known(c, endpoint); });
    });
    if (!taken) co_return std::unexpected(taken.error());
    auto conversation = co_await connect(loop_, dialler_, device.address, nullptr);
    if (!conversation) co_return std::unexpected(conversation.error());
    auto& link = **conversation;
    base::Secret session_key;
    if (auto done = co_await log_in(link, device.address, session_key); !done)
        co_return std::unexpected(done.error());
    auto status = co_await identify(link);
    if (!status) co_return std::unexpected(status.error());
    if (auto done = co_await claim(link, manager_); !done) co_return std::unexpected(done.error());
    auto id = co_await on_workers(workers_, [this, &device, &status] { return store_new(device, *status); });
    if (!id) co_return std::unexpected(id.error());
    auto address = device.address;
    address.fingerprint = status->identity.fingerprint;
    open_session(*id, std::move(address));
    observe(*id, [&](ObservedDevice& observed) {
        observed.state = ObservedDevice::State::online;
        observed.identity = status->identity;
    });
    observe_doors(*id, std::move(status->doors));
    co_return *id;
}

base::Result<std::int64_t> Devices::store_new(const NewDevice& device, const DeviceStatus& status) {
    return ports::write_to(database_, [&](ports::Connection& c) -> base::Result<std::int64_t> {
        const auto id = ids_.next();
        auto stored = insert_device(c, id, device, status, sealer_, clock_.utc());
        if (!stored) return std::unexpected(stored.error());
        std::set<std::uint8_t> numbers;
        for (const auto& door : status.doors) numbers.insert(door.number);
        if (auto doors = insert_doors(c, ids_, id, numbers); !doors) return std::unexpected(doors.error());
        return id;
    });
}

void Devices::change(std::int64_t device_id, DeviceChange change, Later<std::int64_t> later) {
    auto work = [this, device_id,
                 change = std::move(change)]() -> asio::awaitable<base::Result<std::int64_t>> {
        auto address = co_await on_workers(workers_, [this, device_id, &change] {
            return ports::write_to(database_, [&](ports::Connection& c) {
                return update_device(c, device_id, change, sealer_);
            });
        });
        if (!address) co_return std::unexpected(address.error());
        const bool reconnects =
            change.host || change.port || change.account || change.password || change.fingerprint;
        auto session = sessions_.find(device_id);
        if (reconnects && session != sessions_.end()) session->second->change_address(std::move(*address));
        if (news_.device_changed) news_.device_changed(device_id);
        co_return device_id;
    };
    answer_with<std::int64_t>(loop_, std::move(work), std::move(later));
}

void Devices::remove(std::int64_t device_id, Later<std::int64_t> later) {
    auto work = [this, device_id]() -> asio::awaitable<base::Result<std::int64_t>> {
        auto removed = co_await on_workers(workers_, [this, device_id] {
            return ports::write_to(database_,
                                   [&](ports::Connection& c) { return delete_device(c, device_id); });
        });
        if (!removed) co_return std::unexpected(removed.error());
        if (auto session = sessions_.find(device_id); session != sessions_.end()) {
            session->second->stop();
            sessions_.erase(session);
        }
        std::lock_guard lock(mutex_);
        observed_.erase(device_id);
        co_return device_id;
    };
    answer_with<std::int64_t>(loop_, std::move(work), std::move(later));
}

void Devices::initialise(DeviceAddress address, base::Secret password,
                         std::optional<base::Secret> keypad_password, Later<Initialised> later) {
    answer_with<Initialised>(
        loop_,
        [this, address = std::move(address), password = std::move(password),
         keypad = std::move(keypad_password)] { return initialise_now(address, password, keypad); },
        std::move(later));
}

asio::awaitable<base::Result<Initialised>> Devices::initialise_now(
    DeviceAddress address, base::Secret password, std::optional<base::Secret> keypad_password) {
    auto conversation = co_await connect(loop_, dialler_, address, nullptr);
    if (!conversation) co_return std::unexpected(conversation.error());
    boost::json::object params{{"password", password.reveal()}};
    if (keypad_password) params["keypadPassword"] = keypad_password->reveal();
    auto answer = co_await (*conversation)->call("sallyport.initialise", std::move(params));
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) {
        if (answer->error->name == "conflict" || answer->error->name == "not_logged_in") {
            co_return base::fail(
                ErrorKind::conflict, "device_initialised",
                "The controller has a password already. Add it with that password, or restore its factory "
                "defaults at the keypad.");
        }
        co_return std::unexpected(refused(*answer->error));
    }
    Initialised result;
    result.fingerprint = normalised((*conversation)->fingerprint());
    codec::dhip::Fault fault;
    const codec::dhip::Reader said(answer->params, "answer", fault);
    result.keypad_password = base::Secret(std::string(said["keypadPassword"].text(8)));
    result.serial = said["serial"].text(64);
    co_return result;
}

void Devices::command(std::int64_t device_id, std::uint8_t door, core::DoorCommand command,
                      std::int64_t command_id, std::string by, Later<base::UtcTime> later) {
    auto work = [this, device_id, door, command, command_id,
                 by]() -> asio::awaitable<base::Result<base::UtcTime>> {
        auto session = sessions_.find(device_id);
        if (session == sessions_.end()) {
            co_return base::fail(ErrorKind::not_found, "not_found", "There is no such controller any more.");
        }
        auto taken = co_await session->second->command(door, command, std::to_string(command_id), by);
        if (!taken) co_return std::unexpected(taken.error());
        co_return clock_.utc();
    };
    answer_with<base::UtcTime>(loop_, std::move(work), std::move(later));
}

void Devices::desired_changed() {
    asio::post(loop_, [this] {
        for (auto& [id, session] : sessions_) session->desired_changed();
    });
}

ObservedDevice Devices::observed(std::int64_t device_id) const {
    std::lock_guard lock(mutex_);
    auto found = observed_.find(device_id);
    return found == observed_.end() ? ObservedDevice{} : found->second;
}

void Devices::observe(std::int64_t device_id, const std::function<void(ObservedDevice&)>& change) {
    {
        std::lock_guard lock(mutex_);
        change(observed_[device_id]);
    }
    if (news_.device_changed) news_.device_changed(device_id);
}

void Devices::observe_doors(std::int64_t device_id, std::vector<ObservedDoor> doors) {
    std::vector<std::uint8_t> changed;
    {
        std::lock_guard lock(mutex_);
        auto& known = observed_[device_id].doors;
        for (auto& door : doors) {
            auto [entry, added] = known.try_emplace(door.number, ObservedDevice::Door{door, clock_.utc()});
            if (!added && entry->second.state == door) continue;
            changed.push_back(door.number);
            entry->second = {std::move(door), clock_.utc()};
        }
    }
    if (!news_.door_changed) return;
    for (auto number : changed) news_.door_changed(device_id, number);
}

void Devices::store_records(std::int64_t device_id, std::vector<core::StoredRecord> records,
                            std::function<void(base::Result<core::RecordPosition>)> done) {
    auto result = std::make_shared<Ingested>();
    database_.write(
        [this, device_id, result, records = std::move(records)](ports::Connection& c) -> base::Status {
            auto stored = ingest(c, ids_, device_id, records, clock_.utc());
            if (!stored) return std::unexpected(stored.error());
            *result = std::move(*stored);
            return {};
        },
        [this, result, done = std::move(done)](base::Status status) {
            asio::post(loop_, [this, result, done, status = std::move(status)] {
                if (!status) return done(std::unexpected(status.error()));
                done(result->cursor);
                if (news_.events_stored && !result->event_ids.empty())
                    news_.events_stored(std::move(result->event_ids));
            });
        });
}

asio::awaitable<base::Result<Desired>> Devices::compute_desired(std::int64_t device_id) {
    co_return co_await on_workers(workers_, [this, device_id]() -> base::Result<Desired> {
        const auto load = [&](ports::Connection& c) { return load_desired(c, sealer_, device_id); };
        auto desired = ports::read_from(database_, load);
        if (desired || desired.error().code != "schedule_unassigned") return desired;
        const auto assign = [&](ports::Connection& c) -> base::Result<bool> {
            if (auto done = assign_schedules(c, device_id); !done) return std::unexpected(done.error());
            return true;
        };
        if (auto assigned = ports::write_to(database_, assign); !assigned)
            return std::unexpected(assigned.error());
        return ports::read_from(database_, load);
    });
}

DeviceHooks Devices::hooks_for(std::int64_t id) {
    DeviceHooks hooks;
    hook_state(hooks, id);
    hook_records(hooks, id);
    hook_issue(hooks, id);
    return hooks;
}

void Devices::hook_state(DeviceHooks& hooks, std::int64_t id) {
    hooks.online = [this, id](const DeviceIdentity& identity) {
        observe(id, [&](ObservedDevice& device) {
            if (device.state != ObservedDevice::State::online) device.since = clock_.utc();
            device.state = ObservedDevice::State::online;
            device.identity = identity;
        });
        asio::post(workers_, [this, id, identity] {
            database_.write([id, identity](ports::Connection& c) { return update_identity(c, id, identity); },
                            [](const base::Status&) {});  // it is written again with the next contact
        });
    };
    hooks.offline = [this, id](OfflineReason reason, const std::string&) {
        observe(id, [&](ObservedDevice& device) {
            if (device.state == ObservedDevice::State::online) device.since = clock_.utc();
            device.state = ObservedDevice::State::offline;
            device.reason = reason;
        });
        std::vector<std::uint8_t> doors;
        for (const auto& [number, door] : observed(id).doors) doors.push_back(number);
        for (auto number : doors) {
            if (news_.door_changed) news_.door_changed(id, number);
        }
    };
    hooks.doors = [this, id](std::vector<ObservedDoor> doors) { observe_doors(id, std::move(doors)); };
}

void Devices::hook_records(DeviceHooks& hooks, std::int64_t id) {
    hooks.store = [this, id](auto records, auto done) {
        store_records(id, std::move(records), std::move(done));
    };
    hooks.cursor = [this, id]() -> asio::awaitable<base::Result<core::RecordPosition>> {
        co_return co_await on_workers(workers_, [this, id] {
            return ports::read_from(database_, [&](ports::Connection& c) { return read_cursor(c, id); });
        });
    };
}

void Devices::hook_issue(DeviceHooks& hooks, std::int64_t id) {
    const auto write = [this](auto work) -> asio::awaitable<base::Status> {
        co_return co_await on_workers(workers_, [this, work = std::move(work)]() -> base::Status {
            auto done = ports::write_to(database_, [&](ports::Connection& c) -> base::Result<bool> {
                if (auto status = work(c); !status) return std::unexpected(status.error());
                return true;
            });
            if (!done) return std::unexpected(done.error());
            return {};
        });
    };
    hooks.desired = [this, id] { return compute_desired(id); };
    hooks.known = [this, id]() -> asio::awaitable<base::Result<KnownRoster>> {
        co_return co_await on_workers(workers_, [this, id] {
            return ports::read_from(database_, [&](ports::Connection& c) { return load_known(c, id); });
        });
    };
    hooks.replace_known = [this, write, id](KnownRoster known) {
        return write([this, id, known = std::move(known)](ports::Connection& c) {
            return replace_known(c, id, known, clock_.utc());
        });
    };
    hooks.record_issued = [this, write, id](std::vector<KnownEntry> issued,
                                            std::vector<base::UserId> removed) {
        return write(
            [this, id, issued = std::move(issued), removed = std::move(removed)](ports::Connection& c) {
                return record_issued(c, id, issued, removed, clock_.utc());
            });
    };
    hooks.record_failures = [this, write, id](std::vector<EntryFailure> failures) {
        return write([this, id, failures = std::move(failures)](ports::Connection& c) {
            return replace_failures(c, id, failures, clock_.utc());
        });
    };
    hooks.in_step = [this, write, id](std::uint64_t revision) {
        observe(id, [&](ObservedDevice& device) { device.plan_in_step = revision; });
        return write([id](ports::Connection& c) { return release_schedules(c, id); });
    };
}

}  // namespace sallyport::server

#include "server/devices/devices.hpp"

#include <utility>

#include <boost/asio/post.hpp>
#include <boost/json/object.hpp>

#include "base/enum_text.hpp"
#include "server/devices/device_rows.hpp"
#include "server/devices/on_loop.hpp"

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
    return parts_.doors.write(store);
}

void Devices::change(Id id, DevicePatch patch, Actor actor, Later<Id> later) {
    auto work = [this, id, patch = std::move(patch), actor] { return change_now(id, patch, actor); };
    answer_with<Id>(loop_, std::move(work), std::move(later));
}

asio::awaitable<base::Result<Id>> Devices::change_now(Id id, DevicePatch patch, Actor actor) {
    auto address = co_await on_workers(workers_, [this, id, &patch, &actor] {
        auto changed = parts_.doors.write([&](ports::Connection& c) {
            return update_device(c, id, patch, parts_.sealer, parts_.clock.utc(), parts_.audit, actor);
        });
        // Its doors have moved with it, or are called after it.
        if (changed && (patch.area_id || patch.name)) parts_.doors.tell(id);
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
        auto removed = co_await on_workers(workers_, [this, id, &actor] {
            return parts_.doors.write(
                [&](ports::Connection& c) { return delete_device(c, id, parts_.audit, actor); });
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
    asio::post(publisher_, [this, id] {
        if (!to_publish_.insert(id).second) return;
        asio::post(publisher_, [this, id] {
            to_publish_.erase(id);
            publish_now(id);
        });
    });
}

}  // namespace sallyport::server

#pragma once
// All controllers of the platform: their sessions, what was last observed of them, and what the API does with
// them. Sessions live on one loop thread; the functions here may be called from any thread, and `Later`
// callbacks come on the loop thread.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/clock.hpp"
#include "ports/database.hpp"
#include "ports/transport.hpp"
#include "server/devices/device_session.hpp"
#include "server/secrets/sealer.hpp"
#include "server/storage/id_source.hpp"

namespace sallyport::server {

/// What is known of a controller at this moment.
struct ObservedDevice {
    enum class State : std::uint8_t { offline, online } state = State::offline;
    OfflineReason reason = OfflineReason::connecting;
    base::UtcTime since;
    std::optional<DeviceIdentity> identity;  ///< none before the first contact since the platform's start
    struct Door {
        ObservedDoor state;
        base::UtcTime since;
    };
    std::map<std::uint8_t, Door> doors;
    std::uint64_t plan_in_step = 0;  ///< revision of the plan that the controller confirmed
};

struct NewDevice {
    std::string name;
    DeviceAddress address;
};

struct DeviceChange {
    std::optional<std::string> name;
    std::optional<std::string> host;
    std::optional<std::uint16_t> port;
    std::optional<std::string> account;
    std::optional<base::Secret> password;
    std::optional<ports::Fingerprint> fingerprint;
};

struct Initialised {
    std::string serial;
    ports::Fingerprint fingerprint;
    base::Secret keypad_password;
};

/// What changed, for whoever watches. Called on the loop thread; must not block.
struct DeviceNews {
    std::function<void(std::int64_t device_id)> device_changed;
    std::function<void(std::int64_t device_id, std::uint8_t door)> door_changed;
    std::function<void(std::vector<std::int64_t> event_ids)> events_stored;
};

class Devices {
  public:
    template <class T>
    using Later = std::function<void(base::Result<T>)>;

    Devices(boost::asio::io_context& loop, boost::asio::thread_pool& workers, ports::Database&, Sealer&,
            IdSource&, ports::StreamDialler&, const ports::Clock&, DeviceNews);
    ~Devices();

    /// Reads all devices and connects to them. `manager`: the id that controllers know this platform by.
    base::Status start(std::string manager);
    void stop();

    /// Connects, logs in, claims, and only then stores: answers with the new id, or one of the codes of
    /// `addDevice` (api/openapi.yaml).
    void add(NewDevice, Later<std::int64_t>);
    void change(std::int64_t device_id, DeviceChange, Later<std::int64_t>);
    void remove(std::int64_t device_id, Later<std::int64_t>);
    void initialise(DeviceAddress, base::Secret password, std::optional<base::Secret> keypad_password,
                    Later<Initialised>);
    /// Answers with when the controller took it. Errors: not_found, conflict "device_offline", timeout
    /// "device_timeout".
    void command(std::int64_t device_id, std::uint8_t door, core::DoorCommand, std::int64_t command_id,
                 std::string by, Later<base::UtcTime>);

    /// People, groups, templates, doors or settings changed: every controller is compared again.
    void desired_changed();

    /// A copy; offline and `connecting` for a device that is not known.
    [[nodiscard]] ObservedDevice observed(std::int64_t device_id) const;

  private:
    void open_session(std::int64_t device_id, DeviceAddress);
    DeviceHooks hooks_for(std::int64_t device_id);
    void hook_state(DeviceHooks&, std::int64_t device_id);
    void hook_records(DeviceHooks&, std::int64_t device_id);
    void hook_issue(DeviceHooks&, std::int64_t device_id);
    boost::asio::awaitable<base::Result<std::int64_t>> add_now(NewDevice);
    boost::asio::awaitable<base::Result<Initialised>> initialise_now(DeviceAddress, base::Secret,
                                                                     std::optional<base::Secret>);
    boost::asio::awaitable<base::Result<Desired>> compute_desired(std::int64_t device_id);
    base::Result<std::int64_t> store_new(const NewDevice&, const DeviceStatus&);
    base::Status store_identity(std::int64_t device_id, const DeviceIdentity&);
    base::Status store_doors(std::int64_t device_id, const std::set<std::uint8_t>& numbers);
    void store_records(std::int64_t device_id, std::vector<core::StoredRecord>,
                       std::function<void(base::Result<core::RecordPosition>)>);
    void observe(std::int64_t device_id, const std::function<void(ObservedDevice&)>&);
    void observe_doors(std::int64_t device_id, std::vector<ObservedDoor>);

    boost::asio::io_context& loop_;
    boost::asio::thread_pool& workers_;
    ports::Database& database_;
    Sealer& sealer_;
    IdSource& ids_;
    ports::StreamDialler& dialler_;
    const ports::Clock& clock_;
    DeviceNews news_;
    std::string manager_;
    std::map<std::int64_t, std::shared_ptr<DeviceSession>> sessions_;  ///< on the loop thread only
    mutable std::mutex mutex_;
    std::map<std::int64_t, ObservedDevice> observed_;  ///< under mutex_
};

}  // namespace sallyport::server

#pragma once
// All controllers of the platform: their sessions, what was last observed of them, and what the API does with
// them. Sessions live on one loop of one thread; the functions here may be called from any thread, and
// answers of kind `Later` come on that loop.
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.hpp"
#include "ports/clock.hpp"
#include "ports/database.hpp"
#include "ports/transport.hpp"
#include "server/audit/audit.hpp"
#include "server/devices/device_session.hpp"
#include "server/devices/registrations.hpp"
#include "server/doors/doors.hpp"
#include "server/events/events.hpp"
#include "server/live/live.hpp"
#include "server/secrets/sealer.hpp"
#include "server/storage/change.hpp"
#include "server/verification/verifications.hpp"

namespace sallyport::server {

/// What is known of a controller at this moment; its doors are in `Doors`.
struct ObservedDevice {
    Reach reach = Reach::offline;
    OfflineReason reason = OfflineReason::connecting;
    base::UtcTime since;
    std::optional<DeviceStatus> status;  ///< none before the first contact since the platform's start
    base::Duration behind{};             ///< the age of the youngest record taken over last, when it came
    std::string plan_refused{};  ///< the controller's word for why it does not take its plan; empty: it does
};

/// All controllers together.
struct DeviceFigures {
    std::size_t online = 0;
    std::size_t offline = 0;
    std::uint64_t events = 0;  ///< taken over since the platform's start
    base::Duration behind{};   ///< the most of those that are online
};

struct NewDevice {
    std::string name;
    DeviceAddress address;
    std::optional<Id> area_id;
};

/// Who says that a device is elsewhere now: an operator, who then has to know the password that is sent
/// there, or the controller itself, on the connection that has its certificate.
enum class MovedBy : std::uint8_t { an_operator, itself };

struct DevicePatch {
    std::optional<std::string> name;
    std::optional<std::string> host;
    std::optional<std::uint16_t> port;
    std::optional<std::string> account;
    std::optional<base::Secret> password;
    std::optional<ports::Fingerprint> fingerprint;
    Nullable<Id> area_id;
    Nullable<base::Secret> keypad_password;  ///< null inside: not set from here any more
    std::optional<std::int64_t> revision;    ///< that the change was made from
    bool replaced = false;  ///< another controller stands in its place: its serial number is taken over
    MovedBy moved_by = MovedBy::an_operator;
};

/// Where a controller is to be in its network; what is left out stays.
struct NetworkPlace {
    std::string address;  ///< IPv4
    std::optional<std::string> subnet_mask;
    std::optional<std::string> gateway;
};

/// One request to a controller, and what of it is for the audit log.
struct DeviceCall {
    using Said = base::Result<boost::json::object>;
    std::string method;
    boost::json::object params;
    std::chrono::milliseconds deadline = std::chrono::seconds(10);
    std::string action;  ///< of the audit log
    /// What to note of it besides whether it was taken; null, or no value: nothing is noted.
    std::function<std::optional<boost::json::object>(const Said&)> noted;
};

/// weak: it breaks a rule of the platform's own passwords; shared: another device has the same one.
enum class PasswordIssue : std::uint8_t { weak, shared };
BOOST_DESCRIBE_ENUM(PasswordIssue, weak, shared)

/// What controllers are built on; all outlive them.
struct DeviceParts {
    ports::StreamDialler& clear_dialler;
    const ports::TimeZones& zones;
    ports::Database& database;
    const ports::Clock& clock;
    const Sealer& sealer;
    IdSource& ids;
    Audit& audit;
    Doors& doors;
    Events& events;
    Live& live;
    Verifications& verifications;
    Pace pace{};
};

struct Unsettled;

class Devices {
  public:
    template <class T>
    using Later = std::function<void(base::Result<T>)>;

    /// Events were stored. From any thread, must be quick; set before `start`.
    std::function<void()> on_events;

    /// Those that have an address are dialled, those that dial in are waited for.
    Devices(boost::asio::io_context& loop, Registrations&, DeviceParts);
    ~Devices();

    /// Reads all devices and connects to them. `installation`: what controllers know this platform by.
    [[nodiscard]] base::Status start(std::string installation);
    /// Ends all sessions; the loop comes to rest. On the loop.
    void stop();

    /// Connects, logs in, claims, and only then stores. Answers with the new id, or with one of the codes of
    /// `addDevice` (api/openapi.yaml).
    void add(NewDevice, Actor, Later<Id>);
    void change(Id, DevicePatch, Actor, Later<Id>);
    void remove(Id, Actor, Later<Id>);
    void initialise(DeviceAddress, base::Secret password, std::optional<base::Secret> keypad_password, Actor,
                    Later<InitialisedDevice>);
    /// Answers with when the controller took it. Errors: not_found, conflict "device_offline", timeout
    /// "device_timeout", what the controller refuses.
    void command(Id door, core::DoorCommand, Id command_id, Actor, Later<base::UtcTime>);
    /// Brings an answer that counts to the controller, and answers with when it took it. Errors as of a
    /// command; conflict "question_over" when the door does not wait any more.
    void verify(const TakenAnswer&, Actor, Later<base::UtcTime>);

    /// The answer's params. Errors: not_found, conflict "device_offline", timeout "device_timeout", what the
    /// controller refuses.
    void ask(Id device, DeviceCall, Actor, Later<boost::json::object>);
    /// Sets its clock to that of here, and answers with what it is off then, in milliseconds. Errors as of
    /// `ask`.
    void set_time(Id device, Actor, Later<std::int64_t>);
    /// Gives it another address, and goes on with it there: the same device, with its certificate, doors and
    /// permissions. Errors as of `ask`; conflict "device_exists", timeout "address_not_reached" when it took
    /// the address and does not answer there within 20 s.
    void move_to(Id device, NetworkPlace, Actor, Later<Id>);
    /// The same for one that nobody has added; answers with where it is now. Errors of `add` besides.
    void move_found(DeviceAddress, NetworkPlace, Actor, Later<ports::Endpoint>);
    /// On the controller, then here. Errors as of `ask`.
    void change_password(Id device, base::Secret, Actor, Later<Id>);

    /// People, permissions, doors or settings changed: the controllers that it concerns are compared again,
    /// at once or with whatever else changes within half a second of the last time. None: nothing to compare.
    void desired_changed(Concerned);

    /// The same at once for one, and whatever it refuses is told anew.
    void try_again(Id device);

    /// A copy; offline and `connecting` for a device that is not known.
    [[nodiscard]] ObservedDevice observed(Id) const;
    [[nodiscard]] DeviceFigures figures() const;
    /// Why what is on its way to this device has not arrived: a reason of an issue state.
    [[nodiscard]] std::string pending_reason(Id) const;
    /// How far its plan has come: IssueOfDevice of the contract.
    [[nodiscard]] boost::json::object plan_issue(Id) const;

    /// As in api/openapi.yaml: Device, DeviceList. `seen` is the part of who asks: devices, doors and people
    /// elsewhere are as if they were not there.
    [[nodiscard]] Answer<boost::json::object> list(const Branches& areas, const Part& seen,
                                                   const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const Part& seen) const;
    [[nodiscard]] Outcome check_seen(Id, const Branches& seen) const;
    /// The same for what concerns all its doors: besides, forbidden "beyond_your_part" when some of them are
    /// elsewhere.
    [[nodiscard]] Outcome check_whole(Id, const Branches& seen) const;
    /// Null for a door that it does not have, or that is elsewhere.
    [[nodiscard]] boost::json::value door_name(Id device, std::int64_t number, const Branches& seen) const;

  private:
    void open_session(Id, DeviceAddress);
    [[nodiscard]] DriverParts driver_parts() const;
    DeviceHooks hooks_for(Id, Wire);
    void hook_state(DeviceHooks&, Id);
    boost::asio::awaitable<base::Status> recognise_now(Id, std::string serial);
    void hook_questions(DeviceHooks&, Id);
    void hook_records(DeviceHooks&, Id);
    void hook_issue(DeviceHooks&, Id);
    void hook_clear(DeviceHooks&, Id);
    boost::asio::awaitable<base::Result<Id>> add_now(NewDevice, Actor);
    boost::asio::awaitable<base::Result<InitialisedDevice>> initialise_now(DeviceAddress, base::Secret,
                                                                           std::optional<base::Secret>,
                                                                           Actor);
    boost::asio::awaitable<base::Result<base::UtcTime>> command_now(Door, core::DoorCommand, Id, Actor);
    boost::asio::awaitable<base::Result<base::UtcTime>> verify_now(TakenAnswer, Actor);
    boost::asio::awaitable<base::Result<Id>> change_now(Id, DevicePatch, Actor);
    boost::asio::awaitable<base::Result<boost::json::object>> ask_now(Id, DeviceCall, Actor);
    boost::asio::awaitable<base::Result<std::int64_t>> set_time_now(Id, Actor);
    boost::asio::awaitable<base::Result<Id>> move_now(Id, NetworkPlace, Actor);
    boost::asio::awaitable<base::Result<ports::Endpoint>> move_found_now(DeviceAddress, NetworkPlace, Actor);
    boost::asio::awaitable<base::Result<Id>> change_password_now(Id, base::Secret, Actor);
    boost::asio::awaitable<void> note(Id, Actor, std::string action, boost::json::object after);
    [[nodiscard]] std::shared_ptr<DeviceSession> session_of(Id) const;
    struct PasswordFacts {
        std::optional<core::EntryTag> tag;  ///< the same for the same password
        bool is_weak = false;
    };
    void remember_password(Id, const DeviceAddress&);
    [[nodiscard]] std::optional<PasswordIssue> password_issue(Id) const;
    boost::asio::awaitable<base::Result<Desired>> compute_desired(Id);
    boost::asio::awaitable<base::Status> take_up_settings(Id, std::uint64_t revision,
                                                          std::vector<codec::dhip::DoorState>);
    boost::asio::awaitable<base::Status> confirm_in_step(Id, const Desired&);
    boost::asio::awaitable<base::Status> note_plan(Id, std::uint64_t revision);
    boost::asio::awaitable<base::Result<std::string>> site_zone();
    base::Result<Id> store_new(const NewDevice&, const DeviceStatus&, const Actor&);
    /// `list`: of a controller in clear.
    struct InList {
        RecordList list;
        Continuity continuity;
    };
    void store_records(Id, std::optional<InList>, std::vector<core::StoredRecord>,
                       std::function<void(base::Result<core::RecordPosition>)>);
    boost::asio::awaitable<base::Result<ListCursor>> store_list(Id, InList, std::vector<core::StoredRecord>);
    void count(Id, std::size_t events, base::UtcTime youngest);
    void observe(Id, const std::function<void(ObservedDevice&)>&);
    void observe_refusal(Id, const std::string& code);
    void observe_doors(Id, const std::vector<codec::dhip::DoorState>&);
    [[nodiscard]] boost::json::object shown(const ports::Row&, const std::vector<Unsettled>&,
                                            const Part& seen) const;
    /// Stores what changes how many people are not settled at a controller, and tells whoever looks.
    boost::asio::awaitable<base::Status> store_people(Id, ports::Database::Work);
    /// Once for all that changes before the publisher comes to it.
    void publish(Id);
    void publish_now(Id) const;

    boost::asio::io_context& loop_;
    boost::asio::thread_pool workers_;
    boost::asio::strand<boost::asio::thread_pool::executor_type> publisher_;  ///< keeps /live in order
    std::set<Id> to_publish_;                                                 ///< on the publisher only
    Registrations& dialler_;
    DeviceParts parts_;
    std::string installation_;
    std::map<Id, std::shared_ptr<DeviceSession>> sessions_;  ///< on the loop only
    boost::asio::steady_timer compare_;                      ///< some of them with what they should hold
    Concerned to_compare_ = std::set<Id>();                  ///< then; on the loop only
    std::chrono::steady_clock::time_point compared_;         ///< last
    bool comparing_soon_ = false;
    mutable std::mutex mutex_;
    std::map<Id, ObservedDevice> observed_;  ///< under mutex_
    std::uint64_t events_ = 0;               ///< under mutex_
    std::map<Id, PasswordFacts> passwords_;  ///< under mutex_
};

}  // namespace sallyport::server

#include "server/devices/clear_driver.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>

#include "codec/cgi/loose.hpp"
#include "ports/wall_time.hpp"
#include "server/devices/clear_calls.hpp"
#include "server/devices/clear_plan.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace cgi = codec::cgi;
namespace json = boost::json;
using base::ErrorKind;
using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr seconds between_turns{3};
constexpr seconds while_released{1};
/// Records are asked for, even where the controller told of none.
constexpr seconds between_fetches{30};
/// What somebody changes at the keypad without changing how many people there are is found after this time.
constexpr std::chrono::minutes between_comparisons{10};

base::Error not_spoken(std::string_view what) {
    return {
        ErrorKind::conflict, "not_spoken",
        fmt::format("This controller is connected in clear, and that dialect has no words for {}.", what)};
}

std::string_view what_is_meant(std::string_view method) {
    struct Pair {
        std::string_view method;
        std::string_view what;
    };
    static constexpr Pair pairs[] = {
        {"sallyport.stageUpdate", "updates: bring them to the controller itself"},
        {"sallyport.readers.list", "readers on lines: look at the controller itself"},
        {"sallyport.readers.pair", "readers on lines: pair them at the controller itself"},
        {"sallyport.readers.cancelPairing", "readers on lines: pair them at the controller itself"},
        {"sallyport.setAddress", "another address: set it at the controller, then change it here"},
        {"sallyport.changePassword",
         "a new password that nobody can read on its way: set it at the controller, then type it here"},
        {"sallyport.verify", "questions of doors"},
    };
    const auto* found = std::ranges::find(pairs, method, &Pair::method);
    return found == std::end(pairs) ? "this" : found->what;
}

core::ContactState contact_from(std::string_view word) {
    if (word == "Open") return core::ContactState::open;
    return word == "Close" ? core::ContactState::closed : core::ContactState::unknown;
}

}  // namespace

ClearDriver::ClearDriver(const DriverParts& parts, DeviceAddress address, DeviceHooks hooks)
    : parts_(parts),
      address_(std::move(address)),
      hooks_(std::move(hooks)),
      records_(record_hooks()),
      people_(hooks_, parts_.zones, [this]() { return records_go_on(); }),
      codes_(parts_.zones),
      turn_(parts_.loop) {}

ClearRecords::Hooks ClearDriver::record_hooks() {
    return {.cursor = hooks_.list_cursor,
            .store = hooks_.store_list,
            .alarm = [this](const core::Record& record) { take_alarm(record); },
            .utc_offset_s =
                [this](base::UtcTime at) {
                    const auto local = parts_.zones.local(zone(), at);
                    return local ? local->utc_offset_s : 0;
                }};
}

asio::awaitable<base::Status> ClearDriver::open() {
    auto connected = co_await connect(
        parts_.loop, parts_.clear_dialler, address_,
        [weak = weak_from_this()](const auto& notification) {
            if (auto self = weak.lock()) self->notified(notification);
        },
        parts_.pace);
    if (!connected) co_return std::unexpected(connected.error());
    link_ = *connected;
    failed_.reset();
    objects_.clear();
    alarms_.clear();
    people_.forget();
    status_.said.doors.clear();
    auto zone = co_await hooks_.zone();
    if (!zone) co_return std::unexpected(zone.error());
    site_zone_ = *std::move(zone);
    if (auto done = co_await log_in_clear(*link_, address_); !done) co_return done;
    if (auto done = co_await identify(*link_); !done) co_return done;
    co_return co_await hooks_.recognise(status_.said.serial);
}

asio::awaitable<base::Status> ClearDriver::identify(Conversation& link) {
    auto system = co_await ask(link, "magicBox.getSystemInfo");
    if (!system) co_return std::unexpected(system.error());
    auto& said = status_.said;
    said.initialised = codec::dhip::Initialised::yes;
    said.model = text_in(*system, "deviceType");
    said.serial = text_in(*system, "serialNumber");
    if (const auto version = co_await ask(link, "magicBox.getSoftwareVersion")) {
        const auto* inner = version->if_contains("version");
        const auto* object = inner == nullptr ? nullptr : inner->if_object();
        said.firmware = object == nullptr ? text_in(*version, "version") : text_in(*object, "Version");
    } else if (!is_refusal(version.error())) {
        co_return std::unexpected(version.error());
    }
    const auto told = co_await ask(link, "accessControlManager.getCaps");
    if (!told && !is_refusal(told.error())) co_return std::unexpected(told.error());
    const auto* member = told ? told->if_contains("caps") : nullptr;
    const auto caps = member != nullptr && member->is_object() ? member->get_object() : json::object();
    said.people_limit = count_in(caps, "MaxUsers", 0);
    said.records_limit = count_in(caps, "MaxRecords", 0);
    said.cards_per_person = std::clamp<std::uint64_t>(count_in(caps, "MaxCardsPerUser", 1), 1, 32);
    batch_ = std::clamp<std::size_t>(count_in(caps, "MaxInsertRate", 10), 1, 100);
    channels_ =
        std::min<std::size_t>(count_in(caps, "AccessControlChannels", base::max_doors), base::max_doors);
    const auto rows = co_await read_door_rows(link);
    if (!rows) co_return std::unexpected(rows.error());
    const auto count = std::min(rows->size(), channels_);
    // What is known of them already is not forgotten: it tells whether somebody has changed them.
    if (said.doors.size() != count) said.doors.clear();
    for (auto i = said.doors.size(); i < count; ++i) said.doors.push_back(door_from(i, (*rows)[i]));
    if (said.doors.empty())
        co_return base::fail(ErrorKind::conflict, "protocol_error",
                             "The controller names no doors. Check that this account may see its settings.");
    if (auto done = co_await read_clock(link); !done) co_return done;
    co_return co_await read_doors(link);
}

asio::awaitable<base::Status> ClearDriver::read_clock(Conversation& link) {
    own_zone_.clear();
    auto general = co_await read_table(link, "AccessControlGeneral");
    if (!general && !is_refusal(general.error())) co_return std::unexpected(general.error());
    if (const auto* row = general ? general->if_object() : nullptr) {
        const auto named = text_in(*row, "TimeZone");
        if (parts_.zones.local(named, {})) own_zone_ = named;
    }
    const auto time = co_await ask(link, "global.getCurrentTime");
    if (!time) co_return std::unexpected(time.error());
    const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    cgi::Fault fault;
    const auto shown = cgi::Loose(*time, fault)["time"].time();
    status_.said.zone = zone();
    status_.said.time = shown.wall ? ports::utc_of_wall(parts_.zones, zone(), shown.wall->seconds)
                                   : base::UtcTime{shown.epoch * 1'000'000};
    // It tells whole seconds: on the average it is half of one further.
    status_.clock_offset_ms = (status_.said.time.microseconds + 500'000 - now.count()) / 1'000;
    co_return base::Status{};
}

asio::awaitable<base::Result<std::uint32_t>> ClearDriver::door_object(Conversation& link, std::size_t index) {
    if (const auto known = objects_.find(index); known != objects_.end()) co_return known->second;
    const auto made = co_await make_object(link, "accessControl.factory.instance", {{"channel", index}});
    if (made) objects_[index] = *made;
    co_return made;
}

asio::awaitable<base::Result<std::string>> ClearDriver::ask_door(Conversation& link, std::size_t index,
                                                                 std::string method) {
    const auto object = co_await door_object(link, index);
    if (!object) co_return std::unexpected(object.error());
    const auto said = co_await ask(link, std::move(method), {{"DoorIndex", index}}, *object);
    if (!said)
        co_return is_refusal(said.error()) ? base::Result<std::string>("") : std::unexpected(said.error());
    const auto* info = said->if_contains("Info");
    const auto* inner = info == nullptr ? nullptr : info->if_object();
    co_return inner == nullptr ? std::string() : text_in(*inner, "status");
}

asio::awaitable<base::Status> ClearDriver::read_doors(Conversation& link) {
    const auto rows = co_await read_door_rows(link);
    if (!rows) co_return std::unexpected(rows.error());
    if (std::min(rows->size(), channels_) != status_.said.doors.size())
        co_return std::unexpected(not_understood("it names other doors than a moment ago."));
    const auto written = tables_written_;
    std::vector<codec::dhip::DoorState> doors;
    for (std::size_t i = 0; i < status_.said.doors.size(); ++i) {
        auto door = door_from(i, (*rows)[i]);
        const auto contact = co_await ask_door(link, i, "accessControl.getDoorStatus");
        if (!contact) co_return std::unexpected(contact.error());
        const auto lock = co_await ask_door(link, i, "accessControl.getLockStatus");
        if (!lock) co_return std::unexpected(lock.error());
        door.contact = contact_from(*contact);
        door.lock = *lock == "Unlock" ? core::Lock::released : core::Lock::locked;
        const auto& alarms = alarms_[door.number];
        door.alarms.assign(alarms.begin(), alarms.end());
        doors.push_back(std::move(door));
    }
    if (tables_written_ != written) co_return base::Status{};  // what was read is older than what was written
    const auto settings = [](const codec::dhip::DoorState& door) {
        return std::tuple(door.hold_s, door.unlock_mode, door.detector, door.overtime_s);
    };
    const bool drifted = !std::ranges::equal(doors, status_.said.doors, {}, settings, settings);
    status_.said.doors = std::move(doors);
    if (drifted && on_drift) on_drift();
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearDriver::attach() {
    const auto link = link_;
    if (auto begun = co_await records_.begin(*link); !begun) co_return begun;
    const auto heard = co_await ask(*link, "eventManager.attach", {{"codes", json::array{"All"}}});
    if (!heard && !is_refusal(heard.error())) co_return std::unexpected(heard.error());
    next_turn_ = Turn::is_due;
    fetched_ = {};
    asio::co_spawn(
        parts_.loop, [self = shared_from_this(), link] { return self->watch(link); }, asio::detached);
    co_return base::Status{};
}

asio::awaitable<void> ClearDriver::watch(Link link) {
    while (!link->lost()) {
        const bool fetch = std::exchange(next_turn_, Turn::may_wait) == Turn::is_due;
        if (fetch) fetched_ = {};
        if (auto done = co_await watch_once(*link); !done) {
            if (!link->lost()) failed_ = done.error();
            link->close();
            co_return;
        }
        if (next_turn_ == Turn::is_due) continue;  // something happened meanwhile
        turn_.expires_after(parts_.pace.pause(is_released() ? while_released : between_turns));
        co_await turn_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

asio::awaitable<base::Status> ClearDriver::watch_once(Conversation& link) {
    if (auto read = co_await read_doors(link); !read) co_return read;
    const auto now = SteadyClock::now();
    if (now - fetched_ >= parts_.pace.pause(between_fetches)) {
        fetched_ = now;
        const auto fetched = co_await records_.fetch(link);
        // What finds no room here is fetched again, and commands go on meanwhile.
        const bool waits = !fetched && fetched.error().kind == ErrorKind::storage;
        if (!fetched && !waits) co_return fetched;
        const auto records = waits ? DeviceStatus::Records::waiting : DeviceStatus::Records::taken;
        if (std::exchange(status_.records, records) != records) hooks_.status_changed(status_);
        for (auto& door : status_.said.doors) {
            const auto& alarms = alarms_[door.number];
            door.alarms.assign(alarms.begin(), alarms.end());
        }
    }
    if (!link.lost()) hooks_.doors(status_.said.doors);
    co_return base::Status{};
}

bool ClearDriver::is_released() const {
    return std::ranges::any_of(status_.said.doors, [](const codec::dhip::DoorState& door) {
        return door.lock == core::Lock::released;
    });
}

void ClearDriver::notified(const codec::dhip::Notification& notification) {
    if (notification.method != "client.notifyEventStream") return;
    const auto* list = notification.params.if_contains("eventList");
    if (list != nullptr && list->is_array())
        for (const auto& event : list->get_array()) {
            const auto* row = event.if_object();
            const auto* inner = row == nullptr ? nullptr : row->if_contains("Data");
            const auto* told = inner == nullptr ? nullptr : inner->if_object();
            const auto at = told == nullptr ? 0 : count_in(*told, "CreateTime", 0);
            if (at != 0) records_.heard_of(static_cast<std::int64_t>(at));
        }
    next_turn_ = Turn::is_due;
    turn_.cancel();
}

asio::awaitable<bool> ClearDriver::records_go_on() {
    constexpr milliseconds step{50};
    const auto link = link_;
    asio::steady_timer wait(parts_.loop);
    for (milliseconds left{20'000}; left.count() > 0 && !link->lost() && !records_.are_here(); left -= step) {
        wait.expires_after(parts_.pace.pause(step));
        co_await wait.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return records_.go_on();
}

void ClearDriver::take_alarm(const core::Record& record) {
    if (!record.alarm) return;
    auto& alarms = alarms_[record.door];
    if (record.kind == core::RecordKind::alarm_started)
        alarms.insert(*record.alarm);
    else
        alarms.erase(*record.alarm);
}

asio::awaitable<base::Status> ClearDriver::keep_alive() {
    const auto link = link_;
    const auto answer = co_await link->call("global.keepAlive", {{"timeout", 60}}, keep_alive_deadline);
    if (!answer) co_return std::unexpected(answer.error());
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearDriver::look() {
    const auto link = link_;
    const auto serial = status_.said.serial;
    if (auto done = co_await identify(*link); !done) co_return done;
    if (status_.said.serial != serial) co_return std::unexpected(another_device(status_.said.serial));
    if (SteadyClock::now() - read_back_ >= parts_.pace.pause(between_comparisons)) people_.forget();
    if (auto done = co_await people_.look(*link); !done) co_return done;
    status_.said.last.sequence = records_.size();
    status_.said.oldest = records_.size() == 0 ? 0 : 1;
    if (!link->lost()) hooks_.doors(status_.said.doors);
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearDriver::converge() {
    const auto link = link_;
    if (auto read = co_await read_doors(*link); !read) co_return read;
    const auto there = co_await hooks_.plan_in_place();
    if (!there) co_return std::unexpected(there.error());
    // Only against a plan that is known to be there something can have been changed at the keypad.
    if (*there != 0)
        if (auto taken = co_await hooks_.settings(*there, status_.said.doors); !taken) co_return taken;
    const auto desired = co_await hooks_.desired();
    if (!desired) co_return std::unexpected(desired.error());
    if (desired->revision != *there)
        if (auto noted = co_await hooks_.sending(*desired); !noted) co_return noted;
    const ClearPeople::Target target{status_.said.doors.size(), zone(), batch_};
    const auto plan = desired->revision == *there ? ClearCodes::Plan::in_place : ClearCodes::Plan::another;
    if (auto brought = co_await bring_tables(*link, *desired, plan); !brought) {
        if (is_refusal(brought.error()) && !link->lost()) hooks_.plan_refused(brought.error());
        // More may refer to the tables; what takes rights away comes all the same, a lost card above all.
        const auto narrowed = co_await people_.bring(*link, *desired, target, ClearPeople::Extent::narrowed);
        if (!narrowed) co_return narrowed;
        co_return brought;
    }
    if (!people_.size()) read_back_ = SteadyClock::now();
    const auto before = status_.said.people;
    if (auto brought = co_await people_.bring(*link, *desired, {target.doors, zone(), batch_},
                                              ClearPeople::Extent::whole);
        !brought)
        co_return brought;
    status_.said.people = people_.size().value_or(before);
    if (status_.said.people != before) hooks_.status_changed(status_);
    if (desired->plan.contains("keypad_password")) {
        hooks_.plan_refused(not_spoken("the password of its keypad"));
        co_return base::Status{};
    }
    co_return co_await hooks_.in_step(*desired);
}

asio::awaitable<base::Status> ClearDriver::bring_tables(Conversation& link, const Desired& desired,
                                                        ClearCodes::Plan known) {
    const auto plan = codec::dhip::plan_from(desired.plan);
    if (!plan) co_return std::unexpected(plan.error());
    auto doors = co_await read_table(link, "AccessControl");
    if (!doors) co_return std::unexpected(doors.error());
    ++tables_written_;
    auto brought = co_await bring_plan(link, *plan, rows_of_table(*std::move(doors)));
    ++tables_written_;
    if (!brought) co_return brought;
    if (plan->zone && !own_zone_.empty()) own_zone_ = *plan->zone;
    if (plan->public_passwords)
        if (auto codes = co_await codes_.bring(link, *plan->public_passwords, known, zone()); !codes)
            co_return codes;
    // What they are set to from now on is this plan, not the keypad's doing.
    for (auto& door : status_.said.doors) {
        const auto set = std::ranges::find(plan->doors, door.number, &codec::dhip::WireDoorSettings::number);
        if (set == plan->doors.end()) continue;
        door.hold_s = set->hold_s.value_or(door.hold_s);
        door.unlock_mode = set->unlock_mode.value_or(door.unlock_mode);
        door.detector = set->detector.value_or(door.detector);
        door.overtime_s = set->overtime_s.value_or(door.overtime_s);
    }
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearDriver::command(std::uint8_t door, core::DoorCommand command, std::string,
                                                   std::string) {
    const auto link = link_;
    const std::size_t index = door - std::size_t{1};
    base::Status done;
    switch (command) {
        case core::DoorCommand::open:
        case core::DoorCommand::close: {
            const auto object = co_await door_object(*link, index);
            if (!object) co_return std::unexpected(object.error());
            const bool opens = command == core::DoorCommand::open;
            const auto taken =
                co_await ask(*link, opens ? "accessControl.openDoor" : "accessControl.closeDoor",
                             {{"DoorIndex", index}, {"ShortNumber", ""}, {"Type", "Remote"}}, *object);
            if (!taken) done = std::unexpected(taken.error());
            break;
        }
        case core::DoorCommand::always_open:
            done = co_await set_door_mode(*link, index, core::DoorMode::always_open);
            break;
        case core::DoorCommand::lockdown:  // there is no stronger word that all of them know
        case core::DoorCommand::always_closed:
            done = co_await set_door_mode(*link, index, core::DoorMode::always_closed);
            break;
        case core::DoorCommand::normal:
            done = co_await set_door_mode(*link, index, core::DoorMode::normal);
            break;
        case core::DoorCommand::silence: co_return std::unexpected(not_spoken("silencing an alarm"));
    }
    next_turn_ = Turn::is_due;
    turn_.cancel();
    co_return done;
}

asio::awaitable<base::Status> ClearDriver::set_clock(base::UtcTime time) {
    const auto link = link_;
    const auto wall = ports::wall_seconds(parts_.zones, zone(), time);
    const auto taken = co_await ask(*link, "global.setCurrentTime", {{"time", cgi::wall_text({wall})}});
    if (!taken) co_return std::unexpected(taken.error());
    co_return base::Status{};
}

asio::awaitable<base::Result<json::object>> ClearDriver::call(std::string method, json::object params,
                                                              milliseconds deadline) {
    if (method.starts_with("sallyport.")) co_return std::unexpected(not_spoken(what_is_meant(method)));
    const auto link = link_;
    auto answer = co_await link->call(std::move(method), std::move(params), deadline);
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) co_return std::unexpected(refused(*answer->error));
    co_return std::move(answer->params);
}

asio::awaitable<void> ClearDriver::wait(milliseconds at_most) {
    return link_->wait(at_most);
}

void ClearDriver::poke() {
    if (link_) link_->poke();
}

void ClearDriver::close() {
    if (link_) link_->close();
    turn_.cancel();
}

std::optional<base::Error> ClearDriver::lost() const {
    if (!link_) return base::Error{ErrorKind::unavailable, "closed", "There is no connection yet."};
    const auto lost = link_->lost();
    return lost && failed_ ? failed_ : lost;
}

}  // namespace sallyport::server

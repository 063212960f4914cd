#pragma once
// Doors: their settings as they should be, from the database, and their state as last observed, in memory.
// Any thread.
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "core/access/settings.hpp"
#include "core/door/door_terms.hpp"
#include "core/record/record.hpp"
#include "server/audit/audit.hpp"
#include "server/live/live.hpp"
#include "server/organisation/tree.hpp"
#include "server/storage/change.hpp"

namespace sallyport::server {

/// What the platform wants of a door. A controller has one switch for duress: all its doors have the same.
struct DoorSettings {
    std::int64_t hold_s = 3;
    core::UnlockMode unlock_mode = core::UnlockMode::card;
    core::Detector detector = core::Detector::on;
    std::int64_t overtime_s = 60;
    core::Duress duress = core::Duress::off;
    std::int64_t extended_s = 5;                   ///< what people who need the time get on top of the hold
    std::int64_t pre_alarm_s = 0;                  ///< so long before the held-open alarm a warning; 0: none
    std::optional<std::int64_t> verification_s{};  ///< how long an operator is asked; none: nobody is
    friend bool operator==(const DoorSettings&, const DoorSettings&) = default;
};

/// Words as in api/openapi.yaml, DoorState; "unknown" until the controller has told.
struct DoorState {
    std::string lock = "unknown";
    std::string contact = "unknown";
    std::string mode = "unknown";
    std::vector<core::Alarm> alarms;
    std::vector<core::Alarm> silenced;  ///< of `alarms`
    friend bool operator==(const DoorState&, const DoorState&) = default;
};
/// Whether whoever lets somebody in at this door has to confirm it.
enum class Confirmation : std::uint8_t { none, asked };
enum class Reach : std::uint8_t { offline, online };
enum class IssueWord : std::uint8_t { issued, pending, failed };
BOOST_DESCRIBE_ENUM(IssueWord, issued, pending, failed)

struct Door {
    Id id = 0;
    Id device_id = 0;
    std::int64_t number = 0;
    std::string name;
    std::optional<Id> own_area;  ///< none: that of its device
    std::optional<Id> device_area;
    Confirmation confirmation = Confirmation::none;
    DoorSettings settings;
    DoorState state;
    Reach reach = Reach::offline;
    base::UtcTime since;  ///< the last change of state or reach
    IssueWord settings_state = IssueWord::pending;
    [[nodiscard]] std::optional<Id> area() const { return own_area ? own_area : device_area; }
    std::int64_t revision = 1;   ///< of name, area, confirmation and settings (revision.hpp)
    boost::json::object keypad;  ///< settings that were changed at the keypad, as in a plan; empty: none
};

struct DoorPatch {
    std::optional<std::string> name;
    Nullable<Id> area_id;  ///< null inside: that of its device
    std::optional<Confirmation> confirmation;
    std::optional<std::int64_t> hold_s;
    std::optional<core::UnlockMode> unlock_mode;
    std::optional<core::Detector> detector;
    std::optional<std::int64_t> overtime_s;
    std::optional<core::Duress> duress;
    std::optional<std::int64_t> extended_s;
    std::optional<std::int64_t> pre_alarm_s;
    Nullable<std::int64_t> verification_s;
    std::optional<std::int64_t> revision;  ///< that the change was made from
};

/// What becomes of settings that were changed at the keypad.
enum class Settle : std::uint8_t { adopt, put_back };
BOOST_DESCRIBE_ENUM(Settle, adopt, put_back)

struct DoorFilter {
    std::optional<Id> device;
    Branches areas;
};

class Doors {
  public:
    /// All outlive this.
    Doors(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit, Live& live)
        : database_(database), ids_(ids), clock_(clock), audit_(audit), live_(live) {}
    OnChange on_change;

    /// Reads the doors. Once, before the rest.
    [[nodiscard]] base::Status load();
    /// A unit of work that adds, moves, renames or removes doors along with their device: once it is
    /// committed the doors are known here as well, and nothing of that can fail any more.
    template <class Work>
    [[nodiscard]] auto write(Work work) -> std::invoke_result_t<Work, ports::Connection&>;
    /// Inside the unit of work that adds a device.
    [[nodiscard]] base::Status insert(ports::Connection&, Id device, std::int64_t number,
                                      const std::string& name, const DoorSettings&);

    /// Answers are as in api/openapi.yaml: Door, DoorList.
    [[nodiscard]] Answer<boost::json::object> list(const DoorFilter&, const Page&) const;
    /// `seen` are the areas of who asks: doors elsewhere are as if they were not there.
    [[nodiscard]] Answer<boost::json::object> get(Id, const Branches& seen) const;
    /// With duress the other doors of the controller change along. Errors: not_found; conflict
    /// "changed_meanwhile"; invalid area; forbidden "beyond_your_part" where such a door is not seen.
    [[nodiscard]] Answer<boost::json::object> change(Id, const DoorPatch&, const Branches& seen,
                                                     const Actor&);

    /// Adopted, they are the settings here as well; put back, the controller gets those of here. conflict
    /// "nothing_at_keypad" when nothing was changed there, or somebody has settled it.
    [[nodiscard]] Answer<boost::json::object> settle(Id, Settle, const Branches& seen, const Actor&);

    [[nodiscard]] std::optional<Door> find(Id) const;
    [[nodiscard]] std::optional<Door> find(Id, const Branches& seen) const;
    [[nodiscard]] std::optional<Door> find(Id device, std::int64_t number) const;
    [[nodiscard]] std::vector<Door> all() const;
    [[nodiscard]] std::vector<Door> of_device(Id device) const;  ///< by number

    /// What a controller told of its door; what has changed goes to /live.
    void observe(Id device, std::int64_t number, const DoorState&);
    /// Sends a device's doors to /live: they were renamed or moved along with it.
    void tell(Id device);
    /// Of all doors of a device.
    void set_reach(Id device, Reach);
    /// Whether it was another for one of them.
    bool set_settings_state(Id device, IssueWord);
    void set_keypad(Id device, std::int64_t number, boost::json::object keypad);

  private:
    enum class Touches { state, other };
    [[nodiscard]] static base::Result<std::vector<Door>> read(ports::Connection&);
    /// All that there are; of those that were known, what was observed stays.
    void remember(std::vector<Door>);
    [[nodiscard]] base::Status store(ports::Connection&, const Door&);
    /// Inside a unit of work: the door becomes `after`, one revision newer.
    [[nodiscard]] Answer<Door> store_change(ports::Connection&, const Door& before, Door after,
                                            std::optional<std::int64_t> made_from, const Actor&);
    [[nodiscard]] Outcome store_duress(ports::Connection&, const Door& changed, const Branches& seen,
                                       const Actor&, std::vector<Door>& stored);
    [[nodiscard]] Answer<boost::json::object> take_up(const Door& stored);
    void publish(const Door&) const;
    template <class Change>
    bool update(Id device, std::optional<std::int64_t> number, Touches, Change);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    Live& live_;
    /// Held from reading what is changed until memory says what was stored: changes come one after the other.
    std::mutex changing_;
    mutable std::mutex mutex_;
    std::map<Id, Door> doors_;
};

template <class Work>
auto Doors::write(Work work) -> std::invoke_result_t<Work, ports::Connection&> {
    using Done = std::invoke_result_t<Work, ports::Connection&>;
    const std::lock_guard one_after_the_other(changing_);
    std::vector<Door> doors;
    auto done = ports::write_to(database_, [&](ports::Connection& connection) -> Done {
        auto worked = work(connection);
        if (!worked) return worked;
        auto now = read(connection);
        if (!now) return std::unexpected(now.error());
        doors = *std::move(now);
        return worked;
    });
    if (done) remember(std::move(doors));
    return done;
}

[[nodiscard]] boost::json::object door_json(const Door&);

/// Of those that let people in; what keeps them out is never held up.
[[nodiscard]] bool needs_confirmation(const Door&, core::DoorCommand);

}  // namespace sallyport::server

#pragma once
// The platform without its outside: every part, wired to the ports that the program gives it.
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include <boost/json/array.hpp>

#include "base/embedded.hpp"
#include "ports/picture_drawing.hpp"
#include "ports/process_figures.hpp"
#include "ports/table_file.hpp"
#include "server/accounts/accounts.hpp"
#include "server/accounts/found_codes.hpp"
#include "server/accounts/operators.hpp"
#include "server/api/api.hpp"
#include "server/api/shares.hpp"
#include "server/api/turns.hpp"
#include "server/audit/audit.hpp"
#include "server/devices/devices.hpp"
#include "server/devices/search.hpp"
#include "server/doors/doors.hpp"
#include "server/entrance/entrance_rules.hpp"
#include "server/events/events.hpp"
#include "server/exports/exports.hpp"
#include "server/live/live.hpp"
#include "server/mail/outbox.hpp"
#include "server/metrics/request_meter.hpp"
#include "server/mqtt/mqtt_bridge.hpp"
#include "server/people/imports.hpp"
#include "server/people/keypad_people.hpp"
#include "server/people/people.hpp"
#include "server/people/photos.hpp"
#include "server/permissions/holidays.hpp"
#include "server/permissions/permissions.hpp"
#include "server/plans/floor_plans.hpp"
#include "server/retention/retention.hpp"
#include "server/rules/door_rules.hpp"
#include "server/rules/interlocks.hpp"
#include "server/rules/passback_areas.hpp"
#include "server/rules/public_passwords.hpp"
#include "server/secrets/sealer.hpp"
#include "server/settings/settings.hpp"
#include "server/snmp/snmp_agent.hpp"
#include "server/syslog/syslog_feed.hpp"
#include "server/verification/verifications.hpp"
#include "server/webhooks/webhooks.hpp"

namespace sallyport::server {

/// What the platform stands on; all but the values outlive it.
struct PlatformPorts {
    ports::Database& database;
    const ports::Clock& clock;
    const ports::TimeZones& zones;
    std::span<const base::EmbeddedFile> page;
    Sealer sealer;
    boost::asio::io_context& device_loop;  ///< run by one thread, which is the sessions' own
    ports::StreamDialler& dialler;
    ports::StreamDialler& clear_dialler;  ///< for controllers that operators have added so
    Searches::OpenSocket open_search_socket;
    ports::Entrance& entrance;
    EntranceRules::AdmissionOf admission_of;
    ports::TableFiles& tables;
    ports::DrawPicture draw_picture;
    std::vector<ports::Endpoint> search_everywhere;    ///< empty: searching is off
    std::string local_zone = "Etc/UTC";                ///< of the machine
    std::function<ports::ProcessFigures()> process{};  ///< null: not told
    ports::HttpPoster* poster = nullptr;               ///< null: no webhook is ever sent
    ports::OpenBroker open_broker{};                   ///< null: there is no MQTT
    OpenCollector open_collector{};                    ///< null: nothing goes to a collector
    ports::SendMail send_mail{};                       ///< null: no mail is ever sent
    ports::OpenLocal open_local{};                     ///< for the SNMP agent
    std::string snmp_agent{};                          ///< path of its AgentX socket; empty: none
    CheckAuthorities check_authorities{};
    std::string host = "sallyport";  ///< of the machine
    PasswordCost password_cost{};
    std::uint16_t node = 1;
    static constexpr std::size_t default_workers = 4;
    std::size_t workers = default_workers;
};

/// Calls for signing in, recovery and set-up that wait; each takes about a tenth of a second. Of more, each
/// is answered 503 `busy`.
inline constexpr std::size_t strangers_at_most = 64;
/// Of photos that are being made. More wait with all their bytes; of still more, each is answered 503 `busy`.
inline constexpr std::size_t photos_at_once = 2;
inline constexpr std::size_t photos_waiting = 6;
/// Of one account that are being made or wait. Of more, each is answered 429 `photos_waiting`.
inline constexpr std::size_t photos_of_each = 2;

/// Searches of one account that wait for those before them. Of more, each is answered 429 `searches_waiting`.
inline constexpr std::size_t searches_waiting_at_most = 16;

class Platform {
  public:
    /// The database has its schema.
    explicit Platform(PlatformPorts);

    /// Reads what is kept in memory and begins to connect to controllers. Once, before requests come.
    [[nodiscard]] base::Status load();
    [[nodiscard]] ports::HttpHandler& handler() { return *api_; }
    /// About once a second, on the loop thread.
    void sweep();
    /// No more calls, no more live messages, no more sessions with controllers. On the loop thread.
    void stop();

    /// Called after each change of what controllers hold, from any thread, instead of comparing every
    /// controller. Set before requests come.
    void on_change(OnChange);

    /// Where its services are, by name: told by `status`. Once it listens.
    void listens_at(boost::json::object addresses);
    /// SystemStatus of the contract.
    [[nodiscard]] Answer<boost::json::object> status() const;

    [[nodiscard]] Accounts& accounts() { return accounts_; }
    [[nodiscard]] EntranceRules& entrance() { return entrance_rules_; }
    /// Where connections of devices that dial in are taken to.
    [[nodiscard]] Registrations& registrations() { return registrations_; }

  private:
    [[nodiscard]] Operations operations();
    [[nodiscard]] std::string_view state() const;
    /// What listens where, and which other systems are told of what happens: of SystemStatus.
    [[nodiscard]] boost::json::array services() const;
    [[nodiscard]] boost::json::array outlets() const;
    [[nodiscard]] std::string metrics() const;
    [[nodiscard]] SnmpFigures snmp_figures() const;
    [[nodiscard]] std::int64_t events_missing() const;

    /// Ends when all is written that was queued: queued work uses the members before it.
    struct QueuedWrites {
        ports::Database& database;
        ~QueuedWrites();
    };

    PlatformPorts ports_;
    const base::UtcTime started_ = ports_.clock.utc();
    mutable std::mutex addresses_mutex_;
    boost::json::object addresses_;  ///< under its mutex
    IdSource ids_;
    Audit audit_;
    Outbox outbox_;
    SignInRules sign_in_rules_;
    EntranceRules entrance_rules_;
    Sessions sessions_;
    SecondFactors second_factors_;
    Mailboxes mailboxes_;
    Accounts accounts_;
    Operators operators_;
    Roles roles_;
    Settings settings_;
    Tree areas_;
    Tree departments_;
    Tokens tokens_;
    Live live_;
    Cards cards_;
    FormerPeople former_people_;
    People people_;
    FoundCodes found_codes_;
    Photos photos_;
    PersonFields person_fields_;
    KeypadPeople keypad_people_;
    PermissionGroups groups_;
    TimeTemplates templates_;
    Holidays holidays_;
    DoorRules door_rules_;
    PassbackAreas passback_areas_;
    Interlocks interlocks_;
    PublicPasswords public_passwords_;
    Doors doors_;
    FloorPlans floor_plans_;
    Events events_;
    Exports exports_;
    Verifications verifications_;
    Webhooks webhooks_;
    Registrations registrations_;
    Devices devices_;
    MqttBridge mqtt_;
    SyslogFeed syslog_;
    Searches searches_;
    Imports imports_;  ///< after the devices, which it tells of changes
    Retention retention_;
    SnmpAgent snmp_;
    RequestMeter meter_;
    Shares photo_shares_;
    Turns turns_;  ///< of searches: half of the workers for one account
    std::unique_ptr<Api> api_;
    QueuedWrites queued_writes_;
    // The last: they end before what their tasks use.
    Workers workers_;
    Workers strangers_;  ///< one after the other, as passwords are hashed in any case
    Workers drawing_;
};

}  // namespace sallyport::server

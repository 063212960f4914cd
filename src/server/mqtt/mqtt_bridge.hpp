#pragma once
// MQTT (platform.md I1, decision 0036): what is so now of doors and controllers is kept at a broker, events
// pass through it as they happen, and door commands are taken from it where the site allows that.
//
// What the broker keeps is a function of the doors and the settings: it is compared with what was sent, and
// the difference goes out, so an outage costs nothing but time. Events that happen meanwhile wait, up to
// `waiting_at_most`; of more the oldest are dropped, counted, and told of. A command runs at most once: it is
// taken with QoS 0, on a connection that starts clean, and never from a message that is kept.
//
// A thread of its own does it all; connections have their own ones (ports/broker).
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "ports/broker.hpp"
#include "server/devices/devices.hpp"
#include "server/mqtt/home_assistant.hpp"
#include "server/settings/settings.hpp"

namespace sallyport::server {

/// All outlive the bridge. `open` null: there is no MQTT.
struct MqttParts {
    ports::Database& database;
    const ports::Clock& clock;
    IdSource& ids;
    Audit& audit;
    const Sealer& sealer;
    Live& live;
    Doors& doors;
    Devices& devices;
    const Tree& areas;
    Settings& settings;
    ports::OpenBroker open;
    CheckAuthorities check_authorities;
};

class MqttBridge {
  public:
    static constexpr std::size_t waiting_at_most = 1'000;
    /// Handed to the connection and not yet on their way.
    static constexpr std::size_t under_way_at_most = 100;
    static constexpr int commands_at_once = 20;
    /// Found at the broker on one connection.
    static constexpr int removals_at_most = 10'000;
    /// Refused commands that the audit log is told of; of more the program's log is.
    static constexpr int refusals_a_minute = 20;

    explicit MqttBridge(MqttParts parts) : parts_(std::move(parts)) {}
    ~MqttBridge() { stop(); }
    MqttBridge(const MqttBridge&) = delete;
    MqttBridge& operator=(const MqttBridge&) = delete;

    /// Reads the settings and begins. Once, when doors and devices are there.
    [[nodiscard]] base::Status load();
    /// Says good-bye to the broker.
    void stop();
    /// What is below an area has changed. Any thread.
    void area_moved() {
        post([](Inbox& inbox) { inbox.moved = true; });
    }
    /// As in GET /settings/mqtt.
    [[nodiscard]] boost::json::object get() const;
    /// `rights` of who changes them: what commands doors is chosen by who may. Errors: forbidden
    /// "beyond_your_rights", conflict "changed_meanwhile", and the fields that are wrong.
    [[nodiscard]] Answer<boost::json::object> change(const MqttPatch&, const Rights& rights, const Actor&);
    /// Connects with what is set and has a message acknowledged, beside what runs. Answers as OutletTest.
    /// Errors: conflict "not_set_up", "test_running".
    void test(std::function<void(Answer<boost::json::object>)> done);

  private:
    using Steady = std::chrono::steady_clock;
    enum class Stage : std::uint8_t { off, waiting, opening, open };
    struct Inbox {
        bool renewed = false;  ///< other settings
        bool moved = false;    ///< an area, to below another one
        std::set<Id> doors;    ///< that changed
        std::set<Id> devices;
        bool opened = false;
        std::optional<ports::OutsideError> lost;
        std::vector<int> taken;
        std::deque<ports::MqttMessage> heard;
    };
    void run(const std::stop_token&);
    void step(Inbox);
    [[nodiscard]] Steady::time_point next_step() const;
    /// Tells the thread. Any thread.
    void post(const std::function<void(Inbox&)>&);
    // The connection.
    void begin();
    void connect();
    void end();
    void drop_link();
    void opened();
    void lost(const ports::OutsideError&);
    void say(Stage, std::optional<ports::OutsideError> problem = {});
    [[nodiscard]] std::string_view word() const;
    [[nodiscard]] ports::Broker broker_of(const MqttSettings&, std::string_view suffix) const;
    [[nodiscard]] std::optional<ports::OutsideError> try_out(const MqttSettings&) const;
    // What is kept there.
    void follow(std::string_view type, const boost::json::object& told);
    void compare_all();
    void compare_door(Id);
    void compare_device(Id);
    void take_over(const std::string& owner, Kept now);
    [[nodiscard]] std::optional<std::string> area_name(const Door&) const;
    [[nodiscard]] Branches areas_now() const;
    [[nodiscard]] bool shows(const Door&) const;
    // What goes out and comes in.
    void pump();
    bool hand_over(const ports::MqttMessage&);
    void queue(ports::MqttMessage);
    void heard(const ports::MqttMessage&);
    /// `door` as in its topic.
    void command(std::string_view door, const ports::MqttMessage&);
    void remove_there(const std::string& topic);
    void refuse_command(std::string_view door, std::string_view word, const std::string& why);

    const MqttParts parts_;
    std::string client_;  ///< by which the broker knows this platform

    std::mutex changing_;  ///< held from reading what is set until memory says what was stored
    mutable std::mutex mutex_;
    std::condition_variable_any woken_;
    MqttSettings settings_;  ///< under the mutex, like all until `thread_`'s own
    MqttPlace place_;
    Branches areas_;  ///< that are shown
    Inbox inbox_;
    bool awake_ = false;
    std::deque<ports::MqttMessage> events_;
    std::uint64_t dropped_ = 0;  ///< since the start
    std::uint64_t untold_ = 0;   ///< of those, since the broker was told
    Stage stage_ = Stage::off;
    std::optional<ports::OutsideError> problem_;
    base::UtcTime since_;
    int commands_ = 0;  ///< under way
    bool testing_ = false;

    // The thread's own.
    MqttSettings now_;
    std::unique_ptr<ports::BrokerLink> link_;
    int failures_ = 0;
    Steady::time_point due_;
    std::map<std::string, std::vector<std::string>> owned_;  ///< topics of a door or device
    Kept kept_;                                              ///< what is to be kept there
    Kept pending_;                                           ///< of that, what was not sent; empty: remove it
    std::deque<std::pair<int, std::optional<ports::MqttMessage>>> under_way_;
    int foreign_ = 0;  ///< topics that are removed, on this connection
    Steady::time_point refusals_since_;
    int refusals_ = 0;

    std::jthread tester_;
    std::jthread thread_;  ///< the last
};

}  // namespace sallyport::server

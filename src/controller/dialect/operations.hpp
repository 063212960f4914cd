#pragma once
// The dialect's methods (device-protocol.md, Methods), each once, for every transport: what comes is JSON,
// what goes is JSON. They are added to the service's table and hold references: service and zones outlive
// them.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/time_span.hpp"
#include "codec/dhip/person_json.hpp"
#include "controller/device_service.hpp"
#include "controller/dialect/people_rows.hpp"
#include "controller/dialect/record_scan.hpp"
#include "controller/dialect/searches.hpp"
#include "controller/dialect/site_time.hpp"

namespace sallyport::controller::dialect {

/// People or cards in one call of insertMulti and the like: getCaps says so.
inline constexpr std::size_t multi_limit = 100;

/// What a factory gave: later methods name it by its number.
struct Instance {
    std::string kind;     ///< "accessControl", "RecordFinder" ...
    std::string name;     ///< of the table that it works on
    std::string account;  ///< only its calls may use it
    std::int64_t channel = 0;
};

/// What a search asks of a row.
struct Condition {
    base::TimeSpan times;  ///< for the store to look in
    std::optional<base::CardNumber> card;
    std::optional<base::UserId> user;
    /// But for the time.
    [[nodiscard]] bool fits(const core::Record&) const;
};

struct Page {
    boost::json::array rows;
    std::size_t total = 0;
};

class Operations {
  public:
    explicit Operations(DeviceService& service)
        : service_(service), time_(service.controller(), service.zones()) {
        add_identity();
        add_doors();
        add_factories();
        add_roster();
        add_finds();
        add_tables();
        add_config();
        add_accounts();
    }
    Operations(const Operations&) = delete;
    Operations& operator=(const Operations&) = delete;

  private:
    using Answer = MethodTable::Answer;
    using Handler = void (Operations::*)(const Call&, Answer);
    void add(std::string_view name, Right right, Handler handler) {
        service_.methods().add(name, right, [this, handler](const Call& call, Answer answer) {
            (this->*handler)(call, std::move(answer));
        });
    }
    [[nodiscard]] Controller& controller() { return service_.controller(); }
    [[nodiscard]] core::Station& station() { return service_.controller().station(); }
    /// A record of the caller's doing, for what the store gets together with its change.
    [[nodiscard]] core::Record record_of(const Call&, core::RecordKind, core::Detail);

    // identity_operations.cpp
    void add_identity();
    void system_facts(const Call&, Answer);
    void certificate(const Call&, Answer);
    void current_time(const Call&, Answer);
    void set_current_time(const Call&, Answer);
    void reboot(const Call&, Answer);
    void list_methods(const Call&, Answer);
    void multicall(const Call&, Answer);
    void caps(const Call&, Answer);

    // door_operations.cpp
    void add_doors();
    void command_door(const Call&, Answer);
    void door_status(const Call&, Answer);
    /// The door that a call means: DoorIndex from 0, or the channel of its factory's instance. Nothing after
    /// a complaint.
    [[nodiscard]] base::Result<base::DoorNumber> door_of(const Call&);

    // instances.cpp
    void add_factories();
    void make_instance(const Call&, Answer);
    void destroy_instance(const Call&, Answer);
    void forget_instance(std::uint32_t number);
    [[nodiscard]] const Instance* instance_of(const Call&, std::string_view kind) const;

    // roster_operations.cpp
    enum class Existing : std::uint8_t { refused, required };
    using Edit = std::move_only_function<base::Result<codec::dhip::RosterUpdate>(const core::Roster&)>;
    void add_roster();
    /// Over the dialect people and schedules are changed only while nobody owns the roster, or by the owner
    /// (controller.md N2): what a platform put in place would otherwise drift unseen.
    [[nodiscard]] base::Status check_owner(const Call&);
    void change_roster(const Call&, Edit, Answer, Reply reply = {});
    [[nodiscard]] static core::Person new_person(const base::UserId&);
    [[nodiscard]] RowWords words() { return {time_, controller().options().doors}; }
    void insert_users(const Call&, Answer);
    void update_users(const Call&, Answer);
    void write_users(const Call&, Existing, Answer);
    void remove_users(const Call&, Answer);
    void remove_all_users(const Call&, Answer);
    void list_users(const Call&, Answer);
    void insert_cards(const Call&, Answer);
    void update_cards(const Call&, Answer);
    void write_cards(const Call&, Existing, Answer);
    void remove_cards(const Call&, Answer);
    void remove_all_cards(const Call&, Answer);
    void take_cards_away(const Call&, std::function<bool(const core::Card&)> meant, Answer);
    void list_cards(const Call&, Answer);

    // find_operations.cpp
    enum class Total : std::uint8_t { not_counted, counted };
    struct TableRow {
        std::string key;
        const core::Person* person = nullptr;
        const core::Card* card = nullptr;
        const core::PublicPassword* password = nullptr;
    };
    void add_finds();
    void find_at_once(const Call&, Answer);
    void query_size(const Call&, Answer);
    void start_record_find(const Call&, Answer);
    void go_on_finding(const Call&, Answer);
    void seek(const Call&, Answer);
    void stop_record_find(const Call&, Answer);
    void start_find(const Call&, Answer);
    void do_find(const Call&, Answer);
    void stop_find(const Call&, Answer);
    [[nodiscard]] base::Result<Search> search_of(const Call&);
    [[nodiscard]] base::Result<Condition> condition_of(const Search&);
    [[nodiscard]] std::uint32_t token_of_instance(const Call&) const;
    void read_on(const Call&, std::uint32_t token, std::size_t offset, std::size_t count,
                 std::string rows_name, Answer);
    void read_page(std::shared_ptr<Search>, std::size_t offset, std::size_t count, Total,
                   std::move_only_function<void(base::Result<Page>)> done);
    [[nodiscard]] base::Result<Page> table_page(Search&, std::size_t offset, std::size_t count);
    void for_each_row(std::string_view table, const Condition&, const std::function<void(TableRow)>& visit);
    [[nodiscard]] boost::json::object row_json(std::string_view table, const TableRow&);

    // table_operations.cpp
    void add_tables();
    [[nodiscard]] base::Result<std::string> table_of(const Call&);
    void write_row(const Call&, Answer);
    void get_row(const Call&, Answer);
    void write_card_row(const Call&, std::optional<std::uint64_t> number, Answer);
    void remove_card_row(const Call&, std::uint64_t number, Answer);
    void write_password(const Call&, const std::string& verb, std::uint64_t number, Answer);
    [[nodiscard]] base::Result<PolicyChange> passwords_change(const Call& by,
                                                              std::vector<core::PublicPassword>);

    // config_operations.cpp
    void add_config();
    void get_config(const Call&, Answer);
    void set_config(const Call&, Answer);
    [[nodiscard]] base::Result<boost::json::value> config_table(std::string_view name);
    [[nodiscard]] base::Result<PolicyChange> config_change(const Call& by, const boost::json::object& params);
    [[nodiscard]] static std::string config_name(const codec::cgi::Loose&);
    [[nodiscard]] boost::json::object time_config();
    [[nodiscard]] boost::json::object network_config();
    using DoorCommands = std::vector<std::pair<base::DoorNumber, core::DoorCommand>>;
    [[nodiscard]] DoorCommands read_commands(const codec::cgi::Loose&);
    /// None where nothing is changed.
    [[nodiscard]] std::optional<ports::NetworkAddress> read_network(const codec::cgi::Loose&,
                                                                    const boost::json::value& present) const;
    static void read_time(const codec::cgi::Loose&, const boost::json::value& present);
    [[nodiscard]] boost::json::object door_config(std::size_t index);
    [[nodiscard]] boost::json::object schedule_config(const core::WeeklySchedule&);
    [[nodiscard]] boost::json::object holiday_dates(std::size_t index);
    [[nodiscard]] boost::json::object holiday_periods(std::size_t index);
    [[nodiscard]] static core::UnlockMode read_method(const codec::cgi::Loose&,
                                                      const boost::json::value& present, core::UnlockMode);
    static void read_door_configs(const codec::cgi::Loose&, const boost::json::value& present,
                                  core::Settings&);
    static void read_general(const codec::cgi::Loose&, const boost::json::value& present, core::Settings&);
    void read_schedules(const codec::cgi::Loose&, const boost::json::value& present, core::Calendar&);
    [[nodiscard]] static core::Day read_holiday_line(const boost::json::value& row);
    void read_holidays(const codec::cgi::Loose&, std::string_view name, core::Calendar&);

    // account_operations.cpp
    struct AccountWish {
        std::string name;
        std::optional<ports::AccountRole> role;
        std::optional<base::Secret> password;
    };
    void add_accounts();
    [[nodiscard]] static AccountWish account_wish(const codec::cgi::Loose&);
    void list_accounts(const Call&, Answer);
    void add_account(const Call&, Answer);
    void change_account(const Call&, Answer);
    void remove_account(const Call&, Answer);
    void change_password(const Call&, Answer);
    void write_account(const Call&, const AccountWish&, Existing, Answer);
    void store_account(const Call& by, ports::Account, Answer);
    void change_accounts(const Call& by, const std::string& name, core::DetailTerm what,
                         std::function<base::Status(std::vector<ports::Account>&)> edit, Answer);

    DeviceService& service_;
    SiteTime time_;
    Searches searches_;
    std::map<std::uint32_t, std::uint32_t> instance_searches_;  ///< token by the instance's number
    std::map<std::uint32_t, Instance> instances_;
    std::uint32_t next_instance_ = 1;
};

}  // namespace sallyport::controller::dialect

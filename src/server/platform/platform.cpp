#include "server/platform/platform.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>

#include "server/api/accounts_api.hpp"
#include "server/api/device_upkeep_api.hpp"
#include "server/api/devices_api.hpp"
#include "server/api/entrance_api.hpp"
#include "server/api/exports_api.hpp"
#include "server/api/keypad_people_api.hpp"
#include "server/api/lists_api.hpp"
#include "server/api/mailbox_api.hpp"
#include "server/api/outlets_api.hpp"
#include "server/api/person_fields_api.hpp"
#include "server/api/plans_api.hpp"
#include "server/api/public_passwords_api.hpp"
#include "server/api/retention_api.hpp"
#include "server/api/rules_api.hpp"
#include "server/api/sessions_api.hpp"
#include "server/api/sign_in_api.hpp"
#include "server/api/system_api.hpp"
#include "server/api/tokens_api.hpp"
#include "server/api/verification_api.hpp"
#include "server/api/webhooks_api.hpp"

namespace sallyport::server {

Platform::Platform(PlatformPorts outside)
    : ports_(std::move(outside)),
      ids_(ports_.clock, ports_.node),
      audit_(ports_.database, ids_, ports_.clock),
      outbox_({ports_.database, ports_.clock, ids_, audit_, ports_.sealer, ports_.send_mail,
               ports_.check_authorities, ports_.host}),
      sign_in_rules_(ports_.database, audit_),
      entrance_rules_(ports_.database, audit_, ports_.entrance, ports_.admission_of),
      sessions_(ports_.database, ids_, ports_.clock, sign_in_rules_),
      second_factors_(ports_.database, ports_.clock, audit_, sessions_, ports_.sealer),
      mailboxes_(ports_.database, ports_.clock, audit_, outbox_),
      accounts_(ports_.database, ids_, ports_.clock, audit_, sessions_, second_factors_, mailboxes_,
                ports_.password_cost),
      operators_(ports_.database, ids_, ports_.clock, audit_, sessions_, mailboxes_, ports_.password_cost),
      roles_(ports_.database, ids_, audit_, sessions_),
      settings_(ports_.database, audit_, ports_.clock, ports_.zones, ports_.local_zone),
      areas_(TreeOf::areas, ports_.database, ids_, audit_),
      departments_(TreeOf::departments, ports_.database, ids_, audit_),
      tokens_(ports_.database, ids_, ports_.clock, audit_, areas_, departments_,
              [this](const Account& account) { return viewer_of(account, areas_, departments_); }),
      cards_(ports_.database, ids_, ports_.clock, audit_),
      former_people_(ports_.database, ports_.clock, audit_),
      people_(ports_.database, ids_, ports_.clock, audit_, ports_.sealer, departments_, cards_,
              former_people_),
      found_codes_(ports_.database, ports_.clock, audit_),
      photos_(ports_.database, ports_.clock, audit_, ports_.draw_picture),
      person_fields_(ports_.database, ids_, audit_),
      keypad_people_(ports_.database, ports_.clock, audit_, people_),
      groups_(ports_.database, ids_, audit_),
      templates_(ports_.database, ids_, audit_),
      holidays_(ports_.database, ids_, audit_),
      door_rules_(ports_.database, audit_),
      passback_areas_(ports_.database, ids_, audit_),
      interlocks_(ports_.database, ids_, audit_),
      public_passwords_(ports_.database, ids_, ports_.clock, audit_, ports_.sealer,
                        [this](Id device) { return devices_.plan_issue(device); }),
      doors_(ports_.database, ids_, ports_.clock, audit_, live_),
      floor_plans_(ports_.database, ids_, ports_.clock, audit_),
      events_(ports_.database, live_),
      exports_(ports_.database, ids_, ports_.clock, audit_, events_, ports_.tables),
      verifications_(ports_.database, ids_, ports_.clock, doors_, live_),
      webhooks_(ports_.database, ids_, ports_.clock, audit_, ports_.sealer, events_, ports_.poster),
      registrations_(ports_.device_loop, ports_.dialler, ports_.clock),
      devices_(ports_.device_loop, registrations_,
               {ports_.clear_dialler, ports_.zones, ports_.database, ports_.clock, ports_.sealer, ids_,
                audit_, doors_, events_, live_, verifications_}),
      mqtt_({ports_.database, ports_.clock, ids_, audit_, ports_.sealer, live_, doors_, devices_, areas_,
             settings_, ports_.open_broker, ports_.check_authorities}),
      syslog_({ports_.database, ports_.clock, audit_, ports_.sealer, events_, ports_.device_loop,
               ports_.open_collector, ports_.check_authorities, ports_.host}),
      searches_(ports_.device_loop, ids_, ports_.open_search_socket, ports_.search_everywhere),
      imports_(ports_.database, ids_, ports_.clock, audit_, people_),
      retention_(ports_.database, ports_.clock, audit_, former_people_),
      snmp_(ports_.open_local, ports_.snmp_agent, [this] { return snmp_figures(); }),
      meter_(ports_.clock),
      photo_shares_(photos_of_each),
      turns_(workers_, std::max<std::size_t>(1, ports_.workers / 2), searches_waiting_at_most),
      api_(std::make_unique<Api>(
          operations(), accounts_, sessions_, sign_in_rules_, tokens_, entrance_rules_, live_, workers_,
          strangers_, meter_, ports_.page,
          [this](const Account& account) { return viewer_of(account, areas_, departments_); })),
      queued_writes_(ports_.database),
      workers_(ports_.workers),
      strangers_(1, strangers_at_most),
      drawing_(photos_at_once, photos_waiting) {
    sessions_.on_accounts = [this](const std::vector<Account>& all) { tokens_.accounts_changed(all); };
    devices_.on_events = [this] {
        webhooks_.wake();
        syslog_.wake();
    };
    imports_.viewer_now = [this](ports::Connection& connection,
                                 const Importer& by) -> base::Result<std::optional<Viewer>> {
        std::optional<Account> account;
        if (by.actor.token) {
            if (const auto token = tokens_.find(by.session)) account = token->account;
        } else {
            auto known = load_accounts(connection, by.actor.account);
            if (!known) return std::unexpected(known.error());
            if (!known->empty() && known->front().id == by.account) account = std::move(known->front());
        }
        if (!account) return std::nullopt;
        return viewer_of(*account, areas_, departments_);
    };
    imports_.on_code_found = [this](const Actor& actor) { found_codes_.found(actor); };
    areas_.on_change = [this](const Change&) { mqtt_.area_moved(); };
    former_people_.on_erased = [this] { retention_.wake(); };
    on_change([this](const Change& change) { devices_.desired_changed(change.devices); });
}

Platform::QueuedWrites::~QueuedWrites() {
    const auto nothing = [](ports::Connection&) -> base::Status { return {}; };
    base::Status written;
    do written = ports::write_to(database, nothing);
    while (!written && written.error().code == "database_busy");
}

Operations Platform::operations() {
    Operations all;
    const auto add = [&](Operations group) { std::ranges::move(group, std::back_inserter(all)); };
    add(system_operations(accounts_, sign_in_rules_, settings_, [this] { return state(); }));
    add(session_operations(accounts_, sessions_, sign_in_rules_));
    add(sign_in_operations(accounts_, second_factors_, sign_in_rules_, operators_, mailboxes_));
    add(mailbox_operations(accounts_, mailboxes_));
    add(account_operations(operators_, roles_, tokens_));
    add(metrics_operations([this] { return metrics(); }));
    add(status_operations([this] { return status(); }));
    add(token_operations(tokens_));
    add(webhook_operations(webhooks_));
    add(mqtt_operations(mqtt_));
    add(syslog_operations(syslog_));
    add(mail_operations(outbox_));
    add(entrance_operations(entrance_rules_));
    add(organisation_operations(areas_, departments_));
    add(people_operations(people_, former_people_, cards_, photos_, drawing_, photo_shares_, found_codes_));
    add(import_operations(imports_, found_codes_));
    add(retention_operations(retention_));
    add(permission_operations(groups_, templates_, holidays_));
    add(door_operations(doors_, areas_));
    add(plan_operations(floor_plans_));
    add(rules_operations(door_rules_, passback_areas_, interlocks_, devices_));
    add(public_password_operations(public_passwords_, found_codes_));
    add(event_operations(events_, departments_, turns_));
    add(export_operations(exports_, departments_, workers_));
    add(audit_operations(audit_, turns_));
    add(device_operations({devices_, registrations_, searches_, ports_.database, ports_.sealer, ids_,
                           ports_.clock, audit_, areas_, doors_}));
    add(device_upkeep_operations(devices_));
    add(verification_operations(verifications_, devices_));
    add(keypad_people_operations(keypad_people_, devices_, found_codes_));
    add(person_field_operations(person_fields_));
    return all;
}

std::string_view Platform::state() const {
    if (api_->stopping()) return "stopping";
    return ports_.database.health() ? "ok" : "storage_failed";
}

base::Status Platform::load() {
    const auto last = last_id(ports_.database);
    if (!last) return std::unexpected(last.error());
    if (auto started = ids_.start_after(*last); !started) return started;
    if (auto loaded = outbox_.load(); !loaded) return loaded;
    if (auto loaded = sign_in_rules_.load(); !loaded) return loaded;
    if (auto loaded = tokens_.load(); !loaded) return loaded;
    if (auto loaded = entrance_rules_.load(); !loaded) return loaded;
    if (auto loaded = sessions_.load(); !loaded) return loaded;
    for (auto* tree : {&areas_, &departments_})
        if (auto loaded = tree->load(); !loaded) return loaded;
    if (auto loaded = doors_.load(); !loaded) return loaded;
    if (auto loaded = accounts_.load(); !loaded) return loaded;
    if (auto loaded = imports_.load(); !loaded) return loaded;
    if (auto loaded = webhooks_.load(); !loaded) return loaded;
    if (auto loaded = retention_.load(); !loaded) return loaded;
    auto installation = settings_.installation_id();
    if (!installation) return std::unexpected(installation.error());
    if (auto started = devices_.start(*installation); !started) return started;
    if (auto loaded = syslog_.load(); !loaded) return loaded;
    if (auto loaded = mqtt_.load(); !loaded) return loaded;
    if (!ports_.snmp_agent.empty()) snmp_.start();
    return {};
}

void Platform::on_change(OnChange hook) {
    // How far the rules of its doors have come is told with a door's settings.
    door_rules_.on_change = passback_areas_.on_change = interlocks_.on_change =
        public_passwords_.on_change = [this, hook](const Change& change) {
            for (const auto device : change.devices.value_or(std::set<Id>()))
                doors_.set_settings_state(device, IssueWord::pending);
            hook(change);
        };
    settings_.on_change = people_.on_change = keypad_people_.on_change = groups_.on_change =
        templates_.on_change = doors_.on_change = departments_.on_change = holidays_.on_change =
            std::move(hook);
}

void Platform::sweep() {
    verifications_.sweep();
    sessions_.store_ends();
    Workers::Task look = [this] { tokens_.look_for_locks(); };
    (void)workers_.post(look);
    const auto viewer = [this](Id id, const std::string& address) -> std::optional<Viewer> {
        if (sessions_.behind()) return std::nullopt;
        auto session = sessions_.find(id);
        if (!session) session = tokens_.find(id);
        if (!session) return std::nullopt;
        if (!entrance_rules_.admits(address)) return std::nullopt;
        return viewer_of(session->account, areas_, departments_);
    };
    live_.sweep(viewer);
    exports_.sweep(viewer);
}

void Platform::stop() {
    api_->stop();
    snmp_.stop();
    webhooks_.stop();
    mqtt_.stop();
    syslog_.stop();
    outbox_.stop();
    retention_.stop();
    photos_.stop();
    live_.close_all("The platform is shutting down.");
    boost::asio::post(ports_.device_loop, [this] { devices_.stop(); });
}

}  // namespace sallyport::server

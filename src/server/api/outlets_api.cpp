#include "server/api/outlets_api.hpp"

#include <algorithm>
#include <memory>

#include <boost/json/array.hpp>

#include "server/api/answers.hpp"
#include "server/api/device_answers.hpp"

namespace sallyport::server {

namespace {

bool is_host_or_none(std::string_view text) {
    return text.empty() || is_host(text);
}
constexpr TextRule outlet_host_rule{0, 253, is_host_or_none, host_rule.says};
constexpr TextRule account_rule{0, 128, nullptr, {}};
constexpr TextRule password_rule{1, 256, nullptr, {}};
constexpr TextRule pem_rule{0, 65'536, nullptr, {}};
constexpr TextRule topic_rule{
    1, 64, is_topic,
    "Write levels of letters, digits, '_' and '-' with '/' between them, such as sallyport."};
bool is_mail_or_none(std::string_view text) {
    return text.empty() || codec::is_mail_address(text);
}
constexpr TextRule mail_or_none_rule{0, 254, is_mail_or_none, mail_rule.says};
constexpr std::size_t most_areas = 1'000;

void read_server(Fields& fields, OutletServerPatch& patch) {
    patch.host = fields.text("host", outlet_host_rule);
    patch.port = fields.integer("port", 1, 65'535);
    patch.tls = fields.choice("tls", {"off", "machine", "given"});
    patch.certificate = fields.text("certificate", pem_rule);
}
void read_login(Fields& fields, OutletServerPatch& patch) {
    patch.account = fields.text("account", account_rule);
    patch.password = fields.nullable_secret("password", password_rule);
}

std::optional<std::vector<std::string>> read_commands(Fields& fields) {
    const auto* list = fields.list("commands", 0, 16);
    if (list == nullptr) return std::nullopt;
    std::vector<std::string> commands;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* word = (*list)[i].if_string();
        const auto place = "commands." + std::to_string(i);
        if (word == nullptr || !base::enum_from<core::DoorCommand>(std::string_view(*word)))
            fields.wrong(place, "choice", "This is no command of a door.");
        else if (std::ranges::find(commands, std::string_view(*word)) != commands.end())
            fields.wrong(place, "duplicate", "This command stands here already.");
        else
            commands.emplace_back(*word);
    }
    return commands;
}

Answer<MqttPatch> mqtt_body(const Call& call) {
    return read_body(call, Sent::something, [](Fields& fields, std::vector<FieldError>&) {
        MqttPatch patch;
        patch.enabled = fields.truth("enabled");
        read_server(fields, patch.server);
        read_login(fields, patch.server);
        patch.base_topic = fields.text("base_topic", topic_rule);
        patch.discovery = fields.truth("discovery");
        patch.discovery_prefix = fields.text("discovery_prefix", topic_rule);
        patch.people = fields.truth("people");
        patch.areas = fields.nullable_ids("areas", most_areas);
        patch.commands = read_commands(fields);
        patch.as_confirmed = fields.truth("as_confirmed");
        patch.revision = read_revision(fields);
        return patch;
    });
}

Answer<SyslogPatch> syslog_body(const Call& call) {
    return read_body(call, Sent::something, [](Fields& fields, std::vector<FieldError>&) {
        SyslogPatch patch;
        patch.enabled = fields.truth("enabled");
        read_server(fields, patch.server);
        patch.events = fields.truth("events");
        patch.audit = fields.truth("audit");
        patch.revision = read_revision(fields);
        return patch;
    });
}

Answer<MailPatch> mail_body(const Call& call) {
    return read_body(call, Sent::something, [](Fields& fields, std::vector<FieldError>&) {
        MailPatch patch;
        patch.enabled = fields.truth("enabled");
        read_server(fields, patch.server);
        read_login(fields, patch.server);
        patch.begins = fields.choice("begins", {"at_once", "starttls"});
        patch.in_clear = fields.truth("in_clear");
        patch.sender = fields.text("sender", mail_or_none_rule);
        patch.revision = read_revision(fields);
        return patch;
    });
}

void test_mail(Outbox& outbox, const Call& call, Finish finish) {
    const auto to = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.text("to", mail_rule, Need::required);
    });
    if (!to) return finish(std::unexpected(to.error()));
    auto shared = std::make_shared<Finish>(std::move(finish));
    outbox.test(**to, call.session->account.language,
                [shared](Answer<boost::json::object> said) { (*shared)(ok_or_problem(std::move(said))); });
}

/// What is sent tells who came where: nobody hands on what they may not see.
Outcome check_may_hand_on(const Call& call) {
    const auto& rights = call.session->account.rights;
    if (!rights.may(Function::events, Level::view) || !rights.may(Function::doors, Level::view) ||
        !rights.may(Function::people, Level::view))
        return refuse(base::ErrorKind::forbidden, "beyond_your_rights",
                      "MQTT tells of doors, events and people, which this account may not see.");
    return {};
}

/// Codes for forgotten passwords go through the mail server, those of administrators too: whoever chooses it
/// can become anybody.
Outcome check_may_read_codes(const Call& call) {
    Rights all;
    for (std::size_t i = 0; i < functions; ++i) all.set(static_cast<Function>(i), Level::administer);
    if (call.session->account.rights.cover(all)) return {};
    return refuse(base::ErrorKind::forbidden, "beyond_your_rights",
                  "Codes for the passwords of administrators go through the mail server, so only who may do "
                  "everything changes it.");
}

template <class Outlet>
auto testing(Outlet& outlet) {
    return [&outlet](const Call&, Finish finish) {
        auto shared = std::make_shared<Finish>(std::move(finish));
        outlet.test(
            [shared](Answer<boost::json::object> said) { (*shared)(ok_or_problem(std::move(said))); });
    };
}

constexpr Access looks = may_all(Function::settings, Level::view);
constexpr Access keeps = may_all(Function::settings, Level::administer);

}  // namespace

Operations mqtt_operations(MqttBridge& mqtt) {
    return {
        {"GET", "/settings/mqtt", looks, Body::none,
         at_once([&](Call&) -> Answer<Reply> { return ok(mqtt.get()); })},
        {"PATCH", "/settings/mqtt", keeps, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = mqtt_body(call);
             if (!patch) return std::unexpected(patch.error());
             if (auto may = check_may_hand_on(call); !may) return std::unexpected(may.error());
             return ok_or_problem(mqtt.change(*patch, call.session->account.rights, call.actor()));
         })},
        {"POST", "/settings/mqtt/test", keeps, Body::none, testing(mqtt)},
    };
}

Operations syslog_operations(SyslogFeed& syslog) {
    return {
        {"GET", "/settings/syslog", looks, Body::none,
         at_once([&](Call&) -> Answer<Reply> { return ok(syslog.get()); })},
        {"PATCH", "/settings/syslog", keeps, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = syslog_body(call);
             if (!patch) return std::unexpected(patch.error());
             const auto& rights = call.session->account.rights;
             for (const auto function : {Function::events, Function::people, Function::audit})
                 if (!rights.may(function, Level::view))
                     return refuse(base::ErrorKind::forbidden, "beyond_your_rights",
                                   "The collector is told of events, people and the audit log, which this "
                                   "account may not see.");
             return ok_or_problem(syslog.change(*patch, call.actor()));
         })},
        {"POST", "/settings/syslog/test", keeps, Body::none, testing(syslog)},
    };
}

Operations mail_operations(Outbox& outbox) {
    return {
        {"GET", "/settings/mail", looks, Body::none,
         at_once([&](Call&) -> Answer<Reply> { return ok(outbox.get()); })},
        {"PATCH", "/settings/mail", by_people(may_all(Function::accounts, Level::administer)), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = mail_body(call);
             if (!patch) return std::unexpected(patch.error());
             if (auto may = check_may_read_codes(call); !may) return std::unexpected(may.error());
             return ok_or_problem(outbox.change(*patch, call.actor()));
         })},
        {"POST", "/settings/mail/test", keeps, Body::object,
         [&outbox](const Call& call, Finish finish) { test_mail(outbox, call, std::move(finish)); }},
    };
}

}  // namespace sallyport::server

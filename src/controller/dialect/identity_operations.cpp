// What the controller says about itself, and its clock.
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "codec/cgi/loose.hpp"
#include "codec/dhip/message.hpp"
#include "controller/dialect/operations.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

constexpr std::size_t calls_limit = 64;
constexpr std::size_t multicall_answer_limit = 4 << 20;  // bytes; many searches at once find much

}  // namespace

void Operations::add_identity() {
    add("magicBox.getSystemInfo", Right::session, &Operations::system_facts);
    add("magicBox.getDeviceType", Right::session, &Operations::system_facts);
    add("magicBox.getSoftwareVersion", Right::session, &Operations::system_facts);
    add("magicBox.getSerialNo", Right::session, &Operations::system_facts);
    add("magicBox.getMachineName", Right::session, &Operations::system_facts);
    add("magicBox.reboot", Right::admin, &Operations::reboot);
    add("global.getCurrentTime", Right::session, &Operations::current_time);
    add("global.setCurrentTime", Right::admin, &Operations::set_current_time);
    add("sallyport.certificate", Right::viewer, &Operations::certificate);
    add("system.listMethod", Right::session, &Operations::list_methods);
    add("system.multicall", Right::session, &Operations::multicall);
    add("accessControlManager.getCaps", Right::session, &Operations::caps);
}

core::Record Operations::record_of(const Call& call, core::RecordKind kind, core::Detail detail) {
    const auto now = controller().now();
    core::Record record;
    record.kind = kind;
    record.at = now.utc;
    record.utc_offset_s = now.local.utc_offset_s;
    record.method = core::Method::remote;
    detail.values.emplace_back(core::DetailName::by, call.caller.account);
    record.detail = core::written(detail);
    return record;
}

void Operations::system_facts(const Call& call, Answer answer) {
    const auto& identity = service_.identity();
    const auto& serial = controller().serial();
    if (call.method == "magicBox.getDeviceType") return answer(Reply{{{"type", identity.model}}});
    if (call.method == "magicBox.getSerialNo") return answer(Reply{{{"sn", serial}}});
    if (call.method == "magicBox.getMachineName") return answer(Reply{{{"name", serial}}});
    if (call.method == "magicBox.getSoftwareVersion")
        return answer(Reply{{{"version", json::object{{"Version", identity.firmware}}}}});
    answer(Reply{{{"deviceType", identity.model},
                  {"serialNumber", serial},
                  {"updateSerial", serial},
                  {"processor", ""},
                  {"appAutoStart", true}}});
}

// For who wants to pin it before there is a connection, or to look who signed it.
void Operations::certificate(const Call&, Answer answer) {
    const auto& identity = service_.identity();
    answer(Reply{{{"certificate", identity.certificate_pem}, {"fingerprint", identity.fingerprint}}});
}

void Operations::current_time(const Call&, Answer answer) {
    answer(Reply{{{"time", cgi::wall_text(time_.wall_of(controller().now().utc))}}});
}

void Operations::set_current_time(const Call& call, Answer answer) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    const auto said = params["time"].time();
    if (fault) return answer(std::unexpected(*fault));
    const auto utc = said.wall ? time_.utc_of(*said.wall) : base::UtcTime{said.epoch * 1'000'000};
    if (auto status = service_.civil_clock().set_utc(utc); !status)
        return answer(std::unexpected(status.error()));
    controller().note(record_of(call, core::RecordKind::settings_changed, {core::DetailTerm::clock_set, {}}));
    controller().clock_changed();
    answer(Reply{});
}

// The answer goes first: the restart ends every session.
void Operations::reboot(const Call& call, Answer answer) {
    controller().note(record_of(call, core::RecordKind::restarted, {core::DetailTerm::restart_asked, {}}));
    answer(Reply{});
    controller().restart(core::PoweredOn::Cause::started);
}

void Operations::list_methods(const Call&, Answer answer) {
    json::array names;
    for (const auto& name : service_.method_names()) names.push_back(json::string(name));
    answer(Reply{{{"method", std::move(names)}}});
}

// One answer for each call, in order; a refused one does not stop the others.
void Operations::multicall(const Call& call, Answer answer) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    struct Turn {
        std::vector<codec::dhip::Request> requests;
        json::array answers;
        std::size_t bytes = 0;
        Caller caller;
        Answer done;
    };
    auto turn = std::make_shared<Turn>();
    params["list"].each(calls_limit, [&](const cgi::Loose& one) {
        auto request = one.is_object() ? codec::dhip::request_from(one.value()->get_object())
                                       : base::Result<codec::dhip::Request>(std::unexpected(base::Error{
                                             base::ErrorKind::invalid, "invalid_parameter",
                                             "params has to be a list of calls with method and params."}));
        if (!request) return void(fault = request.error());
        turn->requests.push_back(*std::move(request));
    });
    if (fault) return answer(std::unexpected(*fault));
    turn->caller = call.caller;
    turn->done = std::move(answer);
    auto next = std::make_shared<std::function<void()>>();
    *next = [this, turn, weak = std::weak_ptr(next)] {
        const auto again = weak.lock();
        const auto at = turn->answers.size();
        if (at == turn->requests.size()) return turn->done(Reply{{}, true, std::move(turn->answers)});
        auto& request = turn->requests[at];
        auto keep = [turn, again, id = request.id](base::Result<Reply> reply) {
            codec::dhip::Answer one{turn->caller.session, id, true, {}, {}, {}};
            if (reply) {
                one.result = std::move(reply->result);
                one.params = std::move(reply->params);
                one.list = std::move(reply->list);
            } else {
                one.error = codec::dhip::device_error(reply.error());
            }
            turn->answers.push_back(codec::dhip::to_json(one));
            turn->bytes += json::serialize(turn->answers.back()).size();
            (*again)();
        };
        if (request.method == "system.multicall")
            return keep(base::fail(base::ErrorKind::invalid, "invalid_parameter",
                                   "system.multicall does not take itself: put its calls into this list."));
        if (turn->bytes > multicall_answer_limit)
            return keep(base::fail(base::ErrorKind::limit, "limit",
                                   "The answers before this one are long already: call it by itself."));
        service_.methods().run(controller(),
                               {request.method, std::move(request.params), request.object, turn->caller},
                               std::move(keep));
    };
    (*next)();
}

// What is there and how much of it: clients ask before they send lists.
void Operations::caps(const Call&, Answer answer) {
    const auto& limits = controller().options();
    answer(Reply{{{"caps", json::object{{"AccessControlChannels", limits.doors},
                                        {"Fingerprint", false},
                                        {"CallElevator", false},
                                        {"SupportFingerPrint", false},
                                        {"UserSupport", true},
                                        {"MaxUsers", limits.roster.people},
                                        {"MaxCards", limits.roster.people * limits.roster.cards_per_person},
                                        {"MaxCardsPerUser", limits.roster.cards_per_person},
                                        {"MaxCustomPasswords", limits.roster.public_passwords},
                                        {"MaxInsertRate", multi_limit},
                                        {"MaxRecords", limits.records_limit},
                                        {"TimeSchedules", limits.calendar.schedules},
                                        {"SpecialDayGroups", limits.calendar.holidays},
                                        {"SpecialDaysSchedules", limits.calendar.holidays}}}}});
}

}  // namespace sallyport::controller::dialect

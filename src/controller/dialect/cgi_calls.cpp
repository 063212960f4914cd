#include "controller/dialect/cgi_calls.hpp"

#include <algorithm>
#include <array>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "codec/cgi/loose.hpp"
#include "codec/cgi/parameters.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

using Asked = CgiCall::Asked;
using Said = CgiCall::Said;

constexpr std::array all_calls{
    CgiCall{"accessControl.cgi", "openDoor", "accessControl.openDoor", Asked::door, Said::ok},
    CgiCall{"accessControl.cgi", "closeDoor", "accessControl.closeDoor", Asked::door, Said::ok},
    CgiCall{"accessControl.cgi", "getDoorStatus", "accessControl.getDoorStatus", Asked::door, Said::lines},
    CgiCall{"accessControl.cgi", "getLockStatus", "accessControl.getLockStatus", Asked::door, Said::lines},
    CgiCall{"accessControlManager.cgi", "getCaps", "accessControlManager.getCaps"},
    CgiCall{"api/AC/getCaps", "", "accessControlManager.getCaps", Asked::plain, Said::json},
    CgiCall{"magicBox.cgi", "getSystemInfo", "magicBox.getSystemInfo"},
    CgiCall{"magicBox.cgi", "getSystemInfoNew", "magicBox.getSystemInfo"},
    CgiCall{"magicBox.cgi", "getDeviceType", "magicBox.getDeviceType"},
    CgiCall{"magicBox.cgi", "getSoftwareVersion", "magicBox.getSoftwareVersion"},
    CgiCall{"magicBox.cgi", "getSerialNo", "magicBox.getSerialNo"},
    CgiCall{"magicBox.cgi", "getMachineName", "magicBox.getMachineName"},
    CgiCall{"magicBox.cgi", "reboot", "magicBox.reboot", Asked::plain, Said::ok},
    CgiCall{"global.cgi", "getCurrentTime", "global.getCurrentTime", Asked::plain, Said::time},
    CgiCall{"global.cgi", "setCurrentTime", "global.setCurrentTime", Asked::plain, Said::ok},
    CgiCall{"configManager.cgi", "getConfig", "configManager.getConfig", Asked::plain, Said::table},
    CgiCall{"configManager.cgi", "setConfig", "configManager.setConfig", Asked::config, Said::ok},
    CgiCall{"userManager.cgi", "getUserInfoAll", "userManager.getUserInfoAll"},
    CgiCall{"userManager.cgi", "addUser", "userManager.addUser", Asked::plain, Said::ok},
    CgiCall{"userManager.cgi", "modifyUser", "userManager.modifyUser", Asked::plain, Said::ok},
    CgiCall{"userManager.cgi", "deleteUser", "userManager.deleteUser", Asked::plain, Said::ok},
    CgiCall{"userManager.cgi", "modifyPassword", "userManager.modifyPassword", Asked::plain, Said::ok},
    CgiCall{"recordFinder.cgi", "find", "RecordFinder.find"},
    CgiCall{"recordFinder.cgi", "doSeekFind", "RecordFinder.doSeekFind"},
    CgiCall{"recordFinder.cgi", "getQuerySize", "RecordFinder.getQuerySize"},
    CgiCall{"recordUpdater.cgi", "insert", "RecordUpdater.insert", Asked::record, Said::number},
    CgiCall{"recordUpdater.cgi", "insertEx", "RecordUpdater.insertEx", Asked::record, Said::number},
    CgiCall{"recordUpdater.cgi", "update", "RecordUpdater.update", Asked::record, Said::ok},
    CgiCall{"recordUpdater.cgi", "remove", "RecordUpdater.remove", Asked::record, Said::ok},
    CgiCall{"recordUpdater.cgi", "clear", "RecordUpdater.clear", Asked::record, Said::ok},
    CgiCall{"recordUpdater.cgi", "get", "RecordUpdater.get", Asked::record, Said::lines},
    CgiCall{"AccessUser.cgi", "insertMulti", "AccessUser.insertMulti", Asked::plain, Said::ok},
    CgiCall{"AccessUser.cgi", "updateMulti", "AccessUser.updateMulti", Asked::plain, Said::ok},
    CgiCall{"AccessUser.cgi", "removeMulti", "AccessUser.removeMulti", Asked::plain, Said::ok},
    CgiCall{"AccessUser.cgi", "removeAll", "AccessUser.removeAll", Asked::plain, Said::ok},
    CgiCall{"AccessUser.cgi", "list", "AccessUser.list", Asked::plain, Said::json},
    CgiCall{"AccessUser.cgi", "startFind", "AccessUser.startFind", Asked::plain, Said::json},
    CgiCall{"AccessUser.cgi", "doFind", "AccessUser.doFind", Asked::plain, Said::json},
    CgiCall{"AccessUser.cgi", "stopFind", "AccessUser.stopFind", Asked::plain, Said::ok},
    CgiCall{"AccessCard.cgi", "insertMulti", "AccessCard.insertMulti", Asked::plain, Said::ok},
    CgiCall{"AccessCard.cgi", "updateMulti", "AccessCard.updateMulti", Asked::plain, Said::ok},
    CgiCall{"AccessCard.cgi", "removeMulti", "AccessCard.removeMulti", Asked::plain, Said::ok},
    CgiCall{"AccessCard.cgi", "removeAll", "AccessCard.removeAll", Asked::plain, Said::ok},
    CgiCall{"AccessCard.cgi", "list", "AccessCard.list", Asked::plain, Said::json},
    CgiCall{"AccessCard.cgi", "startFind", "AccessCard.startFind", Asked::plain, Said::json},
    CgiCall{"AccessCard.cgi", "doFind", "AccessCard.doFind", Asked::plain, Said::json},
    CgiCall{"AccessCard.cgi", "stopFind", "AccessCard.stopFind", Asked::plain, Said::ok},
};

std::string text_of(const Reply& reply, const Call& call, Said said) {
    switch (said) {
        case Said::ok: return "OK\r\n";
        case Said::number: return cgi::lines_of(reply.params.at("RecNo"), "RecNo");
        case Said::json: return json::serialize(reply.params) + "\r\n";
        case Said::time: return cgi::lines_of(reply.params.at("time"), "result");
        case Said::table: {
            const auto* name = call.params.if_contains("name");
            const auto* table = reply.params.if_contains("table");
            if (name == nullptr || table == nullptr || !name->is_string()) break;
            return cgi::lines_of(*table, fmt::format("table.{}", std::string_view(name->get_string())));
        }
        case Said::lines: {
            // What a method names as a whole in JSON stands alone here: "version=1.2".
            const auto* version = reply.params.if_contains("version");
            if (version != nullptr && version->is_object())
                return cgi::lines_of(version->at("Version"), "version");
            break;
        }
    }
    return cgi::lines_of(reply.params);
}

/// Everything but these becomes one member.
json::object gathered(json::object params, std::string_view into,
                      std::initializer_list<std::string_view> apart) {
    json::object outer;
    json::object inner;
    for (auto& [name, value] : params) {
        const bool stays = std::ranges::find(apart, std::string_view(name)) != apart.end();
        (stays ? outer : inner)[name] = std::move(value);
    }
    outer[into] = std::move(inner);
    return outer;
}

}  // namespace

std::span<const CgiCall> cgi_calls() {
    return all_calls;
}

base::Result<const CgiCall*> find_cgi_call(const ports::HttpRequest& request) {
    constexpr std::string_view root = "/cgi-bin/";
    const auto path = std::string_view(request.path).substr(std::min(root.size(), request.path.size()));
    const auto action = request.parameter("action");
    const auto* found = std::ranges::find_if(
        all_calls, [&](const CgiCall& call) { return call.path == path && call.action == action; });
    if (found != all_calls.end()) return &*found;
    return base::fail(base::ErrorKind::not_found, "unknown_method",
                      fmt::format("There is no {} with action={}: docs/compatibility.md lists what there is.",
                                  path, action));
}

base::Result<Call> call_from(const CgiCall& wanted, const ports::HttpRequest& request, Caller caller) {
    auto parameters = request.query;
    std::erase_if(parameters, [](const auto& parameter) { return parameter.first == "action"; });
    auto params = cgi::object_of(parameters);
    if (!params) return std::unexpected(params.error());
    if (request.body.find_first_not_of(" \t\r\n") != std::string::npos) {
        json::error_code error;
        auto body = json::parse(request.body, error);
        if (error || !body.is_object())
            return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                              "The body has to be a JSON object, such as {\"UserList\": []}.");
        for (auto& [name, value] : body.get_object()) (*params)[name] = std::move(value);
    }
    switch (wanted.asked) {
        case Asked::plain: break;
        case Asked::record: params = gathered(*std::move(params), "record", {"name", "recno"}); break;
        case Asked::config: params = gathered(*std::move(params), "table", {"name"}); break;
        case Asked::door: {
            cgi::Fault fault;
            const auto channel = cgi::Loose(*params, fault)["channel"];
            const auto door = channel.present() ? channel.integer(1, base::max_doors) : 1;
            if (fault) return std::unexpected(*fault);
            params->erase("channel");
            (*params)["DoorIndex"] = door - 1;
            break;
        }
    }
    return Call{std::string(wanted.method), *std::move(params), 0, std::move(caller)};
}

ports::HttpResponse cgi_answer(const CgiCall& wanted, const Call& call, const base::Result<Reply>& reply) {
    if (!reply) return cgi_refusal(reply.error());
    const bool as_json = wanted.said == Said::json;
    return {200,
            {{"content-type", as_json ? "application/json" : "text/plain;charset=utf-8"},
             {"cache-control", "no-store"}},
            text_of(*reply, call, wanted.said)};
}

ports::HttpResponse cgi_refusal(const base::Error& error) {
    const int status = error.kind == base::ErrorKind::unauthenticated ? 401
                       : error.kind == base::ErrorKind::forbidden     ? 403
                       : error.kind == base::ErrorKind::not_found     ? 404
                                                                      : 400;
    return {status,
            {{"content-type", "text/plain;charset=utf-8"}, {"cache-control", "no-store"}},
            fmt::format("Error\r\n{}\r\n", error.message)};
}

}  // namespace sallyport::controller::dialect

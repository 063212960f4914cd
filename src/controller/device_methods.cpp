// Status, ownership, roster, plan and door commands.
#include <algorithm>

#include <fmt/core.h>

#include "codec/dhip/person_json.hpp"
#include "codec/dhip/plan_json.hpp"
#include "codec/dhip/reader.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"
#include "controller/roster_update.hpp"

namespace sallyport::controller {

namespace dhip = codec::dhip;
namespace json = boost::json;

namespace {

constexpr std::size_t manager_bytes = 64;
constexpr std::size_t by_bytes = 100;
constexpr std::int64_t expiry_limit_ms = 10'000;

}  // namespace

void DeviceSession::status(const Request& request) {
    const auto& controller = service_.controller();
    const auto& station = controller.station();
    const auto now = controller.now();
    dhip::ControllerStatus status;
    status.serial = controller.serial();
    status.model = service_.identity().model;
    status.firmware = service_.identity().firmware;
    status.initialised = dhip::Initialised::yes;
    status.fingerprint = service_.identity().fingerprint;
    status.last = controller.last();
    status.oldest = controller.oldest_sequence();
    status.people = station.roster().size();
    status.people_known = station.people();
    status.people_limit = controller.options().roster.people;
    status.records_limit = controller.options().records_limit;
    status.cards_per_person = controller.options().roster.cards_per_person;
    status.owner = controller.owner().manager;
    status.revision = controller.owner().revision;
    status.digest = station.roster().digest();
    status.time = now.utc;
    status.trust = now.trust;
    status.network_time = service_.network_time();
    status.zone = station.settings().zone;
    status.doors = service_.door_states();
    answer(request, dhip::to_json(status));
}

void DeviceSession::claim(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const std::string manager(params["manager"].text(manager_bytes));
    const bool takeover = params["takeover"].present() && params["takeover"].yes_or_no();
    if (fault) return refuse(request, *fault);
    if (auto status = check_claimant(manager); !status) return refuse(request, status.error());
    const auto& holder = service_.controller().owner().manager;
    if (holder == manager) {
        caller_.claimed = manager;
        return answer(request);
    }
    if (!holder.empty() && !takeover) {
        return refuse(request,
                      {base::ErrorKind::conflict, "roster_owned_by_other",
                       fmt::format("The roster belongs to {}: take it over, or only watch.", holder)});
    }
    auto& controller = service_.controller();
    auto prepare = [&controller, manager, by = caller_.account]() -> base::Result<PolicyChange> {
        const auto now = controller.now();
        PolicyChange change;
        change.write.owner = ports::OwnerState{manager, 0};
        auto& record = change.write.records.emplace_back();
        record.kind = core::RecordKind::settings_changed;
        record.at = now.utc;
        record.utc_offset_s = now.local.utc_offset_s;
        record.method = core::Method::remote;
        record.detail = core::written({core::DetailTerm::roster_claimed,
                                       {{core::DetailName::manager, manager}, {core::DetailName::by, by}}});
        return change;
    };
    controller.change_policy(std::move(prepare),
                             while_open([this, request, manager](const base::Status& status) {
                                 if (status) caller_.claimed = manager;
                                 finish(request, status);
                             }));
}

void DeviceSession::apply_plan(const Request& request) {
    auto plan = dhip::plan_from(request.params);
    if (!plan) return refuse(request, plan.error());
    const auto revision = plan->revision;
    auto prepare = [&service = service_, plan = *std::move(plan),
                    by = caller_.account]() -> base::Result<PolicyChange> {
        return prepare_plan(service.controller(), service.zones(), plan, by);
    };
    service_.controller().change_policy(std::move(prepare),
                                        while_open([this, request, revision](const base::Status& status) {
                                            finish(request, status, {{"revision", revision}});
                                        }));
}

void DeviceSession::tags(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const std::string after(params["after"].present() ? params["after"].text(31) : "");
    const auto limit = params["limit"].present() ? params["limit"].integer(1, 5'000) : 5'000;
    if (fault) return refuse(request, *fault);
    std::vector<std::pair<base::UserId, core::EntryTag>> found;
    service_.controller().station().roster().for_each([&](const core::Person& person) {
        if (person.user_id.view() > after) found.emplace_back(person.user_id, person.tag);
        return true;
    });
    const auto count = std::min(found.size(), static_cast<std::size_t>(limit));
    std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(count));
    json::array rows;
    rows.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        rows.push_back(json::array{found[i].first.view(), dhip::hex64(found[i].second.value)});
    json::value next;
    if (count < found.size()) next = json::string(found[count - 1].first.view());
    answer(request, {{"tags", std::move(rows)}, {"next", std::move(next)}});
}

void DeviceSession::update_roster(const Request& request) {
    auto update = dhip::roster_update_from(request.params);
    if (!update) return refuse(request, update.error());
    auto& controller = service_.controller();
    auto prepare = [&controller, update = *std::move(update)]() -> base::Result<PolicyChange> {
        return prepare_roster_update(controller, update);
    };
    Request short_request = request;
    short_request.params.clear();  // PINs do not stay in memory while the disk is waited for
    controller.change_policy(
        std::move(prepare), while_open([this, &controller, short_request](const base::Status& status) {
            if (!status || !controller.running()) return finish(short_request, status);
            const auto& roster = controller.station().roster();
            answer(short_request,
                   {{"digest", dhip::hex64(roster.digest().value)}, {"people", roster.size()}});
        }));
}

void DeviceSession::door_command(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    auto& controller = service_.controller();
    const auto door = params["door"].integer(1, controller.options().doors);
    const auto command = params["command"].word<core::DoorCommand>();
    const std::string id(params["commandId"].text(by_bytes));
    const auto expires_in = params["expiresInMs"].integer(-expiry_limit_ms, expiry_limit_ms);
    const std::string by(params["by"].present() ? params["by"].text(by_bytes) : "");
    if (fault) return refuse(request, *fault);
    if (id.empty())
        return refuse(request, {base::ErrorKind::invalid, "invalid_parameter", "params.commandId is empty."});
    if (expires_in <= 0)
        return refuse(request,
                      {base::ErrorKind::timeout, "expired", "The command has expired: give it again."});
    const base::DoorNumber number{static_cast<std::uint8_t>(door)};
    const bool barred =
        command == core::DoorCommand::open && controller.view(number).mode == core::DoorMode::lockdown;
    if (service_.commands().take(id, service_.real_now())) {
        controller.handle(core::CommandReceived{number, command, named(by), std::nullopt});
    }
    if (!barred) return answer(request);
    refuse(request, {base::ErrorKind::conflict, "door_in_lockdown",
                     "The door is in lockdown: set it back to normal before opening it."});
}

}  // namespace sallyport::controller

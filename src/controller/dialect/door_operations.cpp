// Doors: commands and what they look like.
#include <fmt/core.h>

#include "codec/cgi/loose.hpp"
#include "controller/dialect/operations.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

void Operations::add_doors() {
    add("accessControl.openDoor", Right::operating, &Operations::command_door);
    add("accessControl.closeDoor", Right::operating, &Operations::command_door);
    add("accessControl.getDoorStatus", Right::viewer, &Operations::door_status);
    add("accessControl.getLockStatus", Right::viewer, &Operations::door_status);
}

// Some clients name the door when they make the instance and say DoorIndex 0 ever after; others the other way
// round. Two that differ would open a door that nobody meant.
base::Result<base::DoorNumber> Operations::door_of(const Call& call) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    const auto doors = controller().options().doors;
    const auto* instance = call.object == 0 ? nullptr : instance_of(call, "accessControl");
    if (call.object != 0 && instance == nullptr)
        return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                          "There is no such object: ask accessControl.factory.instance for one.");
    const auto channel = instance == nullptr ? 0 : instance->channel;
    const auto said = params.either("DoorIndex", "Door");
    const auto index = said.present() ? said.integer(0, doors - 1) : channel;
    if (!fault && index != 0 && channel != 0 && index != channel)
        said.complain(fmt::format("is {}, and the object's channel is {}: name one door", index, channel));
    if (fault) return std::unexpected(*fault);
    return base::DoorNumber{static_cast<std::uint8_t>(std::max(index, channel) + 1)};
}

void Operations::command_door(const Call& call, Answer answer) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    const auto door = door_of(call);
    const auto user = params["UserID"].text(31);
    const auto kind = params["Type"].text(32);
    const auto user_id = base::UserId::from(user);
    if (!user.empty() && !user_id) params["UserID"].complain("has to be 1 to 31 letters, digits, - _ or .");
    if (!kind.empty() && kind != "Remote") params["Type"].complain("has to be Remote");
    if (!door) return answer(std::unexpected(door.error()));
    if (fault) return answer(std::unexpected(*fault));
    const auto command =
        call.method == "accessControl.openDoor" ? core::DoorCommand::open : core::DoorCommand::close;
    const bool barred =
        command == core::DoorCommand::open && controller().view(*door).mode == core::DoorMode::lockdown;
    controller().handle(core::CommandReceived{*door, command, call.caller.account, user_id});
    if (!barred) return answer(Reply{});
    answer(base::fail(base::ErrorKind::conflict, "door_in_lockdown",
                      "The door is in lockdown: set it back to normal before opening it."));
}

void Operations::door_status(const Call& call, Answer answer) {
    const auto door = door_of(call);
    if (!door) return answer(std::unexpected(door.error()));
    const auto view = controller().view(*door);
    std::string_view status;
    if (call.method == "accessControl.getLockStatus") {
        status = view.lock == core::Lock::released ? "Unlock" : "Lock";
    } else {
        switch (view.contact) {
            case core::ContactState::unknown: status = "Unknown"; break;
            case core::ContactState::closed: status = "Close"; break;
            case core::ContactState::open: status = "Open"; break;
        }
    }
    answer(Reply{{{"Info", json::object{{"status", status}}}}});
}

}  // namespace sallyport::controller::dialect

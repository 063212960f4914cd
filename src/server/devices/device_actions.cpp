// What operators have controllers do, one at a time: door commands, answers to a door's question.
#include <utility>

#include "base/enum_text.hpp"
#include "server/devices/devices.hpp"
#include "server/devices/on_loop.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;

void Devices::command(Id door_id, core::DoorCommand command, Id command_id, Actor actor,
                      Later<base::UtcTime> later) {
    const auto door = parts_.doors.find(door_id);
    if (!door) {
        return later(base::fail(ErrorKind::not_found, "not_found",
                                "There is no such door. It may have been removed."));
    }
    auto work = [this, door = *door, command, command_id, actor] {
        return command_now(door, command, command_id, actor);
    };
    answer_with<base::UtcTime>(loop_, std::move(work), std::move(later));
}

asio::awaitable<base::Result<base::UtcTime>> Devices::command_now(Door door, core::DoorCommand command,
                                                                  Id command_id, Actor actor) {
    auto session = sessions_.find(door.device_id);
    if (session == sessions_.end())
        co_return base::fail(ErrorKind::not_found, "not_found", "There is no such door any more.");
    auto taken = co_await session->second->command(static_cast<std::uint8_t>(door.number), command,
                                                   id_text(command_id), actor.account.value_or("platform"));
    const auto at = parts_.clock.utc();
    json::object after{{"command", base::text_of(command)}, {"taken", taken.has_value()}};
    if (!taken) after["refused"] = taken.error().code;
    const Subject subject{"door", id_text(door.id), door.name};
    const auto noted = co_await write_on(loop_, parts_.database, [&](ports::Connection& c) {
        return parts_.audit.append(c, actor, "door.commanded", subject, nullptr, &after);
    });
    log_unnoted(actor, "door.commanded", subject, after, noted);
    if (!taken) co_return std::unexpected(taken.error());
    co_return at;
}

void Devices::verify(const TakenAnswer& answer, Actor actor, Later<base::UtcTime> later) {
    answer_with<base::UtcTime>(
        loop_, [this, answer, actor = std::move(actor)] { return verify_now(answer, actor); },
        std::move(later));
}

asio::awaitable<base::Result<base::UtcTime>> Devices::verify_now(TakenAnswer answer, Actor actor) {
    auto session = sessions_.find(answer.device);
    if (session == sessions_.end())
        co_return base::fail(ErrorKind::not_found, "not_found", "There is no such device any more.");
    const auto word = base::text_of(answer.answer);
    auto taken = co_await session->second->call(
        "sallyport.verify",
        {{"question", answer.question}, {"answer", word}, {"by", actor.account.value_or("platform")}});
    const auto at = parts_.clock.utc();
    json::object after{{"answer", word}, {"taken", taken.has_value()}};
    if (answer.user_id) after["user_id"] = *answer.user_id;
    if (!taken) after["refused"] = taken.error().code;
    const Subject subject{"door", id_text(answer.door), answer.door_name};
    const auto noted = co_await write_on(loop_, parts_.database, [&](ports::Connection& c) {
        return parts_.audit.append(c, actor, "door.verified", subject, nullptr, &after);
    });
    log_unnoted(actor, "door.verified", subject, after, noted);
    if (!taken) co_return std::unexpected(taken.error());
    co_return at;
}

}  // namespace sallyport::server

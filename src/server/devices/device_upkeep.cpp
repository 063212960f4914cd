// What keeps a controller going (platform.md V1-V3): restart, time, readers, updates, another address,
// another password.
#include <utility>

#include <boost/asio/as_tuple.hpp>

#include "server/accounts/password_policy.hpp"
#include "server/devices/device_rows.hpp"
#include "server/devices/devices.hpp"
#include "server/devices/on_loop.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;

namespace {

/// A controller takes another address half a second after it said so; a network needs a moment to see it.
constexpr std::chrono::seconds to_be_found_again{20};
constexpr std::chrono::milliseconds look_again{250};

asio::awaitable<void> pause(asio::io_context& loop, std::chrono::milliseconds time) {
    asio::steady_timer timer(loop, time);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

std::unexpected<base::Error> no_device() {
    return base::fail(ErrorKind::not_found, "not_found", "There is no such device any more.");
}

json::object params_of(const NetworkPlace& place) {
    json::object params{{"IPAddress", place.address}};
    if (place.subnet_mask) params["SubnetMask"] = *place.subnet_mask;
    if (place.gateway) params["DefaultGateway"] = *place.gateway;
    return params;
}

/// `next`: what happens, or is to be done, once the network is right.
std::unexpected<base::Error> not_found_again(const std::string& address, const std::string& next) {
    return base::fail(ErrorKind::timeout, "address_not_reached",
                      "The controller took the address " + address +
                          ", but does not answer there yet. Check mask, gateway and network; " + next);
}

std::unexpected<base::Error> address_not_stored(const base::Error& why) {
    return base::fail(why.kind, "address_not_stored",
                      "The controller has the new address, but it could not be stored here: type it again "
                      "under “How it is reached”. (" +
                          why.message + ")");
}

std::unexpected<base::Error> password_not_stored(const base::Error& why) {
    return base::fail(why.kind, "password_not_stored",
                      "The controller has the new password, but it could not be stored here: type it again "
                      "under “How it is reached”. (" +
                          why.message + ")");
}

}  // namespace

std::shared_ptr<DeviceSession> Devices::session_of(Id id) const {
    const auto session = sessions_.find(id);
    return session == sessions_.end() ? nullptr : session->second;
}

asio::awaitable<void> Devices::note(Id id, Actor actor, std::string action, json::object after) {
    const auto noted = co_await write_on(
        loop_, parts_.database, [this, id, &actor, &action, &after](ports::Connection& c) -> base::Status {
            const auto rows = c.query("SELECT name FROM device WHERE id = $1", ports::Parameters{id});
            if (!rows) return std::unexpected(rows.error());
            const auto name = rows->empty() ? std::string() : rows->front().text(0);
            return parts_.audit.append(c, actor, action, Subject{"device", id_text(id), name}, nullptr,
                                       &after);
        });
    log_unnoted(actor, action, {"device", id_text(id), {}}, after, noted);
}

void Devices::ask(Id id, DeviceCall call, Actor actor, Later<json::object> later) {
    answer_with<json::object>(
        loop_,
        [this, id, call = std::move(call), actor = std::move(actor)] { return ask_now(id, call, actor); },
        std::move(later));
}

asio::awaitable<base::Result<json::object>> Devices::ask_now(Id id, DeviceCall call, Actor actor) {
    auto session = session_of(id);
    if (!session) co_return no_device();
    auto answer = co_await session->call(call.method, std::move(call.params), call.deadline);
    if (call.noted) {
        if (auto after = call.noted(answer)) {
            after->emplace("taken", answer.has_value());
            if (!answer) after->emplace("refused", answer.error().code);
            co_await note(id, actor, call.action, *std::move(after));
        }
    }
    co_return answer;
}

void Devices::set_time(Id id, Actor actor, Later<std::int64_t> later) {
    answer_with<std::int64_t>(
        loop_, [this, id, actor = std::move(actor)] { return set_time_now(id, actor); }, std::move(later));
}

/// The controller takes whole seconds: they are sent when one begins.
asio::awaitable<base::Result<std::int64_t>> Devices::set_time_now(Id id, Actor actor) {
    auto session = session_of(id);
    if (!session) co_return no_device();
    const auto before = observed(id).status;
    const auto into_second = std::chrono::microseconds(parts_.clock.utc().microseconds % 1'000'000);
    co_await pause(loop_, std::chrono::duration_cast<std::chrono::milliseconds>(
                              std::chrono::microseconds(1'000'999) - into_second));
    auto set = co_await session->set_clock(parts_.clock.utc());
    json::object after{{"taken", set.has_value()}};
    if (!set) after["refused"] = set.error().code;
    if (before) after["offset_ms"] = before->clock_offset_ms;
    co_await note(id, std::move(actor), "device.time_set", std::move(after));
    if (!set) co_return std::unexpected(set.error());
    if (auto looked = co_await session->look_again(); !looked) co_return std::unexpected(looked.error());
    co_return observed(id).status.value_or(DeviceStatus{}).clock_offset_ms;
}

void Devices::move_to(Id id, NetworkPlace place, Actor actor, Later<Id> later) {
    answer_with<Id>(
        loop_,
        [this, id, place = std::move(place), actor = std::move(actor)] { return move_now(id, place, actor); },
        std::move(later));
}

asio::awaitable<base::Result<Id>> Devices::move_now(Id id, NetworkPlace place, Actor actor) {
    auto session = session_of(id);
    if (!session) co_return no_device();
    const bool is_dialled = !dials_in(session->endpoint());
    if (is_dialled) {
        const ports::Endpoint there{place.address, session->endpoint().port};
        auto taken = co_await on_workers(workers_, [this, &there] {
            return ports::read_from(parts_.database,
                                    [&](ports::Connection& c) { return is_known(c, there); });
        });
        if (!taken) co_return std::unexpected(taken.error());
    }
    auto answer = co_await session->call("sallyport.setAddress", params_of(place));
    if (!answer) co_return std::unexpected(answer.error());
    if (!is_dialled) {  // it dials in again by itself, from wherever it is
        json::object after{{"address", place.address}};
        co_await note(id, std::move(actor), "device.changed", std::move(after));
        co_return id;
    }
    DevicePatch patch;
    patch.host = place.address;
    patch.moved_by = MovedBy::itself;
    auto changed = co_await change_now(id, std::move(patch), std::move(actor));
    if (!changed) {
        auto moved = session->address();
        moved.endpoint.address = place.address;
        session->change_address(std::move(moved));  // until a restart, which knows only what is stored
        co_return address_not_stored(changed.error());
    }
    const auto end = std::chrono::steady_clock::now() + to_be_found_again;
    while (!session->is_attached()) {
        if (std::chrono::steady_clock::now() >= end)
            co_return not_found_again(place.address, "it is tried again by itself.");
        co_await pause(loop_, look_again);
    }
    co_return id;
}

void Devices::move_found(DeviceAddress found, NetworkPlace place, Actor actor, Later<ports::Endpoint> later) {
    answer_with<ports::Endpoint>(
        loop_,
        [this, found = std::move(found), place = std::move(place), actor = std::move(actor)] {
            return move_found_now(found, place, actor);
        },
        std::move(later));
}

asio::awaitable<base::Result<ports::Endpoint>> Devices::move_found_now(DeviceAddress found,
                                                                       NetworkPlace place, Actor actor) {
    auto conversation = co_await connect(loop_, dialler_, found, nullptr);
    if (!conversation) co_return std::unexpected(conversation.error());
    auto& link = **conversation;
    base::Secret session_key;
    if (auto done = co_await log_in(link, found, session_key); !done) co_return std::unexpected(done.error());
    auto answer = co_await link.call("sallyport.setAddress", params_of(place));
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) co_return std::unexpected(refused(*answer->error));
    const auto was = found.endpoint;
    found.fingerprint = link.fingerprint();  // whoever answers there has to be the same one
    found.endpoint.address = place.address;
    const Subject subject{"device", std::nullopt, ports::text_of(was)};
    const json::object before{{"address", ports::text_of(was)}};
    const json::object after{{"address", ports::text_of(found.endpoint)}};
    const auto noted = co_await write_on(loop_, parts_.database, [&](ports::Connection& c) {
        return parts_.audit.append(c, actor, "device.changed", subject, &before, &after);
    });
    log_unnoted(actor, "device.changed", subject, after, noted);
    link.close();
    const auto end = std::chrono::steady_clock::now() + to_be_found_again;
    while (!co_await connect(loop_, dialler_, found, nullptr)) {
        if (std::chrono::steady_clock::now() >= end)
            co_return not_found_again(place.address, "then search again.");
        co_await pause(loop_, look_again);
    }
    co_return found.endpoint;
}

void Devices::change_password(Id id, base::Secret password, Actor actor, Later<Id> later) {
    answer_with<Id>(
        loop_,
        [this, id, password = std::move(password), actor = std::move(actor)] {
            return change_password_now(id, password, actor);
        },
        std::move(later));
}

asio::awaitable<base::Result<Id>> Devices::change_password_now(Id id, base::Secret password, Actor actor) {
    auto session = session_of(id);
    if (!session) co_return no_device();
    auto answer = co_await session->call(
        "sallyport.changePassword",
        {{"password", password.reveal()}, {"oldPassword", session->address().password.reveal()}});
    if (!answer) co_return std::unexpected(answer.error());
    DevicePatch patch;
    patch.password = password;
    auto changed = co_await change_now(id, std::move(patch), std::move(actor));
    if (changed || session_of(id) != session) co_return changed;
    auto known = session->address();
    known.password = std::move(password);
    remember_password(id, known);
    session->change_address(std::move(known));  // until a restart, as with another address
    co_return password_not_stored(changed.error());
}

// ---------------------------------------------------------------- passwords that are weak

void Devices::remember_password(Id id, const DeviceAddress& address) {
    PasswordFacts facts;
    if (!address.password.empty()) {
        // Never the password itself, nor what could be looked up.
        facts.tag = tag_of(address.password.reveal(), parts_.sealer.derived_key("device passwords").reveal());
        facts.is_weak = !broken_rules(address.password, address.account).empty();
    }
    std::vector<Id> others;  // who had, or has now, the same one
    {
        const std::lock_guard lock(mutex_);
        const auto before = std::exchange(passwords_[id], facts);
        for (const auto& [other, theirs] : passwords_)
            if (other != id && theirs.tag && (theirs.tag == before.tag || theirs.tag == facts.tag))
                others.push_back(other);
    }
    for (const auto other : others) publish(other);
}

std::optional<PasswordIssue> Devices::password_issue(Id id) const {
    const std::lock_guard lock(mutex_);
    const auto own = passwords_.find(id);
    if (own == passwords_.end() || !own->second.tag) return std::nullopt;
    if (own->second.is_weak) return PasswordIssue::weak;
    for (const auto& [other, facts] : passwords_)
        if (other != id && facts.tag == own->second.tag) return PasswordIssue::shared;
    return std::nullopt;
}

}  // namespace sallyport::server

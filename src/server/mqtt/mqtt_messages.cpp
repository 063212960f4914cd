// What goes to the broker and comes from it; the connection itself is in mqtt_bridge.cpp.
#include <algorithm>
#include <future>

#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "base/log.hpp"
#include "server/mqtt/mqtt_bridge.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::MqttMessage;

// ---------------------------------------------------------------- what is so now

/// Under the lock of Live.
void MqttBridge::follow(std::string_view type, const json::object& told) {
    if (type == "door")
        return post(
            [&](Inbox& inbox) { inbox.doors.insert(id_from(told.at("id").as_string()).value_or(0)); });
    if (type == "device")
        return post(
            [&](Inbox& inbox) { inbox.devices.insert(id_from(told.at("id").as_string()).value_or(0)); });
    if (type != "event") return;
    const auto& at = told.at("door_id");
    const auto door = at.is_string() ? parts_.doors.find(id_from(at.get_string()).value_or(0)) : std::nullopt;
    const std::lock_guard lock(mutex_);
    if (areas_ && (!door || !holds(areas_, door->area()))) return;
    queue(event_message(place_, told, settings_.people ? Names::named : Names::hidden));
    awake_ = true;
    woken_.notify_all();
}

/// Under the mutex.
void MqttBridge::queue(MqttMessage message) {
    events_.push_back(std::move(message));
    if (events_.size() <= waiting_at_most) return;
    events_.pop_front();
    ++dropped_;
    ++untold_;
}

/// Those of the settings, and what is below them at this moment.
Branches MqttBridge::areas_now() const {
    return now_.areas ? Branches(parts_.areas.below(*now_.areas)) : std::nullopt;
}

bool MqttBridge::shows(const Door& door) const {
    const std::lock_guard lock(mutex_);
    return holds(areas_, door.area());
}

std::optional<std::string> MqttBridge::area_name(const Door& door) const {
    if (!door.area()) return std::nullopt;
    const auto area = parts_.areas.get(*door.area(), std::nullopt);
    if (!area) return std::nullopt;
    return std::string(area->at("name").as_string());
}

void MqttBridge::compare_all() {
    due_ = Steady::now() + std::chrono::seconds{30};
    {
        const std::lock_guard lock(mutex_);
        areas_ = areas_now();
    }
    std::map<std::string, std::vector<std::string>> before = owned_;
    std::set<Id> devices;
    for (const auto& door : parts_.doors.all()) {
        if (!shows(door)) continue;
        compare_door(door.id);
        before.erase("door/" + id_text(door.id));
        devices.insert(door.device_id);
    }
    for (const auto id : devices) {
        compare_device(id);
        before.erase("device/" + id_text(id));
    }
    take_over("status", {{place_.status(), std::string(available)}});
    before.erase("status");
    for (const auto& [owner, topics] : before) take_over(owner, {});
}

void MqttBridge::compare_door(Id id) {
    const auto door = parts_.doors.find(id);
    Kept now;
    if (door && shows(*door)) now = kept_of(place_, *door, area_name(*door));
    take_over("door/" + id_text(id), std::move(now));
}

/// Those of which a door is shown.
void MqttBridge::compare_device(Id id) {
    const auto doors = parts_.doors.of_device(id);
    Kept now;
    if (std::ranges::any_of(doors, [this](const Door& door) { return shows(door); }))
        if (const auto device = parts_.devices.get(id, {})) now = kept_of_device(place_, *device);
    take_over("device/" + id_text(id), std::move(now));
}

void MqttBridge::take_over(const std::string& owner, Kept now) {
    auto& topics = owned_[owner];
    for (const auto& topic : topics) {
        if (now.contains(topic)) continue;
        kept_.erase(topic);
        pending_[topic].clear();
    }
    topics.clear();
    for (auto& [topic, payload] : now) {
        topics.push_back(topic);
        auto& kept = kept_[topic];
        if (kept == payload) continue;
        kept = payload;
        pending_[topic] = std::move(payload);
    }
    if (topics.empty()) owned_.erase(owner);
}

// ---------------------------------------------------------------- out

bool MqttBridge::hand_over(const MqttMessage& message) {
    const auto number = link_->publish(message);
    if (!number) return number.error().kind == ErrorKind::invalid;  // it would never go
    const bool comes_back = message.arrival == MqttMessage::Arrival::at_least_once;
    under_way_.emplace_back(*number, comes_back ? std::optional(message) : std::nullopt);
    return true;
}

void MqttBridge::pump() {
    while (under_way_.size() < under_way_at_most && !pending_.empty()) {
        const auto first = pending_.begin();
        if (!hand_over({first->first, first->second, MqttMessage::Keeping::retained})) return;
        pending_.erase(first);
    }
    while (under_way_.size() < under_way_at_most) {
        MqttMessage message;
        {
            const std::lock_guard lock(mutex_);
            if (events_.empty()) return;
            message = std::move(events_.front());
            events_.pop_front();
        }
        if (hand_over(message)) continue;
        const std::lock_guard lock(mutex_);
        return events_.push_front(std::move(message));
    }
}

// ---------------------------------------------------------------- in

void MqttBridge::heard(const MqttMessage& message) {
    if (const auto door = commanded_door(place_, message.topic)) return command(*door, message);
    // Left by doors that are gone, by other settings, or by somebody who has no business here.
    const bool is_kept = message.keeping == MqttMessage::Keeping::retained && !message.payload.empty();
    if (is_kept && is_ours(place_, message.topic)) remove_there(message.topic);
}

/// More than fit are removed when the platform connects next.
void MqttBridge::remove_there(const std::string& topic) {
    if (kept_.contains(topic) || foreign_ >= removals_at_most) return;
    if (!pending_.contains(topic)) ++foreign_;
    pending_[topic].clear();
}

void MqttBridge::command(std::string_view at, const MqttMessage& message) {
    const auto refuse_it = [&](const std::string& why) { refuse_command(at, message.payload, why); };
    if (message.keeping == MqttMessage::Keeping::retained) {
        if (message.payload.empty()) return;
        remove_there(message.topic);
        return refuse_it("retained");
    }
    const auto word = base::enum_from<core::DoorCommand>(message.payload);
    if (!word) return refuse_it("unknown_command");
    if (!now_.commands.contains(*word)) return refuse_it("not_allowed");
    const auto id = id_from(at).value_or(0);
    const auto door = parts_.doors.find(id);
    // What the broker shows of an area that has just moved may be older than this.
    if (!door || id_text(id) != at || !holds(areas_now(), door->area())) return refuse_it("not_found");
    if (!place_.taken_at(*door).contains(*word)) return refuse_it("confirmation_needed");
    bool is_free = false;
    {
        const std::lock_guard lock(mutex_);
        is_free = commands_ < commands_at_once;
        if (is_free) ++commands_;
    }
    if (!is_free) return refuse_it("busy");
    const Actor actor{std::nullopt, fmt::format("MQTT {}", now_.server.host).substr(0, 64)};
    parts_.devices.command(
        id, *word, parts_.ids.next(), actor,
        [this, id, place = place_, word = message.payload](const base::Result<base::UtcTime>& taken) {
            std::optional<std::string> problem;
            if (!taken) problem = taken.error().code;
            {
                const std::lock_guard lock(mutex_);
                --commands_;
                queue(answer_message(place, id_text(id), word, problem));
                awake_ = true;
            }
            woken_.notify_all();
        });
}

/// `why` is a code that the pages have words for.
void MqttBridge::refuse_command(std::string_view at, std::string_view word, const std::string& why) {
    const bool is_word = base::enum_from<core::DoorCommand>(word).has_value();
    // Whoever floods the broker with commands and reads no answers gets none.
    if (under_way_.size() < under_way_at_most)
        (void)hand_over(answer_message(place_, at, is_word ? word : "", why));
    if (Steady::now() - refusals_since_ > std::chrono::minutes{1}) {
        refusals_since_ = Steady::now();
        refusals_ = 0;
    }
    if (++refusals_ == refusals_a_minute)
        base::log_warning("More door commands come by MQTT and are refused than the audit log is told of.");
    if (refusals_ >= refusals_a_minute) return;
    const auto id = id_from(at);
    const auto door = parts_.doors.find(id.value_or(0));
    const Subject subject{"door", id ? std::optional(id_text(*id)) : std::nullopt,
                          door ? std::optional(door->name) : std::nullopt};
    json::object after{{"taken", false}, {"refused", why}};
    if (is_word) after["command"] = word;
    const Actor actor{std::nullopt, fmt::format("MQTT {}", now_.server.host).substr(0, 64)};
    parts_.database.write(
        [this, subject, after, actor](ports::Connection& connection) {
            return parts_.audit.append(connection, actor, "door.commanded", subject, nullptr, &after);
        },
        [](const base::Status&) {});
}

// ---------------------------------------------------------------- the test

std::optional<ports::OutsideError> MqttBridge::try_out(const MqttSettings& settings) const {
    using Problem = std::optional<ports::OutsideError>;
    struct Outcome {
        std::promise<Problem> said;
        std::promise<void> opened;
        std::once_flag once;
        void say(Problem problem) {
            std::call_once(once, [&] { said.set_value(std::move(problem)); });
        }
    };
    const auto outcome = std::make_shared<Outcome>();
    auto said = outcome->said.get_future();
    auto opened = outcome->opened.get_future();
    const auto link = parts_.open(broker_of(settings, "-test"),
                                  {.opened = [outcome] { outcome->opened.set_value(); },
                                   .lost = [outcome](const ports::OutsideError& why) { outcome->say(why); },
                                   .heard = [](const MqttMessage&) {},
                                   .taken = [outcome](int) { outcome->say(std::nullopt); }});
    const auto deadline = Steady::now() + std::chrono::seconds{12};
    const auto is_ready = [&](auto& future) {
        return future.wait_for(std::chrono::milliseconds{20}) == std::future_status::ready;
    };
    while (!is_ready(opened) && !is_ready(said) && Steady::now() < deadline) {
    }
    const MqttMessage message{settings.base_topic + "/test", "Sallyport", MqttMessage::Keeping::passing,
                              MqttMessage::Arrival::at_least_once};
    if (is_ready(opened))
        if (const auto sent = link->publish(message); !sent) outcome->say(sent.error());
    while (!is_ready(said) && Steady::now() < deadline) {
    }
    if (!is_ready(said))
        return Problem({ErrorKind::timeout, "not_acknowledged",
                        "The broker took the connection and does not acknowledge a message."});
    return said.get();
}

void MqttBridge::test(std::function<void(Answer<json::object>)> done) {
    const std::lock_guard lock(mutex_);
    const auto settings = settings_;
    if (settings.server.host.empty() || !parts_.open)
        return done(refuse(ErrorKind::conflict, "not_set_up", "Write where the broker is first, and save."));
    if (std::exchange(testing_, true))
        return done(refuse(ErrorKind::conflict, "test_running", "A test is running. Wait for its end."));
    tester_ = std::jthread([this, settings, done = std::move(done)] {
        const auto began = Steady::now();
        const auto problem = try_out(settings);
        {
            const std::lock_guard lock(mutex_);
            testing_ = false;
        }
        done(outlet_test(problem, began));
    });
}

}  // namespace sallyport::server

#include "server/mqtt/mqtt_bridge.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/log.hpp"
#include "server/wire/revision.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::MqttMessage;

namespace {

/// Everything is compared again now and then, for what nobody told of: doors that were removed.
constexpr std::chrono::seconds at_rest{30};
constexpr std::size_t heard_at_most = 10'000;
/// Of what a broker sends: topics of ours are shorter, and no command is as long.
constexpr std::size_t longest_topic = 512;
constexpr std::size_t longest_word = 64;

}  // namespace

base::Status MqttBridge::load() {
    const auto stored = read_outlet(parts_.database, parts_.sealer, "mqtt");
    if (!stored) return std::unexpected(stored.error());
    auto installation = parts_.settings.installation_id();
    if (!installation) return std::unexpected(installation.error());
    client_ = "sallyport-" + *installation;
    {
        const std::lock_guard lock(mutex_);
        settings_ = mqtt_settings_from(*stored);
        since_ = parts_.clock.utc();
    }
    if (!parts_.open) return {};
    post([](Inbox& inbox) { inbox.renewed = true; });
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    return {};
}

void MqttBridge::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    if (tester_.joinable()) tester_.join();
}

void MqttBridge::post(const std::function<void(Inbox&)>& change) {
    {
        const std::lock_guard lock(mutex_);
        change(inbox_);
        awake_ = true;
    }
    woken_.notify_all();
}

// ---------------------------------------------------------------- settings

json::object MqttBridge::get() const {
    const std::lock_guard lock(mutex_);
    auto told = told_of(settings_);
    told["state"] = told_of(OutletState{word(), since_, problem_, events_.size(), dropped_});
    return told;
}

Answer<json::object> MqttBridge::change(const MqttPatch& patch, const Rights& rights, const Actor& actor) {
    const std::lock_guard one_after_the_other(changing_);
    MqttSettings before;
    {
        const std::lock_guard lock(mutex_);
        before = settings_;
    }
    if (patch.revision && *patch.revision != before.revision) return changed_meanwhile("MQTT");
    const auto wanted = patched(before, patch, parts_.check_authorities);
    if (!wanted) return std::unexpected(wanted.error());
    // Also where somebody else has allowed them: another broker, or `as_confirmed`, opens doors as well.
    if (!wanted->commands.empty() && !rights.may(Function::doors, Level::control))
        return refuse(ErrorKind::forbidden, "beyond_your_rights",
                      "This account may not command doors, so it cannot let MQTT do it.");
    const auto stored = ports::write_to(parts_.database, [&](ports::Connection& connection) -> Outcome {
        auto said = changes(audited_outlet(told_of(before)), audited_outlet(told_of(*wanted)));
        if (patch.server.password) said.after["password"] = "changed";
        for (std::size_t i = 0; wanted->areas && i < wanted->areas->size(); ++i)
            if (auto known = check_branch(connection, TreeOf::areas, (*wanted->areas)[i], std::nullopt,
                                          fmt::format("areas.{}", i));
                !known)
                return known;
        const StoredOutlet outlet{told_of(*wanted), wanted->server.password, wanted->revision};
        if (auto done = store_outlet(connection, parts_.sealer, "mqtt", outlet); !done)
            return std::unexpected(done.error());
        if (said.none()) return {};
        if (auto done = parts_.audit.append(connection, actor, "settings.changed",
                                            Subject{"mqtt", std::nullopt, "MQTT"}, &said.before, &said.after);
            !done)
            return std::unexpected(done.error());
        return {};
    });
    if (!stored) return std::unexpected(stored.error());
    {
        const std::lock_guard lock(mutex_);
        settings_ = *wanted;
    }
    post([](Inbox& inbox) { inbox.renewed = true; });
    return get();
}

// ---------------------------------------------------------------- the thread

MqttBridge::Steady::time_point MqttBridge::next_step() const {
    return stage_ == Stage::off ? Steady::now() + at_rest : due_;
}

void MqttBridge::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        woken_.wait_until(lock, stop, next_step(), [this] { return awake_; });
        awake_ = false;
        auto inbox = std::exchange(inbox_, {});
        lock.unlock();
        step(std::move(inbox));
        lock.lock();
    }
    lock.unlock();
    end();
    parts_.live.follow({}, nullptr);
}

void MqttBridge::step(Inbox inbox) {
    if (inbox.renewed) {
        end();
        begin();
        return;
    }
    if (inbox.lost) return lost(*inbox.lost);
    if (inbox.opened) opened();
    for (const auto number : inbox.taken)
        std::erase_if(under_way_, [number](const auto& one) { return one.first == number; });
    if (stage_ == Stage::waiting && Steady::now() >= due_) return connect();
    if (stage_ != Stage::open) return;
    if (inbox.moved || Steady::now() >= due_) compare_all();
    for (const auto id : inbox.doors) compare_door(id);
    for (const auto id : inbox.devices) compare_device(id);
    for (const auto& message : inbox.heard) heard(message);
    pump();
}

// ---------------------------------------------------------------- the connection

/// Under the mutex.
std::string_view MqttBridge::word() const {
    if (stage_ == Stage::off) return "off";
    if (stage_ == Stage::open) return "connected";
    return problem_ ? "failing" : "connecting";
}

void MqttBridge::say(Stage stage, std::optional<ports::OutsideError> problem) {
    const std::lock_guard lock(mutex_);
    const auto before = word();
    stage_ = stage;
    problem_ = std::move(problem);
    if (word() != before) since_ = parts_.clock.utc();
}

ports::Broker MqttBridge::broker_of(const MqttSettings& settings, std::string_view suffix) const {
    const auto& server = settings.server;
    return {server.at(), server.trust, client_ + std::string(suffix), server.account, server.password, {}};
}

/// What is set now becomes what is done.
void MqttBridge::begin() {
    const auto language = parts_.settings.language();
    bool enabled = false;
    {
        const std::lock_guard lock(mutex_);
        now_ = settings_;
        enabled = now_.enabled;
        place_ = place_of(now_, language ? language->value_or("en") : "en");
        areas_ = areas_now();
        if (!enabled) events_.clear();
    }
    if (!enabled) {
        parts_.live.follow({}, nullptr);
        return say(Stage::off);
    }
    Viewer all;
    for (const auto function : {Function::doors, Function::devices, Function::events, Function::people})
        all.rights.set(function, Level::view);
    parts_.live.follow(all, [this](std::string_view type, const json::object& told) { follow(type, told); });
    say(Stage::opening);
    connect();
}

void MqttBridge::connect() {
    {
        const std::lock_guard lock(mutex_);
        stage_ = Stage::opening;
    }
    due_ = Steady::now() + at_rest;
    auto broker = broker_of(now_, "");
    broker.will = MqttMessage{place_.status(), std::string(away), MqttMessage::Keeping::retained};
    const auto keep = [this](MqttMessage message) {
        if (message.topic.size() > longest_topic) return;
        if (message.payload.size() > longest_word) message.payload = message.payload.substr(0, longest_word);
        post([&](Inbox& inbox) {
            if (inbox.heard.size() < heard_at_most) inbox.heard.push_back(std::move(message));
        });
    };
    link_ = parts_.open(
        std::move(broker),
        {.opened = [this] { post([](Inbox& inbox) { inbox.opened = true; }); },
         .lost =
             [this](ports::OutsideError why) { post([&](Inbox& inbox) { inbox.lost = std::move(why); }); },
         .heard = keep,
         .taken = [this](int number) { post([&](Inbox& inbox) { inbox.taken.push_back(number); }); }});
}

/// Leaves the broker in order. What is set now may use other topics, or none: then nothing stays behind.
void MqttBridge::end() {
    MqttSettings next;
    {
        const std::lock_guard lock(mutex_);
        next = settings_;
    }
    if (link_ && stage_ == Stage::open) {
        const bool moved = !next.enabled || next.server.host != now_.server.host ||
                           next.base_topic != now_.base_topic || next.discovery != now_.discovery ||
                           next.discovery_prefix != now_.discovery_prefix;
        for (const auto& [topic, payload] : kept_)
            if (moved && topic != place_.status())
                (void)link_->publish({topic, "", MqttMessage::Keeping::retained});
        (void)link_->publish({place_.status(), std::string(away), MqttMessage::Keeping::retained});
    }
    drop_link();
    failures_ = 0;
}

/// What was not acknowledged goes first on the next connection.
void MqttBridge::drop_link() {
    link_.reset();
    const std::lock_guard lock(mutex_);
    for (auto one = under_way_.rbegin(); one != under_way_.rend(); ++one)
        if (one->second) events_.push_front(*std::move(one->second));
    under_way_.clear();
    inbox_.lost.reset();
    inbox_.opened = false;
    inbox_.heard.clear();
    inbox_.taken.clear();
}

void MqttBridge::opened() {
    if (failures_ > 0) base::log_notice("The MQTT broker is reached again.");
    failures_ = 0;
    say(Stage::open);
    kept_.clear();
    pending_.clear();
    owned_.clear();
    foreign_ = 0;
    for (const auto* own : {"/door/+/+", "/device/+/+"}) (void)link_->listen(place_.base + own);
    if (place_.prefix) (void)link_->listen(fmt::format("{}/+/{}/+/config", *place_.prefix, place_.node()));
    compare_all();
    std::uint64_t untold = 0;
    {
        const std::lock_guard lock(mutex_);
        untold = std::exchange(untold_, 0);
    }
    if (untold == 0) return;
    base::log_warning(fmt::format("{} events did not go to the MQTT broker: more than {} waited for it.",
                                  untold, waiting_at_most));
    (void)hand_over({place_.base + "/lost", json::serialize(json::object{{"events", untold}})});
}

void MqttBridge::lost(const ports::OutsideError& why) {
    drop_link();
    if (failures_++ == 0) base::log_warning("The MQTT broker is not reached: " + why.message);
    due_ = Steady::now() + outlet_pause(failures_);
    say(Stage::waiting, why);
}

}  // namespace sallyport::server

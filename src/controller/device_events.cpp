// The dialect's event stream, and what changes of its settings, in a session of DHIP frames.
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"

namespace sallyport::controller {

namespace json = boost::json;

void DeviceSession::attach_events(const Request& request) {
    auto subscription = subscription_from(request.params);
    if (!subscription) return refuse(request, subscription.error());
    events_ = *std::move(subscription);
    answer(request, {{"SID", number_}});
}

void DeviceSession::detach_events(const Request& request) {
    events_.reset();
    answer(request);
}

void DeviceSession::attach_config(const Request& request) {
    auto& watch = service_.config_watch();
    auto names = watch.names_from(request.params);
    if (!names) return refuse(request, names.error());
    config_ =
        watch.attach(*std::move(names), while_open([this](const std::string& name, const json::value& table) {
            notify("client.notifyConfigChange", {{"SID", number_}, {"name", name}, {"table", table}});
        }));
    answer(request, {{"SID", number_}});
}

void DeviceSession::detach_config(const Request& request) {
    config_.reset();
    answer(request);
}

void DeviceSession::events_stored(const Records& records) {
    if (!events_ || closed_) return;
    const auto& controller = service_.controller();
    const auto* roster = controller.running() ? &controller.station().roster() : nullptr;
    json::array list;
    for (const auto& record : records) {
        auto event = event_json(record, roster);
        if (!event.empty() && events_->wants(event.at("Code").as_string())) list.push_back(std::move(event));
    }
    if (!list.empty()) notify("client.notifyEventStream", {{"SID", number_}, {"eventList", std::move(list)}});
}

}  // namespace sallyport::controller

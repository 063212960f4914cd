// The dialect's event stream over HTTP: parts of multipart/x-mixed-replace, or lines of JSON.
#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "controller/dialect/cgi_calls.hpp"
#include "controller/dialect/plain_http.hpp"

namespace sallyport::controller::dialect {

namespace json = boost::json;

namespace {

constexpr std::size_t listeners_limit = 32;
constexpr std::ptrdiff_t listeners_of_one = 8;  // no account takes them all from the others

std::string multipart(std::string_view text) {
    return fmt::format("--myboundary\r\nContent-Type: text/plain\r\nContent-Length:{}\r\n\r\n{}\r\n\r\n",
                       text.size() + 2, text);
}

std::string event_line(const json::object& event) {
    return fmt::format("Code={};action={};index={};data={}", std::string_view(event.at("Code").as_string()),
                       std::string_view(event.at("Action").as_string()), json::serialize(event.at("Index")),
                       json::serialize(event.at("Data")));
}

}  // namespace

void PlainHttp::stream_events(Listener listener, std::string content_type, ports::Respond respond) {
    if (listeners_.size() >= listeners_limit) {
        return respond(
            cgi_refusal({base::ErrorKind::limit, "limit",
                         fmt::format("{} streams are open already: close one.", listeners_limit)}));
    }
    const auto own =
        std::ranges::count(listeners_, listener.account, [](const auto& one) { return one.second.account; });
    if (own >= listeners_of_one) {
        return respond(cgi_refusal(
            {base::ErrorKind::limit, "limit",
             fmt::format("This account has {} streams open already: close one.", listeners_of_one)}));
    }
    ports::HttpResponse response;
    response.headers = {{"content-type", std::move(content_type)}, {"cache-control", "no-store"}};
    response.go_on = [weak = std::weak_ptr(self_),
                      listener = std::move(listener)](ports::BodyStreamPtr stream) {
        const auto self = weak.lock();
        if (!self) return;
        auto opened = listener;
        opened.stream = std::move(stream);
        (*self)->add_listener(std::move(opened));
    };
    respond(std::move(response));
}

void PlainHttp::add_listener(Listener listener) {
    listener.said = service_.real_now();
    const auto number = next_listener_++;
    listener.stream->on_closed = [number, weak = std::weak_ptr(self_)] {
        if (const auto self = weak.lock()) (*self)->listeners_.erase(number);
    };
    if (!listener.config.empty()) {
        listener.watch = service_.config_watch().attach(
            listener.config,
            [number, weak = std::weak_ptr(self_)](const std::string& name, const json::value& table) {
                if (const auto self = weak.lock()) (*self)->config_changed(number, name, table);
            });
    }
    listeners_.emplace(number, std::move(listener));
}

void PlainHttp::config_changed(std::uint64_t number, const std::string& name, const json::value& table) {
    const auto found = listeners_.find(number);
    if (found == listeners_.end()) return;
    tell(found->second,
         {{"Code", "ConfigChange"},
          {"Action", "Pulse"},
          {"Index", 0},
          {"Data", json::object{{"name", name}, {"table", table}}}},
         "client.notifyConfigChange", {{"name", name}, {"table", table}});
}

/// In the listener's form: a part of CGI, or a notification of JSON with its session's number.
void PlainHttp::tell(Listener& listener, const json::object& event, std::string_view method,
                     json::object params) {
    if (listener.form == Listener::Form::multipart) return say(listener, event_line(event));
    params["SID"] = listener.session;
    const codec::dhip::Notification notification{listener.session, std::string(method), std::move(params)};
    say(listener, json::serialize(codec::dhip::to_json(notification)));
}

void PlainHttp::say(Listener& listener, std::string part) {
    listener.said = service_.real_now();
    // What is closed tells so by itself.
    if (listener.form == Listener::Form::multipart) {
        listener.stream->send(multipart(part));
    } else if (part != "Heartbeat") {
        listener.stream->send(part + "\n");
    } else {
        listener.stream->send("\n");
    }
}

void PlainHttp::records_stored(const Records& records) {
    if (listeners_.empty()) return;
    const auto& controller = service_.controller();
    const auto* roster = controller.running() ? &controller.station().roster() : nullptr;
    for (const auto& record : records) {
        const auto event = event_json(record, roster);
        if (event.empty()) continue;
        for (auto entry = listeners_.begin(); entry != listeners_.end();) {
            auto& listener = (entry++)->second;
            if (listener.events && listener.events->wants(event.at("Code").as_string()))
                tell(listener, event, "client.notifyEventStream", {{"eventList", json::array{event}}});
        }
    }
}

// An empty name is everybody's.
void PlainHttp::account_changed(const std::string& account) {
    const auto meant = [&](const auto& entry) { return account.empty() || entry.second.account == account; };
    std::erase_if(sessions_, meant);
    auto listeners = std::exchange(listeners_, {});
    std::erase_if(listeners, meant);
    listeners_ = std::move(listeners);
}

}  // namespace sallyport::controller::dialect

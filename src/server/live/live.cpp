#include "server/live/live.hpp"

#include <algorithm>
#include <map>

#include <boost/json/serialize.hpp>

namespace sallyport::server {

namespace json = boost::json;

namespace {

constexpr std::uint16_t session_ended = 4401;
constexpr std::uint16_t going_away = 1001;

LiveText message(std::string_view type, json::object data) {
    return std::make_shared<const std::string>(
        json::serialize(json::object{{"type", type}, {"data", std::move(data)}}));
}

}  // namespace

void LiveBatch::add(std::string_view type, const json::object& data, LiveText text) {
    const auto* id = data.if_contains("id");
    if (type != "event" && type != "alarm" && id != nullptr) {
        last_words_[std::string(type) + json::serialize(*id)] = std::move(text);
        return;
    }
    events_.push_back(std::move(text));
    if (events_.size() <= events_at_most) return;
    events_.pop_front();
    ++lost_;
}

LiveText LiveBatch::take() {
    std::string array;
    const auto append = [&](const LiveText& text) { array.append(array.empty() ? "[" : ",").append(*text); };
    if (lost_ > 0) append(message("gap", {{"lost", lost_}}));
    for (const auto& text : events_) append(text);
    for (const auto& [about, text] : last_words_) append(text);
    *this = {};
    return array.empty() ? nullptr : std::make_shared<const std::string>(array + "]");
}

void LiveBatch::drop() {
    lost_ += events_.size() + last_words_.size();
    events_.clear();
    last_words_.clear();
}

void Live::add(ports::WebSocketPtr client, Id session, std::string address, Viewer viewer, LivePace pace) {
    client->on_closed = [this, socket = client.get()] { forget(socket); };
    if (pace == LivePace::on_request)
        client->on_text = [this, socket = client.get()](std::string_view) { ask(socket); };
    const std::lock_guard lock(mutex_);
    clients_.push_back({std::move(client), session, std::move(address), std::move(viewer), pace});
}

void Live::ask(const ports::WebSocket* socket) {
    const std::lock_guard lock(mutex_);
    for (auto& client : clients_) {
        if (client.socket.get() != socket) continue;
        client.asks = true;
        answer(client);
    }
}

void Live::answer(Client& client) {
    if (!client.asks || client.socket->waiting() >= answers_at_most) return;
    const auto batch = client.batch.take();
    if (!batch) return;
    client.asks = false;
    client.socket->send(batch);
}

void Live::forget(const ports::WebSocket* socket) {
    ports::WebSocketPtr last;  // destroyed after the lock is given back
    const std::lock_guard lock(mutex_);
    const auto found =
        std::ranges::find(clients_, socket, [](const Client& client) { return client.socket.get(); });
    if (found == clients_.end()) return;
    last = std::move(found->socket);
    clients_.erase(found);
}

void Live::follow(Viewer viewer, Follower follower) {
    const std::lock_guard lock(mutex_);
    follows_ = std::move(viewer);
    follower_ = std::move(follower);
}

bool Live::watched() const {
    const std::lock_guard lock(mutex_);
    return follower_ || !clients_.empty();
}

std::size_t Live::clients() const {
    const std::lock_guard lock(mutex_);
    return clients_.size();
}

void Live::publish(std::string_view type, const std::function<const json::object*(const Viewer&)>& as_seen) {
    const std::lock_guard lock(mutex_);
    if (follower_)
        if (const auto* data = as_seen(follows_)) follower_(type, *data);
    std::map<const json::object*, LiveText> written;
    for (auto& client : clients_) {
        const auto* data = as_seen(client.viewer);
        if (data == nullptr) continue;
        auto& text = written[data];
        if (!text) text = message(type, *data);
        if (client.pace == LivePace::at_once) {
            send(client, text);
        } else {
            client.batch.add(type, *data, text);
            answer(client);
        }
    }
}

void Live::send(Client& client, const LiveText& text) {
    tell_lost(client);
    if (client.lost > 0 || client.socket->waiting() >= waiting_at_most) {
        ++client.lost;
        return;
    }
    client.socket->send(text);
}

void Live::tell_lost(Client& client) {
    if (client.lost == 0 || client.socket->waiting() > waiting_at_most / 2) return;
    client.socket->send(message("gap", {{"lost", client.lost}}));
    client.lost = 0;
}

void Live::sweep(const std::function<std::optional<Viewer>(Id, const std::string&)>& viewer_of) {
    std::vector<ports::WebSocketPtr> ended;
    {
        const std::lock_guard lock(mutex_);
        for (auto& client : clients_) {
            tell_lost(client);
            auto viewer = viewer_of(client.session, client.address);
            if (!viewer) {
                ended.push_back(client.socket);
                continue;
            }
            // What waits was gathered for who might see more, perhaps.
            if (*viewer != client.viewer) client.batch.drop();
            client.viewer = *std::move(viewer);
            answer(client);  // one that read its last answer after nothing happened any more
        }
    }
    for (const auto& socket : ended) socket->close("The session has ended.", session_ended);
}

void Live::close_all(std::string_view reason) {
    std::vector<Client> all;
    {
        const std::lock_guard lock(mutex_);
        all.swap(clients_);
    }
    for (const auto& client : all) client.socket->close(reason, going_away);
}

}  // namespace sallyport::server

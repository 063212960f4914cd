#include "integration/door_site.hpp"

#include <gtest/gtest.h>

#include "codec/dhip/message.hpp"

namespace sallyport::tests {

namespace json = boost::json;
namespace dhip = codec::dhip;

DoorSite::DoorSite(std::uint8_t door_count, std::uint64_t records_limit)
    : doors(clock, {.doors = door_count}),
      memory(records_limit),
      store(std::make_unique<controller::StoreThread>(memory, loop)) {
    controller::ControllerOptions options;
    options.doors = door_count;
    controller = std::make_unique<controller::Controller>(loop, clock, zones, doors, *store, options);
    controller::DeviceIdentity identity;
    identity.firmware = "1";
    identity.listen = {"0.0.0.0", 37'777};
    identity.fingerprint = "AA:BB";
    reader_lines = std::make_unique<controller::ReaderLines>(*controller);
    panel = std::make_unique<controller::PanelService>(
        *controller, *reader_lines, doors, clock, std::span<const base::EmbeddedFile>{},
        controller::PanelMachine{
            .fingerprint = "AA:BB", .listen = {"0.0.0.0", 37'777}, .discovery = {}, .connections = [this] {
                return service->sessions();
            }});
    service = std::make_unique<controller::DeviceService>(loop, *controller, *reader_lines, zones, network,
                                                          clock, identity);
    operations = std::make_unique<controller::dialect::Operations>(*service);
    controller->start(memory.load().value(), core::PoweredOn::Cause::started);
    run_until([this] { return store->idle(); });
}

DoorSite::~DoorSite() {
    plain.reset();
    operations.reset();
    service.reset();
    panel.reset();
    store.reset();
}

void DoorSite::run_until(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!holds()) {
        ASSERT_LT(std::chrono::steady_clock::now(), end) << "nothing came for 10 s";
        loop.run_one_for(std::chrono::milliseconds{100});
    }
}

ports::HttpResponse DoorSite::call(std::string method, std::string path, std::string body,
                                   std::vector<std::pair<std::string, std::string>> headers) {
    std::optional<ports::HttpResponse> answer;
    ports::HttpRequest request{std::move(method),  std::move(path), {},
                               std::move(headers), std::move(body), "127.0.0.1"};
    if (const auto at = request.path.find("?door="); at != std::string::npos) {
        request.query = {{"door", request.path.substr(at + 6)}};
        request.path.resize(at);
    }
    panel->handle(std::move(request),
                  [&answer](ports::HttpResponse response) { answer = std::move(response); });
    run_until([&answer] { return answer.has_value(); });
    return answer.value_or(ports::HttpResponse{.status = 0, .headers = {}, .body = {}});
}

json::object DoorSite::post(const std::string& path, const json::object& body) {
    const auto response = call("POST", path, json::serialize(body));
    EXPECT_EQ(response.status, 200) << response.body;
    return json::parse(response.body).as_object();
}

json::object DoorSite::state(int door) {
    return json::parse(call("GET", "/panel/state?door=" + std::to_string(door)).body).as_object();
}

Client::Client(DoorSite& site, controller::Channel channel) : site_(site) {
    site.service->accept(stream, channel);
}

void Client::send(std::string bytes) {
    if (stream->on_received) stream->on_received(bytes);
}

void Client::read() {
    decoder_.feed(std::exchange(stream->received, {}), {});
    for (auto frame = decoder_.next(); frame && *frame; frame = decoder_.next()) {
        auto message = json::parse((*frame)->body).as_object();
        if (!message.contains("method")) {
            answers_.push_back(std::move(message));
            continue;
        }
        if (message["method"] == "client.notifyRecords")
            for (const auto& record : message["params"].at("records").as_array())
                sequences_.push_back(record.at("sequence").to_number<std::uint64_t>());
        notifications_.push_back(std::move(message));
    }
}

json::object Client::request(std::string_view method, json::object params, std::uint32_t object) {
    const auto id = next_++;
    send(dhip::encode_request({.session = 0,
                               .id = id,
                               .method = std::string(method),
                               .params = std::move(params),
                               .object = object}));
    const auto mine = [id](const json::object& answer) {
        return answer.at("id").to_number<std::uint32_t>() == id;
    };
    site_.run_until([&] {
        read();
        return closed() || std::ranges::any_of(answers_, mine);
    });
    const auto found = std::ranges::find_if(answers_, mine);
    if (found == answers_.end()) return {};
    auto answer = std::move(*found);
    answers_.erase(found);
    return answer;
}

json::object Client::ask(std::string_view method, json::object params) {
    auto answer = request(method, std::move(params));
    EXPECT_FALSE(answer.contains("error")) << method << ": " << json::serialize(answer);
    auto* given = answer.if_contains("params");
    return given == nullptr || !given->is_object() ? json::object{} : std::move(given->get_object());
}

std::string Client::refused(std::string_view method, json::object params) {
    const auto answer = request(method, std::move(params));
    if (!answer.contains("error")) return {};
    EXPECT_GT(answer.at("error").at("message").as_string().size(), 10U) << "an error needs a sentence";
    return std::string(answer.at("error").at("name").as_string());
}

json::object Client::login(const std::string& secret, const std::string& account) {
    const auto challenge = request("global.login", {{"userName", account}, {"password", ""}});
    const auto* error = challenge.if_contains("error");
    if (error == nullptr || error->at("name") != "login_challenge") return challenge;
    return request("global.login", {{"userName", account}, {"password", secret}, {"encryption", "TLS"}});
}

std::vector<json::object> Client::notified(std::string_view method) {
    read();
    std::vector<json::object> found;
    std::erase_if(notifications_, [&](json::object& one) {
        if (one["method"] != json::string_view(method)) return false;
        found.push_back(one["params"].as_object());
        return true;
    });
    return found;
}

std::vector<std::uint64_t> Client::sequences() {
    read();
    return sequences_;
}

std::unique_ptr<Client> owner_of(DoorSite& site) {
    auto client = std::make_unique<Client>(site);
    if (!site.controller->initialised())
        client->ask("sallyport.initialise", {{"password", password}, {"keypadPassword", keypad_password}});
    EXPECT_FALSE(client->login(password).contains("error"));
    client->ask("sallyport.claim", {{"manager", "platform"}});
    return client;
}

json::object person_json(const std::string& user_id, const std::string& card) {
    return {{"user_id", user_id},
            {"type", "general"},
            {"cards", json::array{json::object{{"number", card}, {"type", "general"}, {"status", "normal"}}}},
            {"rights", json::array{json::object{{"doors", {1, 2, 3}}, {"schedule", 255}, {"kind", "allow"}}}},
            {"tag", "00000000000000" + user_id.substr(user_id.size() - 2)}};
}

}  // namespace sallyport::tests

#include "controller/panel_service.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/enum_text.hpp"
#include "codec/dhip/time_text.hpp"
#include "controller/local_origin.hpp"
#include "controller/panel_state.hpp"

namespace sallyport::controller {
namespace {

namespace json = boost::json;

constexpr std::size_t keys_limit = 256;
constexpr std::int64_t advance_limit_ms = 366LL * 86'400 * 1'000;
constexpr std::size_t watchers_limit = 64;
constexpr std::chrono::minutes pairing_window{1};
constexpr auto* by = "front panel";

ports::HttpResponse json_response(int status, const json::object& body) {
    return {status,
            {{"content-type", "application/json"}, {"cache-control", "no-store"}},
            json::serialize(body) + "\n"};
}

ports::HttpResponse refusal(const base::Error& error) {
    const int status = error.kind == base::ErrorKind::not_found   ? 404
                       : error.kind == base::ErrorKind::forbidden ? 403
                       : error.kind == base::ErrorKind::conflict  ? 409
                                                                  : 400;
    return json_response(status, {{"code", error.code}, {"message", error.message}});
}

std::unexpected<base::Error> invalid(std::string message) {
    return base::fail(base::ErrorKind::invalid, "invalid_request", std::move(message));
}

base::Status only_members(const json::object& body, std::initializer_list<std::string_view> known) {
    for (const auto& member : body) {
        if (std::ranges::find(known, std::string_view(member.key())) != known.end()) continue;
        return invalid(fmt::format("\"{}\" is not known here; this call takes: {}.",
                                   std::string_view(member.key()), fmt::join(known, ", ")));
    }
    return {};
}

base::Result<std::string> text_member(const json::object& body, std::string_view name,
                                      std::string_view example) {
    const auto* member = body.if_contains(name);
    if (member == nullptr || !member->is_string())
        return invalid(fmt::format("\"{}\" has to be text, such as \"{}\".", name, example));
    return std::string(member->get_string());
}

base::Result<json::object> body_of(const ports::HttpRequest& request) {
    if (request.body.empty()) return json::object{};
    json::error_code error;
    auto value = json::parse(request.body, error);
    if (error || !value.is_object())
        return invalid("The body has to be a JSON object, such as {\"keys\": \"#\"}.");
    return std::move(value.get_object());
}

base::Result<std::int64_t> whole_number(const json::value& value, std::int64_t least, std::int64_t most,
                                        std::string_view name) {
    json::error_code error;
    const auto number = value.to_number<std::int64_t>(error);
    if (error || number < least || number > most)
        return invalid(fmt::format("\"{}\" has to be a whole number from {} to {}.", name, least, most));
    return number;
}

base::Result<core::Level> level_of(const json::object& body) {
    const auto* active = body.if_contains("active");
    const auto* word = body.if_contains("level");
    if (active != nullptr && word == nullptr && active->is_bool())
        return active->get_bool() ? core::Level::active : core::Level::inactive;
    const auto level = active == nullptr && word != nullptr && word->is_string()
                           ? base::enum_from<core::Level>(std::string_view(word->get_string()))
                           : std::nullopt;
    if (level) return *level;
    return invalid(
        "Give either \"active\", true or false (an active contact is an open door), or \"level\": inactive, "
        "active, shorted or cut.");
}

}  // namespace

PanelService::PanelService(Controller& controller, ReaderLines& lines, ports::DoorSimulation& simulation,
                           ports::MovableClock& clock, std::span<const base::EmbeddedFile> pages,
                           PanelMachine machine)
    : controller_(controller),
      lines_(lines),
      simulation_(simulation),
      clock_(clock),
      pages_(pages),
      machine_(std::move(machine)),
      settling_(controller, simulation, clock) {
    controller_.observe_records([this](const Records& records) {
        alarms_.take(records);
        broadcast();
    });
    controller_.observe([this] { broadcast(); });
}

PanelState PanelService::state_of(base::DoorNumber door) const {
    return panel_state({controller_, simulation_, lines_, alarms_, machine_}, door);
}

void PanelService::handle(ports::HttpRequest request, ports::Respond respond) {
    if (auto status = check_local_origin(request); !status) return respond(refusal(status.error()));
    if (request.method == "GET" || request.method == "HEAD") {
        if (request.path == "/panel/latency")
            return respond(json_response(200, latency_json(controller_.latency())));
        if (request.path != "/panel/state") return respond(page(request));
        const auto door = door_of(request.parameter("door"));
        return door ? answer_state(*door, std::move(respond)) : respond(refusal(door.error()));
    }
    static const std::map<std::string_view, Call> calls{
        {"/panel/keys", &PanelService::press_keys},       {"/panel/card", &PanelService::present_card},
        {"/panel/reader", &PanelService::disturb_reader}, {"/panel/input", &PanelService::set_input},
        {"/panel/pair", &PanelService::pair_reader},      {"/panel/silence", &PanelService::silence},
        {"/panel/clock", &PanelService::set_clock},       {"/panel/power", &PanelService::cut_power}};
    const auto call = calls.find(request.path);
    if (request.method != "POST" || call == calls.end()) {
        auto response = json_response(
            request.method == "POST" ? 404 : 405,
            {{"code", "unknown_call"},
             {"message",
              "POST is for /panel/keys, card, reader, pair, input, silence, clock and power; GET for "
              "/panel/state, latency and the page."}});
        return respond(std::move(response));
    }
    post(request, call->second, std::move(respond));
}

void PanelService::post(const ports::HttpRequest& request, Call call, ports::Respond respond) {
    auto body = body_of(request);
    if (!body) return respond(refusal(body.error()));
    const auto door = door_of(*body);
    if (!door) return respond(refusal(door.error()));
    settling_.run([this, call, body = *std::move(body), door = *door,
                   respond = std::move(respond)]() mutable {
        (this->*call)(body, door, [this, respond = std::move(respond)](ports::HttpResponse response) mutable {
            respond(std::move(response));
            settling_.finish();
        });
    });
}

base::Result<base::DoorNumber> PanelService::door_of(std::string_view text) const {
    if (text.empty()) return base::DoorNumber{1};
    unsigned number = 0;
    const auto* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    if (parsed.ptr != end || number < 1 || number > controller_.options().doors)
        return invalid(fmt::format("\"door\" has to be a number from 1 to {}.", controller_.options().doors));
    return base::DoorNumber{static_cast<std::uint8_t>(number)};
}

base::Result<base::DoorNumber> PanelService::door_of(const Body& body) const {
    const auto* member = body.if_contains("door");
    if (member == nullptr) return base::DoorNumber{1};
    const auto number = whole_number(*member, 1, controller_.options().doors, "door");
    if (!number) return std::unexpected(number.error());
    return base::DoorNumber{static_cast<std::uint8_t>(*number)};
}

void PanelService::answer_state(base::DoorNumber door, ports::Respond respond) {
    respond(json_response(200, state_of(door).all()));
}

void PanelService::answer_settled(base::DoorNumber door, ports::Respond respond) {
    settling_.when_settled(
        [this, door, respond = std::move(respond)]() mutable { answer_state(door, std::move(respond)); });
}

void PanelService::press_keys(const Body& body, base::DoorNumber door, ports::Respond respond) {
    auto status = only_members(body, {"keys", "door"});
    auto keys = text_member(body, "keys", "#88888888#");
    if (status && !keys) status = std::unexpected(keys.error());
    if (status && (keys->size() > keys_limit || keys->find_first_not_of("0123456789*#") != std::string::npos))
        status = invalid(fmt::format("\"keys\" takes up to {} of 0-9, * and #.", keys_limit));
    if (!status) return respond(refusal(status.error()));
    std::ranges::reverse(*keys);
    press_rest(*std::move(keys), door, std::move(respond));
}

// From the back of `keys`. The next key is pressed when all that the last one caused has happened.
void PanelService::press_rest(std::string keys, base::DoorNumber door, ports::Respond respond) {
    if (keys.empty()) return answer_settled(door, std::move(respond));
    const char key = keys.back();
    keys.pop_back();
    simulation_.press(door, key);
    settling_.when_settled([this, keys = std::move(keys), door, respond = std::move(respond)]() mutable {
        press_rest(std::move(keys), door, std::move(respond));
    });
}

void PanelService::present_card(const Body& body, base::DoorNumber door, ports::Respond respond) {
    auto status = only_members(body, {"number", "reader", "door", "fault"});
    const auto text = text_member(body, "number", "04A1B2C3");
    if (status && !text) status = std::unexpected(text.error());
    const auto number = text ? base::CardNumber::from(*text) : std::nullopt;
    if (status && !number)
        status = invalid("\"number\" has to be 1 to 16 hexadecimal digits, such as \"04A1B2C3\".");
    const auto reader = reader_of(body, door);
    if (status && !reader) status = std::unexpected(reader.error());
    auto fault = ports::FrameFault::none;
    if (const auto* member = body.if_contains("fault")) {
        if (status && (!member->is_string() || member->get_string() != "parity"))
            status = invalid("\"fault\" can be \"parity\": the frame is sent with wrong parity.");
        fault = ports::FrameFault::parity;
    }
    if (status) status = simulation_.present(door, *reader, *number, fault);
    if (!status) return respond(refusal(status.error()));
    controller_.handle_timeouts();
    answer_settled(door, std::move(respond));
}

base::Result<std::uint8_t> PanelService::reader_of(const Body& body, base::DoorNumber door) const {
    const auto count = simulation_.readers_of(door).size();
    if (count == 0) return invalid(fmt::format("Door {} has no reader.", door.value));
    const auto* member = body.if_contains("reader");
    if (member == nullptr) return std::uint8_t{1};
    const auto given = whole_number(*member, 1, static_cast<std::int64_t>(count), "reader");
    if (!given) return std::unexpected(given.error());
    return static_cast<std::uint8_t>(*given);
}

void PanelService::disturb_reader(const Body& body, base::DoorNumber door, ports::Respond respond) {
    auto status = only_members(body, {"fault", "reader", "door"});
    const auto reader = reader_of(body, door);
    if (status && !reader) status = std::unexpected(reader.error());
    const auto word = text_member(body, "fault", "unplugged");
    const auto fault = base::enum_from<ports::ReaderFault>(word.value_or(""));
    if (status && !fault) status = invalid("\"fault\" has to be none, unplugged or noisy.");
    if (status) status = simulation_.set_reader_fault(door, *reader, *fault);
    if (!status) return respond(refusal(status.error()));
    answer_settled(door, std::move(respond));
}

void PanelService::pair_reader(const Body& body, base::DoorNumber door, ports::Respond respond) {
    auto status = only_members(body, {"reader", "door"});
    const auto reader = reader_of(body, door);
    if (status && !reader) status = std::unexpected(reader.error());
    if (!status) return respond(refusal(status.error()));
    const auto found = find_reader(lines_, simulation_.readers_of(door)[*reader - 1].number);
    if (!found) {
        return respond(refusal({base::ErrorKind::conflict, "reader_wired",
                                "The reader is wired to its door: only a reader on a line is paired."}));
    }
    lines_.pair(found->name, pairing_window, by,
                [this, door, respond = std::move(respond)](const base::Status& paired) mutable {
                    if (!paired) return respond(refusal(paired.error()));
                    answer_settled(door, std::move(respond));
                });
}

void PanelService::silence(const Body& body, base::DoorNumber door, ports::Respond respond) {
    if (auto status = only_members(body, {"door"}); !status) return respond(refusal(status.error()));
    core::CommandReceived command;
    command.door = door;
    command.command = core::DoorCommand::silence;
    command.by = by;
    controller_.handle(command);
    answer_settled(door, std::move(respond));
}

void PanelService::set_input(const Body& body, base::DoorNumber door, ports::Respond respond) {
    auto status = only_members(body, {"name", "active", "level", "door"});
    const auto name = text_member(body, "name", "contact");
    const auto input = base::enum_from<core::Input>(name.value_or(""));
    if (status && !input)
        status =
            invalid("\"name\" has to be contact, exit_button, tamper, reader_case, fire, mains or battery.");
    const auto level = level_of(body);
    if (status && !level) status = std::unexpected(level.error());
    if (!status) return respond(refusal(status.error()));
    simulation_.set_input(wired_at(*input, door), *input, *level);
    answer_settled(door, std::move(respond));
}

void PanelService::set_clock(const Body& body, base::DoorNumber door, ports::Respond respond) {
    auto status = only_members(body, {"advance_ms", "set", "door"});
    const auto* advance = body.if_contains("advance_ms");
    const auto* set = body.if_contains("set");
    if (status && (advance == nullptr) == (set == nullptr))
        status = invalid(
            "Give either \"advance_ms\", such as 30000, or \"set\", such as "
            "\"2026-03-29T01:59:50+01:00\".");
    if (status && advance != nullptr) {
        const auto step = whole_number(*advance, 0, advance_limit_ms, "advance_ms");
        if (!step) return respond(refusal(step.error()));
        const auto target = clock_.monotonic() + std::chrono::milliseconds{*step};
        return settling_.advance(target, [this, door, respond = std::move(respond)]() mutable {
            answer_settled(door, std::move(respond));
        });
    }
    std::optional<base::UtcTime> time;
    if (status) {
        time = codec::dhip::parse_utc(set->is_string() ? std::string_view(set->get_string()) : "");
        if (!time)
            status =
                invalid("\"set\" has to be a time with its offset, such as \"2026-03-29T01:59:50+01:00\".");
    }
    if (status) status = clock_.set_utc(*time);
    if (!status) return respond(refusal(status.error()));
    controller_.clock_changed();
    answer_settled(door, std::move(respond));
}

void PanelService::cut_power(const Body& body, base::DoorNumber door, ports::Respond respond) {
    auto status = only_members(body, {"battery", "door"});
    const auto* battery = body.if_contains("battery");
    if (status && battery != nullptr && !battery->is_bool())
        status = invalid("\"battery\" has to be true (the clock goes on, as usual) or false (it is lost).");
    if (!status) return respond(refusal(status.error()));
    if (battery != nullptr && !battery->get_bool()) clock_.lose_civil_time();
    simulation_.cut_power();
    controller_.restart(core::PoweredOn::Cause::power_returned);
    answer_settled(door, std::move(respond));
}

ports::HttpResponse PanelService::page(const ports::HttpRequest& request) const {
    const std::string path = request.path == "/" ? "index.html" : request.path.substr(1);
    const auto* file = base::find_embedded(pages_, path);
    if (file == nullptr)
        return json_response(
            404, {{"code", "not_found"}, {"message", "There is no such page; the panel is at /."}});
    ports::HttpResponse response;
    response.headers = {{"etag", std::string(file->etag)},
                        {"cache-control", "no-cache"},
                        {"content-type", std::string(file->content_type)},
                        {"content-security-policy", "default-src 'self'; frame-ancestors 'none'"},
                        {"x-content-type-options", "nosniff"}};
    if (request.header("if-none-match") == file->etag) {
        response.status = 304;
    } else {
        response.body = file->bytes;
    }
    return response;
}

std::optional<ports::HttpResponse> PanelService::refuse_websocket(const ports::HttpRequest& request) {
    if (auto status = check_local_origin(request); !status) return refusal(status.error());
    if (request.path != "/panel/stream")
        return json_response(404, {{"code", "unknown_call"}, {"message", "The stream is at /panel/stream."}});
    if (const auto door = door_of(request.parameter("door")); !door) return refusal(door.error());
    if (watchers_.size() >= watchers_limit)
        return json_response(503,
                             {{"code", "limit"}, {"message", "64 pages watch already: close one of them."}});
    return std::nullopt;
}

void PanelService::opened(const ports::HttpRequest& request, ports::WebSocketPtr socket) {
    const auto door = door_of(request.parameter("door")).value_or(base::DoorNumber{1});
    socket->on_closed = [this, raw = socket.get()] {
        std::erase_if(watchers_, [raw](const Watcher& watcher) { return watcher.socket.get() == raw; });
    };
    const auto state = state_of(door);
    shown_[door] = state.steady;
    socket->send(std::make_shared<const std::string>(json::serialize(state.all())));
    watchers_.push_back({door, std::move(socket)});
}

void PanelService::broadcast() {
    std::map<base::DoorNumber, std::shared_ptr<const std::string>> texts;
    for (const auto& watcher : watchers_) {
        if (texts.contains(watcher.door)) continue;
        auto state = state_of(watcher.door);
        auto& text = texts[watcher.door];
        if (state.steady == shown_[watcher.door]) continue;
        text = std::make_shared<const std::string>(json::serialize(state.all()));
        shown_[watcher.door] = std::move(state.steady);
    }
    for (const auto& watcher : watchers_)
        if (const auto& text = texts[watcher.door]) watcher.socket->send(text);
}

}  // namespace sallyport::controller

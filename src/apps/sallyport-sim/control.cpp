#include "apps/sallyport-sim/control.hpp"

#include <charconv>
#include <cmath>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "codec/dhip/message.hpp"
#include "codec/dhip/person_json.hpp"
#include "controller/local_origin.hpp"

namespace sallyport::apps {

namespace json = boost::json;

namespace {

constexpr double most_an_hour = 3'600;

ports::HttpResponse response(int status, const json::object& body) {
    return {status, {{"content-type", "application/json"}}, json::serialize(body) + "\n"};
}

ports::HttpResponse refusal(const base::Error& error) {
    const int status = error.kind == base::ErrorKind::not_found   ? 404
                       : error.kind == base::ErrorKind::forbidden ? 403
                                                                  : 400;
    return response(status, {{"code", error.code}, {"message", error.message}});
}

std::unexpected<base::Error> invalid(std::string message) {
    return base::fail(base::ErrorKind::invalid, "invalid_request", std::move(message));
}

base::Result<double> rate_in(const json::value& body, std::string_view name) {
    const auto* member = body.is_object() ? body.get_object().if_contains(name) : nullptr;
    json::error_code error;
    const double rate = member != nullptr ? member->to_number<double>(error) : -1;
    if (error || !(rate >= 0 && rate <= most_an_hour))
        return invalid(fmt::format("\"{}\" has to be a number from 0 to {}.", name, most_an_hour));
    return rate;
}

json::object position(core::RecordPosition at) {
    return {{"generation", at.generation}, {"sequence", at.sequence}};
}

json::object journal(const Ledger& ledger) {
    const auto& bytes = ledger.hash.bytes;
    auto said = position(ledger.last);
    said["records"] = ledger.records;
    said["hash"] = base::to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return said;
}

}  // namespace

void Control::handle(ports::HttpRequest request, ports::Respond respond) {
    const auto answered = answer(request);
    respond(answered ? response(200, *answered) : refusal(answered.error()));
}

std::optional<ports::HttpResponse> Control::refuse_websocket(const ports::HttpRequest&) {
    return refusal({base::ErrorKind::not_found, "not_found", "There is no stream here."});
}

Control::Answer Control::answer(const ports::HttpRequest& request) {
    if (auto status = controller::check_local_origin(request); !status)
        return std::unexpected(status.error());
    const bool post = request.method == "POST";
    if (!post && request.path == "/site") return site();
    if (!post && request.path == "/controllers") return controllers();
    if (!post && request.path == "/people") return people(request.parameter("controller"));
    if (post && request.path == "/walk") return walk(request.body);
    if (post && request.path == "/faults") return befall(request.body);
    return base::fail(base::ErrorKind::not_found, "not_found",
                      "GET is for /site, /controllers and /people, POST for /walk and /faults.");
}

json::object Control::site() const {
    std::uint64_t records = 0;
    std::uint64_t connections = 0;
    std::size_t connected = 0;
    for (const auto& one : fleet_) {
        records += one->ledger().records;
        connections += one->connections();
        if (one->sessions() > 0) ++connected;
    }
    const auto& passages = walkers_.passages();
    json::object faults;
    for (const auto kind : {Fault::loss, Fault::delay, Fault::restart, Fault::drift, Fault::hostile})
        faults[base::text_of(kind)] = faults_.count(kind);
    return {{"controllers", fleet_.size()},
            {"connected", connected},
            {"connections", connections},
            {"passages",
             {{"began", passages.began},
              {"walked", passages.walked},
              {"turned_away", passages.turned_away},
              {"given_up", passages.given_up}}},
            {"faults", std::move(faults)},
            {"records", records}};
}

json::object Control::controllers() const {
    json::array items;
    for (std::size_t i = 0; i < fleet_.size(); ++i) {
        const auto& one = *fleet_[i];
        const auto& controller = one.controller();
        json::object said{{"number", i + 1},
                          {"serial", controller.serial()},
                          {"address", ports::text_of(one.address())},
                          {"sessions", one.sessions()},
                          {"journal", journal(one.ledger())},
                          {"acknowledged", nullptr}};
        if (const auto panel = one.panel()) said["panel"] = ports::text_of(*panel);
        if (const auto cursor = controller.cursor(controller.owner().manager))
            said["acknowledged"] = position(*cursor);
        if (controller.running()) {
            said["people"] = controller.station().roster().size();
            said["roster"] = codec::dhip::hex64(controller.station().roster().digest().value);
        }
        items.push_back(std::move(said));
    }
    return {{"items", std::move(items)}};
}

Control::Answer Control::people(std::string_view number) const {
    std::size_t wanted = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), wanted);
    if (read.ec != std::errc{} || wanted < 1 || wanted > fleet_.size() ||
        !fleet_[wanted - 1]->controller().running())
        return invalid(fmt::format("\"controller\" has to be a running one, 1 to {}.", fleet_.size()));
    json::array items;
    fleet_[wanted - 1]->controller().station().roster().for_each([&](const core::Person& person) {
        items.push_back(
            json::object{{"user_id", person.user_id.view()}, {"tag", codec::dhip::hex64(person.tag.value)}});
        return true;
    });
    return json::object{{"items", std::move(items)}};
}

Control::Answer Control::walk(std::string_view body) {
    json::error_code error;
    const auto passages = rate_in(json::parse(body, error), "passages");
    if (!passages) return std::unexpected(passages.error());
    walkers_.come(*passages);
    return site();
}

Control::Answer Control::befall(std::string_view body) {
    json::error_code error;
    const auto asked = json::parse(body, error);
    const auto an_hour = rate_in(asked, "an_hour");
    if (!an_hour) return std::unexpected(an_hour.error());
    const auto* words = asked.get_object().if_contains("kinds");
    auto kinds =
        faults_from(words != nullptr && words->is_string() ? std::string_view(words->get_string()) : "?");
    if (!kinds) return invalid("\"kinds\": " + kinds.error().message + ".");
    faults_.befall(*std::move(kinds), *an_hour);
    return site();
}

}  // namespace sallyport::apps

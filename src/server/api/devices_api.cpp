#include "server/api/devices_api.hpp"

#include <algorithm>
#include <memory>

#include <boost/json/array.hpp>

#include "base/enum_text.hpp"
#include "server/accounts/password_policy.hpp"
#include "server/api/answers.hpp"
#include "server/api/device_answers.hpp"
#include "server/issue/issue_states.hpp"
#include "server/wire/conditions.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;

namespace {

constexpr std::int64_t default_search_wait_s = 3;

bool is_keypad_password(std::string_view text) {
    return text.size() >= 6 && text.size() <= 8 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

constexpr TextRule keypad_rule{0, 32, is_keypad_password, "The keypad password has 6 to 8 digits."};
bool is_own_keypad_password(std::string_view text) {
    return is_keypad_password(text) && text != core::factory_admin_password;
}
constexpr TextRule own_keypad_rule{
    0, 32, is_own_keypad_password,
    "The keypad password has 6 to 8 digits, and is not the factory's 88888888."};
constexpr TextRule range_rule{1, 64, nullptr, {}};

/// Looked up before the device is spoken to. Who sees a part of the site keeps devices in it.
Nullable<Id> read_area(Fields& fields, const Tree& areas, const Branches& seen, Need need) {
    auto area = fields.nullable_id("area_id");
    const bool chosen = area && *area;
    if (!chosen && seen && (area || need == Need::required))
        fields.wrong("area_id", "missing", "Choose the area: you work in a part of the site.");
    if (chosen && (!holds(seen, *area) || areas.below(std::vector{**area}).empty()))
        fields.wrong("area_id", "not_found", "There is no such area. It may have been removed.");
    return area;
}

/// In clear only where it was said.
Wire read_wire(Fields& fields, const DeviceAddress& address) {
    const auto word = fields.choice("connection", {"encrypted", "in_clear"});
    const auto wire = base::enum_from<Wire>(word.value_or("encrypted")).value_or(Wire::encrypted);
    if (wire == Wire::in_clear && dials_in(address.endpoint))
        fields.wrong("connection", "choice",
                     "A controller that dials in does so encrypted. Give the address of one that speaks in "
                     "clear.");
    if (wire == Wire::in_clear && !address.fingerprint.empty())
        fields.wrong("fingerprint", "choice", "In clear no certificate is shown: leave the fingerprint out.");
    return wire;
}

void add_device(DevicesApiParts parts, const Call& call, Finish finish) {
    auto& devices = parts.devices;
    auto device = read_body(call, Sent::anything, [&](Fields& fields, std::vector<FieldError>&) {
        NewDevice read;
        read.name = fields.text("name", name_rule, Need::required).value_or("");
        read.address.endpoint = read_endpoint(fields);
        read.address.account = fields.text("account", account_rule, Need::required).value_or("");
        read.address.password =
            fields.secret("password", password_rule, Need::required).value_or(base::Secret{});
        read.address.fingerprint = read_fingerprint(fields, read.address.endpoint);
        read.address.wire = read_wire(fields, read.address);
        read.area_id = read_area(fields, parts.areas, call.part.areas, Need::required).value_or(std::nullopt);
        return read;
    });
    if (!device) return finish(std::unexpected(device.error()));
    devices.add(std::move(*device), call.actor(),
                finishing<Id>(std::move(finish), [&devices, part = call.part](Id id) -> Answer<Reply> {
                    return created_or_problem(devices.get(id, part));
                }));
}

void change_device(DevicesApiParts parts, const Call& call, Finish finish) {
    auto& devices = parts.devices;
    auto patch = read_body(call, Sent::something, [&](Fields& fields, std::vector<FieldError>&) {
        DevicePatch read;
        read.name = fields.text("name", name_rule);
        read.host = fields.text("address", host_rule);
        if (const auto port = fields.integer("port", 1, 65'535)) read.port = port_of(port);
        read.account = fields.text("account", account_rule);
        read.password = fields.secret("password", password_rule);
        read.fingerprint = fingerprint_in(fields);
        read.area_id = read_area(fields, parts.areas, call.part.areas, Need::optional);
        read.keypad_password = fields.nullable_secret("keypad_password", own_keypad_rule);
        read.revision = read_revision(fields);
        read.replaced = fields.truth("replaced").value_or(false);
        return read;
    });
    if (!patch) return finish(std::unexpected(patch.error()));
    if_whole(devices, call, std::move(finish), [&](Finish after) {
        devices.change(call.id(), std::move(*patch), call.actor(),
                       finishing<Id>(std::move(after), [&devices, part = call.part](Id id) -> Answer<Reply> {
                           return ok_or_problem(devices.get(id, part));
                       }));
    });
}

void initialise_device(Devices& devices, const Call& call, Finish finish) {
    struct Wanted {
        DeviceAddress address;
        base::Secret password;
        std::optional<base::Secret> keypad;
    };
    auto wanted = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        Wanted read;
        read.address.endpoint = read_endpoint(fields);
        read.address.fingerprint = read_fingerprint(fields, read.address.endpoint);
        read.password = fields.secret("password", password_rule, Need::required).value_or(base::Secret{});
        read.keypad = fields.secret("keypad_password", keypad_rule);
        if (!read.password.empty()) {
            for (const auto& broken : broken_rules(read.password, "admin"))
                fields.wrong("password", broken.code, broken.message);
        }
        return read;
    });
    if (!wanted) return finish(std::unexpected(wanted.error()));
    const bool given = wanted->keypad.has_value();
    devices.initialise(std::move(wanted->address), std::move(wanted->password), std::move(wanted->keypad),
                       call.actor(),
                       finishing<InitialisedDevice>(
                           std::move(finish), [given](const InitialisedDevice& made) -> Answer<Reply> {
                               json::value keypad = nullptr;
                               if (!given) keypad = made.keypad_password.reveal();
                               return ok(json::object{{"serial", made.serial},
                                                      {"fingerprint", made.fingerprint},
                                                      {"keypad_password", std::move(keypad)}});
                           }));
}

void command_door(DevicesApiParts parts, const Call& call, Finish finish) {
    bool confirmed = false;
    auto command = read_body(call, Sent::anything, [&](Fields& fields, std::vector<FieldError>&) {
        confirmed = fields.truth("confirmed").value_or(false);
        const auto word = fields.choice(
            "command", {"open", "close", "always_open", "always_closed", "normal", "lockdown", "silence"},
            Need::required);
        return word ? base::enum_from<core::DoorCommand>(*word).value_or(core::DoorCommand::close)
                    : core::DoorCommand::close;
    });
    if (!command) return finish(std::unexpected(command.error()));
    const auto door = parts.doors.find(call.id(), call.part.areas);
    if (!door) return finish(no_such("door"));
    if (!confirmed && needs_confirmation(*door, *command))
        return finish(refuse(base::ErrorKind::conflict, "confirmation_needed",
                             "At this door it has to be confirmed first. Send it again with confirmed."));
    const auto id = parts.ids.next();
    parts.devices.command(
        call.id(), *command, id, call.actor(),
        finishing<base::UtcTime>(
            std::move(finish), [id, command = *command](base::UtcTime at) -> Answer<Reply> {
                return ok(json::object{
                    {"id", id_text(id)}, {"command", base::text_of(command)}, {"taken_at", time_text(at)}});
            }));
}

// ---------------------------------------------------------------- searching

Answer<json::object> search_json(ports::Database& database, const SearchResult& search) {
    const auto known = ports::read_from(database, [](ports::Connection& c) {
        return c.query("SELECT serial, id FROM device WHERE serial <> ''");
    });
    if (!known) return std::unexpected(known.error());
    json::array items;
    for (const auto& found : search.found) {
        json::value device_id = nullptr;
        for (const auto& row : *known) {
            if (row.text(0) == found.said.serial) device_id = id_text(row.integer(1));
        }
        const auto fingerprint = ports::fingerprint_from(found.said.fingerprint);
        items.push_back(
            json::object{{"address", found.from.address},
                         {"port", found.said.port},
                         {"serial", found.said.serial},
                         {"model", found.said.device_type},
                         {"firmware", found.said.version},
                         {"initialised", found.said.initialised == codec::dhip::Initialised::yes},
                         {"fingerprint", fingerprint ? json::value(*fingerprint) : json::value(nullptr)},
                         {"device_id", std::move(device_id)}});
    }
    return json::object{{"id", id_text(search.id)},
                        {"state", base::text_of(search.state)},
                        {"scanned", search.scanned},
                        {"total", search.total},
                        {"items", std::move(items)}};
}

void search_devices(DevicesApiParts parts, const Call& call, Finish finish) {
    Parameters parameters(call.request.query);
    const auto wait_s = parameters.integer("wait_s", 0, 30).value_or(default_search_wait_s);
    if (auto read = parameters.finish(); !read) return finish(std::unexpected(read.error()));
    const auto range = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.text("range", range_rule);
    });
    if (!range) return finish(std::unexpected(range.error()));
    auto shared = std::make_shared<Finish>(std::move(finish));
    auto told = [shared, &database = parts.database](const SearchResult& search) {
        auto body = search_json(database, search);
        if (!body) return (*shared)(std::unexpected(body.error()));
        (*shared)(Reply{search.state == SearchState::running ? 202 : 200, *std::move(body), {}});
    };
    const auto started =
        parts.searches.start(call.session->account.name, *range, std::chrono::seconds(wait_s), told);
    if (started) return;
    if (started.error().code.starts_with("range_"))
        return (*shared)(wrong_field("range", started.error().code, started.error().message));
    (*shared)(std::unexpected(Problem(started.error())));
}

Answer<Reply> get_search(DevicesApiParts parts, const Call& call) {
    const auto search = parts.searches.find(call.id());
    if (!search) return no_such("search");
    return ok_or_problem(search_json(parts.database, *search));
}

// ---------------------------------------------------------------- issue states

json::object issue_json(const IssueState& state) {
    return {{"person_id", id_text(state.person_id)},
            {"door_id", id_text(state.door_id)},
            {"state", base::text_of(state.state)},
            {"reason", state.reason.empty() ? json::value(nullptr) : json::value(state.reason)},
            {"cards_left_out", state.cards_left_out},
            {"since", time_text(state.since)}};
}

/// "DOOR-PERSON" of the last pair that was looked at.
bool read_cursor_into(IssueFilter& filter, std::string_view cursor) {
    const auto dash = cursor.find('-');
    if (dash == std::string_view::npos) return false;
    const auto door = id_from(cursor.substr(0, dash));
    const auto person = id_from(cursor.substr(dash + 1));
    if (!door || !person) return false;
    filter.after_door = *door;
    filter.after_person = *person;
    return true;
}

Answer<Reply> list_states(DevicesApiParts parts, const Call& call) {
    Parameters parameters(call.request.query);
    IssueFilter filter;
    filter.person = parameters.id("person");
    filter.door = parameters.id("door");
    const auto words = parameters.words<IssueWord>("state", 1);
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    if (page.cursor && !read_cursor_into(filter, *page.cursor)) return bad_cursor();
    filter.limit = static_cast<std::size_t>(page.limit);
    filter.now = parts.clock.utc();
    filter.seen = call.part;
    const auto states = ports::read_from(parts.database, [&](ports::Connection& c) {
        return list_issue_states(c, parts.sealer, filter,
                                 [&](Id device) { return parts.devices.pending_reason(device); });
    });
    if (!states) return std::unexpected(states.error());
    json::array items;
    for (const auto& state : *states) {
        if (words.empty() || base::text_of(state.state) == words.front()) items.push_back(issue_json(state));
    }
    json::value next = nullptr;
    if (states->size() == filter.limit)
        next = id_text(states->back().door_id) + "-" + id_text(states->back().person_id);
    return ok(json::object{{"items", std::move(items)}, {"next", std::move(next)}});
}

json::object waiting_json(const WaitingDevice& device) {
    return {{"serial", device.id},
            {"model", device.model},
            {"address", device.address},
            {"fingerprint", device.fingerprint},
            {"since", time_text(device.since)}};
}

Answer<Reply> list_waiting(const Registrations& registrations) {
    json::array items;
    for (const auto& device : registrations.waiting()) items.push_back(waiting_json(device));
    return ok(json::object{{"items", std::move(items)}, {"next", nullptr}});
}

Answer<Reply> list_devices(DevicesApiParts parts, const Call& call) {
    Parameters parameters(call.request.query);
    const auto areas = parts.areas.below(parameters.id("area"));
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return ok_or_problem(parts.devices.list(areas, call.part, page));
}

}  // namespace

Operations device_operations(DevicesApiParts parts) {
    auto& devices = parts.devices;
    return {
        {"GET", "/devices", may(Function::devices, Level::view), Body::none,
         at_once([parts](Call& call) { return list_devices(parts, call); })},
        {"POST", "/devices", may(Function::devices, Level::administer), Body::object,
         [parts](const Call& call, Finish finish) { add_device(parts, call, std::move(finish)); }},
        {"POST", "/devices/search", may_all(Function::devices, Level::administer), Body::object,
         [parts](const Call& call, Finish finish) { search_devices(parts, call, std::move(finish)); }},
        {"GET", "/devices/search/{id}", may_all(Function::devices, Level::administer), Body::none,
         at_once([parts](Call& call) { return get_search(parts, call); })},
        {"DELETE", "/devices/search/{id}", may_all(Function::devices, Level::administer), Body::none,
         at_once([parts](Call& call) -> Answer<Reply> {
             if (!parts.searches.cancel(call.id())) return no_such("search");
             return no_content();
         })},
        {"GET", "/devices/waiting", may_all(Function::devices, Level::administer), Body::none,
         at_once([parts](Call&) { return list_waiting(parts.registrations); })},
        {"POST", "/devices/initialise", may(Function::devices, Level::administer), Body::object,
         [&devices](const Call& call, Finish finish) {
             initialise_device(devices, call, std::move(finish));
         }},
        {"GET", "/devices/{id}", may(Function::devices, Level::view), Body::none,
         at_once([&devices](Call& call) { return ok_or_problem(devices.get(call.id(), call.part)); })},
        {"PATCH", "/devices/{id}", may(Function::devices, Level::administer), Body::object,
         [parts](const Call& call, Finish finish) { change_device(parts, call, std::move(finish)); }},
        {"DELETE", "/devices/{id}", may(Function::devices, Level::administer), Body::none,
         [&devices](const Call& call, Finish finish) {
             if_whole(devices, call, std::move(finish), [&](Finish after) {
                 devices.remove(
                     call.id(), call.actor(),
                     finishing<Id>(std::move(after), [](Id) -> Answer<Reply> { return no_content(); }));
             });
         }},
        {"POST", "/doors/{id}/commands", may(Function::doors, Level::control), Body::object,
         [parts](const Call& call, Finish finish) { command_door(parts, call, std::move(finish)); }},
        {"GET", "/issue-states", may(Function::permissions, Level::view), Body::none,
         at_once([parts](Call& call) { return list_states(parts, call); })},
    };
}

}  // namespace sallyport::server

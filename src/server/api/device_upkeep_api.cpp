#include "server/api/device_upkeep_api.hpp"

#include <boost/json/array.hpp>

#include "base/enum_text.hpp"
#include "server/accounts/password_policy.hpp"
#include "server/api/device_answers.hpp"
#include "server/devices/reader_lines.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

/// Of a package, as text: four of base64 for three.
constexpr std::size_t piece_text = (std::size_t{1} << 20) * 4 / 3 + 4;
constexpr std::int64_t package_bytes = std::int64_t{64} << 20;
constexpr TextRule piece_rule{1, piece_text, nullptr, {}};

bool is_ipv4(std::string_view text) {
    int parts = 0;
    while (true) {
        const auto dot = text.find('.');
        const auto part = text.substr(0, dot);
        if (part.empty() || part.size() > 3 || (part.size() > 1 && part.front() == '0')) return false;
        int value = 0;
        for (const char c : part) {
            if (c < '0' || c > '9') return false;
            value = value * 10 + (c - '0');
        }
        if (value > 255) return false;
        ++parts;
        if (dot == std::string_view::npos) return parts == 4;
        text.remove_prefix(dot + 1);
    }
}

constexpr TextRule ipv4_rule{7, 15, is_ipv4, "Write an IPv4 address, such as 192.168.1.20."};

void restart(Devices& devices, const Call& call, Finish finish) {
    if_whole(devices, call, std::move(finish), [&](Finish after) {
        DeviceCall asked{.method = "magicBox.reboot",
                         .params = {},
                         .action = "device.restarted",
                         .noted = [](const DeviceCall::Said&) { return std::optional(json::object()); }};
        devices.ask(call.id(), std::move(asked), call.actor(),
                    finishing<json::object>(
                        std::move(after), [](const json::object&) -> Answer<Reply> { return no_content(); }));
    });
}

void set_time(Devices& devices, const Call& call, Finish finish) {
    if_seen(devices, call, std::move(finish), [&](Finish after) {
        devices.set_time(call.id(), call.actor(),
                         finishing<std::int64_t>(std::move(after), [](std::int64_t offset) -> Answer<Reply> {
                             return ok(json::object{{"clock_offset_ms", offset}});
                         }));
    });
}

// ---------------------------------------------------------------- readers

/// Of a code that pages have words for, or in the words of the controller.
json::value fault_json(const LineOfReaders& line) {
    if (!line.fault) return nullptr;
    if (line.fault_code == "device_lost" || line.fault_code == "device_unavailable")
        return json::object{{"code", line.fault_code}, {"said", nullptr}};
    return json::object{{"code", "other"}, {"said", *line.fault}};
}

/// Who asks about which controller.
struct Asked {
    const Devices& devices;
    Id device;
    Branches seen;
};

json::object reader_json(const ReaderOnLine& reader, const Asked& asked) {
    return {{"address", reader.address},
            {"number", reader.number},
            {"door_name", asked.devices.door_name(asked.device, reader.door, asked.seen)},
            {"direction", base::text_of(reader.direction)},
            {"state", base::text_of(reader.state)},
            {"model", reader.model ? json::value(*reader.model) : nullptr}};
}

Answer<Reply> readers_json(const json::object& said, const Asked& asked) {
    const auto lines = reader_lines_from(said);
    if (!lines) return std::unexpected(Problem(lines.error()));
    json::array array;
    for (const auto& line : *lines) {
        json::array readers;
        for (const auto& reader : line.readers) readers.push_back(reader_json(reader, asked));
        array.push_back(json::object{{"line", line.number},
                                     {"device", line.device},
                                     {"baud", line.baud},
                                     {"fault", fault_json(line)},
                                     {"readers", std::move(readers)}});
    }
    return ok(json::object{{"lines", std::move(array)}});
}

void list_readers(Devices& devices, const Call& call, Finish finish) {
    if_seen(devices, call, std::move(finish), [&](Finish after) {
        DeviceCall asked{.method = "sallyport.readers.list", .params = {}, .action = {}, .noted = {}};
        const auto answer = [by = Asked{devices, call.id(), call.part.areas}](
                                const json::object& said) -> Answer<Reply> { return readers_json(said, by); };
        devices.ask(call.id(), std::move(asked), call.actor(),
                    finishing<json::object>(std::move(after), answer));
    });
}

/// What is asked of a line of readers: answered with nothing, and noted with what was asked.
void ask_line(Devices& devices, const Call& call, Finish finish, std::string method, std::string action,
              Answer<json::object> params) {
    if (!params) return finish(std::unexpected(params.error()));
    if_whole(devices, call, std::move(finish), [&](Finish after) {
        DeviceCall asked{
            .method = std::move(method),
            .params = *params,
            .action = std::move(action),
            .noted = [params = *params](const DeviceCall::Said&) { return std::optional(params); }};
        devices.ask(call.id(), std::move(asked), call.actor(),
                    finishing<json::object>(
                        std::move(after), [](const json::object&) -> Answer<Reply> { return no_content(); }));
    });
}

void pair_reader(Devices& devices, const Call& call, Finish finish) {
    auto params = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        const auto line = fields.integer("line", 1, most_reader_lines, Need::required);
        const auto address = fields.integer("address", 0, last_reader_address, Need::required);
        const auto minutes = fields.integer("minutes", 1, most_pairing_minutes, Need::required);
        return json::object{
            {"line", line.value_or(1)}, {"address", address.value_or(0)}, {"minutes", minutes.value_or(1)}};
    });
    ask_line(devices, call, std::move(finish), "sallyport.readers.pair", "device.reader_pairing_opened",
             std::move(params));
}

void cancel_pairing(Devices& devices, const Call& call, Finish finish) {
    auto params = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return json::object{
            {"line", fields.integer("line", 1, most_reader_lines, Need::required).value_or(1)}};
    });
    ask_line(devices, call, std::move(finish), "sallyport.readers.cancelPairing",
             "device.reader_pairing_cancelled", std::move(params));
}

// ---------------------------------------------------------------- updates

/// The version that is staged; nothing before the last piece.
std::optional<std::string> staged_of(const json::object& said) {
    const auto* version = said.if_contains("staged");
    if (version == nullptr || !version->is_string() || version->get_string().empty()) return std::nullopt;
    return std::string(version->get_string());
}

std::optional<json::object> noted_of_update(const DeviceCall::Said& said) {
    if (!said) return said.error().code == "busy" ? std::nullopt : std::optional(json::object());
    const auto version = staged_of(*said);
    return version ? std::optional(json::object{{"version", *version}}) : std::nullopt;
}

void stage_update(Devices& devices, const Call& call, Finish finish) {
    auto params = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        const auto offset = fields.integer("offset", 0, package_bytes, Need::required);
        const auto total = fields.integer("total", 1, package_bytes, Need::required);
        auto piece = fields.text("piece", piece_rule, Need::required);
        if (offset && total && *offset >= *total)
            fields.wrong("offset", "too_large", "The offset lies within the package.");
        return json::object{
            {"offset", offset.value_or(0)}, {"total", total.value_or(0)}, {"piece", piece.value_or("")}};
    });
    if (!params) return finish(std::unexpected(params.error()));
    if_whole(devices, call, std::move(finish), [&](Finish after) {
        DeviceCall asked{.method = "sallyport.stageUpdate",
                         .params = *std::move(params),
                         .deadline = std::chrono::seconds(30),
                         .action = "device.updated",
                         .noted = noted_of_update};
        devices.ask(call.id(), std::move(asked), call.actor(),
                    finishing<json::object>(std::move(after), [](const json::object& said) -> Answer<Reply> {
                        const auto version = staged_of(said);
                        return ok(json::object{{"staged", version ? json::value(*version) : nullptr}});
                    }));
    });
}

// ---------------------------------------------------------------- address and password

NetworkPlace read_place(Fields& fields, std::string_view address) {
    NetworkPlace place;
    place.address = fields.text(address, ipv4_rule, Need::required).value_or("");
    place.subnet_mask = fields.text("subnet_mask", ipv4_rule);
    place.gateway = fields.text("gateway", ipv4_rule);
    return place;
}

void move_device(Devices& devices, const Call& call, Finish finish) {
    auto place = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return read_place(fields, "address");
    });
    if (!place) return finish(std::unexpected(place.error()));
    if_whole(devices, call, std::move(finish), [&](Finish after) {
        devices.move_to(call.id(), *std::move(place), call.actor(),
                        finishing<Id>(std::move(after), [&devices, part = call.part](Id id) -> Answer<Reply> {
                            return ok_or_problem(devices.get(id, part));
                        }));
    });
}

void move_found(Devices& devices, const Call& call, Finish finish) {
    struct Wanted {
        DeviceAddress found;
        NetworkPlace place;
    };
    auto wanted = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        Wanted read;
        read.found.endpoint.address = fields.text("address", host_rule, Need::required).value_or("");
        read.found.endpoint.port = port_of(fields.integer("port", 1, 65'535));
        read.found.account = fields.text("account", account_rule, Need::required).value_or("");
        read.found.password =
            fields.secret("password", password_rule, Need::required).value_or(base::Secret{});
        read.found.fingerprint = fingerprint_in(fields).value_or("");
        read.place = read_place(fields, "new_address");
        return read;
    });
    if (!wanted) return finish(std::unexpected(wanted.error()));
    devices.move_found(
        std::move(wanted->found), std::move(wanted->place), call.actor(),
        finishing<ports::Endpoint>(std::move(finish), [](const ports::Endpoint& now) -> Answer<Reply> {
            return ok(json::object{{"address", now.address}, {"port", now.port}});
        }));
}

void change_password(Devices& devices, const Call& call, Finish finish) {
    auto password = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        auto read = fields.secret("password", password_rule, Need::required).value_or(base::Secret{});
        if (!read.empty())
            for (const auto& broken : broken_rules(read, ""))
                fields.wrong("password", broken.code, broken.message);
        return read;
    });
    if (!password) return finish(std::unexpected(password.error()));
    if_whole(devices, call, std::move(finish), [&](Finish after) {
        devices.change_password(
            call.id(), *std::move(password), call.actor(),
            finishing<Id>(std::move(after), [&devices, part = call.part](Id id) -> Answer<Reply> {
                return ok_or_problem(devices.get(id, part));
            }));
    });
}

}  // namespace

Operations device_upkeep_operations(Devices& devices) {
    const auto administer = may(Function::devices, Level::administer);
    const auto by = [&devices](void (*work)(Devices&, const Call&, Finish)) {
        return [&devices, work](const Call& call, Finish finish) { work(devices, call, std::move(finish)); };
    };
    return {
        {"POST", "/devices/{id}/restart", administer, Body::none, by(restart)},
        {"POST", "/devices/{id}/time", may(Function::devices, Level::control), Body::none, by(set_time)},
        {"GET", "/devices/{id}/readers", may(Function::devices, Level::view), Body::none, by(list_readers)},
        {"POST", "/devices/{id}/readers/pair", administer, Body::object, by(pair_reader)},
        {"POST", "/devices/{id}/readers/cancel-pairing", administer, Body::object, by(cancel_pairing)},
        {"POST", "/devices/{id}/update", administer, Body::object, by(stage_update)},
        {"POST", "/devices/{id}/address", administer, Body::object, by(move_device)},
        {"POST", "/devices/{id}/password", administer, Body::object, by(change_password)},
        {"POST", "/devices/move", may_all(Function::devices, Level::administer), Body::object,
         by(move_found)},
    };
}

}  // namespace sallyport::server

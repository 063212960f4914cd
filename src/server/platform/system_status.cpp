#include "server/platform/system_status.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "server/platform/platform.hpp"
#include "server/wire/outside_problem.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

constexpr std::uint64_t always_enough = std::uint64_t{1} << 30;

std::string_view disk_word(const ports::ProcessFigures& process) {
    if (process.disk_bytes == 0) return "unknown";
    const auto enough = std::min(process.disk_bytes / 20, always_enough);
    return process.disk_free_bytes < enough ? "low" : "ok";
}

}  // namespace

base::Result<json::object> stored_status(ports::Database& database) {
    json::object holds;
    std::int64_t missing = 0;
    const auto read = ports::read_from(database, [&](ports::Connection& c) -> base::Result<bool> {
        for (const auto& [name, table] : {std::pair{"accounts", "account"},
                                          {"devices", "device"},
                                          {"doors", "door"},
                                          {"people", "person"},
                                          {"groups", "permission_group"},
                                          {"events", "event"},
                                          {"audit", "audit"}}) {
            const auto rows = c.query(fmt::format("SELECT count(*) FROM {}", table));
            if (!rows) return std::unexpected(rows.error());
            holds[name] = rows->front().integer(0);
        }
        const auto gaps =
            c.query("SELECT coalesce(sum(last_sequence - first_sequence + 1), 0) FROM event_gap");
        if (!gaps) return std::unexpected(gaps.error());
        missing = gaps->front().integer(0);
        return true;
    });
    if (!read) return std::unexpected(read.error());
    return json::object{
        {"version", SALLYPORT_VERSION}, {"holds", std::move(holds)}, {"missing_events", missing}};
}

json::object storage_status(const ports::Database& database,
                            const std::optional<ports::ProcessFigures>& process) {
    const auto health = database.health();
    const auto figures = process.value_or(ports::ProcessFigures{});
    return {{"database", health ? "ok" : "failing"},
            {"database_says", health ? json::value(nullptr) : json::value(health.error().message)},
            {"disk", disk_word(figures)},
            {"disk_bytes", figures.disk_bytes},
            {"disk_free_bytes", figures.disk_free_bytes}};
}

void Platform::listens_at(json::object addresses) {
    const std::lock_guard lock(addresses_mutex_);
    addresses_ = std::move(addresses);
}

json::array Platform::services() const {
    json::array all;
    const auto add = [&](std::string_view name, std::string_view address) {
        all.push_back(json::object{{"name", name}, {"address", address}});
    };
    const std::lock_guard lock(addresses_mutex_);
    for (const auto& [name, address] : addresses_)
        add(name == "listen" ? "page" : std::string_view(name), std::string_view(address.as_string()));
    if (const auto redirect = ports_.entrance.redirects_at()) add("redirect", ports::text_of(*redirect));
    for (const auto& place : ports_.search_everywhere) add("discovery", ports::text_of(place));
    return all;
}

json::array Platform::outlets() const {
    json::array all;
    const auto add = [&](std::string_view name, const json::object& told) {
        const auto& host = told.at("host").as_string();
        const auto port = told.at("port").to_number<std::uint16_t>();
        const auto& state = told.at("state").as_object();
        all.push_back(
            json::object{{"name", name},
                         {"word", state.at("word")},
                         {"address", host.empty() ? json::value(nullptr)
                                                  : json::value(ports::text_of({std::string(host), port}))},
                         {"problem", state.at("problem")}});
    };
    add("mqtt", mqtt_.get());
    add("syslog", syslog_.get());
    add("mail", outbox_.get());
    const auto snmp = snmp_.state();
    const auto& agent = ports_.snmp_agent;
    std::optional<ports::OutsideError> problem;
    if (!snmp.problem.empty())
        problem.emplace(base::ErrorKind::unavailable, "refused", snmp.problem, snmp.problem);
    all.push_back(json::object{{"name", "snmp"},
                               {"word", snmp.word},
                               {"address", agent.empty() ? json::value(nullptr) : json::value(agent)},
                               {"problem", outside_problem(problem)}});
    return all;
}

Answer<json::object> Platform::status() const {
    auto told = stored_status(ports_.database);
    if (!told) return std::unexpected(told.error());
    std::optional<ports::ProcessFigures> process;
    if (ports_.process) process = ports_.process();
    const auto devices = devices_.figures();
    const auto certificate = ports_.entrance.certificate();
    auto& all = *told;
    all["state"] = state();
    all["started_at"] = time_text(started_);
    all["memory_bytes"] = process ? process->resident_bytes : 0;
    all["services"] = services();
    all["outlets"] = outlets();
    all["storage"] = storage_status(ports_.database, process);
    all["backlog"] = json::object{{"storage", ports_.database.waiting()},
                                  {"calls", workers_.waiting()},
                                  {"events_ms", devices.behind.count() / 1'000}};
    all["devices"] = json::object{{"online", devices.online}, {"offline", devices.offline}};
    all["sessions"] = sessions_.all().size();
    all["live_clients"] = live_.clients();
    all["certificate_until"] = time_text(certificate.valid_to);
    return std::move(all);
}

}  // namespace sallyport::server

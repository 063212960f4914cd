#include "server/metrics/exposition.hpp"
#include "server/platform/platform.hpp"

namespace sallyport::server {

namespace {

double seconds(base::Duration duration) {
    return static_cast<double>(duration.count()) / 1e6;
}

void write_process(Exposition& out, const ports::ProcessFigures& process) {
    out.single("process_resident_memory_bytes", "gauge", "Memory that is in use.",
               static_cast<double>(process.resident_bytes));
    out.single("process_virtual_memory_bytes", "gauge", "Memory that is reserved.",
               static_cast<double>(process.virtual_bytes));
    out.single("process_cpu_seconds_total", "counter", "Processor time of all threads.", process.processor_s);
    out.single("process_open_fds", "gauge", "Open files and connections.",
               static_cast<double>(process.open_files));
    out.single("process_start_time_seconds", "gauge", "When it was started, since 1970.",
               static_cast<double>(process.started_at.microseconds) / 1e6);
}

void write_devices(Exposition& out, const DeviceFigures& devices) {
    out.family("sallyport_devices", "gauge", "Controllers by whether they are connected.");
    out.sample("sallyport_devices", {{"state", "online"}}, static_cast<double>(devices.online));
    out.sample("sallyport_devices", {{"state", "offline"}}, static_cast<double>(devices.offline));
    out.single("sallyport_events_ingested_total", "counter", "Events that were taken over from controllers.",
               static_cast<double>(devices.events));
    out.single("sallyport_journal_lag_seconds", "gauge",
               "By how much the platform was behind the journal of a connected controller when its last "
               "events came; the most of all.",
               seconds(devices.behind));
}

}  // namespace

/// 0 while the disk refuses.
std::int64_t Platform::events_missing() const {
    const auto missing = ports::read_from(ports_.database, [](ports::Connection& connection) {
        return connection.query("SELECT coalesce(sum(last_sequence - first_sequence + 1), 0) FROM event_gap");
    });
    return missing ? missing->front().integer(0) : 0;
}

SnmpFigures Platform::snmp_figures() const {
    const auto now = ports_.clock.utc();
    SnmpFigures figures;
    figures.version = SALLYPORT_VERSION;
    figures.up = now - started_;
    const auto word = state();
    if (word != "ok")
        figures.state =
            word == "stopping" ? SnmpFigures::State::stopping : SnmpFigures::State::storage_failed;
    figures.events = devices_.figures().events;
    figures.events_missing = static_cast<std::uint32_t>(events_missing());
    figures.writes_waiting = static_cast<std::uint32_t>(ports_.database.waiting());
    figures.mails_waiting = static_cast<std::uint32_t>(outbox_.waiting());
    std::map<Id, std::uint32_t> doors_of;
    for (const auto& door : doors_.all()) {
        ++doors_of[door.device_id];
        if (door.reach == Reach::offline) continue;
        if (door.state.contact == "open") ++figures.doors_open;
        if (!door.state.alarms.empty()) ++figures.doors_in_alarm;
    }
    const auto named = ports::read_from(ports_.database, [](ports::Connection& connection) {
        return connection.query("SELECT id, name FROM device ORDER BY id");
    });
    for (const auto& row : named ? *named : ports::Rows()) {
        const auto seen = devices_.observed(row.integer(0));
        const auto age = std::max(base::Duration{}, now - std::max(seen.since, started_));
        figures.devices.push_back(
            {id_text(row.integer(0)), row.text(1),
             seen.reach == Reach::online ? SnmpDevice::State::online : SnmpDevice::State::offline,
             static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(age).count()),
             doors_of[row.integer(0)]});
    }
    return figures;
}

std::string Platform::metrics() const {
    Exposition out;
    out.family("sallyport_build_info", "gauge", "The version that runs.");
    out.sample("sallyport_build_info", {{"version", SALLYPORT_VERSION}}, 1);
    out.single("sallyport_healthy", "gauge", "1 while it serves and its disk takes what it stores.",
               state() == "ok" ? 1 : 0);
    write_devices(out, devices_.figures());
    out.single("sallyport_events_missing", "gauge",
               "Events that never came, proved by gaps in their numbers.",
               static_cast<double>(events_missing()));
    out.family("sallyport_queue_length", "gauge", "What waits for its turn.");
    out.sample("sallyport_queue_length", {{"queue", "storage"}},
               static_cast<double>(ports_.database.waiting()));
    out.sample("sallyport_queue_length", {{"queue", "calls"}}, static_cast<double>(workers_.waiting()));
    out.sample("sallyport_queue_length", {{"queue", "sign_ins"}}, static_cast<double>(strangers_.waiting()));
    out.sample("sallyport_queue_length", {{"queue", "mail"}}, static_cast<double>(outbox_.waiting()));
    out.single("sallyport_sessions", "gauge", "Sessions of people who are signed in.",
               static_cast<double>(sessions_.all().size()));
    out.single("sallyport_live_clients", "gauge", "Clients that follow what happens.",
               static_cast<double>(live_.clients()));
    if (ports_.process) write_process(out, ports_.process());
    meter_.write(out);
    return out.text();
}

}  // namespace sallyport::server

#include "codec/dhip/status_json.hpp"

#include "base/enum_text.hpp"
#include "codec/dhip/person_json.hpp"
#include "codec/dhip/reader.hpp"
#include "codec/dhip/time_text.hpp"

namespace sallyport::codec::dhip {

namespace json = boost::json;

namespace {

constexpr std::size_t alarms_limit = 64;

void read_alarms(const Reader& from, std::vector<core::Alarm>& alarms) {
    from.each(alarms_limit, [&alarms](const Reader& alarm) {
        if (const auto known = base::enum_from<core::Alarm>(alarm.text(64))) alarms.push_back(*known);
    });
}

json::array alarms_json(const std::vector<core::Alarm>& alarms) {
    json::array result;
    for (const auto alarm : alarms) result.emplace_back(base::text_of(alarm));
    return result;
}

DoorState read_door(const Reader& from) {
    DoorState door;
    door.number.value = static_cast<std::uint8_t>(from["number"].integer(1, base::max_doors));
    door.lock = from["lock"].word<core::Lock>();
    door.contact = from["contact"].word<core::ContactState>();
    door.mode = from["mode"].word<core::DoorMode>();
    read_alarms(from["alarms"], door.alarms);
    if (const auto silenced = from["silenced"]; silenced.present()) read_alarms(silenced, door.silenced);
    door.hold_s = static_cast<std::int32_t>(from["hold_s"].integer(1, 600));
    door.unlock_mode = from["unlock_mode"].word<core::UnlockMode>();
    door.detector = from["detector"].word<core::Detector>();
    door.overtime_s = static_cast<std::int32_t>(from["overtime_s"].integer(1, 9'999));
    return door;
}

std::vector<DoorState> read_door_states(const Reader& from) {
    std::vector<DoorState> doors;
    from.each(base::max_doors, [&doors](const Reader& door) { doors.push_back(read_door(door)); });
    return doors;
}

base::NetworkTime read_network_time(const Reader& from) {
    constexpr std::int64_t century_us = 3'200'000'000'000'000;
    return {from["synchronised"].yes_or_no() ? base::NetworkTime::State::synchronised
                                             : base::NetworkTime::State::unsynchronised,
            base::Duration{from["offsetUs"].integer(-century_us, century_us)},
            base::Duration{from["maxErrorUs"].integer(0, century_us)}};
}

}  // namespace

DoorState door_state(const core::DoorView& view, const core::DoorSettings& settings) {
    return {view.door,     view.lock,       view.contact,         view.mode,         view.alarms,
            view.silenced, settings.hold_s, settings.unlock_mode, settings.detector, settings.overtime_s};
}

json::object to_json(const DoorState& door) {
    return {{"number", door.number.value},
            {"lock", base::text_of(door.lock)},
            {"contact", base::text_of(door.contact)},
            {"mode", base::text_of(door.mode)},
            {"alarms", alarms_json(door.alarms)},
            {"silenced", alarms_json(door.silenced)},
            {"hold_s", door.hold_s},
            {"unlock_mode", base::text_of(door.unlock_mode)},
            {"detector", base::text_of(door.detector)},
            {"overtime_s", door.overtime_s}};
}

json::array to_json(const std::vector<DoorState>& doors) {
    json::array result;
    for (const auto& door : doors) result.push_back(to_json(door));
    return result;
}

base::Result<std::vector<DoorState>> doors_from(const json::object& params) {
    Fault fault;
    auto doors = read_door_states(Reader(params, "params", fault)["doors"]);
    if (fault) return std::unexpected(*std::move(fault));
    return doors;
}

json::object to_json(const ControllerStatus& status) {
    return {{"serial", status.serial},
            {"model", status.model},
            {"firmware", status.firmware},
            {"initialised", status.initialised == Initialised::yes},
            {"fingerprint", status.fingerprint},
            {"generation", status.last.generation},
            {"sequence", status.last.sequence},
            {"oldest", status.oldest},
            {"people", status.people},
            {"peopleLost", status.people_known == core::People::lost},
            {"peopleLimit", status.people_limit},
            {"recordsLimit", status.records_limit},
            {"cardsPerPerson", status.cards_per_person},
            {"owner", status.owner},
            {"revision", status.revision},
            {"digest", hex64(status.digest.value)},
            {"time", utc_text(status.time)},
            {"clockTrust", status.trust == base::ClockTrust::set ? "set" : "not_set"},
            {"networkTime", json::object{{"synchronised", status.network_time.state ==
                                                              base::NetworkTime::State::synchronised},
                                         {"offsetUs", status.network_time.offset.count()},
                                         {"maxErrorUs", status.network_time.max_error.count()}}},
            {"zone", status.zone},
            {"doors", to_json(status.doors)}};
}

base::Result<ControllerStatus> status_from(const json::object& params) {
    Fault fault;
    const Reader from(params, "status", fault);
    ControllerStatus status;
    status.serial = from["serial"].text(64);
    status.model = from["model"].text(64);
    status.firmware = from["firmware"].text(64);
    status.initialised = from["initialised"].yes_or_no() ? Initialised::yes : Initialised::no;
    status.fingerprint = from["fingerprint"].text(128);
    const auto generation = from["generation"].integer(1, std::numeric_limits<std::uint32_t>::max());
    status.last = {static_cast<std::uint32_t>(generation), from["sequence"].count()};
    status.oldest = from["oldest"].count();
    status.people = from["people"].count();
    if (const auto lost = from["peopleLost"]; lost.present() && lost.yes_or_no())
        status.people_known = core::People::lost;
    status.people_limit = from["peopleLimit"].count();
    status.records_limit = from["recordsLimit"].count();
    status.cards_per_person = from["cardsPerPerson"].count();
    status.owner = from["owner"].text(128);
    status.revision = from["revision"].count();
    status.digest.value = from["digest"].hex64();
    status.time = from["time"].time();
    const auto trust = from["clockTrust"].text(16);
    status.trust = trust == "set" ? base::ClockTrust::set : base::ClockTrust::not_set;
    if (from["networkTime"].present()) status.network_time = read_network_time(from["networkTime"]);
    status.zone = from["zone"].text(64);
    status.doors = read_door_states(from["doors"]);
    if (fault) return std::unexpected(*std::move(fault));
    return status;
}

}  // namespace sallyport::codec::dhip

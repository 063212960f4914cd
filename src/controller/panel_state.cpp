#include "controller/panel_state.hpp"

#include <cstdlib>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "codec/dhip/time_text.hpp"
#include "core/access/rules.hpp"

namespace sallyport::controller {
namespace {

namespace json = boost::json;

constexpr std::size_t alarms_listed = 30;

std::string local_text(const base::Moment& now) {
    const auto shifted = now.utc + std::chrono::seconds{now.local.utc_offset_s};
    auto text = codec::dhip::utc_text(shifted);
    text.pop_back();  // "Z"
    const auto minutes = std::abs(now.local.utc_offset_s) / 60;
    return fmt::format("{}{}{:02}:{:02}", text, now.local.utc_offset_s < 0 ? '-' : '+', minutes / 60,
                       minutes % 60);
}

json::array signals_json(const ports::ShownDoor& shown) {
    json::array signals;
    for (const auto& one : shown.signals) {
        signals.push_back(json::object{{"sequence", one.sequence},
                                       {"at", codec::dhip::utc_text(one.at)},
                                       {"signal", base::text_of(one.signal)},
                                       {"beeps", core::beeps_of(one.signal)}});
    }
    return signals;
}

json::array alarms_json(const std::vector<core::Alarm>& alarms) {
    json::array texts;
    for (const auto alarm : alarms) texts.push_back(json::string(base::text_of(alarm)));
    return texts;
}

json::array alarm_log_json(const AlarmLog& log, base::DoorNumber door) {
    json::array entries;
    for (const auto& entry : log.of(door, alarms_listed)) {
        json::object one{{"alarm", base::text_of(entry.alarm)},
                         {"started", codec::dhip::utc_text(entry.started)}};
        if (entry.ended) one["ended"] = codec::dhip::utc_text(*entry.ended);
        entries.push_back(std::move(one));
    }
    return entries;
}

json::object inputs_json(const ports::DoorSimulation& simulation, base::DoorNumber door) {
    json::object levels;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<core::Input>>([&](auto input) {
        levels[input.name] = base::text_of(simulation.input(wired_at(input.value, door), input.value));
    });
    return levels;
}

json::object line_json(const FoundReader& found) {
    json::object object{{"line", found.name.line},
                        {"address", found.name.address},
                        {"baud", found.line->baud()},
                        {"state", base::text_of(found.reader.state)}};
    if (!found.reader.model.empty()) object["model"] = found.reader.model;
    return object;
}

json::array readers_json(const PanelSources& from, base::DoorNumber door) {
    json::array readers;
    for (const auto& shown : from.simulation.readers_of(door)) {
        const auto rules = core::rules_of(from.controller.station().settings().rules, shown.number, door);
        json::object one{{"number", shown.number.value}, {"direction", base::text_of(rules.direction)}};
        if (shown.wires) {
            one["wiring"] = "wiegand";
            one["d0_pulses"] = shown.wires->d0;
            one["d1_pulses"] = shown.wires->d1;
        } else {
            one["wiring"] = "osdp";
            one["fault"] = base::text_of(shown.fault);
            if (const auto found = find_reader(from.lines, shown.number)) one["on"] = line_json(*found);
        }
        readers.push_back(std::move(one));
    }
    return readers;
}

json::object network_json(const PanelMachine& machine) {
    json::object object{{"listen", ports::text_of(machine.listen)},
                        {"connections", machine.connections ? machine.connections() : 0}};
    if (machine.discovery) object["discovery"] = ports::text_of(*machine.discovery);
    return object;
}

}  // namespace

base::DoorNumber wired_at(core::Input input, base::DoorNumber door) {
    const bool once = input == core::Input::mains || input == core::Input::battery;
    return once ? base::DoorNumber{1} : door;
}

std::optional<FoundReader> find_reader(const ReaderLines& lines, base::ReaderNumber number) {
    std::size_t line_number = 0;
    for (const auto* line : lines.all()) {
        ++line_number;
        for (auto& reader : line->readers())
            if (reader.number == number)
                return FoundReader{{line_number, reader.address}, std::move(reader), line};
    }
    return std::nullopt;
}

json::object PanelState::all() const {
    auto object = steady;
    object["time"] = times.time;
    object["hold_ms_left"] = times.hold_ms_left;
    return object;
}

PanelState panel_state(const PanelSources& from, base::DoorNumber door) {
    const auto& controller = from.controller;
    const auto now = controller.now();
    const auto view = controller.view(door);
    const auto& shown = from.simulation.shown(door);
    PanelState state;
    state.steady = {{"awake", view.awake},
                    {"menu", view.menu},
                    {"light", base::text_of(shown.light)},
                    {"keyboard_light", shown.keyboard == core::KeyboardLight::on},
                    {"lock", base::text_of(shown.lock)},
                    {"contact", base::text_of(view.contact)},
                    {"mode", base::text_of(view.mode)},
                    {"alarms", alarms_json(view.alarms)},
                    {"silenced", alarms_json(view.silenced)},
                    {"alarm_log", alarm_log_json(from.alarms, door)},
                    {"inputs", inputs_json(from.simulation, door)},
                    {"readers", readers_json(from, door)},
                    {"network", network_json(from.machine)},
                    {"signals", signals_json(shown)},
                    {"fingerprint", from.machine.fingerprint},
                    {"initialised", controller.initialised()},
                    {"serial", controller.serial()},
                    {"doors", controller.options().doors},
                    {"clock_trust", now.trust == base::ClockTrust::set ? "set" : "not_set"}};
    if (const auto told = from.simulation.told_panel(); !told.empty())
        state.steady["told_panel"] = json::array(told.begin(), told.end());
    if (shown.card_to_relay) state.steady["card_to_relay_us"] = shown.card_to_relay->count();
    state.times.time = local_text(now);
    state.times.hold_ms_left = std::chrono::duration_cast<std::chrono::milliseconds>(view.hold_left).count();
    return state;
}

json::object latency_json(const Latency& latency) {
    json::array steps;
    for (const auto& step : latency.steps()) steps.push_back({step.up_to_us, step.count});
    return {{"what", "end of a card's frame to relay command, microseconds"},
            {"count", latency.count()},
            {"p50_us", latency.quantile_us(0.5)},
            {"p99_us", latency.quantile_us(0.99)},
            {"max_us", latency.max_us()},
            {"histogram", std::move(steps)}};
}

}  // namespace sallyport::controller

#include "controller/panel_state.hpp"

#include <cstdlib>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "base/enum_text.hpp"
#include "codec/dhip/time_text.hpp"

namespace sallyport::controller {
namespace {

namespace json = boost::json;

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

}  // namespace

json::object PanelState::all() const {
    auto object = steady;
    object["time"] = times.time;
    object["hold_ms_left"] = times.hold_ms_left;
    return object;
}

PanelState panel_state(const Controller& controller, const ports::DoorSimulation& simulation,
                       base::DoorNumber door, const std::string& fingerprint) {
    const auto now = controller.now();
    const auto view = controller.view(door);
    const auto& shown = simulation.shown(door);
    json::array alarms;
    for (const auto alarm : view.alarms) alarms.push_back(json::string(base::text_of(alarm)));
    PanelState state;
    state.steady = {{"awake", view.awake},
                    {"menu", view.menu},
                    {"light", base::text_of(shown.light)},
                    {"keyboard_light", shown.keyboard == core::KeyboardLight::on},
                    {"lock", base::text_of(shown.lock)},
                    {"contact", base::text_of(view.contact)},
                    {"mode", base::text_of(view.mode)},
                    {"alarms", std::move(alarms)},
                    {"signals", signals_json(shown)},
                    {"fingerprint", fingerprint},
                    {"initialised", controller.initialised()},
                    {"serial", controller.serial()},
                    {"doors", controller.options().doors},
                    {"reader_count", simulation.readers_of(door)},
                    {"clock_trust", now.trust == base::ClockTrust::set ? "set" : "not_set"}};
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

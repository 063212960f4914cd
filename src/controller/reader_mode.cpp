#include "controller/reader_mode.hpp"

#include <algorithm>
#include <utility>

#include "controller/controller.hpp"

namespace sallyport::controller {

ReaderMode::ReaderMode(Controller& controller, ports::PanelLink& link)
    : controller_(controller), link_(link) {
    for (std::uint8_t door = 1; door <= controller.options().doors; ++door) keypads_[{door}];
    link_.on_light = [this](core::Light light) {
        light_ = light;
        for (const auto& [door, keypad] : keypads_)
            if (hides(door)) controller_.show_light(door, light_, core::KeyboardLight::on);
    };
    link_.on_beep = [this](core::Signal signal) {
        for (const auto& [door, keypad] : keypads_)
            if (hides(door)) controller_.show_signal(door, signal);
    };
    link_.on_key_taken = [this](const base::Secret& key) {
        key_ = key;
        controller_.store().keep(key_write({core::DetailTerm::panel_key_taken, {}}));
    };
}

void ReaderMode::start(const ports::ControllerImage& image) {
    for (const auto& keys : image.reader_keys)
        if (keys.device == link_.device() && keys.address == link_.address()) key_ = keys.own;
}

bool ReaderMode::active() const {
    return serving_ && link_.connected();
}

void ReaderMode::refresh() {
    const bool wanted =
        controller_.running() && controller_.station().settings().working_mode == core::WorkingMode::reader;
    if (wanted != serving_) {
        serving_ = wanted;
        if (wanted) link_.start(key_);
        if (!wanted) link_.stop();
    }
    for (auto& [door, keypad] : keypads_) {
        const auto view = controller_.view(door);
        if (keypad.administering && (view.menu || !view.awake)) keypad.administering = false;
        if (std::exchange(keypad.hidden, hides(door)) == keypad.hidden) continue;
        if (keypad.hidden) controller_.show_light(door, light_, core::KeyboardLight::on);
        if (!keypad.hidden) controller_.show_light(door, view.light, view.keyboard);
    }
}

bool ReaderMode::hides(base::DoorNumber door) const {
    const auto keypad = keypads_.find(door);
    return active() && keypad != keypads_.end() && !keypad->second.administering &&
           !controller_.view(door).menu;
}

bool ReaderMode::takes(const core::StationEvent& event) {
    if (const auto* key = std::get_if<core::KeyPressed>(&event)) return take_key(*key);
    const auto* card = std::get_if<core::CardRead>(&event);
    if (card == nullptr || !hides(card->door)) return false;
    // One that cannot go up is refused here: the station does, in this mode.
    return link_.tell(card->card).has_value();
}

bool ReaderMode::take_key(const core::KeyPressed& pressed) {
    if (!hides(pressed.door)) return false;
    auto& keypad = keypads_[pressed.door];
    if (pressed.key == '#' && keypad.typed == 0) {
        keypad.administering = true;
        refresh();
        return false;
    }
    const bool ends = pressed.key == '#' || pressed.key == '*';
    keypad.typed = ends ? 0 : keypad.typed + 1;
    controller_.show_signal(pressed.door, core::Signal::key);
    link_.tell(pressed.key);
    return true;
}

ports::StoreWrite ReaderMode::key_write(const core::Detail& detail) const {
    const auto now = controller_.now();
    ports::StoreWrite write;
    write.reader_keys.push_back({link_.device(), link_.address(), key_, {}});
    auto& record = write.records.emplace_back();
    record.kind = core::RecordKind::settings_changed;
    record.at = now.utc;
    record.utc_offset_s = now.local.utc_offset_s;
    record.method = core::Method::remote;
    record.detail = core::written(detail);
    return write;
}

void ReaderMode::forget_panel(const std::string& by,
                              std::move_only_function<void(const base::Status&)> done) {
    auto kept = std::exchange(key_, base::Secret());
    auto write = key_write({core::DetailTerm::panel_key_forgotten, {{core::DetailName::by, by}}});
    controller_.store().change(
        std::move(write), [this, kept = std::move(kept), done = std::move(done)](const auto& stored) mutable {
            if (!stored) {
                key_ = std::move(kept);
                return done(std::unexpected(stored.error()));
            }
            if (serving_) link_.start(key_);
            done({});
        });
}

}  // namespace sallyport::controller

#include "controller/station_changes.hpp"

#include <algorithm>
#include <variant>

namespace sallyport::controller {
namespace {

struct IntoWrite {
    ports::StoreWrite& write;
    const std::vector<core::DoorMode>& door_modes;

    void operator()(const core::AddPerson& change) const { write.upsert.push_back(change.person); }
    void operator()(const core::RemovePerson& change) const { write.remove.push_back(change.user_id); }
    void operator()(const core::RemoveEveryone&) const { write.remove_everyone = true; }
    void operator()(const core::ChangeSettings& change) const {
        write.settings = [change](core::Settings& settings) { core::change(settings, change); };
    }
    void operator()(const core::ChangeDoorMode&) const { write.door_modes = door_modes; }
    void operator()(const core::CountUse& change) const { write.uses.push_back(change); }
    void operator()(const core::MovePerson& change) const { write.moves.push_back(change); }
    void operator()(const core::ForgetPosition& change) const { write.forgotten.push_back(change); }
    void operator()(const core::BeginFirstCard& change) const { write.first_cards.push_back(change); }
    void operator()(const core::RestoreFactory&) const { write.factory_reset = true; }
    void operator()(const core::RestoreAdminPassword&) const {
        write.settings = [](core::Settings& settings) { settings.admin_password.reset(); };
    }
};

bool is_fact(const core::Change& change) {
    return std::holds_alternative<core::CountUse>(change) ||
           std::holds_alternative<core::ChangeDoorMode>(change) ||
           std::holds_alternative<core::MovePerson>(change) ||
           std::holds_alternative<core::ForgetPosition>(change) ||
           std::holds_alternative<core::BeginFirstCard>(change);
}

}  // namespace

ports::StoreWrite store_write(const core::Write& asked, const std::vector<core::DoorMode>& door_modes) {
    ports::StoreWrite write;
    for (const auto& change : asked.changes) std::visit(IntoWrite{write, door_modes}, change);
    write.records = asked.records;
    return write;
}

bool only_facts(const core::Write& write) {
    return std::ranges::all_of(write.changes, is_fact);
}

void take_modes(const core::Write& write, std::vector<core::DoorMode>& door_modes) {
    for (const auto& change : write.changes) {
        const auto* mode = std::get_if<core::ChangeDoorMode>(&change);
        if (mode == nullptr) continue;
        if (door_modes.size() < mode->door.value) door_modes.resize(mode->door.value);
        door_modes[mode->door.value - 1] = mode->mode;
    }
}

bool restores_factory(const core::Write& write) {
    return std::ranges::any_of(write.changes, [](const auto& change) {
        return std::holds_alternative<core::RestoreFactory>(change);
    });
}

}  // namespace sallyport::controller

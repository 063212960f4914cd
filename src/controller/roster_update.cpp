#include "controller/roster_update.hpp"

#include <fmt/core.h>

#include "base/log.hpp"
#include "core/record/detail.hpp"

namespace sallyport::controller {
namespace {

/// Changes a roster and can take all of it back.
class Attempted {
  public:
    Attempted(core::Roster& roster, const core::PinKey& key) : roster_(roster), key_(key) {}
    Attempted(const Attempted&) = delete;
    Attempted& operator=(const Attempted&) = delete;
    ~Attempted() {
        // Cards first go from everybody: they may have wandered from one to the other.
        for (const auto& [user_id, before] : undo_) roster_.remove(user_id);
        for (auto& [user_id, before] : undo_)
            if (before) static_cast<void>(roster_.upsert(std::move(*before), key_));
    }
    base::Status run(const std::vector<core::Person>& upsert, const std::vector<base::UserId>& remove) {
        for (const auto& user_id : remove) take_out(user_id);
        for (const auto& person : upsert) take_out(person.user_id);
        for (const auto& person : upsert)
            if (auto status = roster_.upsert(person, key_); !status) return status;
        return {};
    }

  private:
    void take_out(const base::UserId& user_id) {
        const auto* before = roster_.find(user_id);
        undo_.try_emplace(user_id, before == nullptr ? std::nullopt : std::optional(*before));
        roster_.remove(user_id);
    }

    core::Roster& roster_;
    const core::PinKey& key_;
    std::map<base::UserId, std::optional<core::Person>> undo_;
};

/// As the store did: what was spent meanwhile stays spent.
void apply(core::Station& station, ports::StoreWrite write) {
    auto& roster = station.roster();
    for (const auto& user_id : write.remove) station.apply(core::RemovePerson{user_id});
    for (auto& person : write.upsert) {
        station.keep_spent(person);
        roster.remove(person.user_id);
    }
    for (const auto& person : write.upsert) {
        station.forget_arrivals(person.user_id);
        // Only a keypad that was faster by milliseconds can be in the way; the digest shows it to the owner.
        if (auto status = roster.upsert(person, station.pin_key()); !status)
            base::log_error("A stored person was left out: " + status.error().message);
    }
}

base::Status check_doors(const std::vector<codec::dhip::WireDoorSettings>& doors, std::size_t count) {
    for (const auto& door : doors) {
        if (door.number.value >= 1 && door.number.value <= count) continue;
        return base::fail(
            base::ErrorKind::invalid, "invalid_parameter",
            fmt::format("There is no door {}: this controller has {}.", door.number.value, count));
    }
    return {};
}

/// A plan must not undo what somebody has set at a keypad since its owner looked.
base::Status check_made_from(const codec::dhip::WirePlan& plan, const core::Settings& settings) {
    if (auto status = check_doors(plan.made_from, settings.doors.size()); !status) return status;
    for (const auto& seen : plan.made_from) {
        const auto& now = settings.doors[seen.number.value - 1U];
        if (codec::dhip::merged(now, seen) == now) continue;
        return base::fail(
            base::ErrorKind::conflict, "settings_changed",
            fmt::format("Door {} was set otherwise since this plan was made: read its settings, and "
                        "make it anew.",
                        seen.number.value));
    }
    return {};
}

/// What the plan says of the settings; what it leaves out stays.
ports::SettingsChange settings_change(const codec::dhip::WirePlan& plan, const core::PinKey& key) {
    std::optional<core::PinHash> password;
    if (plan.keypad_password) password = core::hash_admin_password(key, *plan.keypad_password);
    return [doors = plan.doors, zone = plan.zone, duress = plan.duress, rules = plan.rules,
            password](core::Settings& settings) {
        for (const auto& door : doors) {
            auto& known = core::door_of(settings, door.number);
            known = codec::dhip::merged(known, door);
        }
        if (zone) settings.zone = *zone;
        if (duress) settings.duress = *duress;
        if (rules) settings.rules = *rules;
        if (password) settings.admin_password = *password;
    };
}

std::vector<core::PublicPassword> hashed(const std::vector<codec::dhip::WirePublicPassword>& all,
                                         const core::PinKey& key) {
    std::vector<core::PublicPassword> result;
    result.reserve(all.size());
    for (const auto& one : all)
        result.push_back({core::hash_public_password(key, one.code), one.doors, one.validity, one.uses_left,
                          one.number, one.uses_series});
    return result;
}

base::Status try_public_passwords(core::Roster& roster, const std::vector<core::PublicPassword>& all,
                                  const core::PinKey& key) {
    auto before = roster.public_passwords();
    auto status = roster.set_public_passwords(all, key);
    if (status) static_cast<void>(roster.set_public_passwords(std::move(before), key));
    return status;
}

core::Record plan_record(const base::Moment& now, std::uint64_t revision, const std::string& by) {
    core::Record record;
    record.kind = core::RecordKind::settings_changed;
    record.at = now.utc;
    record.utc_offset_s = now.local.utc_offset_s;
    record.method = core::Method::remote;
    record.detail = core::written({core::DetailTerm::plan_applied,
                                   {{core::DetailName::revision, revision}, {core::DetailName::by, by}}});
    return record;
}

}  // namespace

base::Result<PolicyChange> prepare_roster_update(Controller& controller,
                                                 const codec::dhip::RosterUpdate& update) {
    auto& station = controller.station();
    PolicyChange change;
    change.write.remove = update.remove;
    change.write.upsert.reserve(update.upsert.size());
    for (const auto& wire : update.upsert) {
        auto& person = change.write.upsert.emplace_back(wire.person);
        if (wire.pin) person.pin = core::hash_pin(station.pin_key(), person.user_id, *wire.pin);
    }
    {
        Attempted attempted(station.roster(), station.pin_key());
        auto status = attempted.run(change.write.upsert, change.write.remove);
        if (!status) return std::unexpected(status.error());
    }
    change.write.people_known = update.after == core::People::known && station.people() == core::People::lost;
    change.take_up = [write = change.write](core::Station& holder) {
        apply(holder, write);
        if (write.people_known) holder.set_people_known();
    };
    return change;
}

base::Result<PolicyChange> prepare_plan(Controller& controller, const ports::TimeZones& zones,
                                        const codec::dhip::WirePlan& plan, const std::string& by) {
    auto& station = controller.station();
    auto status = check_doors(plan.doors, station.settings().doors.size());
    if (status) status = check_made_from(plan, station.settings());
    if (plan.zone)
        if (const auto local = zones.local(*plan.zone, {0}); status && !local)
            status = std::unexpected(local.error());
    const auto set = settings_change(plan, station.pin_key());
    auto settings = station.settings();
    if (status) {
        set(settings);
        if (plan.rules) status = core::check(*plan.rules, settings.doors.size());
        if (status) status = core::check(settings);
    }
    if (status && plan.calendar) status = core::check(*plan.calendar, controller.options().calendar);
    PolicyChange change;
    if (plan.public_passwords) {
        change.write.public_passwords = hashed(*plan.public_passwords, station.pin_key());
        if (status)
            status =
                try_public_passwords(station.roster(), *change.write.public_passwords, station.pin_key());
    }
    if (!status) return std::unexpected(status.error());
    change.write.settings = set;
    change.write.first_cards = core::first_cards_ended(station.settings(), settings);
    change.write.calendar = plan.calendar;
    change.write.owner = controller.owner();
    change.write.owner->revision = plan.revision;
    change.write.records.push_back(plan_record(controller.now(), plan.revision, by));
    change.take_up = [set, calendar = plan.calendar, codes = change.write.public_passwords](auto& holder) {
        auto settings = holder.settings();  // with what a keypad has set meanwhile
        set(settings);
        holder.set_settings(std::move(settings));
        if (calendar) holder.set_calendar(*calendar);
        if (codes) holder.set_public_passwords(*codes);
    };
    return change;
}

}  // namespace sallyport::controller

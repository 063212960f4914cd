#include "controller/restoring.hpp"

#include <utility>

#include <fmt/core.h>

#include "codec/dhip/time_text.hpp"
#include "core/record/detail.hpp"

namespace sallyport::controller {

namespace {

std::unexpected<base::Error> too_many(std::string_view what, std::size_t count, std::size_t most,
                                      std::string_view limit) {
    return base::fail(base::ErrorKind::limit, fmt::format("{}_limit", limit),
                      fmt::format("The backup has {} {}, and this controller takes {}: raise limits.{}.",
                                  count, what, most, limit));
}

base::Status check_people(const std::vector<core::Person>& people, const core::RosterLimits& limits) {
    if (people.size() > limits.people) return too_many("people", people.size(), limits.people, "people");
    for (const auto& person : people)
        if (person.cards.size() > limits.cards_per_person)
            return too_many("cards of one person", person.cards.size(), limits.cards_per_person,
                            "cards_per_person");
    return {};
}

/// Neither a keypad's nor any owner's.
constexpr core::EntryTag of_a_backup{~std::uint64_t{0}};

}  // namespace

base::Result<ports::StoreWrite> restore_write(ports::Backup backup, const ports::ControllerImage& present,
                                              const RestoreWish& wish) {
    auto& from = backup.image;
    if (auto status = core::check(from.calendar, wish.calendar); !status)
        return std::unexpected(status.error());
    if (from.public_passwords.size() > wish.roster.public_passwords)
        return too_many("public passwords", from.public_passwords.size(), wish.roster.public_passwords,
                        "public_passwords");
    ports::StoreWrite write;
    write.settings = [restored = std::move(from.settings)](core::Settings& settings) { settings = restored; };
    write.calendar = std::move(from.calendar);
    write.public_passwords = std::move(from.public_passwords);
    write.pin_key = from.pin_key;
    if (present.accounts.empty()) write.accounts = std::move(from.accounts);
    const auto& owner = present.owner.manager.empty() ? from.owner.manager : present.owner.manager;
    write.owner = ports::OwnerState{owner, 0};
    using core::DetailName;
    core::Detail detail{
        core::DetailTerm::backup_restored,
        {{DetailName::serial, backup.serial}, {DetailName::at, codec::dhip::utc_text(backup.made_at)}}};
    if (owner.empty() || wish.people == RestoredPeople::backups) {
        write.remove_everyone = true;
        write.upsert = std::move(from.people);
        // As nobody's: the owner corrects every one, and removes whom it does not know, also if somebody was
        // added at the keypad before the backup and may have been removed since.
        for (auto& person : write.upsert) person.tag = owner.empty() ? core::EntryTag{} : of_a_backup;
        detail.term = core::DetailTerm::backup_with_people_restored;
        detail.values.emplace_back(DetailName::count, write.upsert.size());
        if (auto status = check_people(write.upsert, wish.roster); !status)
            return std::unexpected(status.error());
    } else if (present.pin_key.bytes != from.pin_key.bytes) {
        write.remove_everyone = true;  // no PIN of theirs can be checked with the other key
    }
    auto& record = write.records.emplace_back();
    record.kind = core::RecordKind::settings_changed;
    record.at = wish.at;
    record.utc_offset_s = wish.utc_offset_s;
    record.method = core::Method::remote;
    detail.values.emplace_back(DetailName::by, wish.by);
    record.detail = core::written(detail);
    return write;
}

}  // namespace sallyport::controller

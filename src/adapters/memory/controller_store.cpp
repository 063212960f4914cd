#include "adapters/memory/controller_store.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <sodium.h>

namespace sallyport::adapters {
namespace {

void spend(std::optional<std::uint32_t>& uses_left) {
    if (uses_left && *uses_left > 0) --*uses_left;
}

void take_out(const base::UserId& user_id, std::map<base::UserId, core::Person>& people,
              ports::ControllerImage& image) {
    if (const auto leaving = people.find(user_id); leaving != people.end()) image.spent.note(leaving->second);
    people.erase(user_id);
    std::erase_if(image.positions, [&](const auto& one) { return one.user_id == user_id; });
}

}  // namespace

MemoryControllerStore::MemoryControllerStore(std::uint64_t records_limit, ports::ControllerImage first)
    : records_limit_(std::max<std::uint64_t>(1, records_limit)) {
    for (auto& person : std::exchange(first.people, {}))
        contents_.people.emplace(person.user_id, std::move(person));
    contents_.image = std::move(first);
    if (contents_.image.serial.empty()) {
        std::string serial(6, '\0');
        randombytes_buf(serial.data(), serial.size());
        contents_.image.serial = "SP" + base::to_hex(serial);
    }
    randombytes_buf(contents_.image.pin_key.bytes.data(), contents_.image.pin_key.bytes.size());
}

void MemoryControllerStore::fail_with(std::optional<base::Error> error) {
    const std::lock_guard lock(mutex_);
    failure_ = std::move(error);
}

base::Result<ports::ControllerImage> MemoryControllerStore::load() {
    const std::lock_guard lock(mutex_);
    ports::ControllerImage image = contents_.image;
    for (const auto& [id, person] : contents_.people) image.people.push_back(person);
    for (const auto& [name, position] : contents_.cursors) image.cursors.push_back({name, position});
    image.last = contents_.journal.last();
    if (!contents_.records.empty())
        image.oldest_sequence = contents_.records.front().stored.position.sequence;
    return image;
}

base::Result<std::vector<core::StoredRecord>> MemoryControllerStore::commit(
    std::span<const ports::StoreWrite> writes) {
    const std::lock_guard lock(mutex_);
    if (failure_) return std::unexpected(*failure_);
    for (const auto& write : writes) apply(write, contents_);
    std::optional<std::uint64_t> owner_cursor;
    auto& [people, image, cursors, journal, records] = contents_;
    if (!image.owner.manager.empty()) {
        const auto cursor = cursors.find(image.owner.manager);
        owner_cursor = cursor == cursors.end() ? 0 : journal.ordinal_of(cursor->second).value_or(0);
    }
    codec::JournalBatch batch(journal, records_limit_, owner_cursor);
    std::vector<core::StoredRecord> stored;
    const auto keep = [&](codec::JournalRow row) {
        stored.push_back(row.stored);
        records.push_back(std::move(row));
    };
    const core::Record* newest = nullptr;
    for (const auto& write : writes) {
        batch.begin_generation(write.generation);
        for (const auto& record : write.records) keep(batch.append(*(newest = &record)));
    }
    if (newest != nullptr)
        if (auto report = batch.report_losses(newest->at, newest->utc_offset_s)) keep(*std::move(report));
    while (!records.empty() && records.front().ordinal <= batch.gone()) records.pop_front();
    journal = batch.state();
    return stored;
}

void MemoryControllerStore::apply(const ports::StoreWrite& write, Contents& contents) {
    auto& image = contents.image;
    if (write.factory_reset) {
        ports::ControllerImage bare;
        bare.serial = image.serial;
        bare.pin_key = image.pin_key;
        bare.reader_keys = image.reader_keys;
        bare.line_speeds = image.line_speeds;
        bare.card_formats = image.card_formats;
        image = std::move(bare);
        contents.people.clear();
        contents.cursors.clear();
    }
    if (write.people_known || write.remove_everyone) image.people_known = core::People::known;
    if (write.remove_everyone) {
        for (const auto& [id, leaving] : contents.people) image.spent.note(leaving);
        contents.people.clear();
        image.positions.clear();
    }
    for (const auto& user_id : write.remove) take_out(user_id, contents.people, image);
    for (auto person : write.upsert) {
        image.spent.keep(person);
        auto& held = contents.people[person.user_id];
        core::keep_spent(person, held);
        held = std::move(person);
    }
    if (auto passwords = write.public_passwords) {
        image.spent.replace(*passwords, image.public_passwords);
        image.public_passwords = *std::move(passwords);
    }
    if (write.settings) write.settings(image.settings);
    if (write.calendar) image.calendar = *write.calendar;
    if (write.door_modes) image.door_modes = *write.door_modes;
    if (write.accounts) image.accounts = *write.accounts;
    if (write.owner) image.owner = *write.owner;
    if (write.pin_key) image.pin_key = *write.pin_key;
    for (const auto& use : write.uses) count(use, contents);
    for (const auto& move : write.moves) {
        if (!contents.people.contains(move.user_id)) continue;
        std::erase_if(image.positions, [&](const auto& one) { return one.user_id == move.user_id; });
        image.positions.push_back(move);
        image.positions.back().position.moved.reset();
    }
    for (const auto& one : write.forgotten) {
        std::erase_if(image.positions, [&](const core::MovePerson& known) {
            const auto* person = std::get_if<base::UserId>(&one.whose);
            return person != nullptr ? known.user_id == *person
                                     : known.position.area == std::get<core::AreaNumber>(one.whose);
        });
    }
    for (const auto& one : write.first_cards) {
        if (image.first_cards.size() < one.door.value) image.first_cards.resize(one.door.value);
        image.first_cards[one.door.value - 1U] = one.period;
    }
    for (const auto& keys : write.reader_keys) {
        std::erase_if(image.reader_keys, [&](const auto& kept) {
            return kept.device == keys.device && kept.address == keys.address;
        });
        image.reader_keys.push_back(keys);
    }
    for (const auto& speed : write.line_speeds) {
        std::erase_if(image.line_speeds, [&](const auto& kept) { return kept.device == speed.device; });
        image.line_speeds.push_back(speed);
    }
    if (write.card_formats) image.card_formats = *write.card_formats;
}

void MemoryControllerStore::count(const core::CountUse& use, Contents& contents) {
    if (use.user_id)
        if (const auto person = contents.people.find(*use.user_id); person != contents.people.end())
            return spend(person->second.uses_left);
    for (auto& one : contents.image.public_passwords)
        if (use.public_password && one.code == *use.public_password) return spend(one.uses_left);
    if (use.series) contents.image.spent.spend(*use.series);
}

base::Result<std::vector<core::StoredRecord>> MemoryControllerStore::read_after(core::RecordPosition after,
                                                                                std::size_t limit) {
    const std::lock_guard lock(mutex_);
    std::vector<core::StoredRecord> found;
    const auto from = contents_.journal.ordinal_of(after);
    if (!from) return found;
    const auto end = contents_.journal.end_of(after.generation);
    auto row = std::ranges::upper_bound(contents_.records, *from, {}, &codec::JournalRow::ordinal);
    for (; row != contents_.records.end() && row->ordinal <= end && found.size() < limit; ++row)
        found.push_back(row->stored);
    return found;
}

base::Result<ports::FoundRecords> MemoryControllerStore::search(const ports::RecordSearch& wanted) {
    auto looked_at = read_after(wanted.after, wanted.limit);
    if (!looked_at) return std::unexpected(looked_at.error());
    ports::FoundRecords found{{}, wanted.upto};
    if (looked_at->size() == wanted.limit)
        found.searched = std::min(wanted.upto, looked_at->back().position.sequence);
    for (auto& one : *looked_at)
        if (one.position.sequence <= wanted.upto && wanted.times.contains(one.record.at))
            found.records.push_back(std::move(one));
    return found;
}

base::Status MemoryControllerStore::acknowledge(const ports::Cursor& cursor) {
    const std::lock_guard lock(mutex_);
    if (failure_) return std::unexpected(*failure_);
    if (!contents_.journal.ordinal_of(cursor.acknowledged)) {
        return base::fail(base::ErrorKind::invalid, "position_unknown",
                          fmt::format("There is no record {} of generation {}.", cursor.acknowledged.sequence,
                                      cursor.acknowledged.generation));
    }
    auto& held = contents_.cursors.try_emplace(cursor.manager, core::RecordPosition{0, 0}).first->second;
    held = std::max(held, cursor.acknowledged);
    return {};
}

}  // namespace sallyport::adapters

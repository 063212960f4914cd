#include "sim/witnessed_store.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "codec/journal/journal.hpp"

namespace sallyport::sim {

namespace {

constexpr auto file = "controller.db";

template <class All, class Key>
All sorted(All all, Key key) {
    std::ranges::sort(all, {}, key);
    return all;
}

std::vector<core::StoredRecord> all_of(ports::ControllerStore& store, const ports::ControllerImage& image) {
    const auto from = std::max<std::uint64_t>(1, image.oldest_sequence) - 1;
    return store.read_after({image.last.generation, from}, SIZE_MAX >> 1)
        .value_or(std::vector<core::StoredRecord>{});
}

bool same_accounts(const std::vector<ports::Account>& a, const std::vector<ports::Account>& b) {
    return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
        return one.name == other.name && one.role == other.role && one.argon2id == other.argon2id;
    });
}

bool same_positions(const std::vector<core::MovePerson>& a, const std::vector<core::MovePerson>& b) {
    return std::ranges::equal(a, b, [](const auto& one, const auto& other) {
        return one.user_id == other.user_id && one.position == other.position;
    });
}

/// Whether these are the records of the group, all of them: groups may begin alike, because facts that were
/// refused are tried again with those that came after them. The store may add its word of what it overwrote.
bool wrote(const std::vector<ports::StoreWrite>& group, const std::vector<core::StoredRecord>& found) {
    auto next = found.begin();
    for (const auto& write : group) {
        for (const auto& record : write.records)
            if (next == found.end() || next++->record != record) return false;
    }
    if (next != found.end() && next->record.kind == core::RecordKind::records_overwritten) ++next;
    return next == found.end();
}

}  // namespace

base::Status WitnessedStore::open() {
    auto opened = adapters::SqliteControllerStore::open(file, limit_);
    if (!opened) return std::unexpected(opened.error());
    store_ = *std::move(opened);
    auto image = store_->load();
    if (!image) {
        store_.reset();
        return std::unexpected(image.error());
    }
    found_ = *std::move(image);
    static_cast<void>(settle());
    return {};
}

/// A disk on which nothing can be forced gives out no records either.
base::Status WitnessedStore::settle() {
    if (!found_) return {};
    if (const auto read = store_->read_after(found_->last, 1); !read) return std::unexpected(read.error());
    settle_doubt(*found_);
    compare(*found_);
    found_.reset();
    return {};
}

/// Of what was refused, one group at most may stand there all the same, and then whole.
void WitnessedStore::settle_doubt(const ports::ControllerImage& image) {
    const auto known = kept_.load()->last;
    if (image.last != known) {
        const auto found = store_->read_after(known, SIZE_MAX >> 1);
        const auto stood = std::ranges::find_if(
            doubtful_, [&](const auto& writes) { return found && wrote(writes, *found); });
        check(stood != doubtful_.end(), fmt::format("{} records are known, but the file ends at {}",
                                                    known.sequence, image.last.sequence));
        if (stood != doubtful_.end()) static_cast<void>(kept_.commit(*stood));
    }
    for (const auto& cursor : image.cursors) {
        const auto& refused = doubtful_cursors_[cursor.manager];
        if (std::ranges::find(refused, cursor.acknowledged) != refused.end())
            static_cast<void>(kept_.acknowledge(cursor));
    }
    doubtful_.clear();
    doubtful_cursors_.clear();
}

void WitnessedStore::compare(const ports::ControllerImage& found) {
    const auto kept = *kept_.load();
    check(found.chain_intact, found.chain_fault);
    check(found.last == kept.last, "the last record");
    check(found.oldest_sequence == kept.oldest_sequence, "the oldest record");
    check(all_of(*store_, found) == all_of(kept_, kept), "records");
    const auto by_id = [](const auto& one) { return one.user_id; };
    check(sorted(found.people, by_id) == sorted(kept.people, by_id), "people");
    check(same_positions(sorted(found.positions, by_id), sorted(kept.positions, by_id)), "positions");
    check(found.public_passwords == kept.public_passwords, "public passwords");
    check(found.spent.all() == kept.spent.all(), "what was spent of those who left");
    check(found.settings == kept.settings, "settings");
    check(found.calendar == kept.calendar, "calendar");
    check(found.door_modes == kept.door_modes, "modes of doors");
    check(found.first_cards == kept.first_cards, "first cards");
    check(same_accounts(found.accounts, kept.accounts), "accounts");
    check(found.owner.manager == kept.owner.manager && found.owner.revision == kept.owner.revision, "owner");
    check(std::ranges::equal(sorted(found.cursors, &ports::Cursor::manager),
                             sorted(kept.cursors, &ports::Cursor::manager),
                             [](const auto& a, const auto& b) {
                                 return a.manager == b.manager && a.acknowledged == b.acknowledged;
                             }),
          "cursors");
    check(serial_.empty() || found.serial == serial_, "the serial");
    serial_ = found.serial;
}

base::Result<std::vector<core::StoredRecord>> WitnessedStore::commit(
    std::span<const ports::StoreWrite> writes) {
    if (auto status = settle(); !status) return std::unexpected(status.error());
    auto stored = store_->commit(writes);
    if (!stored) {
        doubtful_.emplace_back(writes.begin(), writes.end());
        return stored;
    }
    doubtful_.clear();
    const auto kept = kept_.commit(writes);
    check(kept && *kept == *stored, "what a commit answered");
    return stored;
}

base::Result<std::vector<core::StoredRecord>> WitnessedStore::read_after(core::RecordPosition after,
                                                                         std::size_t limit) {
    return store_->read_after(after, limit);
}

base::Result<ports::FoundRecords> WitnessedStore::search(const ports::RecordSearch& wanted) {
    return store_->search(wanted);
}

base::Status WitnessedStore::acknowledge(const ports::Cursor& cursor) {
    if (auto status = settle(); !status) return status;
    auto status = store_->acknowledge(cursor);
    if (status) {
        doubtful_cursors_.erase(cursor.manager);
        check(kept_.acknowledge(cursor).has_value(), "what was acknowledged");
    } else {
        doubtful_cursors_[cursor.manager].push_back(cursor.acknowledged);
    }
    return status;
}

void WitnessedStore::check(bool holds, std::string_view what) {
    if (!holds) broken_.push_back(fmt::format("not as it was stored: {}", what));
}

}  // namespace sallyport::sim

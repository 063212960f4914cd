#include "controller/alarm_log.hpp"

#include <ranges>

namespace sallyport::controller {

void AlarmLog::take(std::span<const core::StoredRecord> records) {
    for (const auto& [position, record, previous, hash] : records) {
        if (!record.alarm || record.alarm == core::Alarm::duress) continue;
        const auto door = record.door;
        if (record.kind == core::RecordKind::alarm_ended) end(*record.alarm, door, record.at);
        if (record.kind != core::RecordKind::alarm_started) continue;
        end(*record.alarm, door, record.at);  // one that a loss of power left open
        entries_.push_back({*record.alarm, door, record.at, {}});
        if (entries_.size() > limit) entries_.pop_front();
    }
}

void AlarmLog::end(core::Alarm alarm, base::DoorNumber door, base::UtcTime at) {
    for (auto& entry : entries_)
        if (entry.alarm == alarm && entry.door == door && !entry.ended) entry.ended = at;
}

std::vector<AlarmLog::Entry> AlarmLog::of(base::DoorNumber door, std::size_t most) const {
    std::vector<Entry> found;
    for (const auto& entry : entries_ | std::views::reverse) {
        if (found.size() == most) break;
        if (entry.door == door || entry.door.value == 0) found.push_back(entry);
    }
    return found;
}

}  // namespace sallyport::controller

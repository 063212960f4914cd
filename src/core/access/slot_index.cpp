#include "core/access/slot_index.hpp"

#include "core/access/heap_block.hpp"

namespace sallyport::core {

void SlotIndex::insert(std::uint32_t hash, Slot slot) {
    if ((used_ + 1) * 4 > cells_.size() * 3) grow();
    place({hash, slot});
    ++used_;
}

void SlotIndex::place(Cell cell) {
    std::size_t i = cell.hash & mask();
    while (cells_[i].slot != nobody) i = (i + 1) & mask();
    cells_[i] = cell;
}

void SlotIndex::grow() {
    std::vector<Cell> old(cells_.empty() ? 16 : cells_.size() * 2);
    old.swap(cells_);
    for (const Cell& cell : old) {
        if (cell.slot != nobody) place(cell);
    }
}

std::size_t SlotIndex::position(std::uint32_t hash, Slot slot) const {
    std::size_t i = hash & mask();
    while (cells_[i].slot != slot || cells_[i].hash != hash) i = (i + 1) & mask();
    return i;
}

// Closes the gap by moving back what would not be found across it: no tombstones, so that look-ups stay as
// short after a million deletions as before.
void SlotIndex::erase(std::uint32_t hash, Slot slot) {
    std::size_t gap = position(hash, slot);
    for (std::size_t i = (gap + 1) & mask(); cells_[i].slot != nobody; i = (i + 1) & mask()) {
        const std::size_t home = cells_[i].hash & mask();
        const std::size_t from_home = (i - home) & mask();
        const std::size_t from_gap = (i - gap) & mask();
        if (from_home < from_gap) continue;
        cells_[gap] = cells_[i];
        gap = i;
    }
    cells_[gap] = Cell{};
    --used_;
}

void SlotIndex::move(std::uint32_t hash, Slot from, Slot to) {
    cells_[position(hash, from)].slot = to;
}

void SlotIndex::clear() {
    cells_ = {};
    used_ = 0;
}

std::size_t SlotIndex::memory_bytes() const {
    return heap_block_bytes(cells_.capacity() * sizeof(Cell));
}

}  // namespace sallyport::core

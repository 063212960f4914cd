#pragma once
// Where in a table an entry stands, found by a hash of its key: open addressing with linear probing. The
// index holds no keys: the caller says whether a slot is the one.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace sallyport::core {

class SlotIndex {
  public:
    using Slot = std::uint32_t;

    /// The slot inserted under `hash` for which `is_it(slot)` holds.
    template <class IsIt>
    [[nodiscard]] std::optional<Slot> find(std::uint32_t hash, IsIt&& is_it) const {
        if (cells_.empty()) return std::nullopt;
        for (std::size_t i = hash & mask();; i = (i + 1) & mask()) {
            if (cells_[i].slot == nobody) return std::nullopt;
            if (cells_[i].hash == hash && is_it(cells_[i].slot)) return cells_[i].slot;
        }
    }
    void insert(std::uint32_t hash, Slot);
    /// The pair must have been inserted.
    void erase(std::uint32_t hash, Slot);
    /// The pair must have been inserted; what stood in `from` stands in `to` now.
    void move(std::uint32_t hash, Slot from, Slot to);
    void clear();
    /// Bytes of heap.
    [[nodiscard]] std::size_t memory_bytes() const;

  private:
    static constexpr Slot nobody = UINT32_MAX;
    struct Cell {
        std::uint32_t hash = 0;
        Slot slot = nobody;
    };

    [[nodiscard]] std::size_t mask() const { return cells_.size() - 1; }
    [[nodiscard]] std::size_t position(std::uint32_t hash, Slot) const;
    void place(Cell);
    void grow();

    std::vector<Cell> cells_;  ///< a power of two of them, at most three quarters full
    std::size_t used_ = 0;
};

}  // namespace sallyport::core

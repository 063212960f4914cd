#pragma once
// A disk in memory under SQLite that loses its power: what was not synced is lost, or torn. It may also be
// full, refuse, or be read-only. While it lives it is where SQLite opens every file (one at a time, one
// thread, one connection to a file). Deterministic: the same calls after the same seed leave the same files.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <sqlite3.h>

namespace sallyport::sim {

/// What a file holds. Reading sees `content`; only what was synced is sure to be `durable`.
struct DiskFile {
    struct Change {
        std::uint64_t offset = 0;
        std::string bytes;
        bool truncates = false;  ///< to `offset`
    };
    std::string content;
    std::string durable;
    std::vector<Change> unsynced;                  ///< oldest first
    std::vector<std::unique_ptr<char[]>> regions;  ///< of shared memory
};

enum class DiskHealth : std::uint8_t {
    works,
    refuses,   ///< every write and sync fails
    read_only  ///< opens nothing for writing
};

class Disk {
  public:
    explicit Disk(std::uint32_t seed);
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    ~Disk();

    /// The power goes with the so manyth write, sync, truncation or deletion from now on; 0: at once.
    void cut_power_after(std::uint64_t operations) { left_ = operations; }
    [[nodiscard]] bool has_power() const { return !left_ || *left_ > 0; }
    /// Each sector that was not synced has reached the disk or has not. All files must have been closed.
    void return_power();

    void set_health(DiskHealth health) { health_ = health; }
    [[nodiscard]] bool is_read_only() const { return health_ == DiskHealth::read_only; }
    /// Bytes of all files together.
    void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
    [[nodiscard]] std::uint64_t used() const;
    /// One of so many writes and syncs fails; 0: none. The next sync makes good what one has failed to do;
    /// where a kernel forgets it instead, SQLite gives no guarantee.
    void fail_one_in(std::uint32_t operations) { fail_one_in_ = operations; }
    /// What holds these bytes cannot be read; empty: everything can.
    void spoil(std::string bytes) { spoiled_ = std::move(bytes); }
    [[nodiscard]] bool is_spoiled(std::string_view read) const {
        return !spoiled_.empty() && read.contains(spoiled_);
    }

    // For the functions that SQLite calls; each gives SQLite's result code.
    int open(const char* name, int flags, int* opened_as, std::shared_ptr<DiskFile>&);
    int remove(const std::string& name, bool synced);
    [[nodiscard]] bool exists(const std::string& name) const { return seen_.contains(name); }
    int write(DiskFile&, std::uint64_t offset, std::string_view bytes);
    int truncate(DiskFile&, std::uint64_t size);
    int sync(DiskFile&);
    int region(DiskFile&, std::size_t index, std::size_t bytes, bool extend, volatile void** at);

  private:
    [[nodiscard]] std::uint32_t dice(std::uint32_t sides);
    /// Whether the operation fails; counts it.
    [[nodiscard]] bool fails();
    void settle(DiskFile&);

    std::mt19937 random_;
    std::map<std::string, std::shared_ptr<DiskFile>> seen_;   ///< by whoever lists the directory
    std::map<std::string, std::shared_ptr<DiskFile>> named_;  ///< in the directory on the disk
    std::optional<std::uint64_t> left_;                       ///< operations until the power goes
    std::uint64_t capacity_ = UINT64_MAX;
    std::uint32_t fail_one_in_ = 0;
    DiskHealth health_ = DiskHealth::works;
    std::string spoiled_;
    sqlite3_vfs calls_{};
    sqlite3_vfs* before_ = nullptr;
};

}  // namespace sallyport::sim

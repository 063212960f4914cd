#pragma once
// The controller's store in memory: for simulated sites that need not outlive their process, and for tests.
// Thread-safe.
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "codec/journal/journal.hpp"
#include "ports/controller_store.hpp"

namespace sallyport::adapters {

class MemoryControllerStore final : public ports::ControllerStore {
  public:
    /// `first`: what it holds to begin with; a serial is made where that has none, a PIN key always.
    explicit MemoryControllerStore(std::uint64_t records_limit = 60'000, ports::ControllerImage first = {});

    base::Result<ports::ControllerImage> load() override;
    base::Result<std::vector<core::StoredRecord>> commit(std::span<const ports::StoreWrite>) override;
    base::Result<std::vector<core::StoredRecord>> read_after(core::RecordPosition,
                                                             std::size_t limit) override;
    base::Result<ports::FoundRecords> search(const ports::RecordSearch&) override;
    base::Status acknowledge(const ports::Cursor&) override;

    /// Every later commit and acknowledgement fails with this, as on a full disk; none: the disk is well
    /// again.
    void fail_with(std::optional<base::Error>);

  private:
    struct Contents {
        std::map<base::UserId, core::Person> people;
        ports::ControllerImage image;  ///< all but people and cursors
        std::map<std::string, core::RecordPosition, std::less<>> cursors;
        codec::JournalState journal;
        std::deque<codec::JournalRow> records;
    };
    static void apply(const ports::StoreWrite&, Contents&);
    static void count(const core::CountUse&, Contents&);

    const std::uint64_t records_limit_;
    std::mutex mutex_;  ///< guards all that follows
    Contents contents_;
    std::optional<base::Error> failure_;
};

}  // namespace sallyport::adapters

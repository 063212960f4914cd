#pragma once
// A controller's store in a file on a disk that loses its power, beside one in memory that keeps everything:
// what was answered as stored has to be there whatever happened, and nothing twice.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/memory/controller_store.hpp"
#include "adapters/sqlite/controller_store.hpp"
#include "ports/controller_store.hpp"

namespace sallyport::sim {

class WitnessedStore final : public ports::ControllerStore {
  public:
    /// Each record that is written has a `detail` of its own.
    explicit WitnessedStore(std::uint64_t records_limit) : limit_(records_limit), kept_(records_limit) {}

    /// Opens the file, and compares all that it holds once the disk takes that for good. Errors of the
    /// store's open and load.
    base::Status open();
    void close() { store_.reset(); }
    [[nodiscard]] bool is_open() const { return store_ != nullptr; }
    /// Sentences; empty is well.
    [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }

    base::Result<ports::ControllerImage> load() override { return store_->load(); }
    base::Result<std::vector<core::StoredRecord>> commit(std::span<const ports::StoreWrite>) override;
    base::Result<std::vector<core::StoredRecord>> read_after(core::RecordPosition,
                                                             std::size_t limit) override;
    base::Result<ports::FoundRecords> search(const ports::RecordSearch&) override;
    base::Status acknowledge(const ports::Cursor&) override;

  private:
    base::Status settle();
    void settle_doubt(const ports::ControllerImage&);
    void compare(const ports::ControllerImage&);
    void check(bool holds, std::string_view what);

    std::uint64_t limit_;
    adapters::MemoryControllerStore kept_;
    std::unique_ptr<adapters::SqliteControllerStore> store_;
    // Refused, but perhaps on the disk when the power returns:
    std::vector<std::vector<ports::StoreWrite>> doubtful_;
    std::map<std::string, std::vector<core::RecordPosition>> doubtful_cursors_;
    /// What the opening found, until the disk takes it for good: before, it may be lost with the power.
    std::optional<ports::ControllerImage> found_;
    std::string serial_;
    std::vector<std::string> broken_;
};

}  // namespace sallyport::sim

#pragma once
// In place of a controller's store that could not be read at the start: what could be read of it, and a
// refusal of every write, so that damage does not grow and the doors go on as with a disk that fails
// (controller.md E3).
#include "ports/controller_store.hpp"

namespace sallyport::adapters {

class UnreadableStore final : public ports::ControllerStore {
  public:
    /// `readable.damage` says what is wrong.
    explicit UnreadableStore(ports::ControllerImage readable) : readable_(std::move(readable)) {}

    base::Result<ports::ControllerImage> load() override { return readable_; }
    /// `storage`, always.
    base::Result<std::vector<core::StoredRecord>> commit(std::span<const ports::StoreWrite>) override;
    /// None.
    base::Result<std::vector<core::StoredRecord>> read_after(core::RecordPosition, std::size_t) override;
    base::Result<ports::FoundRecords> search(const ports::RecordSearch&) override;
    base::Status acknowledge(const ports::Cursor&) override;

  private:
    [[nodiscard]] std::unexpected<base::Error> refusal() const;

    ports::ControllerImage readable_;
};

}  // namespace sallyport::adapters

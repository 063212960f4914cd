#include "adapters/memory/unreadable_store.hpp"

#include <fmt/core.h>

namespace sallyport::adapters {

std::unexpected<base::Error> UnreadableStore::refusal() const {
    return base::fail(
        base::ErrorKind::storage, "storage",
        fmt::format("The controller's database cannot be used, and nothing is stored: {}", readable_.damage));
}

base::Result<std::vector<core::StoredRecord>> UnreadableStore::commit(std::span<const ports::StoreWrite>) {
    return refusal();
}

base::Result<std::vector<core::StoredRecord>> UnreadableStore::read_after(core::RecordPosition, std::size_t) {
    return std::vector<core::StoredRecord>{};
}

base::Result<ports::FoundRecords> UnreadableStore::search(const ports::RecordSearch& wanted) {
    return ports::FoundRecords{{}, wanted.upto};
}

base::Status UnreadableStore::acknowledge(const ports::Cursor&) {
    return refusal();
}

}  // namespace sallyport::adapters

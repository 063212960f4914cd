#pragma once
// Searches the journal in small portions, so that commits go on in between, and keeps what fits a question.
#include <functional>
#include <memory>
#include <vector>

#include "controller/store_thread.hpp"

namespace sallyport::controller::dialect {

struct ScanWish {
    std::size_t skip = 0;   ///< fitting records that are passed over
    std::size_t count = 0;  ///< fitting records that are kept
    enum class End : std::uint8_t { when_kept, when_counted } end = End::when_kept;
};

struct Scanned {
    Records kept;
    std::size_t fitting = 0;  ///< skipped and kept ones included
};

/// Calls back once, on the loop; `storage` when the disk cannot be read. A damaged record is left out. The
/// store outlives what it waits for.
void scan_records(StoreThread&, const ports::RecordSearch&, const ScanWish&,
                  std::function<bool(const core::Record&)> fits,
                  std::move_only_function<void(base::Result<Scanned>)> done);

}  // namespace sallyport::controller::dialect

#pragma once
// ports::Database in one SQLite file: WAL, synchronous=FULL, one writer thread, a pool of readers.
#include <filesystem>
#include <memory>

#include "ports/database.hpp"

namespace sallyport::adapters {

struct SqliteOptions {
    std::size_t readers = 4;
    std::size_t queue = 4'096;        ///< units of work that may wait for the writer
    std::size_t group = 256;          ///< units of work in one commit at most
    std::int64_t page_limit = 0;      ///< of 4 KiB; 0: none. Stands for a disk of that size in tests
    std::int64_t cache_kib = 16'384;  ///< of each connection
};

/// Opens the file, which is made with mode 0600 when it is not there. Errors: storage "database_open" with
/// the path and what the operating system says; corrupt "database_corrupt" when it is not a database. The
/// destructor finishes what is queued.
[[nodiscard]] base::Result<std::unique_ptr<ports::Database>> open_sqlite(const std::filesystem::path& file,
                                                                         const SqliteOptions& = {});

}  // namespace sallyport::adapters

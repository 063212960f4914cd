#pragma once
// Tables that are written row by row to a file which nobody else sees, and read back in parts.
// Implementation: adapters/tables.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>

#include "base/result.hpp"

namespace sallyport::ports {

/// csv: UTF-8 with a byte order mark. xlsx: a workbook (ECMA-376) of one sheet. pdf: pages to print.
enum class TableFormat : std::uint8_t { csv, xlsx, pdf };
BOOST_DESCRIBE_ENUM(TableFormat, csv, xlsx, pdf)

struct TableColumn {
    std::string title;
    int width = 10;  ///< in characters, as its cells usually are
};
struct TableHead {
    std::string title;
    std::string about;  ///< a line below it; csv has neither
    std::vector<TableColumn> columns;
};

/// One thread writes it; after `finish` any thread reads. Goes with the object, and with the process.
class TableFile {
  public:
    virtual ~TableFile() = default;
    /// As many cells as columns, UTF-8. Errors of all three: storage "storage".
    virtual base::Status add(const std::vector<std::string>& cells) = 0;
    virtual base::Status finish() = 0;
    /// At most `most` bytes from `at` on.
    [[nodiscard]] virtual base::Result<std::string> read(std::uint64_t at, std::size_t most) const = 0;
    /// Bytes on the disk.
    [[nodiscard]] virtual std::uint64_t size() const = 0;
};

/// Any thread.
class TableFiles {
  public:
    virtual ~TableFiles() = default;
    [[nodiscard]] virtual base::Result<std::unique_ptr<TableFile>> make(TableFormat, TableHead) = 0;
};

}  // namespace sallyport::ports

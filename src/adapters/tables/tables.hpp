#pragma once
// ports::TableFiles on the disk of one directory: CSV by our own codec, workbooks by libxlsxwriter, pages by
// Cairo and Pango, which find a font for every script that the machine has one for (docs/decisions/0034).
#include <filesystem>
#include <memory>

#include "adapters/tables/scratch_file.hpp"
#include "base/utf8.hpp"
#include "ports/table_file.hpp"

namespace sallyport::adapters {

[[nodiscard]] std::unique_ptr<ports::TableFiles> make_table_files(std::filesystem::path directory);

/// The file that a table is written to.
class ScratchTable : public ports::TableFile {
  public:
    explicit ScratchTable(std::unique_ptr<ScratchFile> file) : file_(std::move(file)) {}
    [[nodiscard]] base::Result<std::string> read(std::uint64_t at, std::size_t most) const override {
        return file_->read(at, most);
    }
    [[nodiscard]] std::uint64_t size() const override { return file_->size(); }
    /// What an earlier version let be stored breaks no file.
    base::Status add(const std::vector<std::string>& cells) final {
        std::vector<std::string> clean;
        for (const auto& cell : cells) clean.push_back(base::clean_line(cell));
        return put(clean);
    }

  protected:
    virtual base::Status put(const std::vector<std::string>& cells) = 0;
    [[nodiscard]] const ScratchFile& file() const { return *file_; }

  private:
    std::unique_ptr<ScratchFile> file_;
};

using TablePtr = std::unique_ptr<ports::TableFile>;
/// `directory` takes the rows until the workbook is finished.
[[nodiscard]] base::Result<TablePtr> make_workbook(std::unique_ptr<ScratchFile>,
                                                   const std::filesystem::path& directory,
                                                   const ports::TableHead&);
[[nodiscard]] base::Result<TablePtr> make_pages(std::unique_ptr<ScratchFile>, ports::TableHead);

}  // namespace sallyport::adapters

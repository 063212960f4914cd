#include <xlsxwriter.h>

#include "adapters/tables/tables.hpp"

namespace sallyport::adapters {

namespace {

/// Rows go to a file of the library's own as they come, so that a workbook takes no memory.
class Workbook final : public ScratchTable {
  public:
    Workbook(std::unique_ptr<ScratchFile> file, std::string directory)
        : ScratchTable(std::move(file)), directory_(std::move(directory)) {
        lxw_workbook_options options{};
        options.constant_memory = LXW_TRUE;
        options.tmpdir = directory_.data();
        book_ = workbook_new_opt(ScratchTable::file().path().c_str(), &options);
        if (book_ != nullptr) sheet_ = workbook_add_worksheet(book_, nullptr);
    }
    ~Workbook() override {
        if (book_ != nullptr) (void)workbook_close(book_);
    }
    Workbook(const Workbook&) = delete;
    Workbook& operator=(const Workbook&) = delete;

    base::Status begin(const ports::TableHead& head) {
        if (sheet_ == nullptr) return not_written();
        auto* bold = workbook_add_format(book_);
        format_set_bold(bold);
        lxw_col_t at = 0;
        for (const auto& column : head.columns) {
            worksheet_set_column(sheet_, at, at, column.width + 2.0, nullptr);
            if (worksheet_write_string(sheet_, 0, at++, column.title.c_str(), bold) != LXW_NO_ERROR)
                return not_written();
        }
        worksheet_freeze_panes(sheet_, 1, 0);
        return {};
    }
    base::Status put(const std::vector<std::string>& cells) override {
        ++row_;
        lxw_col_t at = 0;
        for (const auto& cell : cells) {
            const bool written = cell.empty() || worksheet_write_string(sheet_, row_, at, cell.c_str(),
                                                                        nullptr) == LXW_NO_ERROR;
            if (!written) return not_written();
            ++at;
        }
        return {};
    }
    base::Status finish() override {
        const auto closed = workbook_close(std::exchange(book_, nullptr));
        return closed == LXW_NO_ERROR ? base::Status{} : not_written();
    }

  private:
    std::string directory_;
    lxw_workbook* book_ = nullptr;
    lxw_worksheet* sheet_ = nullptr;
    lxw_row_t row_ = 0;
};

}  // namespace

base::Result<TablePtr> make_workbook(std::unique_ptr<ScratchFile> file,
                                     const std::filesystem::path& directory, const ports::TableHead& head) {
    auto book = std::make_unique<Workbook>(std::move(file), directory.string());
    if (auto begun = book->begin(head); !begun) return std::unexpected(begun.error());
    return book;
}

}  // namespace sallyport::adapters

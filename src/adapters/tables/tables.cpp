#include "adapters/tables/tables.hpp"

#include "codec/csv/csv.hpp"

namespace sallyport::adapters {

namespace {

class CsvTable final : public ScratchTable {
  public:
    using ScratchTable::ScratchTable;

    base::Status begin(const ports::TableHead& head) {
        waiting_ = codec::csv_mark;
        std::vector<std::string> titles;
        for (const auto& column : head.columns) titles.push_back(column.title);
        return put(titles);
    }
    base::Status put(const std::vector<std::string>& cells) override {
        waiting_ += codec::csv_row(cells);
        return waiting_.size() < at_once ? base::Status{} : finish();
    }
    base::Status finish() override {
        auto written = file().append(waiting_);
        waiting_.clear();
        return written;
    }

  private:
    static constexpr std::size_t at_once = 64 << 10;
    std::string waiting_;
};

class Files final : public ports::TableFiles {
  public:
    explicit Files(std::filesystem::path directory) : directory_(std::move(directory)) {}

    base::Result<TablePtr> make(ports::TableFormat format, ports::TableHead head) override {
        head.title = base::clean_line(head.title);
        head.about = base::clean_line(head.about);
        for (auto& column : head.columns) column.title = base::clean_line(column.title);
        auto file = ScratchFile::make(directory_);
        if (!file) return std::unexpected(file.error());
        switch (format) {
            case ports::TableFormat::csv: break;
            case ports::TableFormat::xlsx: return make_workbook(*std::move(file), directory_, head);
            case ports::TableFormat::pdf: return make_pages(*std::move(file), std::move(head));
        }
        auto table = std::make_unique<CsvTable>(*std::move(file));
        if (auto begun = table->begin(head); !begun) return std::unexpected(begun.error());
        return table;
    }

  private:
    std::filesystem::path directory_;
};

}  // namespace

std::unique_ptr<ports::TableFiles> make_table_files(std::filesystem::path directory) {
    return std::make_unique<Files>(std::move(directory));
}

}  // namespace sallyport::adapters

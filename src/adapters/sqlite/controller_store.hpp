#pragma once
// The controller's store in one SQLite file (db/controller). The write-ahead log is forced to the disk in
// every commit.
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "adapters/sqlite/connection.hpp"
#include "codec/journal/journal.hpp"
#include "codec/journal/record_times.hpp"
#include "ports/controller_store.hpp"

namespace sallyport::adapters {

/// Whether an error of `open` or of a read says that the file, and not the disk, is at fault. SQLite says
/// `internal` to a table that is not there any more.
[[nodiscard]] bool is_damage(const base::Error&);

class SqliteControllerStore final : public ports::ControllerStore {
  public:
    /// Opens or makes the file and brings it to the newest schema. `records_limit`: capacity of the journal.
    /// A disk that is full or read-only does not keep it from being read: commits are refused until it is
    /// well again. Nobody else may write to the file meanwhile. Errors: those of SqliteConnection::open and
    /// migrate.
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteControllerStore>> open(
        const std::filesystem::path&, std::uint64_t records_limit = 60'000);

    base::Result<ports::ControllerImage> load() override;
    base::Result<std::vector<core::StoredRecord>> commit(std::span<const ports::StoreWrite>) override;
    base::Result<std::vector<core::StoredRecord>> read_after(core::RecordPosition,
                                                             std::size_t limit) override;
    base::Result<ports::FoundRecords> search(const ports::RecordSearch&) override;
    base::Status acknowledge(const ports::Cursor&) override;

  private:
    /// What commits need to know of the file; replaced only when its transaction is durable.
    struct Standing {
        codec::JournalState journal;
        std::string owner;
        std::map<std::string, core::RecordPosition, std::less<>> cursors;
    };

    SqliteControllerStore(std::filesystem::path file, std::uint64_t records_limit)
        : file_(std::move(file)), records_limit_(records_limit) {}

    base::Status open_as_can_be();
    base::Status open_as(SqliteConnection::Access);
    base::Status ready();
    base::Status settle();
    base::Status make_first_rows();
    base::Status read_standing();
    base::Status load_people(ports::ControllerImage&);
    base::Status set_people_aside();
    base::Status transact(const std::function<base::Status()>& work);
    base::Status write_one(const ports::StoreWrite&, Standing&);
    base::Status write_records(std::span<const ports::StoreWrite>, Standing&,
                               std::vector<core::StoredRecord>& stored);
    base::Status insert(codec::JournalRow, std::vector<core::StoredRecord>& stored);
    base::Status write_journal(const codec::JournalState& before, const codec::JournalState& after);
    base::Status verify_chain(ports::ControllerImage&);
    void note_times(const std::vector<core::StoredRecord>& stored);

    std::filesystem::path file_;
    std::unique_ptr<SqliteConnection> connection_;
    std::uint64_t records_limit_;
    Standing standing_;
    bool settled_ = false;  ///< whether all that was read at the opening is durable
    codec::RecordTimes times_;
    std::string damage_;  ///< of the image that was given out: nothing is written to such a file
};

}  // namespace sallyport::adapters

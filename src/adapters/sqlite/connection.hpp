#pragma once
// One connection to a SQLite file with its prepared statements. Used by one thread at a time.
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include <sqlite3.h>

#include "ports/database.hpp"

namespace sallyport::adapters {

class SqliteConnection final : public ports::Connection {
  public:
    enum class Access {
        read_write,
        read_only,
        /// Read and write, while nobody else opens the file: needs no room on the disk to be read.
        read_write_alone,
        /// Read only, while nobody opens the file for writing: needs a disk that can be read, nothing more.
        read_only_alone
    };
    [[nodiscard]] static base::Result<std::unique_ptr<SqliteConnection>> open(const std::filesystem::path&,
                                                                              Access);
    /// Whether the disk lets the file be opened for writing now.
    [[nodiscard]] static bool is_writable(const std::filesystem::path&);
    /// Also of a file that was to be opened for writing, on a disk that let it be read only.
    [[nodiscard]] bool is_read_only() const { return sqlite3_db_readonly(handle_.get(), "main") != 0; }

    using ports::Connection::execute;
    using ports::Connection::query;
    base::Result<ports::Rows> query(std::string_view sql, std::span<const ports::Parameter>) override;
    base::Result<std::int64_t> execute(std::string_view sql, std::span<const ports::Parameter>) override;
    base::Status script(std::string_view sql) override;

    /// Forces what the log holds to the disk. What a killed program left there can be read, and yet be lost
    /// with the power. Errors: `storage`.
    base::Status sync_log();

    /// Work that runs past it ends with timeout "database_timeout".
    void set_deadline(std::optional<std::chrono::steady_clock::time_point> deadline) { deadline_ = deadline; }
    /// Whether a transaction is open: SQLite ends one by itself when the disk is full.
    [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

  private:
    struct Close {
        void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
    struct TextHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };

    explicit SqliteConnection(sqlite3* handle);
    base::Result<sqlite3_stmt*> prepare(std::string_view sql);
    base::Status bind(sqlite3_stmt*, std::span<const ports::Parameter>);
    template <class OnRow>
    base::Status run(std::string_view sql, std::span<const ports::Parameter>, OnRow on_row);
    [[nodiscard]] std::unexpected<base::Error> failure() const;

    std::unique_ptr<sqlite3, Close> handle_;
    std::unordered_map<std::string, Statement, TextHash, std::equal_to<>> statements_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
};

}  // namespace sallyport::adapters

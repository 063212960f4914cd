#include "adapters/sqlite/connection.hpp"

#include <fmt/core.h>

namespace sallyport::adapters {

using base::ErrorKind;

namespace {

constexpr std::size_t statements_kept = 256;

base::Error error_of(int code, const char* message) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            if (code == SQLITE_CONSTRAINT_FOREIGNKEY) return {ErrorKind::conflict, "foreign_key", message};
            if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
                return {ErrorKind::conflict, "unique", message};
            return {ErrorKind::conflict, "check", message};
        case SQLITE_FULL:
            return {ErrorKind::storage, "storage",
                    "The disk is full, so nothing was stored. Free some space, then try again."};
        case SQLITE_IOERR:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            return {
                ErrorKind::storage, "storage",
                fmt::format("The disk refuses to store data ({}). Check that it has space and is writable.",
                            message)};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {
                ErrorKind::corrupt, "database_corrupt",
                fmt::format(
                    "The database is damaged ({}). Move its files to another place, then restore a backup.",
                    message)};
        case SQLITE_BUSY:
        case SQLITE_INTERRUPT:
            return {ErrorKind::timeout, "database_timeout",
                    "The database did not answer in time. Try again."};
        default: return {ErrorKind::internal, "internal", fmt::format("The database says: {}", message)};
    }
}

std::int64_t past_deadline(const std::optional<std::chrono::steady_clock::time_point>& deadline) {
    return deadline && std::chrono::steady_clock::now() > *deadline ? 1 : 0;
}

ports::Row row_of(sqlite3_stmt* statement) {
    const int count = sqlite3_column_count(statement);
    std::vector<ports::Value> values;
    values.reserve(static_cast<std::size_t>(count));
    // The size is asked for last: of a number SQLite would make a text to measure it.
    const auto size = [statement](int i) {
        return static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
    };
    for (int i = 0; i < count; ++i) {
        switch (sqlite3_column_type(statement, i)) {
            case SQLITE_NULL: values.emplace_back(nullptr); break;
            case SQLITE_INTEGER: values.emplace_back(std::int64_t{sqlite3_column_int64(statement, i)}); break;
            case SQLITE_BLOB: {
                const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, i));
                values.emplace_back(ports::Blob{std::string(bytes, size(i))});
                break;
            }
            default: {
                const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
                values.emplace_back(std::string(text, size(i)));
            }
        }
    }
    return ports::Row(std::move(values));
}

/// $1 in PostgreSQL's way is a name to SQLite, which it looks for one by one; ?1 is a number.
std::string with_numbers(std::string_view sql) {
    std::string numbered(sql);
    bool quoted = false;
    for (auto& c : numbered) {
        if (c == '\'') quoted = !quoted;
        if (c == '$' && !quoted) c = '?';
    }
    return numbered;
}

int bind_one(sqlite3_stmt* statement, int at, const ports::Parameter::View& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value))
        return sqlite3_bind_int64(statement, at, *number);
    // SQLITE_STATIC: what a parameter looks at lives until the call returns, and the statement is reset
    // before.
    if (const auto* text = std::get_if<std::string_view>(&value)) {
        const char* bytes = text->data() == nullptr ? "" : text->data();
        return sqlite3_bind_text64(statement, at, bytes, text->size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    if (const auto* blob = std::get_if<const ports::Blob*>(&value))
        return sqlite3_bind_blob64(statement, at, (*blob)->bytes.data(), (*blob)->bytes.size(),
                                   SQLITE_STATIC);
    return sqlite3_bind_null(statement, at);
}

using Access = SqliteConnection::Access;

int flags_of(Access access) {
    switch (access) {
        case Access::read_write:
        case Access::read_write_alone:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_CREATE;
        case Access::read_only:
            return SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;  // the log's index is written
        case Access::read_only_alone: break;
    }
    return SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
}

bool has_access(const std::string& file, int wanted) {
    auto* disk = sqlite3_vfs_find(nullptr);
    int found = 0;
    return disk->xAccess(disk, file.c_str(), wanted, &found) != SQLITE_OK || found != 0;
}

/// A file of a read-only disk cannot be locked for writing, which is what being alone means to SQLite; nor
/// can an empty log be made beside it.
std::string name_of(const std::filesystem::path& file, Access access) {
    if (access != Access::read_only_alone) return file.string();
    std::string name = "file:";
    for (const char c : file.string()) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '/' && c <= '9') || c == '.';
        name += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return name + (has_access(file.string() + "-wal", SQLITE_ACCESS_EXISTS) ? "?nolock=1" : "?immutable=1");
}

/// Alone, the index of the log is in this process's memory instead of a file beside it.
const char* first_words(Access access) {
    switch (access) {
        case Access::read_write:
            return "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                   "PRAGMA trusted_schema=OFF;";
        case Access::read_write_alone:
            return "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                   "PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;";
        case Access::read_only: return "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;";
        case Access::read_only_alone: break;
    }
    return "PRAGMA locking_mode=EXCLUSIVE; PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;";
}

}  // namespace

base::Result<std::unique_ptr<SqliteConnection>> SqliteConnection::open(const std::filesystem::path& file,
                                                                       Access access) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name_of(file, access).c_str(), &handle, flags_of(access), nullptr);
    std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle));
    if (code != SQLITE_OK)
        return base::fail(ErrorKind::storage, "database_open",
                          fmt::format("The database {} cannot be opened: {}.", file.string(),
                                      handle == nullptr ? "no memory" : sqlite3_errmsg(handle)));
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, 5'000);
    if (auto status = connection->script(first_words(access)); !status)
        return std::unexpected(status.error());
    return connection;
}

bool SqliteConnection::is_writable(const std::filesystem::path& file) {
    return has_access(file.string(), SQLITE_ACCESS_READWRITE);
}

SqliteConnection::SqliteConnection(sqlite3* handle) : handle_(handle) {
    if (handle == nullptr) return;
    sqlite3_progress_handler(
        handle, 10'000,
        [](void* self) {
            return static_cast<int>(past_deadline(static_cast<SqliteConnection*>(self)->deadline_));
        },
        this);
}

std::unexpected<base::Error> SqliteConnection::failure() const {
    return std::unexpected(error_of(sqlite3_extended_errcode(handle_.get()), sqlite3_errmsg(handle_.get())));
}

base::Result<sqlite3_stmt*> SqliteConnection::prepare(std::string_view sql) {
    if (const auto found = statements_.find(sql); found != statements_.end()) return found->second.get();
    if (statements_.size() >= statements_kept) statements_.clear();
    sqlite3_stmt* statement = nullptr;
    const auto numbered = with_numbers(sql);
    const int code = sqlite3_prepare_v3(handle_.get(), numbered.data(), static_cast<int>(numbered.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return failure();
    statements_.emplace(std::string(sql), Statement(statement));
    return statement;
}

base::Status SqliteConnection::bind(sqlite3_stmt* statement, std::span<const ports::Parameter> parameters) {
    const auto count = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
    if (count > parameters.size())
        return base::fail(ErrorKind::internal, "internal",
                          fmt::format("The parameter ${} has no value.", parameters.size() + 1));
    for (std::size_t i = 0; i < count; ++i)
        if (bind_one(statement, static_cast<int>(i + 1), parameters[i].view()) != SQLITE_OK) return failure();
    return {};
}

template <class OnRow>
base::Status SqliteConnection::run(std::string_view sql, std::span<const ports::Parameter> parameters,
                                   OnRow on_row) {
    const auto statement = prepare(sql);
    if (!statement) return std::unexpected(statement.error());
    if (auto bound = bind(*statement, parameters); !bound) return bound;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(*statement)) == SQLITE_ROW) on_row(*statement);
    base::Status outcome;
    if (code != SQLITE_DONE) outcome = failure();
    sqlite3_reset(*statement);
    sqlite3_clear_bindings(*statement);
    return outcome;
}

base::Result<ports::Rows> SqliteConnection::query(std::string_view sql,
                                                  std::span<const ports::Parameter> parameters) {
    ports::Rows rows;
    auto outcome = run(sql, parameters, [&](sqlite3_stmt* statement) { rows.push_back(row_of(statement)); });
    if (!outcome) return std::unexpected(std::move(outcome.error()));
    return rows;
}

base::Result<std::int64_t> SqliteConnection::execute(std::string_view sql,
                                                     std::span<const ports::Parameter> parameters) {
    const auto before = sqlite3_total_changes64(handle_.get());
    auto outcome = run(sql, parameters, [](sqlite3_stmt*) {});
    if (!outcome) return std::unexpected(std::move(outcome.error()));
    // sqlite3_changes64 would repeat the count of an earlier statement when this one was no change.
    return sqlite3_total_changes64(handle_.get()) == before ? 0
                                                            : std::int64_t{sqlite3_changes64(handle_.get())};
}

base::Status SqliteConnection::sync_log() {
    sqlite3_file* log = nullptr;
    if (sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&log)) !=
        SQLITE_OK)
        return failure();
    if (log == nullptr || log->pMethods == nullptr) return {};
    const auto code = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
    if (code != SQLITE_OK) return std::unexpected(error_of(code, sqlite3_errstr(code)));
    return {};
}

base::Status SqliteConnection::script(std::string_view sql) {
    if (sqlite3_exec(handle_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return failure();
    return {};
}

}  // namespace sallyport::adapters

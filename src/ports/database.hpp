#pragma once
// The platform's database as a thin layer over SQL that SQLite and PostgreSQL both speak
// (docs/architecture.md, Data). Parameters are written $1, $2 ... Implementation: adapters/sqlite;
// tests/contract/database_contract says in code what every implementation does.
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sallyport::ports {

struct Blob {
    std::string bytes;
    friend bool operator==(const Blob&, const Blob&) = default;
};

/// A value of a column. Times are microseconds since 1970 (base::UtcTime), truth is 0 or 1.
using Value = std::variant<std::nullptr_t, std::int64_t, std::string, Blob>;

/// One row of an answer. A column that is null, or of another type, reads as 0 or empty text.
class Row {
  public:
    explicit Row(std::vector<Value> values) : values_(std::move(values)) {}
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    [[nodiscard]] const Value& value(std::size_t column) const { return values_[column]; }
    [[nodiscard]] bool is_null(std::size_t column) const {
        return std::holds_alternative<std::nullptr_t>(values_[column]);
    }
    [[nodiscard]] std::int64_t integer(std::size_t column) const;
    [[nodiscard]] const std::string& text(std::size_t column) const;
    [[nodiscard]] const std::string& blob(std::size_t column) const;
    [[nodiscard]] base::UtcTime time(std::size_t column) const { return {integer(column)}; }
    [[nodiscard]] std::optional<std::int64_t> integer_or_null(std::size_t column) const;
    [[nodiscard]] std::optional<std::string> text_or_null(std::size_t column) const;
    [[nodiscard]] std::optional<base::UtcTime> time_or_null(std::size_t column) const;

  private:
    std::vector<Value> values_;
};
using Rows = std::vector<Row>;

/// What stands for $n. Looks at what the caller holds, which must live until the call returns.
class Parameter {
  public:
    using View = std::variant<std::nullptr_t, std::int64_t, std::string_view, const Blob*>;
    Parameter(std::nullptr_t) : view_(nullptr) {}                                     // NOLINT
    Parameter(std::integral auto value) : view_(static_cast<std::int64_t>(value)) {}  // NOLINT
    Parameter(base::UtcTime value) : view_(value.microseconds) {}                     // NOLINT
    Parameter(std::string_view value) : view_(value) {}                               // NOLINT
    Parameter(const std::string& value) : view_(std::string_view(value)) {}           // NOLINT
    Parameter(const char* value) : view_(std::string_view(value)) {}                  // NOLINT
    Parameter(const Blob& value) : view_(&value) {}                                   // NOLINT
    template <class T>
    Parameter(const std::optional<T>& value) : Parameter(nullptr) {  // NOLINT
        if (value) view_ = Parameter(*value).view_;
    }
    [[nodiscard]] const View& view() const { return view_; }

  private:
    View view_;
};
using Parameters = std::vector<Parameter>;

/// What a unit of work speaks to, for its duration and on its thread only.
///
/// Errors: conflict "unique" / "foreign_key" / "check" (the message names the columns), storage (full,
/// read-only or failing disk), corrupt, timeout (the deadline of a read), internal (wrong SQL).
class Connection {
  public:
    virtual ~Connection() = default;
    /// All rows. Statements are prepared once for each text, so texts should repeat.
    virtual base::Result<Rows> query(std::string_view sql, std::span<const Parameter> parameters) = 0;
    /// How many rows were inserted, changed or deleted.
    virtual base::Result<std::int64_t> execute(std::string_view sql,
                                               std::span<const Parameter> parameters) = 0;
    /// Several statements without parameters, for migrations.
    virtual base::Status script(std::string_view sql) = 0;

    base::Result<Rows> query(std::string_view sql, const Parameters& parameters = {}) {
        return query(sql, std::span<const Parameter>(parameters));
    }
    base::Result<std::int64_t> execute(std::string_view sql, const Parameters& parameters = {}) {
        return execute(sql, std::span<const Parameter>(parameters));
    }
};

/// Whether a statement ran, for those who do not ask how many rows it touched.
[[nodiscard]] inline base::Status ran(const base::Result<std::int64_t>& executed) {
    if (!executed) return std::unexpected(executed.error());
    return {};
}

inline constexpr std::chrono::milliseconds default_deadline{5'000};

/// All functions may be called from any thread, but not from inside a unit of work.
class Database {
  public:
    /// A unit of work is all or nothing: an error that it returns undoes what it did.
    using Work = std::move_only_function<base::Status(Connection&)>;
    using Done = std::move_only_function<void(base::Status)>;
    virtual ~Database() = default;

    /// Runs `work` on the one writer thread. What is queued shares one commit, and one that fails does not
    /// undo the others. `done` is called on the writer thread after the commit, so success means durable; it
    /// must be quick. Errors besides those of the work: limit "database_busy" (4,096 are waiting; `done` is
    /// then called at once by the caller), timeout "database_timeout" (it waited longer than `deadline` for
    /// its turn and did not run), unavailable "stopping".
    virtual void write(Work work, Done done, std::chrono::milliseconds deadline = default_deadline) = 0;
    /// Runs `work` here, on a connection of the readers' pool, on one unchanging view of what is committed.
    /// `deadline` counts the wait for a connection and the work.
    virtual base::Status read(const std::function<base::Status(Connection&)>& work,
                              std::chrono::milliseconds deadline = default_deadline) = 0;
    /// The outcome of the last commit: an error of kind storage while the disk refuses.
    [[nodiscard]] virtual base::Status health() const = 0;
    /// Units of work that wait for the writer.
    [[nodiscard]] virtual std::size_t waiting() const = 0;
};

/// `read` for work that answers with a value.
template <class Work>
[[nodiscard]] auto read_from(Database& database, Work&& work,
                             std::chrono::milliseconds deadline = default_deadline)
    -> std::invoke_result_t<Work, Connection&> {
    using Answer = std::invoke_result_t<Work, Connection&>;
    std::optional<Answer> answer;
    const auto outcome = database.read(
        [&](Connection& connection) -> base::Status {
            answer.emplace(work(connection));
            if (!*answer) return std::unexpected(answer->error());
            return {};
        },
        deadline);
    if (!outcome && (!answer || *answer)) return std::unexpected(outcome.error());
    return *std::move(answer);
}

/// `write` that waits for the commit, for work that answers with a value.
template <class Work>
[[nodiscard]] auto write_to(Database& database, Work&& work) -> std::invoke_result_t<Work, Connection&> {
    using Answer = std::invoke_result_t<Work, Connection&>;
    std::optional<Answer> answer;
    std::promise<base::Status> committed;
    database.write(
        [&](Connection& connection) -> base::Status {
            answer.emplace(work(connection));
            if (!*answer) return std::unexpected(answer->error());
            return {};
        },
        [&](base::Status status) { committed.set_value(std::move(status)); });
    const auto outcome = committed.get_future().get();
    if (!outcome && (!answer || *answer)) return std::unexpected(outcome.error());
    return *std::move(answer);
}

}  // namespace sallyport::ports

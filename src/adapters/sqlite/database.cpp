#include "adapters/sqlite/database.hpp"

#include <condition_variable>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <thread>
#include <unistd.h>

#include <fmt/core.h>

#include "adapters/sqlite/connection.hpp"

namespace sallyport::adapters {

namespace {

using base::ErrorKind;
using Clock = std::chrono::steady_clock;

base::Status late() {
    return base::fail(ErrorKind::timeout, "database_timeout",
                      "The database did not answer in time. Try again.");
}

/// The lock of a pool: as many connections as there are, each lent to one thread at a time.
class Readers {
  public:
    explicit Readers(std::vector<std::unique_ptr<SqliteConnection>> all) : all_(std::move(all)) {
        for (const auto& one : all_) free_.push_back(one.get());
    }

    /// Null when none came free in time.
    SqliteConnection* take(Clock::time_point deadline) {
        std::unique_lock lock(mutex_);
        if (!freed_.wait_until(lock, deadline, [this] { return !free_.empty(); })) return nullptr;
        auto* taken = free_.back();
        free_.pop_back();
        return taken;
    }

    void give_back(SqliteConnection* one) {
        {
            const std::lock_guard lock(mutex_);
            free_.push_back(one);
        }
        freed_.notify_one();
    }

  private:
    std::vector<std::unique_ptr<SqliteConnection>> all_;
    std::mutex mutex_;
    std::condition_variable freed_;
    std::vector<SqliteConnection*> free_;
};

class SqliteDatabase final : public ports::Database {
  public:
    SqliteDatabase(std::unique_ptr<SqliteConnection> writer,
                   std::vector<std::unique_ptr<SqliteConnection>> readers, const SqliteOptions& options)
        : options_(options), writer_(std::move(writer)), readers_(std::move(readers)) {
        thread_ = std::jthread([this](const std::stop_token& stop) { write_until(stop); });
    }

    ~SqliteDatabase() override {
        thread_.request_stop();
        thread_.join();
        (void)writer_->script("PRAGMA optimize");
    }

    void write(Work work, Done done, std::chrono::milliseconds deadline) override {
        {
            const std::lock_guard lock(mutex_);
            if (queue_.size() < options_.queue) {
                queue_.push_back({std::move(work), std::move(done), Clock::now() + deadline, {}});
                queued_.notify_one();
                return;
            }
        }
        done(base::fail(ErrorKind::limit, "database_busy",
                        fmt::format("{} changes are waiting to be stored already. Try again in a moment.",
                                    options_.queue)));
    }

    base::Status read(const std::function<base::Status(ports::Connection&)>& work,
                      std::chrono::milliseconds wait) override {
        const auto deadline = Clock::now() + wait;
        SqliteConnection* connection = readers_.take(deadline);
        if (connection == nullptr) return late();
        connection->set_deadline(deadline);
        auto outcome = connection->script("BEGIN");
        if (outcome) outcome = work(*connection);
        connection->set_deadline(std::nullopt);
        if (connection->in_transaction()) (void)connection->script("ROLLBACK");
        readers_.give_back(connection);
        return outcome;
    }

    [[nodiscard]] base::Status health() const override {
        const std::lock_guard lock(mutex_);
        return health_;
    }

    [[nodiscard]] std::size_t waiting() const override {
        const std::lock_guard lock(mutex_);
        return queue_.size();
    }

  private:
    struct Unit {
        Work work;
        Done done;
        Clock::time_point deadline;
        base::Status outcome;
    };

    void write_until(const std::stop_token& stop) {
        for (;;) {
            std::vector<Unit> group;
            {
                std::unique_lock lock(mutex_);
                queued_.wait(lock, stop, [this] { return !queue_.empty(); });
                if (queue_.empty()) return;
                while (!queue_.empty() && group.size() < options_.group) {
                    group.push_back(std::move(queue_.front()));
                    queue_.pop_front();
                }
            }
            commit(group);
            for (auto& unit : group) unit.done(std::move(unit.outcome));
        }
    }

    /// When the disk is full SQLite undoes the whole transaction; the units before are then lost with it, and
    /// say so.
    void commit(std::vector<Unit>& group) {
        auto begun = group.begin();
        auto outcome = writer_->script("BEGIN IMMEDIATE");
        for (auto unit = begun; unit != group.end(); ++unit) {
            if (!outcome) {
                unit->outcome = outcome;
                continue;
            }
            run(*unit);
            if (writer_->in_transaction()) continue;
            for (; begun <= unit; ++begun) begun->outcome = unit->outcome;
            outcome = writer_->script("BEGIN IMMEDIATE");
        }
        if (outcome) outcome = writer_->script("COMMIT");
        if (!outcome) {
            if (writer_->in_transaction()) (void)writer_->script("ROLLBACK");
            for (; begun != group.end(); ++begun)
                if (begun->outcome) begun->outcome = outcome;
        }
        note_health(group, outcome);
    }

    void run(Unit& unit) {
        if (Clock::now() > unit.deadline) {
            unit.outcome = late();
            return;
        }
        unit.outcome = writer_->script("SAVEPOINT unit");
        if (unit.outcome) unit.outcome = unit.work(*writer_);
        unit.work = nullptr;
        if (!writer_->in_transaction()) {
            if (unit.outcome)
                unit.outcome =
                    base::fail(ErrorKind::storage, "storage", "The disk refused to store the change.");
            return;
        }
        if (!unit.outcome) (void)writer_->script("ROLLBACK TO unit");
        const auto released = writer_->script("RELEASE unit");
        if (unit.outcome && !released) unit.outcome = released;
    }

    void note_health(const std::vector<Unit>& group, base::Status committed) {
        for (const auto& unit : group)
            if (!unit.outcome && unit.outcome.error().kind == ErrorKind::storage) committed = unit.outcome;
        const std::lock_guard lock(mutex_);
        health_ = std::move(committed);
    }

    SqliteOptions options_;
    std::unique_ptr<SqliteConnection> writer_;
    Readers readers_;
    mutable std::mutex mutex_;
    std::condition_variable_any queued_;
    std::deque<Unit> queue_;
    base::Status health_;
    std::jthread thread_;
};

/// The file holds sealed secrets and personal data: nobody else may read it, nor what SQLite puts beside it.
base::Status make_private(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return base::fail(ErrorKind::storage, "database_open",
                          fmt::format("The database {} cannot be opened: {}.", file.string(),
                                      std::generic_category().message(errno)));
    ::close(descriptor);
    return {};
}

}  // namespace

base::Result<std::unique_ptr<ports::Database>> open_sqlite(const std::filesystem::path& file,
                                                           const SqliteOptions& options) {
    if (auto made = make_private(file); !made) return std::unexpected(made.error());
    const auto open =
        [&](SqliteConnection::Access access) -> base::Result<std::unique_ptr<SqliteConnection>> {
        auto connection = SqliteConnection::open(file, access);
        if (!connection) return connection;
        const auto sized = (*connection)->script(fmt::format("PRAGMA cache_size=-{}", options.cache_kib));
        if (!sized) return std::unexpected(sized.error());
        return connection;
    };
    auto writer = open(SqliteConnection::Access::read_write);
    if (!writer) return std::unexpected(writer.error());
    if (options.page_limit > 0) {
        const auto limited = (*writer)->script(fmt::format("PRAGMA max_page_count={}", options.page_limit));
        if (!limited) return std::unexpected(limited.error());
    }
    std::vector<std::unique_ptr<SqliteConnection>> readers;
    for (std::size_t i = 0; i < options.readers; ++i) {
        auto reader = open(SqliteConnection::Access::read_only);
        if (!reader) return std::unexpected(reader.error());
        readers.push_back(*std::move(reader));
    }
    return std::make_unique<SqliteDatabase>(*std::move(writer), std::move(readers), options);
}

}  // namespace sallyport::adapters

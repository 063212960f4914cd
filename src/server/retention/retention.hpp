#pragma once
// How long things are kept, and what people are told about it (platform.md H4). What is over is removed in
// the background, in steps between which events and everybody's changes have their turn, and only while the
// clock is believed (docs/decisions/0048). Any thread.
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <boost/json/object.hpp>

#include "ports/clock.hpp"
#include "server/audit/audit.hpp"
#include "server/people/former_people.hpp"
#include "server/retention/clock_doubt.hpp"

namespace sallyport::server {

/// Days; none: for good.
struct RetentionPeriods {
    std::optional<std::int64_t> events;  ///< since they happened and came
    std::optional<std::int64_t> photos;  ///< of people whose validity has ended, since then
    std::optional<std::int64_t> people;  ///< name and user ID of who was removed, since then
    std::optional<std::int64_t> audit;   ///< entries
};

struct RetentionPatch {
    std::optional<std::optional<std::int64_t>> events;
    std::optional<std::optional<std::int64_t>> photos;
    std::optional<std::optional<std::int64_t>> people;
    std::optional<std::optional<std::int64_t>> audit;
};

/// What is told to the people whose data is here. Empty: none yet.
struct NoticePatch {
    std::optional<std::string> en;
    std::optional<std::string> zh;
};

class Retention {
  public:
    /// Of one step; some tens of milliseconds of the one writer.
    static constexpr std::int64_t rows_at_once = 500;
    static constexpr std::chrono::hours between_runs{1};

    /// All outlive this.
    Retention(ports::Database& database, const ports::Clock& clock, Audit& audit, FormerPeople& former)
        : database_(database), clock_(clock), audit_(audit), former_(former) {}
    /// Reads what is set, and goes on with what a stop of the platform has cut off.
    [[nodiscard]] base::Status load();
    /// A run begins now, or another one after that which is under way.
    void wake();
    /// Waits for the step under way.
    void stop();

    /// As in GET /settings/retention.
    [[nodiscard]] boost::json::object get() const;
    [[nodiscard]] Answer<boost::json::object> change(const RetentionPatch&, const Actor&);
    /// As in GET /privacy-notice: with the periods, because people are told those too.
    [[nodiscard]] Answer<boost::json::object> notice() const;
    [[nodiscard]] Answer<boost::json::object> change_notice(const NoticePatch&, const Actor&);

  private:
    void run(const std::stop_token&);
    /// Everything that is over now.
    void run_once(const std::stop_token&);
    /// Before a run. What has no stored word of it begins with the newest entry of the audit log.
    [[nodiscard]] base::Result<ClockDoubt> look_at_clock();
    void tell_doubt(const ClockDoubt& before, const ClockDoubt& now) const;
    /// One step; whether there may be more to do.
    [[nodiscard]] base::Result<bool> step(ports::Connection&, const RetentionPeriods&, base::UtcTime now);
    [[nodiscard]] base::Result<bool> remove_some(ports::Connection&, std::string_view counter,
                                                 std::string_view sql, base::UtcTime before);
    [[nodiscard]] base::Status note_run(ports::Connection&);
    [[nodiscard]] RetentionPeriods periods() const;

    ports::Database& database_;
    const ports::Clock& clock_;
    Audit& audit_;
    FormerPeople& former_;
    mutable std::mutex mutex_;
    std::condition_variable_any woken_;
    bool wanted_ = true;
    RetentionPeriods periods_;
    std::optional<ClockDoubt> doubt_;      ///< under the mutex; written by the thread
    std::optional<base::Instant> looked_;  ///< the thread's own
    std::jthread running_;                 ///< the last: it ends before what it uses
};

}  // namespace sallyport::server

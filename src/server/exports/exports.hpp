#pragma once
// Exports of a search (platform.md L2): made in the background on a thread of their own, page by page as the
// list shows them, and kept on the disk without a name until they are fetched, removed, too old, or the
// session ends that asked for them (docs/decisions/0034). Any thread.
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "ports/clock.hpp"
#include "server/accounts/sessions.hpp"
#include "server/events/events.hpp"
#include "server/exports/export_columns.hpp"

namespace sallyport::server {

/// Also the words of the contract.
enum class ExportState { waiting, running, done, failed };
BOOST_DESCRIBE_ENUM(ExportState, waiting, running, done, failed)

struct ExportWish {
    ports::TableFormat format = ports::TableFormat::csv;
    ExportWords words;
    EventFilter filter;
    std::string search;  ///< the filter as it was written, for the audit log
};

/// Whose exports somebody sees: those of this session, made while it saw what it sees now.
struct ExportOwner {
    Id session = 0;
    Viewer viewer;
    friend bool operator==(const ExportOwner&, const ExportOwner&) = default;
};

class Exports {
  public:
    static constexpr std::size_t of_one_account = 4;  ///< with all its sessions and tokens
    static constexpr std::size_t in_all = 16;
    static constexpr base::Duration kept_for = std::chrono::hours{1};  ///< after it is done or has failed
    static constexpr std::uint64_t bytes_at_most = 512 << 20;
    [[nodiscard]] static constexpr std::int64_t rows_at_most(ports::TableFormat format) {
        switch (format) {
            case ports::TableFormat::csv: return 1'000'000;
            case ports::TableFormat::xlsx: return 200'000;
            case ports::TableFormat::pdf: break;
        }
        return 20'000;
    }

    /// All outlive this.
    Exports(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit,
            const Events& events, ports::TableFiles& files)
        : database_(database), ids_(ids), clock_(clock), audit_(audit), events_(events), files_(files) {}
    ~Exports();

    /// Answers are as in api/openapi.yaml: EventExport. Errors: limit "exports_full".
    [[nodiscard]] Answer<boost::json::object> begin(ExportWish, const ExportOwner&, const Actor&);
    /// Those of other owners are as if they were not there.
    [[nodiscard]] boost::json::object list(const ExportOwner&) const;
    [[nodiscard]] Answer<boost::json::object> get(Id, const ExportOwner&) const;
    /// One that runs ends soon.
    Outcome remove(Id, const ExportOwner&);

    struct File {
        std::string name;
        std::string_view type;
        std::shared_ptr<const ports::TableFile> table;
    };
    /// conflict "export_running" before it is done.
    [[nodiscard]] Answer<File> file(Id, const ExportOwner&) const;

    /// Lets go of what is too old, what belongs to a session that has ended, and what was made for somebody
    /// who may now see something else. About once a second.
    void sweep(const std::function<std::optional<Viewer>(Id session, const std::string& address)>& viewer_of);

  private:
    struct Job;
    using JobPtr = std::shared_ptr<Job>;
    [[nodiscard]] JobPtr find(Id, const ExportOwner&) const;
    [[nodiscard]] static boost::json::object told(const Job&);
    void run(const std::stop_token&);
    [[nodiscard]] JobPtr next(const std::stop_token&);
    [[nodiscard]] Outcome write(const std::stop_token&, Job&);
    [[nodiscard]] Outcome write_rows(const std::stop_token&, Job&, ports::TableFile&);
    [[nodiscard]] bool goes_on(const std::stop_token&, const Job&) const;
    void let_others_go_first(const std::stop_token&, std::chrono::steady_clock::duration took);
    [[nodiscard]] Outcome note(const Job&);
    void forget(std::map<Id, JobPtr>::iterator);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    const Events& events_;
    ports::TableFiles& files_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<Id, JobPtr> jobs_;  ///< under the mutex; so is what changes in a job
    std::jthread writing_;       ///< the last: it ends before what it uses
};

}  // namespace sallyport::server

#pragma once
// Many people at once (platform.md H3). Rows are handed in and checked one by one; only an import without a
// fault is begun. It goes on by itself, a few hundred people in each unit of work, so that events and other
// changes find their turn between them, and says at each moment exactly how many were taken: that number is
// written in the same unit of work. It can be cancelled, and done again: a row says by its user ID who is
// meant (docs/decisions/0024). The audit log has one entry for it, also when the platform is stopped in the
// middle. Any thread.
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "server/people/people.hpp"

namespace sallyport::server {

/// Also the words of the contract. filling: rows may still come.
enum class ImportState { filling, running, done, failed, cancelled };
BOOST_DESCRIBE_ENUM(ImportState, filling, running, done, failed, cancelled)

/// Whose an import is, and who lets it go on: an account, or one of its tokens. An account that has the name
/// of one that was there before is another one.
struct Importer {
    Actor actor;
    Id account = 0;
    Id session = 0;  ///< or the token
};

class Imports {
  public:
    static constexpr std::size_t rows_at_most = 50'000;
    static constexpr std::size_t rows_per_call = 1'000;
    /// That are kept in memory: of more of an account its oldest that does not run is forgotten.
    static constexpr std::size_t of_one_account = 2;
    static constexpr std::size_t kept = 8;  ///< of all
    /// Without a call for it; then it makes room for others. One that has ended does so at once.
    static constexpr base::Duration kept_for = std::chrono::hours{1};

    /// All outlive this.
    Imports(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit, People& people)
        : database_(database), ids_(ids), clock_(clock), audit_(audit), people_(people) {}
    /// What they may now; none: the account, or the token, is gone. Part of the unit of work that takes rows.
    std::function<base::Result<std::optional<Viewer>>(ports::Connection&, const Importer&)> viewer_now;
    /// A row was refused because its user ID is a public password.
    std::function<void(const Actor&)> on_code_found;
    /// Before the rest: notes what a stop of the platform has cut off.
    [[nodiscard]] base::Status load();

    /// Answers are as in api/openapi.yaml: PeopleImport. Others' imports are as if they were not there.
    /// Errors: limit "imports_full".
    [[nodiscard]] Answer<boost::json::object> open(Existing, const Importer&);
    [[nodiscard]] Answer<boost::json::object> get(Id, const Importer&) const;
    /// Rows in order; none: one that was found wrong already. Answers with what else is wrong with them, the
    /// fields named people.0.user_id and so on. Errors: conflict "import_begun", limit "import_too_large".
    [[nodiscard]] Answer<std::vector<FieldError>> fill(Id, std::vector<std::optional<PersonPatch>> rows,
                                                       const Branches& seen, const Importer&);
    /// It goes on as long as `viewer_now` lets it, and takes who is in the part that is seen then. Errors:
    /// conflict "import_faulty", "import_empty", "import_running" while another one is, "import_begun".
    [[nodiscard]] Answer<boost::json::object> begin(Id, const Importer&);
    /// A running one ends after the people that are being taken now; another is forgotten.
    Outcome cancel(Id, const Importer&);

  private:
    struct Job;
    using JobPtr = std::shared_ptr<Job>;
    [[nodiscard]] JobPtr find(Id, const Importer&) const;
    [[nodiscard]] static boost::json::object told(const Job&);
    [[nodiscard]] base::Status check(ports::Connection&, Job&, const PersonPatch&, const Branches& seen,
                                     const std::string& path, std::vector<FieldError>&) const;
    /// Forgets the oldest of those that may be; whether one was.
    bool forget_oldest(const std::function<bool(const Job&)>& may_be);
    /// Whether there is some, without what others have open and have not long left alone.
    [[nodiscard]] bool make_room(const Importer&);
    void run(const std::stop_token&, Job&, const Importer&);
    /// What they see now. Error forbidden "import_not_allowed".
    [[nodiscard]] Answer<Branches> seen_by(ports::Connection&, const Importer&) const;
    /// Takes the rows from `from` on; where it cannot, none of them, and the job says why.
    [[nodiscard]] bool take_some(const std::stop_token&, Job&, std::size_t from, const Importer&);
    void finish(Job&, ImportState);
    [[nodiscard]] base::Status note_end(ports::Connection&, Id, std::string_view outcome);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    People& people_;
    mutable std::mutex mutex_;
    std::map<Id, JobPtr> jobs_;  ///< under the mutex; so is what changes in a job
    std::jthread taking_;        ///< the last: it ends before what it uses
};

}  // namespace sallyport::server

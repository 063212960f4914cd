#include "server/people/imports.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "base/enum_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using base::Status;
using ports::Connection;
using ports::ran;

namespace {

/// About a tenth of a second of the one writer, so that nobody waits for long.
constexpr std::size_t rows_at_once = 250;
/// That a group of rows waits for its turn, five seconds each, when the disk is busy.
constexpr int patience = 12;

constexpr std::string_view not_allowed = "import_not_allowed";

std::unexpected<Problem> begun() {
    return refuse(ErrorKind::conflict, "import_begun", "This import has begun already. Open a new one.");
}

}  // namespace

struct Imports::Job {
    Id id = 0;
    Importer by;
    base::UtcTime used;  ///< by a call
    Existing existing = Existing::refuse;
    ImportState state = ImportState::filling;
    enum class Wish { go_on, cancel } wish = Wish::go_on;
    std::vector<PersonPatch> rows;
    std::set<std::string, std::less<>> user_ids;  ///< of the rows
    std::set<std::string, std::less<>> cards;
    std::size_t total = 0;   ///< with those that are wrong
    std::size_t faulty = 0;  ///< what is wrong with them
    std::int64_t added = 0;
    std::int64_t changed = 0;
    std::optional<std::size_t> failed_row;
    std::optional<base::Error> failure;
};

Status Imports::load() {
    const auto left = ports::read_from(
        database_, [](Connection& c) { return c.query("SELECT id FROM people_import ORDER BY id"); });
    if (!left) return std::unexpected(left.error());
    for (const auto& row : *left) {
        const auto noted = ports::write_to(database_, [&](Connection& c) -> base::Result<bool> {
            if (auto done = note_end(c, row.integer(0), "interrupted"); !done)
                return std::unexpected(done.error());
            return true;
        });
        if (!noted) return std::unexpected(noted.error());
    }
    return {};
}

json::object Imports::told(const Job& job) {
    json::value problem = nullptr;
    if (job.failure)
        problem = json::object{{"row", job.failed_row ? json::value(*job.failed_row) : json::value(nullptr)},
                               {"code", job.failure->code},
                               {"detail", job.failure->message}};
    return {{"id", id_text(job.id)},
            {"state", base::text_of(job.state)},
            {"existing", base::text_of(job.existing)},
            {"rows", job.total},
            {"faults", job.faulty},
            {"added", job.added},
            {"changed", job.changed},
            {"problem", std::move(problem)}};
}

Imports::JobPtr Imports::find(Id id, const Importer& by) const {
    const auto found = jobs_.find(id);
    if (found == jobs_.end() || found->second->by.account != by.account) return nullptr;
    found->second->used = clock_.utc();
    return found->second;
}

bool Imports::forget_oldest(const std::function<bool(const Job&)>& may_be) {
    auto oldest = jobs_.end();
    for (auto at = jobs_.begin(); at != jobs_.end(); ++at)
        if (may_be(*at->second) && (oldest == jobs_.end() || at->second->used < oldest->second->used))
            oldest = at;
    if (oldest == jobs_.end()) return false;
    jobs_.erase(oldest);
    return true;
}

bool Imports::make_room(const Importer& by) {
    const auto now = clock_.utc();
    const auto is_left = [&](const Job& job) {
        return job.state != ImportState::running && now > job.used + kept_for;
    };
    const auto has_ended = [](const Job& job) {
        return job.state != ImportState::running && job.state != ImportState::filling;
    };
    const auto is_own = [&](const Job& job) { return job.by.account == by.account; };
    while (forget_oldest(is_left)) {
    }
    while (std::cmp_greater_equal(
        std::ranges::count_if(jobs_, [&](const auto& entry) { return is_own(*entry.second); }),
        of_one_account))
        forget_oldest([&](const Job& job) { return is_own(job) && job.state != ImportState::running; });
    while (jobs_.size() >= kept && forget_oldest(has_ended)) {
    }
    return jobs_.size() < kept;
}

Answer<json::object> Imports::open(Existing existing, const Importer& by) {
    auto job = std::make_shared<Job>();
    job->id = ids_.next();
    job->by = by;
    job->existing = existing;
    job->used = clock_.utc();
    const std::lock_guard lock(mutex_);
    if (!make_room(by))
        return refuse(ErrorKind::limit, "imports_full",
                      "Others have too many imports open. Try again in a while.");
    jobs_[job->id] = job;
    return told(*job);
}

Answer<json::object> Imports::get(Id id, const Importer& by) const {
    const std::lock_guard lock(mutex_);
    const auto job = find(id, by);
    if (!job) return no_such("import");
    return told(*job);
}

Status Imports::check(Connection& connection, Job& job, const PersonPatch& row, const Branches& seen,
                      const std::string& path, std::vector<FieldError>& errors) const {
    const auto wrong = [&](std::string_view field, std::string code, std::string message) {
        errors.push_back({fmt::format("{}.{}", path, field), std::move(code), std::move(message)});
    };
    if (!job.user_ids.insert(*row.user_id).second)
        wrong("user_id", "duplicate", fmt::format("The user ID {} stands in two rows.", *row.user_id));
    const auto cards = row.cards.value_or(std::vector<CardPatch>());
    for (std::size_t i = 0; i < cards.size(); ++i)
        if (!job.cards.insert(cards[i].number).second)
            wrong(fmt::format("cards.{}.number", i), "duplicate",
                  fmt::format("The card {} stands in two rows.", cards[i].number));
    auto found = people_.check(connection, row, job.existing, seen);
    if (!found) return std::unexpected(found.error());
    for (auto& error : *found) wrong(error.field, std::move(error.code), std::move(error.message));
    return {};
}

Answer<std::vector<FieldError>> Imports::fill(Id id, std::vector<std::optional<PersonPatch>> rows,
                                              const Branches& seen, const Importer& by) {
    const std::lock_guard lock(mutex_);
    const auto job = find(id, by);
    if (!job) return no_such("import");
    if (job->state != ImportState::filling) return begun();
    if (job->total + rows.size() > rows_at_most)
        return refuse(ErrorKind::invalid, "import_too_large",
                      fmt::format("An import has {} rows at most. Divide the file.", rows_at_most));
    std::vector<FieldError> errors;
    std::size_t faulty = 0;
    const auto checked = database_.read([&](Connection& connection) -> Status {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto before = errors.size();
            if (rows[i])
                if (auto done = check(connection, *job, *rows[i], seen, fmt::format("people.{}", i), errors);
                    !done)
                    return done;
            if (!rows[i] || errors.size() != before) ++faulty;
        }
        return {};
    });
    if (!checked) return std::unexpected(checked.error());
    job->total += rows.size();
    job->faulty += faulty;
    for (auto& row : rows)
        if (row && job->faulty == 0) job->rows.push_back(*std::move(row));
    return errors;
}

Answer<json::object> Imports::begin(Id id, const Importer& by) {
    const std::lock_guard lock(mutex_);
    const auto job = find(id, by);
    if (!job) return no_such("import");
    if (job->state != ImportState::filling) return begun();
    if (job->faulty > 0)
        return refuse(
            ErrorKind::conflict, "import_faulty",
            fmt::format("{} rows are wrong. Nothing is imported until they are mended.", job->faulty));
    if (job->rows.empty()) return refuse(ErrorKind::conflict, "import_empty", "There are no rows to import.");
    if (std::ranges::any_of(jobs_,
                            [](const auto& entry) { return entry.second->state == ImportState::running; }))
        return refuse(ErrorKind::conflict, "import_running",
                      "Another import is running. Wait until it has ended.");
    const auto noted = ports::write_to(database_, [&](Connection& c) {
        return c.execute(
            "INSERT INTO people_import (id, account, address, total, added, changed, began_at) "
            "VALUES ($1, $2, $3, $4, 0, 0, $5)",
            {job->id, by.actor.account, by.actor.address, job->total, clock_.utc()});
    });
    if (!noted) return std::unexpected(noted.error());
    job->state = ImportState::running;
    // The thread before this one has nothing more to do: no import was running.
    taking_ = std::jthread([this, job, by](const std::stop_token& stop) { run(stop, *job, by); });
    return told(*job);
}

Outcome Imports::cancel(Id id, const Importer& by) {
    const std::lock_guard lock(mutex_);
    const auto job = find(id, by);
    if (!job) return no_such("import");
    if (job->state == ImportState::running)
        job->wish = Job::Wish::cancel;
    else
        jobs_.erase(id);
    return {};
}

void Imports::run(const std::stop_token& stop, Job& job, const Importer& by) {
    const auto cancelled = [&] {
        const std::lock_guard lock(mutex_);
        return job.wish == Job::Wish::cancel;
    };
    for (std::size_t from = 0; from < job.rows.size(); from += rows_at_once) {
        if (stop.stop_requested()) return;  // noted when the platform starts again
        if (cancelled()) return finish(job, ImportState::cancelled);
        if (take_some(stop, job, from, by)) continue;
        if (!stop.stop_requested()) finish(job, ImportState::failed);
        return;
    }
    finish(job, ImportState::done);
}

Answer<Branches> Imports::seen_by(Connection& connection, const Importer& by) const {
    const auto viewer = viewer_now(connection, by);
    if (!viewer) return std::unexpected(viewer.error());
    if (*viewer && (*viewer)->rights.may(Function::people, Level::edit)) return (*viewer)->part.departments;
    return refuse(ErrorKind::forbidden, std::string(not_allowed),
                  "Whoever began this import may not add people any more. Who was taken before stays.");
}

bool Imports::take_some(const std::stop_token& stop, Job& job, std::size_t from, const Importer& by) {
    const auto to = std::min(from + rows_at_once, job.rows.size());
    std::int64_t added = 0;
    std::int64_t changed = 0;
    std::size_t at = from;
    const auto take = [&](Connection& connection) -> Answer<bool> {
        added = job.added;
        changed = job.changed;
        at = to;  // so far no row is at fault
        const auto seen = seen_by(connection, by);
        if (!seen) return std::unexpected(seen.error());
        for (at = from; at < to; ++at) {
            const auto taken = people_.take(connection, job.rows[at], job.existing, *seen, job.by.actor);
            if (!taken) return std::unexpected(taken.error());
            ++(*taken == People::Taken::added ? added : changed);
        }
        const auto counted = ran(connection.execute(
            "UPDATE people_import SET added = $2, changed = $3 WHERE id = $1", {job.id, added, changed}));
        if (!counted) return std::unexpected(counted.error());
        return true;
    };
    for (int attempt = 1;; ++attempt) {
        const auto done = ports::write_to(database_, take);
        if (!done && done.error().code == "user_id_reserved" && on_code_found) on_code_found(job.by.actor);
        const std::lock_guard lock(mutex_);
        if (done) {
            job.added = added;
            job.changed = changed;
            return true;
        }
        const auto& error = done.error();
        const bool busy = error.kind == ErrorKind::timeout || error.kind == ErrorKind::limit;
        if (busy && attempt < patience && job.wish == Job::Wish::go_on && !stop.stop_requested()) continue;
        job.failure = error;
        if (!error.fields.empty()) job.failure->message = error.fields.front().message;
        if (at < to) job.failed_row = at;
        return false;
    }
}

void Imports::finish(Job& job, ImportState state) {
    // Without its entry, as when the disk is full, it gets one when the platform starts again.
    const bool withdrawn = job.failure && job.failure->code == not_allowed;
    const auto outcome = withdrawn ? "not_allowed" : base::text_of(state);
    (void)ports::write_to(database_, [&](Connection& c) -> base::Result<bool> {
        if (auto done = note_end(c, job.id, outcome); !done) return std::unexpected(done.error());
        return true;
    });
    if (people_.on_change && job.added + job.changed > 0) people_.on_change({Changed::people, {}});
    const std::lock_guard lock(mutex_);
    job.rows.clear();
    job.state = state;
}

Status Imports::note_end(Connection& connection, Id id, std::string_view outcome) {
    const auto rows = connection.query(
        "SELECT account, address, total, added, changed FROM people_import WHERE id = $1", {id});
    if (!rows || rows->empty()) return rows ? Status{} : std::unexpected(rows.error());
    const auto& row = rows->front();
    const json::object after{{"rows", row.integer(2)},
                             {"added", row.integer(3)},
                             {"changed", row.integer(4)},
                             {"outcome", outcome}};
    auto noted = audit_.append(connection, {row.text_or_null(0), row.text_or_null(1)}, "people.imported",
                               Subject{"import", id_text(id), std::nullopt}, nullptr, &after);
    if (!noted) return noted;
    return ran(connection.execute("DELETE FROM people_import WHERE id = $1", {id}));
}

}  // namespace sallyport::server

#include "server/exports/exports.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/rights/card_numbers.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;
using ports::TableFormat;

namespace {

/// Read at once: some milliseconds.
constexpr std::int64_t rows_at_once = 1'000;
/// That a page is asked for again when the database is busy, after five seconds each.
constexpr int patience = 6;

std::string_view type_of(TableFormat format) {
    switch (format) {
        case TableFormat::csv: return "text/csv; charset=utf-8";
        case TableFormat::xlsx: return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        case TableFormat::pdf: break;
    }
    return "application/pdf";
}

std::unexpected<Problem> too_large(const std::string& what) {
    return refuse(
        ErrorKind::limit, "export_too_large",
        fmt::format("An export like this has {} at most. Choose a shorter time or more filters.", what));
}

}  // namespace

struct Exports::Job {
    Id id = 0;
    ExportOwner owner;
    Actor actor;
    ExportWish wish;
    base::UtcTime began;
    ExportState state = ExportState::waiting;
    enum class Wanted { yes, no } wanted = Wanted::yes;
    std::optional<std::int64_t> total;
    std::int64_t rows = 0;
    std::shared_ptr<ports::TableFile> table;  ///< once it is done
    std::optional<base::UtcTime> ended;
    std::optional<base::Error> failure;
};

Exports::~Exports() = default;

json::object Exports::told(const Job& job) {
    json::value problem = nullptr;
    if (job.failure) problem = json::object{{"code", job.failure->code}, {"detail", job.failure->message}};
    return {{"id", id_text(job.id)},
            {"format", base::text_of(job.wish.format)},
            {"state", base::text_of(job.state)},
            {"rows", job.rows},
            {"total", job.total ? json::value(*job.total) : json::value(nullptr)},
            {"bytes", job.table ? json::value(job.table->size()) : json::value(nullptr)},
            {"began_at", time_text(job.began)},
            {"kept_until", job.ended ? json::value(time_text(*job.ended + kept_for)) : json::value(nullptr)},
            {"problem", std::move(problem)}};
}

Exports::JobPtr Exports::find(Id id, const ExportOwner& owner) const {
    const auto found = jobs_.find(id);
    return found != jobs_.end() && found->second->owner == owner ? found->second : nullptr;
}

Answer<json::object> Exports::begin(ExportWish wish, const ExportOwner& owner, const Actor& actor) {
    auto job = std::make_shared<Job>();
    job->id = ids_.next();
    job->owner = owner;
    job->actor = actor;
    job->wish = std::move(wish);
    job->began = clock_.utc();
    const std::lock_guard lock(mutex_);
    const auto own = std::ranges::count_if(
        jobs_, [&](const auto& entry) { return entry.second->actor.account == actor.account; });
    if (std::cmp_greater_equal(own, of_one_account))
        return refuse(ErrorKind::limit, "exports_full",
                      fmt::format("{} exports of this account are kept already, with those of its tokens and "
                                  "other sessions. Remove one of them first, or wait for an hour.",
                                  own));
    if (jobs_.size() >= in_all)
        return refuse(ErrorKind::limit, "exports_full",
                      "Too many exports are kept already. Try again in a while.");
    jobs_[job->id] = job;
    if (!writing_.joinable()) writing_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    changed_.notify_all();
    return told(*job);
}

json::object Exports::list(const ExportOwner& owner) const {
    const std::lock_guard lock(mutex_);
    json::array items;
    for (const auto& [id, job] : jobs_)
        if (job->owner == owner) items.insert(items.begin(), told(*job));
    return {{"items", std::move(items)}};
}

Answer<json::object> Exports::get(Id id, const ExportOwner& owner) const {
    const std::lock_guard lock(mutex_);
    const auto job = find(id, owner);
    if (!job) return no_such("export");
    return told(*job);
}

Outcome Exports::remove(Id id, const ExportOwner& owner) {
    const std::lock_guard lock(mutex_);
    if (!find(id, owner)) return no_such("export");
    forget(jobs_.find(id));
    return {};
}

void Exports::forget(std::map<Id, JobPtr>::iterator entry) {
    entry->second->wanted = Job::Wanted::no;
    jobs_.erase(entry);
    changed_.notify_all();
}

Answer<Exports::File> Exports::file(Id id, const ExportOwner& owner) const {
    const std::lock_guard lock(mutex_);
    const auto job = find(id, owner);
    if (!job) return no_such("export");
    if (!job->table)
        return refuse(ErrorKind::conflict, "export_running", "This export is not done. Wait until it is.");
    const auto format = job->wish.format;
    return File{fmt::format("events-{}.{}", time_text(job->began).substr(0, 10), base::text_of(format)),
                type_of(format), job->table};
}

void Exports::sweep(
    const std::function<std::optional<Viewer>(Id session, const std::string& address)>& viewer_of) {
    const auto now = clock_.utc();
    const std::lock_guard lock(mutex_);
    for (auto entry = jobs_.begin(); entry != jobs_.end();) {
        const auto here = entry++;
        const auto& job = *here->second;
        const bool old = job.ended && now > *job.ended + kept_for;
        if (old || viewer_of(job.owner.session, job.actor.address.value_or("")) != job.owner.viewer)
            forget(here);
    }
}

Exports::JobPtr Exports::next(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    JobPtr found;
    changed_.wait(lock, stop, [&] {
        for (const auto& [id, job] : jobs_)
            if (job->state == ExportState::waiting) return found = job, true;
        return false;
    });
    if (found) found->state = ExportState::running;
    return found;
}

void Exports::run(const std::stop_token& stop) {
    while (const auto job = next(stop)) {
        const auto outcome = write(stop, *job);
        const std::lock_guard lock(mutex_);
        job->state = outcome ? ExportState::done : ExportState::failed;
        if (!outcome) job->failure = outcome.error();
        job->ended = clock_.utc();
    }
}

bool Exports::goes_on(const std::stop_token& stop, const Job& job) const {
    const std::lock_guard lock(mutex_);
    return !stop.stop_requested() && job.wanted == Job::Wanted::yes;
}

Outcome Exports::write(const std::stop_token& stop, Job& job) {
    const auto most = rows_at_most(job.wish.format);
    const auto total = events_.count(job.wish.filter, job.owner.viewer.part, most + 1);
    if (!total) return std::unexpected(total.error());
    if (*total > most) return too_large(fmt::format("{} events", most));
    {
        const std::lock_guard lock(mutex_);
        job.total = *total;
    }
    auto table = files_.make(job.wish.format, export_head(job.wish.format, job.wish.words));
    if (!table) return std::unexpected(table.error());
    if (auto written = write_rows(stop, job, **table); !written) return written;
    if (!goes_on(stop, job)) return {};
    if (auto finished = (*table)->finish(); !finished) return std::unexpected(finished.error());
    if (auto noted = note(job); !noted) return noted;
    const std::lock_guard lock(mutex_);
    job.table = *std::move(table);
    return {};
}

Outcome Exports::write_rows(const std::stop_token& stop, Job& job, ports::TableFile& table) {
    const bool cards = sees_card_numbers(job.owner.viewer.rights);
    Page page{rows_at_once, std::nullopt};
    for (int tries = 1; goes_on(stop, job);) {
        const auto begun = std::chrono::steady_clock::now();
        auto found = events_.list(job.wish.filter, job.owner.viewer.part, page);
        if (!found && found.error().kind == ErrorKind::timeout && ++tries <= patience) continue;
        if (!found) return std::unexpected(found.error());
        tries = 1;
        auto& items = found->at("items").as_array();
        for (auto& item : items) {
            auto& event = item.as_object();
            if (!cards) event["card"] = nullptr;
            if (auto added = table.add(export_row(job.wish.format, job.wish.words, event)); !added)
                return std::unexpected(added.error());
        }
        if (table.size() > bytes_at_most) return too_large("512 MB");
        {
            const std::lock_guard lock(mutex_);
            job.rows += std::ssize(items);
            // What came since it was counted belongs to it as well.
            job.total = std::max(job.total.value_or(0), job.rows);
        }
        if (found->at("next").is_null() || job.rows >= rows_at_most(job.wish.format)) break;
        page.cursor = json::value_to<std::string>(found->at("next"));
        let_others_go_first(stop, std::chrono::steady_clock::now() - begun);
    }
    return {};
}

/// While changes and events wait to be stored, an export takes half of a core at most.
void Exports::let_others_go_first(const std::stop_token& stop, std::chrono::steady_clock::duration took) {
    if (database_.waiting() == 0) return;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, took, [] { return false; });
}

Outcome Exports::note(const Job& job) {
    return ports::write_to(database_, [&](ports::Connection& c) -> Outcome {
        const json::object after{
            {"format", base::text_of(job.wish.format)}, {"rows", job.rows}, {"search", job.wish.search}};
        if (auto noted = audit_.append(c, job.actor, "events.exported", std::nullopt, nullptr, &after);
            !noted)
            return std::unexpected(noted.error());
        return {};
    });
}

}  // namespace sallyport::server

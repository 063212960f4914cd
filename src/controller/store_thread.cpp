#include "controller/store_thread.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/core.h>

#include "core/record/detail.hpp"

namespace sallyport::controller {

StoreThread::StoreThread(ports::ControllerStore& store, boost::asio::io_context& loop,
                         const StoreThreadLimits& limits)
    : store_(store), loop_(loop), limits_(limits), silence_(loop), again_(loop) {
    if (limits_.runs == StoreRuns::on_its_thread) thread_ = std::thread([this] { run(); });
}

StoreThread::~StoreThread() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) {
        thread_.join();
    } else {
        run_on_loop();
    }
}

void StoreThread::keep(ports::StoreWrite write, Stored done) {
    if (facts_ >= limits_.waiting_facts) {
        dropped_ += write.records.size();
        if (done) {
            // Whoever waits for it would wait for ever.
            ++unanswered_;
            post([done = std::move(done)]() mutable {
                done(base::fail(base::ErrorKind::storage, "storage_failed",
                                "The disk fails, and too much waits for it already."));
            });
        }
        if (write.records.empty()) return;
        dropped_at_ = write.records.back().at;
        dropped_offset_s_ = write.records.back().utc_offset_s;
        return;
    }
    ++facts_;
    enqueue(WriteJob{std::move(write), std::move(done), Kind::fact});
}

void StoreThread::change(ports::StoreWrite write, Stored done) {
    if (requests_ >= limits_.waiting_requests) {
        done(base::fail(base::ErrorKind::limit, "busy",
                        "Too many changes wait for the disk: try again in a moment."));
        return;
    }
    ++requests_;
    enqueue(WriteJob{std::move(write), std::move(done), Kind::request});
}

void StoreThread::read_after(core::RecordPosition after, std::size_t limit, Stored done) {
    enqueue(OtherJob([after, limit, done = std::move(done)](ports::ControllerStore& store) mutable -> Answer {
        return
            [records = store.read_after(after, limit), done = std::move(done)]() mutable { done(records); };
    }));
}

void StoreThread::search(const ports::RecordSearch& wanted,
                         std::move_only_function<void(base::Result<ports::FoundRecords>)> done) {
    enqueue(OtherJob([wanted, done = std::move(done)](ports::ControllerStore& store) mutable -> Answer {
        return [found = store.search(wanted), done = std::move(done)]() mutable { done(std::move(found)); };
    }));
}

void StoreThread::acknowledge(ports::Cursor cursor, Done done) {
    enqueue(OtherJob([cursor = std::move(cursor), done = std::move(done)](auto& store) mutable -> Answer {
        return [status = store.acknowledge(cursor), done = std::move(done)]() mutable { done(status); };
    }));
}

void StoreThread::load(std::move_only_function<void(base::Result<ports::ControllerImage>)> done) {
    enqueue(OtherJob([done = std::move(done)](ports::ControllerStore& store) mutable -> Answer {
        return [image = store.load(), done = std::move(done)]() mutable { done(std::move(image)); };
    }));
}

void StoreThread::enqueue(Job job) {
    if (unanswered_++ == 0) listen_for_answers();
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(job));
    }
    if (limits_.runs == StoreRuns::on_its_thread) return wake_.notify_one();
    if (!std::exchange(posted_, true)) boost::asio::post(loop_, [this] { run_on_loop(); });
}

void StoreThread::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        if (!step(lock)) continue;
        if (stopping_) return;
        wake_.wait_for(lock, limits_.retry, [this] { return stopping_ || worth_trying(); });
    }
}

void StoreThread::run_on_loop() {
    posted_ = false;
    std::unique_lock lock(mutex_);
    while (!queue_.empty())
        if (step(lock)) return again_.after(limits_.retry, [this] { run_on_loop(); });
}

bool StoreThread::step(std::unique_lock<std::mutex>& lock) {
    if (const auto other = next_other(); other != queue_.end()) {
        auto job = std::get<OtherJob>(std::move(*other));
        queue_.erase(other);
        lock.unlock();
        post(job(store_));
        lock.lock();
        return false;
    }
    auto group = take_group();
    lock.unlock();
    commit(std::move(group));
    lock.lock();
    return refused_;
}

// In its turn; while the disk refuses, before the facts that wait for it.
std::deque<StoreThread::Job>::iterator StoreThread::next_other() {
    if (!refused_) return std::holds_alternative<OtherJob>(queue_.front()) ? queue_.begin() : queue_.end();
    return std::ranges::find_if(queue_, [](const Job& job) { return std::holds_alternative<OtherJob>(job); });
}

// Facts alone are tried once in `retry`; everything else at once, because somebody waits for the answer.
bool StoreThread::worth_trying() const {
    return std::ranges::any_of(queue_, [](const Job& job) {
        const auto* write = std::get_if<WriteJob>(&job);
        return write == nullptr || write->kind == Kind::request;
    });
}

// While the disk refuses, requests overtake the facts that wait for it: somebody waits for their answer.
std::deque<StoreThread::WriteJob> StoreThread::take_group() {
    std::deque<WriteJob> group;
    std::deque<Job> rest;
    bool ended = false;
    for (auto& job : queue_) {
        auto* write = std::get_if<WriteJob>(&job);
        ended = ended || write == nullptr || group.size() >= limits_.group;
        if (write != nullptr && (!ended || (refused_ && write->kind == Kind::request))) {
            group.push_back(std::move(*write));
        } else {
            rest.push_back(std::move(job));
        }
    }
    queue_ = std::move(rest);
    return group;
}

void StoreThread::commit(std::deque<WriteJob> group) {
    std::vector<ports::StoreWrite> writes;
    writes.reserve(group.size());
    for (auto& job : group) writes.push_back(std::move(job.write));
    auto stored = store_.commit(writes);
    for (std::size_t i = 0; i < group.size(); ++i) group[i].write = std::move(writes[i]);
    refused_ = !stored;
    if (stored) {
        answer_group(std::move(group), *std::move(stored));
        note_health({});
    } else {
        note_health(std::unexpected(stored.error()));
        keep_facts_of(std::move(group), stored.error());
    }
}

void StoreThread::keep_facts_of(std::deque<WriteJob> group, const base::Error& error) {
    std::deque<Job> facts;
    std::vector<Stored> refused;
    for (auto& job : group) {
        if (job.kind == Kind::fact) {
            facts.emplace_back(std::move(job));
        } else {
            refused.push_back(std::move(job.done));
        }
    }
    {
        const std::lock_guard lock(mutex_);
        queue_.insert(queue_.begin(), std::move_iterator(facts.begin()), std::move_iterator(facts.end()));
    }
    for (auto& done : refused) {
        post([this, error, done = std::move(done)]() mutable {
            --requests_;
            done(std::unexpected(error));
        });
    }
}

void StoreThread::answer_group(std::deque<WriteJob> group, Records stored) {
    boost::asio::post(loop_, [this, group = std::move(group), stored = std::move(stored)]() mutable {
        // Listeners first: whoever waits for a write may look at what the listeners keep.
        if (on_stored && !stored.empty()) on_stored(stored);
        auto next = stored.begin();
        for (auto& job : group) {
            const auto end = next + static_cast<std::ptrdiff_t>(job.write.records.size());
            --(job.kind == Kind::fact ? facts_ : requests_);
            if (job.done) job.done(Records(next, end));
            next = end;
        }
        answered(group.size());
    });
}

void StoreThread::note_health(const base::Status& status) {
    boost::asio::post(loop_, [this, status] {
        heard_ = true;
        if (failing_ == !status) return;
        failing_ = !status;
        health_changed(status);
    });
}

void StoreThread::health_changed(const base::Status& status) {
    if (on_health) on_health(status);
    if (status && dropped_ > 0) {
        ports::StoreWrite lost;
        lost.records.emplace_back();
        auto& record = lost.records.back();
        record.kind = core::RecordKind::records_overwritten;
        record.at = dropped_at_;
        record.utc_offset_s = dropped_offset_s_;
        record.detail = core::written({core::DetailTerm::lost_while_disk_failed,
                                       {{core::DetailName::count, std::exchange(dropped_, 0)}}});
        keep(std::move(lost));
    }
    answered(0);
}

void StoreThread::listen_for_answers() {
    heard_ = false;
    silence_.after(limits_.silent, [this] {
        if (!heard_ && !failing_) {
            failing_ = true;
            health_changed(
                base::fail(base::ErrorKind::storage, "storage_silent",
                           fmt::format("The disk has not answered for {} s.",
                                       std::chrono::ceil<std::chrono::seconds>(limits_.silent).count())));
        }
        listen_for_answers();
    });
}

void StoreThread::answered(std::size_t count) {
    unanswered_ -= count;
    if (unanswered_ == 0) silence_.cancel();
    if (idle() && on_idle) on_idle();
}

void StoreThread::post(Answer answer) {
    boost::asio::post(loop_, [this, answer = std::move(answer)]() mutable {
        heard_ = true;
        answer();
        answered(1);
    });
}

}  // namespace sallyport::controller

#include "server/api/turns.hpp"

#include <memory>

namespace sallyport::server {

namespace {

Problem too_many() {
    Problem problem({base::ErrorKind::limit, "searches_waiting",
                     "Too many searches of this account are waiting already. Try again when they are done."});
    problem.retry_after_s = 5;
    return problem;
}

}  // namespace

std::function<void(Call, Finish)> Turns::in_turn(std::function<Answer<Reply>(Call&)> work) {
    return [this, work = std::move(work)](Call call, Finish finish) {
        const auto account = call.session->account.id;
        const auto answer = std::make_shared<Finish>(std::move(finish));
        Workers::Task task = [work, call = std::move(call), answer]() mutable { (*answer)(work(call)); };
        switch (take(account, task)) {
            case Place::at_work: return run(account, std::move(task));
            case Place::waiting: return;
            case Place::none: return (*answer)(std::unexpected(too_many()));
        }
    };
}

Turns::Place Turns::take(Id account, Workers::Task& task) {
    const std::lock_guard lock(mutex_);
    auto& line = lines_[account];
    if (line.at_work < at_once_) {
        ++line.at_work;
        return Place::at_work;
    }
    if (line.waiting.size() >= waiting_) return Place::none;
    line.waiting.push_back(std::move(task));
    return Place::waiting;
}

void Turns::run(Id account, Workers::Task task) {
    task();
    auto following = next(account);
    if (!following) return;
    // Behind what others wait for; here and now only where nothing more is taken.
    Workers::Task later = [this, account, following = std::move(following)]() mutable {
        run(account, std::move(following));
    };
    if (workers_.post(later) == Workers::Taken::full) later();
}

Workers::Task Turns::next(Id account) {
    const std::lock_guard lock(mutex_);
    const auto found = lines_.find(account);
    auto& line = found->second;
    if (!line.waiting.empty()) {
        auto task = std::move(line.waiting.front());
        line.waiting.pop_front();
        return task;
    }
    if (--line.at_work == 0) lines_.erase(found);
    return {};
}

}  // namespace sallyport::server

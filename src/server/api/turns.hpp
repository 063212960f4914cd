#pragma once
// What may take long leaves room for others: of one account, with its tokens and all of its sessions, so many
// such calls are at work at once; the next ones wait, without a thread.
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>

#include "server/api/operation.hpp"
#include "server/api/workers.hpp"

namespace sallyport::server {

class Turns {
  public:
    /// `workers` outlives the last call. Beyond `at_once` at work and `waiting` in line, a call of the same
    /// account is answered 429 `searches_waiting`.
    Turns(Workers& workers, std::size_t at_once, std::size_t waiting)
        : workers_(workers), at_once_(at_once), waiting_(waiting) {}

    /// A handler that answers when `work` returns, when its account's turn has come.
    [[nodiscard]] std::function<void(Call, Finish)> in_turn(std::function<Answer<Reply>(Call&)> work);

  private:
    struct Line {
        std::size_t at_work = 0;
        std::deque<Workers::Task> waiting;
    };
    enum class Place { at_work, waiting, none };
    Place take(Id account, Workers::Task& task);
    void run(Id account, Workers::Task task);
    /// Whose turn it is now that one has ended; null: nobody's.
    [[nodiscard]] Workers::Task next(Id account);

    Workers& workers_;
    const std::size_t at_once_;
    const std::size_t waiting_;
    std::mutex mutex_;
    std::map<Id, Line> lines_;
};

}  // namespace sallyport::server

#pragma once
// The thread that owns the store. The loop never waits for it: it queues, and gets answers posted back.
//
// What is queued is committed together. Two kinds of writes, because a fact cannot be refused:
// - `keep`: what has happened (records, a use that was spent, a mode taken up). While the disk refuses it
// stays
//   queued and is tried again every second (E3); its answer comes when it is durable.
// - `change`: what somebody asks for. It is stored now or answered with the error.
// When the queue is full (`waiting_facts`, `waiting_requests`): a further fact is dropped and counted, and a
// record says how many once the disk is well again; a further request is answered `limit` "busy" at once.
//
// A disk may also neither store nor refuse. After `silent` without any answer it counts as failing, until it
// answers: the doors go on deciding, and nobody restarts a controller that decides.
//
// A store that never waits, in memory, may be used on the loop itself: many controllers share one thread
// then.
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <variant>
#include <vector>

#include "controller/loop.hpp"
#include "ports/controller_store.hpp"

namespace sallyport::controller {

using Records = std::vector<core::StoredRecord>;

enum class StoreRuns : std::uint8_t { on_its_thread, on_the_loop };

struct StoreThreadLimits {
    StoreRuns runs = StoreRuns::on_its_thread;
    std::size_t waiting_facts = 20'000;
    std::size_t waiting_requests = 1'024;
    std::size_t group = 1'000;  ///< writes in one commit at most
    std::chrono::milliseconds retry{1'000};
    std::chrono::milliseconds silent{10'000};
};

/// All functions are called, and call back, on the loop thread.
class StoreThread {
  public:
    using Stored = std::move_only_function<void(const base::Result<Records>&)>;
    using Done = std::move_only_function<void(const base::Status&)>;

    /// `store` and `loop` outlive it.
    StoreThread(ports::ControllerStore& store, boost::asio::io_context& loop,
                const StoreThreadLimits& limits = {});
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;
    /// Tries once more to store what waits, then ends.
    ~StoreThread();

    void keep(ports::StoreWrite, Stored = {});
    void change(ports::StoreWrite, Stored);
    void read_after(core::RecordPosition, std::size_t limit, Stored);
    void search(const ports::RecordSearch&, std::move_only_function<void(base::Result<ports::FoundRecords>)>);
    void acknowledge(ports::Cursor, Done);
    /// Everything again, as at a start, after all that is queued.
    void load(std::move_only_function<void(base::Result<ports::ControllerImage>)>);

    /// Whether everything that was asked for has been answered, but for facts that a failing disk keeps
    /// waiting.
    [[nodiscard]] bool idle() const { return unanswered_ == (failing_ ? facts_ : 0); }

    std::function<void(const Records&)> on_stored;       ///< after each commit that stored records
    std::function<void(const base::Status&)> on_health;  ///< the disk refuses, or is well again
    std::function<void()> on_idle;                       ///< `idle` has become true

  private:
    enum class Kind : std::uint8_t { fact, request };
    struct WriteJob {
        ports::StoreWrite write;
        Stored done;
        Kind kind = Kind::fact;
    };
    /// Anything that is not a commit: runs in its turn and gives what to do on the loop.
    using Answer = std::move_only_function<void()>;
    using OtherJob = std::move_only_function<Answer(ports::ControllerStore&)>;
    using Job = std::variant<WriteJob, OtherJob>;

    void enqueue(Job);
    void run();
    void run_on_loop();
    /// The next job, or group of writes. True when the disk refused it.
    bool step(std::unique_lock<std::mutex>&);
    std::deque<Job>::iterator next_other();
    [[nodiscard]] bool worth_trying() const;
    std::deque<WriteJob> take_group();
    void commit(std::deque<WriteJob>);
    void keep_facts_of(std::deque<WriteJob>, const base::Error&);
    void answer_group(std::deque<WriteJob>, Records);
    void note_health(const base::Status&);
    void health_changed(const base::Status&);
    void answered(std::size_t count);
    void post(Answer);
    void listen_for_answers();

    ports::ControllerStore& store_;
    boost::asio::io_context& loop_;
    StoreThreadLimits limits_;
    // On the loop:
    std::size_t unanswered_ = 0;
    std::size_t facts_ = 0;     ///< of the unanswered
    std::size_t requests_ = 0;  ///< of the unanswered
    bool failing_ = false;
    std::uint64_t dropped_ = 0;
    base::UtcTime dropped_at_;
    std::int32_t dropped_offset_s_ = 0;
    LoopTimer silence_;
    bool heard_ = false;   ///< of the store thread, since the timer was set
    bool posted_ = false;  ///< `run_on_loop` will be called
    LoopTimer again_;

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;  ///< guarded by mutex_
    bool stopping_ = false;  ///< guarded by mutex_
    bool refused_ = false;   ///< on the store thread: the last commit failed
    std::thread thread_;
};

}  // namespace sallyport::controller

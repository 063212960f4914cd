#pragma once
// Takes the records to a collector of logs (controller.md N6): in order from a cursor of its own, in batches,
// one under way at a time, so that neither the door nor another manager waits for the collector.
//
// Syslog knows no acknowledgement. A record counts as delivered, and the cursor moves past it, when the
// collector's machine has had it for `settle` on a connection that is still there. After a loss of the
// connection, or a restart, everything younger is sent again: nothing is lost, and what comes twice has the
// same generation and sequence. What the ring of records overwrote during a long outage is said in the log,
// and the sequence numbers show it.
#include <deque>
#include <memory>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "codec/syslog/syslog.hpp"
#include "controller/controller.hpp"
#include "controller/record_walk.hpp"
#include "ports/collector.hpp"

namespace sallyport::controller {

struct SyslogTiming {
    std::chrono::milliseconds first_retry{1'000};  ///< doubles with each failure
    std::chrono::milliseconds longest_retry{60'000};
    std::chrono::milliseconds settle{2'000};
};

/// On the loop thread.
class SyslogExport {
  public:
    /// The name of its cursor: no manager can have it.
    static constexpr std::string_view cursor_name = "@syslog";

    /// `source.serial` is filled in from the controller.
    SyslogExport(boost::asio::io_context&, Controller&, std::unique_ptr<ports::Collector>,
                 codec::SyslogSource source, const SyslogTiming& = {});
    SyslogExport(const SyslogExport&) = delete;
    SyslogExport& operator=(const SyslogExport&) = delete;
    ~SyslogExport() = default;

    /// Once the controller has started.
    void start();

  private:
    enum class Stage : std::uint8_t { closed, opening, open };

    void open();
    void opened(const base::Status&);
    void next();
    void read(const base::Result<Records>&, std::size_t asked);
    void send(const Records&);
    void taken(core::RecordPosition);
    void settle();
    void lost(const base::Error&);
    void say_gap(core::RecordPosition before, core::RecordPosition first) const;

    struct Delivered {
        core::RecordPosition position;
        std::chrono::steady_clock::time_point at;
    };

    Controller& controller_;
    std::unique_ptr<ports::Collector> collector_;
    codec::SyslogSource source_;
    SyslogTiming timing_;
    boost::asio::steady_timer retry_;
    boost::asio::steady_timer settled_;
    std::chrono::milliseconds pause_;
    Stage stage_ = Stage::closed;
    bool started_ = false;
    bool busy_ = false;  ///< a batch is read or sent
    bool outage_said_ = false;
    RecordWalk walk_{{1, 0}};
    core::RecordPosition acknowledged_{1, 0};
    std::deque<Delivered> delivered_;  ///< not yet for `settle`
};

}  // namespace sallyport::controller

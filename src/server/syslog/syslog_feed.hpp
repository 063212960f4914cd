#pragma once
// Sends events and the audit log to a collector of logs (platform.md I1): in order, from a place in each that
// is kept, in batches, the next when the collector's machine has acknowledged the one before. After a loss of
// the connection, or a restart, the batch that was under way comes again: nothing is lost on our side, and
// what comes twice has the same id or number.
//
// The connection lives on the devices' loop; the database is read on a thread of the feed's own.
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "ports/clock.hpp"
#include "ports/collector.hpp"
#include "server/audit/audit.hpp"
#include "server/events/events.hpp"
#include "server/outlets/outlet_server.hpp"

namespace sallyport::server {

struct SyslogSettings {
    bool enabled = false;
    OutletServer server{.port = 6'514};
    bool events = true;
    bool audit = true;
    std::int64_t revision = 1;
};
struct SyslogPatch {
    std::optional<bool> enabled;
    OutletServerPatch server;
    std::optional<bool> events;
    std::optional<bool> audit;
    std::optional<std::int64_t> revision;
};

using OpenCollector = std::function<base::Result<std::unique_ptr<ports::Collector>>(
    const ports::Endpoint&, const ports::ServerTrust&)>;

/// All outlive the feed. `open` null: nothing is ever sent; called on the loop.
struct SyslogParts {
    ports::Database& database;
    const ports::Clock& clock;
    Audit& audit;
    const Sealer& sealer;
    const Events& events;
    boost::asio::io_context& loop;
    OpenCollector open;
    CheckAuthorities check_authorities;
    std::string host;  ///< as it names itself
};

class SyslogFeed {
  public:
    static constexpr std::int64_t batch = 100;

    explicit SyslogFeed(SyslogParts);
    ~SyslogFeed() { reader_.join(); }
    SyslogFeed(const SyslogFeed&) = delete;
    SyslogFeed& operator=(const SyslogFeed&) = delete;

    /// Reads the settings and begins. Once, before the loop runs.
    [[nodiscard]] base::Status load();
    /// Closes the connection. On the loop.
    void stop();
    /// Events were stored. Any thread.
    void wake();

    /// As in GET /settings/syslog.
    [[nodiscard]] boost::json::object get() const;
    /// Errors: conflict "changed_meanwhile", and the fields that are wrong. What happened before it was
    /// switched on is not sent.
    [[nodiscard]] Answer<boost::json::object> change(const SyslogPatch&, const Actor&);
    /// Has a message acknowledged on a connection of its own. Answers as OutletTest. Errors: conflict
    /// "not_set_up".
    void test(std::function<void(Answer<boost::json::object>)> done);

  private:
    struct Places {
        std::int64_t event = 0;
        std::int64_t audit = 0;
        friend bool operator==(const Places&, const Places&) = default;
    };
    struct Batch {
        Places upto;
        std::string frames;
    };
    [[nodiscard]] base::Result<Batch> read(const SyslogSettings&, Places) const;
    void begin();
    void open();
    void next();
    void send(const base::Result<Batch>&);
    void lost(const ports::OutsideError&);
    void rest(std::chrono::milliseconds);
    void keep(Places);
    void say(std::string_view word, std::optional<ports::OutsideError> problem = {});

    const SyslogParts parts_;
    std::mutex changing_;  ///< held from reading what is set until memory says what was stored
    mutable std::mutex mutex_;
    SyslogSettings settings_;  ///< under the mutex
    std::string word_ = "off";
    std::optional<ports::OutsideError> problem_;
    base::UtcTime since_;

    // On the loop.
    SyslogSettings now_;
    Places places_;
    std::unique_ptr<ports::Collector> collector_;
    boost::asio::steady_timer timer_;
    std::uint64_t round_ = 0;  ///< grows with each connection: answers to the one before are dropped
    bool ready_ = false;
    bool busy_ = false;
    bool stopped_ = false;
    int failures_ = 0;
    std::atomic<bool> woken_ = false;
    boost::asio::thread_pool reader_{1};
};

/// As in GET /settings/syslog, without the state.
[[nodiscard]] boost::json::object told_of(const SyslogSettings&);

}  // namespace sallyport::server

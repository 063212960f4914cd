#pragma once
// Webhooks (platform.md I1): events are posted to other servers as they happen, one after the other in the
// order in which they were stored, each until it is taken: at least once, with the event's id to know a
// second time by. What is kept of a webhook is its place among the events, so a restart loses nothing and no
// event is stored twice. One that takes nothing for three days is switched off, which the audit log tells. A
// thread of its own looks for what is due; the network is the poster's.
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include <boost/json/object.hpp>

#include "ports/clock.hpp"
#include "ports/http_poster.hpp"
#include "server/audit/audit.hpp"
#include "server/events/events.hpp"
#include "server/secrets/sealer.hpp"

namespace sallyport::server {

/// What is set or changed; a member that is not there stays as it is.
struct WebhookPatch {
    std::optional<std::string> name;
    std::optional<std::string> url;                 ///< as ports::parse_https_url takes it
    std::optional<std::vector<std::string>> kinds;  ///< of events; empty: all
    std::optional<bool> enabled;
    std::optional<std::int64_t> revision;
};

class Webhooks {
  public:
    static constexpr std::size_t at_most = 50;
    /// Attempts that are remembered of each.
    static constexpr std::size_t remembered = 50;
    static constexpr base::Duration give_up_after = std::chrono::hours{72};

    /// All outlive this. `poster` null: nothing is ever sent.
    Webhooks(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit,
             const Sealer& sealer, const Events& events, ports::HttpPoster* poster)
        : database_(database),
          ids_(ids),
          clock_(clock),
          audit_(audit),
          sealer_(sealer),
          events_(events),
          poster_(poster) {}
    ~Webhooks() { stop(); }

    /// Reads them and goes on where each stands. Once, before the rest.
    [[nodiscard]] base::Status load();
    /// What was under way is forgotten, and comes again after a start.
    void stop();
    /// Events were stored. Any thread.
    void wake();

    /// Answers are as in api/openapi.yaml: Webhook, WebhookList, WebhookDeliveryList; `add` answers with the
    /// secret besides, this once. Errors: conflict "name_taken", "too_many_webhooks", "changed_meanwhile".
    [[nodiscard]] Answer<boost::json::object> list() const;
    [[nodiscard]] Answer<boost::json::object> get(Id) const;
    [[nodiscard]] Answer<boost::json::object> deliveries(Id) const;
    [[nodiscard]] Answer<boost::json::object> add(const WebhookPatch&, const Actor&);
    [[nodiscard]] Answer<boost::json::object> change(Id, const WebhookPatch&, const Actor&);
    Outcome remove(Id, const Actor&);
    /// Sends a message of type "test" now and answers with how that went, as WebhookDelivery.
    void test(Id, std::function<void(Answer<boost::json::object>)> done);

  private:
    using Steady = std::chrono::steady_clock;
    struct Delivery {
        base::UtcTime at;
        std::optional<Id> event_id;  ///< none: a test
        std::string type;
        std::int64_t attempt = 1;
        std::optional<int> status;
        std::optional<ports::OutsideError> problem;  ///< none: it was taken
        std::int64_t took_ms = 0;
    };
    struct Hook {
        Id id = 0;
        std::string name;
        ports::HttpsUrl url;
        std::string url_text;
        base::Secret secret;
        std::set<std::string> kinds;
        bool enabled = true;
        Id position = 0;
        std::optional<base::UtcTime> failing_since;
        std::optional<ports::OutsideError> problem;
        std::optional<base::UtcTime> disabled_at;
        std::int64_t revision = 1;
        int failures = 0;  ///< in a row, since the start
        Steady::time_point due;
        bool under_way = false;
        std::deque<Delivery> deliveries;  ///< the newest first
    };
    struct Next {
        Id position = 0;  ///< up to here there is nothing for it
        std::optional<boost::json::object> event;
        bool more = false;  ///< than could be looked at in one go
    };
    /// Of the columns problem and said.
    [[nodiscard]] static std::optional<ports::OutsideError> problem_of(const ports::Row&, std::size_t first);
    [[nodiscard]] static boost::json::object told(const Hook&);
    [[nodiscard]] static boost::json::object told(const Delivery&);
    [[nodiscard]] static boost::json::object audited(const Hook&);
    [[nodiscard]] static base::Result<Hook> hook_of(const ports::Row&, const Sealer&);
    [[nodiscard]] Outcome check_name(const std::string& name, Id own) const;
    [[nodiscard]] base::Status store(ports::Connection&, const Hook&) const;
    void run(const std::stop_token&);
    [[nodiscard]] Hook* most_due();
    [[nodiscard]] base::Result<Next> next_event(Id after, const std::set<std::string>& kinds) const;
    void deliver(const Hook&, boost::json::object event);
    void post(const Hook&, Delivery, const std::string& message_id, const boost::json::object& body,
              std::function<void(Delivery)> done);
    void settle(Id hook, Id event, const Delivery&);
    void give_up(Hook&);
    void keep(const Hook&);
    void remember(Hook&, const Delivery&);
    [[nodiscard]] base::Status load_deliveries();

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
    const Sealer& sealer_;
    const Events& events_;
    ports::HttpPoster* poster_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<Id, Hook> hooks_;  ///< under the mutex
    bool woken_ = false;        ///< under the mutex
    std::jthread thread_;       ///< the last: it ends before what it uses
};

}  // namespace sallyport::server

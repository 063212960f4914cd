#pragma once
// Outgoing mail (platform.md I1, decision 0022): what people are written waits here until the mail server has
// taken it, at most `waiting_at_most` of them, each until its time is over. While the server is not reached
// all of them wait; one that it puts off waits alone; one that it refuses is dropped, counted and logged.
//
// What carries a code is in memory only: who still wants one after a restart asks again, and no code lies on
// a disk. What somebody must learn is stored with the change that it tells of, and survives a restart; a
// restart in the moment of handing over may send it twice.
//
// A thread of its own hands over one after the other.
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ports/clock.hpp"
#include "server/audit/audit.hpp"
#include "server/mail/letters.hpp"
#include "server/mail/mail_settings.hpp"

namespace sallyport::server {

struct MailToSend {
    std::string to;  ///< as codec::is_mail_address takes it
    Letter letter;
    base::UtcTime not_after;  ///< after it nobody needs it
};

/// All outlive the outbox. `send` null: nothing is ever sent.
struct OutboxParts {
    ports::Database& database;
    const ports::Clock& clock;
    IdSource& ids;
    Audit& audit;
    const Sealer& sealer;
    ports::SendMail send;
    CheckAuthorities check_authorities;
    std::string host;  ///< as this machine names itself
};

class Outbox {
  public:
    static constexpr std::size_t waiting_at_most = 500;

    explicit Outbox(OutboxParts parts) : parts_(std::move(parts)) {}
    ~Outbox() { stop(); }
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// Reads the settings and what was stored, and begins. Once, before the rest.
    [[nodiscard]] base::Status load();
    void stop();

    [[nodiscard]] const std::string& host() const { return parts_.host; }
    /// Whether mail is switched on; what is sent while it is not is dropped in silence.
    [[nodiscard]] bool is_on() const;
    /// Mails that wait.
    [[nodiscard]] std::size_t waiting() const;
    /// Sends it from memory: for codes. Returns at once.
    void send(MailToSend);
    /// Inside a unit of work: it is sent after the commit, however long that takes; `wake` afterwards.
    [[nodiscard]] base::Status store(ports::Connection&, const MailToSend&);
    void wake();

    /// As in GET /settings/mail.
    [[nodiscard]] boost::json::object get() const;
    /// Switching it off throws away what waits. Errors: conflict "changed_meanwhile", and the fields that
    /// are wrong.
    [[nodiscard]] Answer<boost::json::object> change(const MailPatch&, const Actor&);
    /// Has a message to `to` taken, beside what waits. Answers as OutletTest. Errors: conflict "not_set_up",
    /// "test_running".
    void test(const std::string& to, const std::string& language,
              std::function<void(Answer<boost::json::object>)> done);

  private:
    using Steady = std::chrono::steady_clock;
    enum class Kept : std::uint8_t { in_memory, stored };
    struct Waiting {
        Id id = 0;
        MailToSend mail;
        Kept kept = Kept::in_memory;
        int put_off = 0;
        Steady::time_point due{};
    };
    void run(const std::stop_token&);
    [[nodiscard]] base::Status take_stored();
    void drop_late();
    [[nodiscard]] std::list<Waiting>::iterator most_due();
    void settle(Id, const ports::OutsideResult<void>&);
    void remove(std::list<Waiting>::iterator);
    void say(std::string_view word, std::optional<ports::OutsideError> problem = {});
    [[nodiscard]] ports::OutsideResult<void> hand_over(const MailSettings&, const MailToSend&, Id,
                                                       const std::stop_token&) const;

    const OutboxParts parts_;
    std::mutex changing_;  ///< held from reading what is set until memory says what was stored
    mutable std::mutex mutex_;
    std::condition_variable_any woken_;
    MailSettings settings_;  ///< all of these under the mutex
    std::list<Waiting> waiting_;
    Id last_stored_ = 0;
    bool look_ = true;  ///< for what was stored
    bool awake_ = false;
    int failures_ = 0;
    Steady::time_point due_{};  ///< not before, since the server was not reached
    std::uint64_t dropped_ = 0;
    std::string word_ = "off";
    std::optional<ports::OutsideError> problem_;
    base::UtcTime since_;
    bool testing_ = false;
    std::jthread tester_;
    std::jthread thread_;  ///< the last
};

}  // namespace sallyport::server

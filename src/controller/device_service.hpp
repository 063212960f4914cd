#pragma once
// The device protocol at the controller's side (docs/device-protocol.md): what all sessions share. Sessions
// are objects over ports::Stream without sockets or threads of their own. All on the loop thread.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>

#include "codec/dhip/discovery.hpp"
#include "codec/dhip/status_json.hpp"
#include "controller/controller.hpp"
#include "controller/login_guard.hpp"
#include "controller/passwords.hpp"
#include "controller/reader_lines.hpp"
#include "core/record/detail.hpp"
#include "ports/backups.hpp"
#include "ports/transport.hpp"
#include "ports/update_stage.hpp"

namespace sallyport::controller {

class DeviceSession;

/// What the device says about itself besides the store's serial.
struct DeviceIdentity {
    std::string model = "Sallyport Door";
    std::string firmware;
    std::string fingerprint;
    ports::Endpoint listen;
    std::uint16_t http_port = 0;
};

/// Opens a session without a password for 24 hours; renewed at each login, void after a restart.
class SessionKeys {
  public:
    [[nodiscard]] std::string renew(const std::string& account, base::Instant now);
    [[nodiscard]] bool fits(const std::string& account, const std::string& key, base::Instant now) const;
    void clear() { keys_.clear(); }

  private:
    struct Entry {
        std::string account;
        base::Instant until;
    };
    std::map<std::string, Entry> keys_;
};

/// Commands run once: an id that was seen within 10 minutes is answered as before.
class CommandLog {
  public:
    /// False when the id was seen.
    [[nodiscard]] bool take(const std::string& id, base::Instant now);

  private:
    std::map<std::string, base::Instant> seen_;
};

class DeviceService {
  public:
    /// `real`: network time-outs stay real when simulated time moves.
    DeviceService(boost::asio::io_context&, Controller&, ReaderLines&, const ports::TimeZones&,
                  const ports::Clock& real, ports::Clock& civil, DeviceIdentity);
    ~DeviceService();
    DeviceService(const DeviceService&) = delete;
    DeviceService& operator=(const DeviceService&) = delete;

    /// A connection: the protocol starts.
    void accept(ports::StreamPtr);
    /// A datagram: its answer, if it gets one. What is no search is recorded, at most once a second.
    [[nodiscard]] std::optional<std::string> answer_datagram(std::string_view bytes,
                                                             const ports::Endpoint& from);
    /// Closes sessions that are overdue; called every second.
    void check_patience();
    [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

    /// Configuration can be backed up and restored from now on; `backups` outlives the service.
    void offer_backups(ports::Backups& backups) { backups_ = &backups; }

    /// Updates are taken from now on; `stage` outlives the service.
    void offer_updates(ports::UpdateStage& stage) { update_stage_ = &stage; }

    // For sessions.
    /// None: not offered.
    [[nodiscard]] ports::UpdateStage* update_stage() { return update_stage_; }
    /// None: not offered.
    [[nodiscard]] ports::Backups* backups() { return backups_; }
    /// Runs `work` on a thread of its own and gives what it returns to `done` on the loop. One at a time:
    /// false when another one is under way.
    template <class Work, class Done>
    [[nodiscard]] bool aside(Work work, Done done) {
        if (std::exchange(working_aside_, true)) return false;
        boost::asio::post(aside_, [this, work = std::move(work), done = std::move(done)]() mutable {
            boost::asio::post(timer_.get_executor(),
                              [this, outcome = work(), done = std::move(done)]() mutable {
                                  working_aside_ = false;
                                  done(std::move(outcome));
                              });
        });
        return true;
    }
    [[nodiscard]] Controller& controller() { return controller_; }
    [[nodiscard]] const ports::TimeZones& zones() const { return zones_; }
    [[nodiscard]] ports::Clock& civil_clock() { return civil_; }
    [[nodiscard]] Passwords& passwords() { return passwords_; }
    [[nodiscard]] LoginGuard& guard() { return guard_; }
    [[nodiscard]] SessionKeys& session_keys() { return session_keys_; }
    [[nodiscard]] ReaderLines& reader_lines() { return reader_lines_; }
    [[nodiscard]] CommandLog& commands() { return commands_; }
    [[nodiscard]] const DeviceIdentity& identity() const { return identity_; }
    [[nodiscard]] base::Instant real_now() const { return real_.monotonic(); }
    [[nodiscard]] base::NetworkTime network_time() const { return real_.network_time(); }
    [[nodiscard]] std::vector<codec::dhip::DoorState> door_states() const;
    void note_login(const std::string& account, const std::string& address, core::DetailTerm outcome);
    void note(core::RecordKind, const core::Detail&);
    void forget(std::uint32_t session);

  private:
    void tick();
    void doors_changed();
    void close_all();

    Controller& controller_;
    ReaderLines& reader_lines_;
    const ports::TimeZones& zones_;
    const ports::Clock& real_;
    ports::Clock& civil_;
    DeviceIdentity identity_;
    Passwords passwords_;
    LoginGuard guard_;
    SessionKeys session_keys_;
    CommandLog commands_;
    std::map<std::uint32_t, std::shared_ptr<DeviceSession>> sessions_;
    std::vector<codec::dhip::DoorState> doors_;  ///< last said
    std::optional<base::Instant> refused_datagram_;
    boost::asio::steady_timer timer_;
    ports::Backups* backups_ = nullptr;
    ports::UpdateStage* update_stage_ = nullptr;
    bool working_aside_ = false;
    boost::asio::thread_pool aside_{1};  // the last: what runs there uses the rest
};

}  // namespace sallyport::controller

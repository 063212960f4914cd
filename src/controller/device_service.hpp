#pragma once
// The device protocol at the controller's side (docs/device-protocol.md): what all sessions share. Sessions
// are objects over ports::Stream without sockets or threads of their own. All on the loop thread.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "codec/cgi/loose.hpp"
#include "codec/dhip/discovery.hpp"
#include "codec/dhip/status_json.hpp"
#include "controller/config_watch.hpp"
#include "controller/controller.hpp"
#include "controller/login_guard.hpp"
#include "controller/method_table.hpp"
#include "controller/passwords.hpp"
#include "controller/reader_lines.hpp"
#include "controller/sealed_hashes.hpp"
#include "core/record/detail.hpp"
#include "ports/backups.hpp"
#include "ports/host_network.hpp"
#include "ports/transport.hpp"
#include "ports/update_stage.hpp"

namespace sallyport::controller {

class DeviceSession;

/// What the device says about itself besides the store's serial.
struct DeviceIdentity {
    std::string model = "Sallyport Door";
    std::string firmware;
    std::string fingerprint;
    std::string certificate_pem{};  ///< that the fingerprint is of
    ports::Endpoint listen{};
    std::uint16_t http_port = 0;
};

/// Opens a session without a password for 24 hours; renewed at each login, void after a restart.
class SessionKeys {
  public:
    [[nodiscard]] std::string renew(const std::string& account, base::Instant now);
    [[nodiscard]] bool fits(const std::string& account, const std::string& key, base::Instant now) const;
    void clear() { keys_.clear(); }
    void forget(const std::string& account) {
        std::erase_if(keys_, [&](const auto& entry) { return entry.second.account == account; });
    }

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

    /// `compatibility` is on (controller.md N5): hashes for the plain dialect are kept from now on, sealed
    /// with a key that is made of this secret, and its logins are possible.
    void allow_plain_dialect(const base::Secret& sealing) { plain_hashes_.emplace(sealing); }

    /// A connection: the protocol starts. `ended` is called once, when the session is over or was not let in.
    void accept(ports::StreamPtr, Channel, std::function<void(Visited)> ended = {},
                Dialled dialled = Dialled::by_them);
    /// A datagram: its answer, if it gets one. What is no search is recorded, at most once a second.
    [[nodiscard]] std::optional<std::string> answer_datagram(std::string_view bytes,
                                                             const ports::Endpoint& from);
    /// The same, and with `compatibility` what deployed tools send in clear: DevInit.account (the first
    /// password) and DHDiscover.setConfig (the address), both with the serial of this one device. `reply` is
    /// called once or not at all, at once or later.
    void take_datagram(std::string_view bytes, const ports::Endpoint& from,
                       std::function<void(std::string)> reply);
    /// Closes sessions that are overdue; called every second.
    void check_patience();
    [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }

    /// Configuration can be backed up and restored from now on; `backups` outlives the service.
    void offer_backups(ports::Backups& backups) { backups_ = &backups; }

    /// Updates are taken from now on; `stage` outlives the service.
    void offer_updates(ports::UpdateStage& stage) { update_stage_ = &stage; }

    /// The machine's network is told, and changed where it is owned; `network` outlives the service.
    void offer_network(ports::HostNetwork& network) { network_ = &network; }

    // For sessions.
    /// Where the controller is reached; all empty where nothing is known.
    [[nodiscard]] ports::NetworkInterface interface() const;
    /// None: not offered.
    [[nodiscard]] const ports::HostNetwork* network() const { return network_; }
    /// What somebody wants it to be: the fields of an interface, as the dialect and sallyport.setAddress call
    /// them; what is left out stays.
    [[nodiscard]] ports::NetworkAddress wanted_address(const codec::cgi::Loose&) const;
    /// Whether a change would be taken. `forbidden`, `invalid`.
    [[nodiscard]] base::Status check_address(const ports::NetworkAddress&) const;
    /// Follows when answers have had time to leave. `by` is an account; empty: nobody, before there is one.
    void change_address(const ports::NetworkAddress&, const std::string& by);
    /// Who listens to changes of settings.
    [[nodiscard]] ConfigWatch& config_watch() { return config_watch_; }
    /// None: not offered.
    [[nodiscard]] ports::UpdateStage* update_stage() { return update_stage_; }
    /// None: not offered.
    [[nodiscard]] ports::Backups* backups() { return backups_; }
    /// Runs `work` on a thread of its own and gives what it returns to `done` on the loop. One at a time:
    /// false when another one is under way.
    template <class Work, class Done>
    [[nodiscard]] bool aside(Work work, Done done) {
        if (std::exchange(working_aside_, true)) return false;
        aside_.run(std::move(work), [this, done = std::move(done)](auto outcome) mutable {
            working_aside_ = false;
            done(std::move(outcome));
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
    /// Methods that every transport offers.
    [[nodiscard]] MethodTable& methods() { return methods_; }
    /// Those, and what only sessions of frames have.
    [[nodiscard]] std::vector<std::string> method_names() const;
    /// Null unless `compatibility` is on.
    [[nodiscard]] const SealedHashes* plain_hashes() const {
        return plain_hashes_ ? &*plain_hashes_ : nullptr;
    }
    /// What the dialect's passwords are hashed with.
    [[nodiscard]] std::string realm() const { return "Login to " + controller_.serial(); }
    /// Everything of an account but its being stored. `limit` "busy".
    void make_account(const std::string& name, ports::AccountRole, const base::Secret& password,
                      std::move_only_function<void(base::Result<ports::Account>)> done);
    enum class Proof : std::uint8_t {
        wrong,
        right,
        stale  ///< made by somebody who knows the password, maybe long ago: forgives no failures
    };
    /// A login by the hash of a password: `weigh` says what came is worth with this hash. Counted and locked
    /// like any other. `forbidden` "locked_out", `unauthenticated` "wrong_password".
    [[nodiscard]] base::Status check_plain_login(const std::string& account, const std::string& address,
                                                 const std::function<Proof(const base::Secret& hash)>& weigh);
    /// Real bypasses of deployed devices (CVE-2021-33044, CVE-2021-33045) are refused and recorded.
    [[nodiscard]] base::Status refuse_bypass(const std::string& account, const std::string& address,
                                             std::string_view client_type, std::string_view login_type);
    /// Sessions and keys of an account that was changed or removed are void, but for the session that did it.
    void account_changed(const std::string& account, std::uint32_t by_session);
    /// Called when an account was changed or removed, and with an empty name when all sessions are void.
    void observe_accounts(std::function<void(const std::string&)> observer) {
        account_observers_.push_back(std::move(observer));
    }
    [[nodiscard]] std::vector<codec::dhip::DoorState> door_states() const;
    void note_login(const std::string& account, const std::string& address, core::DetailTerm outcome);
    void note(core::RecordKind, const core::Detail&);
    void forget(std::uint32_t session);

  private:
    void tick();
    void doors_changed();
    void reset_address(const Records&);
    [[nodiscard]] base::Status move_as_asked(const codec::cgi::Loose& params, const std::string& account,
                                             const std::string& from);
    void close_all();
    [[nodiscard]] bool make_room_for(const std::string& address);

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
    MethodTable methods_;
    std::optional<SealedHashes> plain_hashes_;
    std::vector<std::function<void(const std::string&)>> account_observers_;
    struct Open {
        std::shared_ptr<DeviceSession> session;
        std::function<void(Visited)> ended;
    };
    std::map<std::uint32_t, Open> sessions_;
    std::optional<base::Instant> crowded_;       ///< when that was last written to the log
    std::vector<codec::dhip::DoorState> doors_;  ///< last said
    std::optional<base::Instant> refused_datagram_;
    LoopTimer timer_;
    ports::Backups* backups_ = nullptr;
    ports::HostNetwork* network_ = nullptr;
    ConfigWatch config_watch_{controller_};
    LoopTimer address_change_;
    ports::UpdateStage* update_stage_ = nullptr;
    bool working_aside_ = false;
    Aside aside_;  // the last: what runs there uses the rest
};

}  // namespace sallyport::controller

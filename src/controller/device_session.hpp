#pragma once
// One connection of a manager: frames in, login, one handler for each method, records and door states out.
// Without sockets, threads or timers: bytes come from a ports::Stream, time from the service.
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "codec/dhip/frame.hpp"
#include "codec/dhip/message.hpp"
#include "codec/dhip/status_json.hpp"
#include "controller/config_watch.hpp"
#include "controller/controller.hpp"
#include "controller/event_subscription.hpp"
#include "controller/method_table.hpp"
#include "controller/record_walk.hpp"
#include "controller/restoring.hpp"
#include "ports/transport.hpp"

namespace sallyport::controller {

class DeviceService;

class DeviceSession : public std::enable_shared_from_this<DeviceSession> {
  public:
    using Handler = void (DeviceSession::*)(const codec::dhip::Request&);
    struct Method {
        std::string_view name;
        Right right;
        Handler handler;
    };
    /// What belongs to a session of frames: login, and all that notifies.
    static const std::vector<Method>& methods();

    DeviceSession(DeviceService&, ports::StreamPtr, std::uint32_t number, Channel,
                  Dialled = Dialled::by_them);

    void start();
    void close();
    /// Since when it has been open while nobody has logged in; none once somebody has, and where this device
    /// has dialled.
    [[nodiscard]] std::optional<base::Instant> unknown_since() const;
    [[nodiscard]] Visited visited() const { return visited_; }
    [[nodiscard]] std::string peer_address() const { return stream_->peer_address(); }
    /// Closes what has been silent for too long: half a frame for 10 s, no login within 30 s (3 min where
    /// this device has dialled), three missed keep-alives.
    void check_patience();
    /// Sends what is stored and not yet sent, as far as the window of unacknowledged records allows.
    void stream_records();
    void doors_changed(const std::vector<codec::dhip::DoorState>&);
    void question(const core::AskOperator&);
    void question_over(const core::StopAsking&);
    /// What the dialect's event stream says of these records, to whoever has attached.
    void events_stored(const Records&);
    /// An account was changed or is gone: its sessions end, but for the one that did it.
    void account_changed(const std::string& account, std::uint32_t by_session);

  private:
    using Request = codec::dhip::Request;
    using Params = boost::json::object;
    void received(std::string_view bytes);
    void take_frame(const codec::dhip::Frame&);
    void dispatch(const Request&);
    void run_shared(const Request&);
    void answer(const Request&, Params params = {});
    void refuse(const Request&, const base::Error&);
    /// The end of a request that was answered later.
    void finish(const Request&, const base::Status&, Params params = {});
    void notify(std::string_view method, Params params);
    void close_because(std::string_view why);
    /// Names that begin with '@' are those of the controller's own cursors.
    [[nodiscard]] static base::Status check_claimant(std::string_view manager);
    /// Wraps a callback so that it does nothing once the session is gone.
    template <class F>
    [[nodiscard]] auto while_open(F f) {
        return [weak = weak_from_this(), f = std::move(f)](auto&&... arguments) mutable {
            if (const auto self = weak.lock()) f(std::forward<decltype(arguments)>(arguments)...);
        };
    }
    /// Finishes the request whenever it is called.
    [[nodiscard]] auto finishing(const Request& request) {
        return while_open([this, request](const base::Status& status) { finish(request, status); });
    }

    // device_login.cpp
    void login(const Request&);
    void challenge(const Request&, const std::string& account);
    void refuse_key(const Request&);
    void login_with_password(const Request&, const std::string& account, base::Secret password);
    void login_with_hash(const Request&, const std::string& account, const base::Secret& answer);
    void logged_in(const Request&, const std::string& account);
    void login_failed(const Request&, const std::string& account, const base::Error&);
    void keep_alive(const Request&);
    void logout(const Request&);
    void initialise(const Request&);

    // device_methods.cpp
    void status(const Request&);
    void claim(const Request&);
    void apply_plan(const Request&);
    void tags(const Request&);
    void update_roster(const Request&);
    void door_command(const Request&);

    // device_rules.cpp
    void verify(const Request&);
    void pardon(const Request&);
    void reset_area(const Request&);
    [[nodiscard]] std::string named(std::string_view operator_name) const;
    // device_readers.cpp
    void list_readers(const Request&);
    void pair_reader(const Request&);
    void cancel_pairing(const Request&);
    void rotate_reader_key(const Request&);
    void set_line(const Request&);
    void set_formats(const Request&);
    void capture_line(const Request&);
    void forget_panel(const Request&);

    // device_records.cpp
    void attach(const Request&);
    void begin_stream(const std::string& manager, core::RecordPosition from);
    void continue_with_generation(const Request&, const std::string& manager, std::uint32_t generation);
    void acknowledge(const Request&);
    void records(const Request&);
    void records_read(const base::Result<Records>&, std::size_t asked);

    // device_backup.cpp
    void backup(const Request&);
    void restore(const Request&);
    void restore_from(const Request&, ports::Backup, RestoredPeople);

    // device_update.cpp
    void stage_update(const Request&);

    // device_events.cpp
    void attach_events(const Request&);
    void detach_events(const Request&);
    void attach_config(const Request&);
    void detach_config(const Request&);

    // device_network.cpp
    void set_address(const Request&);

    DeviceService& service_;
    ports::StreamPtr stream_;
    std::uint32_t number_;
    Dialled dialled_;
    codec::dhip::FrameDecoder decoder_;
    base::Instant opened_;
    base::Instant heard_;
    std::size_t waiting_ = 0;  ///< requests without an answer yet
    bool closed_ = false;

    Visited visited_ = Visited::by_nobody;
    Caller caller_;           ///< the account is empty until somebody has logged in
    std::string challenged_;  ///< account of the first half of a login
    std::string random_;      ///< of that challenge
    std::optional<EventSubscription> events_;
    std::shared_ptr<ConfigWatch::Listener> config_;
    bool key_refused_ = false;  ///< an unknown session key has come

    struct Stream {
        std::string manager;
        RecordWalk sent;
        std::deque<core::RecordPosition> unacknowledged;
        bool reading = false;
    };
    std::optional<Stream> streaming_;
};

}  // namespace sallyport::controller

#pragma once
// Controllers that dial the platform (device-protocol.md, active registration; platform.md V1): each says who
// it is and then waits to be asked, like one that was dialled. So this is a dialler: an endpoint with the
// port 0 is no address but the name that a device registers with, and "dialling" it takes the connection that
// it has opened, or waits for one.
//
// A name is only a name: who may use it is told by the certificate, which the caller of `dial` compares with
// the one that is pinned, and by the device's password. Nobody is let in here; who is not asked for waits,
// and can be listed. On the devices' loop, except `waiting`.
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "codec/dhip/frame.hpp"
#include "ports/clock.hpp"
#include "ports/transport.hpp"

namespace sallyport::server {

/// A connection that nobody has asked for yet.
struct WaitingDevice {
    std::string id;  ///< the name that it registers with
    std::string serial;
    std::string model;
    std::string address;             ///< from where it dialled
    ports::Fingerprint fingerprint;  ///< of the certificate that it showed; never empty
    base::UtcTime since;
};

/// 1 to 64 letters, digits, - _ or .
[[nodiscard]] bool is_registration_id(std::string_view);
[[nodiscard]] inline bool dials_in(const ports::Endpoint& endpoint) {
    return endpoint.port == 0;
}

class Registrations final : public ports::StreamDialler {
  public:
    /// `others` dials what has a port. All outlive it.
    Registrations(boost::asio::io_context&, ports::StreamDialler& others, const ports::Clock&);
    ~Registrations() override;

    /// A connection that was accepted. One that shows no certificate, does not say within 10 s who it is, or
    /// comes under a name that is waiting already from another certificate, is closed.
    void take(ports::StreamPtr);
    /// A name is somebody's: connections under it from other certificates are closed, those that wait first.
    void expect(const std::string& id, const ports::Fingerprint& normalised);
    void forget(const std::string& id);

    /// Errors for a name: unavailable "not_registered" when nothing has come within `timeout`.
    void dial(const ports::Endpoint&, const ports::Identity* own, std::chrono::milliseconds timeout,
              std::function<void(base::Result<ports::StreamPtr>)> done) override;

    /// By name; from any thread.
    [[nodiscard]] std::vector<WaitingDevice> waiting() const;

  private:
    using Done = std::function<void(base::Result<ports::StreamPtr>)>;
    struct Arrival;
    struct Caller {
        Done done;
        std::unique_ptr<boost::asio::steady_timer> patience;
    };
    void received(const std::shared_ptr<Arrival>&, std::string_view bytes);
    void introduced(const std::shared_ptr<Arrival>&);
    [[nodiscard]] bool admitted(const Arrival&);
    [[nodiscard]] bool make_room_for(const std::string& address,
                                     const std::vector<std::shared_ptr<Arrival>>& among);
    void drop(const std::shared_ptr<Arrival>&);
    void tell();

    boost::asio::io_context& loop_;
    ports::StreamDialler& others_;
    const ports::Clock& clock_;
    std::vector<std::shared_ptr<Arrival>> strangers_;  ///< have not said who they are
    std::map<std::string, std::shared_ptr<Arrival>> arrived_;
    std::map<std::string, Caller> callers_;
    std::map<std::string, ports::Fingerprint> expected_;
    mutable std::mutex mutex_;
    std::vector<WaitingDevice> told_;  ///< under the mutex
    std::shared_ptr<Registrations*> self_ =
        std::make_shared<Registrations*>(this);  ///< callbacks find it gone
};

}  // namespace sallyport::server

#pragma once
// Controllers that dial the platform (device-protocol.md, active registration; platform.md V1): each says who
// it is and then waits to be asked, like one that was dialled. So this is a dialler: an endpoint with the
// port 0 is no address but the name that a device registers with, and "dialling" it, by its name and its
// certificate (`registered_as`), takes the connection that it has opened, or waits for one.
//
// A name is only a name: anybody can come under it, and who is meant is told by the certificate. So whoever
// comes first keeps nobody out: those that show different certificates wait side by side, and the one that is
// dialled is the one with the certificate that somebody has seen. Nobody is let in here; who is not asked for
// waits, and can be listed. On the devices' loop, except `waiting`.
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "codec/dhip/frame.hpp"
#include "ports/clock.hpp"
#include "ports/transport.hpp"
#include "server/devices/refusals.hpp"

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

/// What to dial for the one that comes under this name with this certificate.
[[nodiscard]] inline ports::Endpoint registered_as(const std::string& name,
                                                   const ports::Fingerprint& fingerprint) {
    return {name + ' ' + fingerprint, 0};
}

class Registrations final : public ports::StreamDialler {
  public:
    /// `others` dials what has a port. All outlive it. The log says of those that are refused what `Refusals`
    /// leaves of each `refusals_told_every`.
    Registrations(boost::asio::io_context&, ports::StreamDialler& others, const ports::Clock&,
                  std::chrono::milliseconds refusals_told_every = std::chrono::minutes{1});
    ~Registrations() override;

    /// A connection that was accepted. One that shows no certificate, or does not say within 10 s who it is,
    /// is closed. Where more than eight certificates come under one name, one of the address that has the
    /// most of them gives way, else the one that has waited longest.
    void take(ports::StreamPtr);
    /// A name is somebody's: connections under it from other certificates are closed, those that wait first.
    void expect(const std::string& id, const ports::Fingerprint& fingerprint);
    void forget(const std::string& id);

    /// Errors for what is `registered_as`: unavailable "not_registered" when nothing has come under this name
    /// with this certificate within `timeout`. A name alone is nobody.
    void dial(const ports::Endpoint&, const ports::Identity* own, std::chrono::milliseconds timeout,
              std::function<void(base::Result<ports::StreamPtr>)> done) override;

    /// By name, and then by certificate; from any thread.
    [[nodiscard]] std::vector<WaitingDevice> waiting() const;

  private:
    using Done = std::function<void(base::Result<ports::StreamPtr>)>;
    using Key = std::string;  ///< the address of `registered_as`
    struct Arrival;
    using Arrivals = std::vector<std::shared_ptr<Arrival>>;
    struct Caller {
        Done done;
        std::unique_ptr<boost::asio::steady_timer> patience;
    };
    void received(const std::shared_ptr<Arrival>&, std::string_view bytes);
    void introduced(const std::shared_ptr<Arrival>&);
    [[nodiscard]] bool admitted(const Arrival&);
    [[nodiscard]] Arrivals arrived_as(const std::string& id) const;
    void make_room_under(const WaitingDevice&);
    [[nodiscard]] bool make_room_for(const std::string& address, const Arrivals& among);
    void drop(const std::shared_ptr<Arrival>&);
    void refuse(const std::shared_ptr<Arrival>&);
    void tell_refusals();
    void tell();

    boost::asio::io_context& loop_;
    ports::StreamDialler& others_;
    const ports::Clock& clock_;
    Arrivals strangers_;  ///< have not said who they are
    std::map<Key, std::shared_ptr<Arrival>> arrived_;
    std::map<Key, Caller> callers_;
    std::map<std::string, ports::Fingerprint> expected_;
    const std::chrono::milliseconds refusals_told_every_;
    Refusals refusals_;
    boost::asio::steady_timer refusals_end_;
    bool refusals_begun_ = false;
    mutable std::mutex mutex_;
    std::vector<WaitingDevice> told_;  ///< under the mutex
    std::shared_ptr<Registrations*> self_ =
        std::make_shared<Registrations*>(this);  ///< callbacks find it gone
};

}  // namespace sallyport::server

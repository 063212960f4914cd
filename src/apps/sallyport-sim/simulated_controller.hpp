#pragma once
// One controller of a simulated site: the whole of a controller's software, but for what a site of a thousand
// shares (clock, zones, loop, threads), over a store in memory and simulated doors. All on the loop thread.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "adapters/memory/controller_store.hpp"
#include "adapters/sim/simulated_clock.hpp"
#include "adapters/sim/simulated_doors.hpp"
#include "apps/sallyport-sim/link.hpp"
#include "controller/controller.hpp"
#include "controller/device_service.hpp"
#include "controller/dialect/operations.hpp"
#include "controller/panel_service.hpp"
#include "controller/registration.hpp"

namespace sallyport::apps {

/// What all controllers of a site stand on; outlives them.
struct Ground {
    boost::asio::io_context& loop;
    const ports::Clock& machine;
    const ports::TimeZones& zones;
    ports::StreamDialler& dialler;
    std::vector<ports::Account> accounts;  ///< empty: nobody has given them a password
    std::uint8_t doors = 1;
    std::size_t records_limit = 60'000;
};

/// What a controller says of its journal, to compare with what somebody else has of it.
struct Ledger {
    std::uint64_t records = 0;  ///< stored since the start
    core::RecordPosition last;  ///< of them
    core::ChainHash hash;       ///< of the last, and with it of all before it
};

class SimulatedController {
  public:
    SimulatedController(const Ground&, std::string serial, ports::Identity);

    /// Taken where it listens: the TLS port, and the same number for searches. Errors as those of listen_tls.
    base::Status listen(const ports::Endpoint&);
    base::Status show_panel(const ports::Endpoint&);
    void start();
    /// From now on it dials this platform, by its serial.
    void register_at(const ports::Endpoint& platform);

    void cut_power();
    /// Its civil clock goes wrong by this much more.
    void step_clock(base::Duration);
    /// Its links to whoever is connected.
    [[nodiscard]] std::vector<std::shared_ptr<Link>> links();

    /// A card at the only reader outside; false while another one is being read.
    bool present(base::DoorNumber, base::CardNumber);
    void set_input(base::DoorNumber, core::Input, core::Level);
    [[nodiscard]] bool released(base::DoorNumber) const;

    [[nodiscard]] controller::Controller& controller() { return controller_; }
    [[nodiscard]] const controller::Controller& controller() const { return controller_; }
    [[nodiscard]] const Ledger& ledger() const { return ledger_; }
    [[nodiscard]] std::size_t sessions() const { return service_ ? service_->sessions() : 0; }
    /// Since the start.
    [[nodiscard]] std::uint64_t connections() const { return connections_; }
    /// Port 0 where it dials.
    [[nodiscard]] ports::Endpoint address() const;
    [[nodiscard]] std::optional<ports::Endpoint> panel() const;

  private:
    /// The site's, with links over what it connects.
    class Dialler final : public ports::StreamDialler {
      public:
        explicit Dialler(SimulatedController& self) : self_(self) {}
        void dial(const ports::Endpoint&, const ports::Identity* own, std::chrono::milliseconds timeout,
                  std::function<void(base::Result<ports::StreamPtr>)> done) override;

      private:
        SimulatedController& self_;
    };
    base::Status listen_once(const ports::Endpoint&);
    [[nodiscard]] ports::StreamPtr link_over(ports::StreamPtr);
    void keep_books(const controller::Records&);

    const Ground& ground_;
    ports::Identity identity_;
    adapters::MemoryControllerStore memory_;
    adapters::SimulatedClock clock_;
    adapters::SimulatedDoors doors_;
    controller::StoreThread store_;
    controller::Controller controller_;
    controller::ReaderLines reader_lines_{controller_};
    std::optional<controller::DeviceService> service_;
    std::optional<controller::dialect::Operations> operations_;
    std::optional<controller::PanelService> panel_service_;
    std::unique_ptr<ports::StreamListener> listener_;
    std::unique_ptr<ports::DatagramSocket> discovery_;
    std::unique_ptr<ports::HttpServer> panel_;
    Dialler dialler_;
    std::optional<controller::Registration> registration_;
    std::vector<std::weak_ptr<Link>> links_;
    std::uint64_t connections_ = 0;
    Ledger ledger_;
};

}  // namespace sallyport::apps

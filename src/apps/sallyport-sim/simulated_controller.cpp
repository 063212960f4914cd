#include "apps/sallyport-sim/simulated_controller.hpp"

#include <algorithm>
#include <utility>

#include "adapters/net/datagram.hpp"
#include "adapters/net/http_server.hpp"
#include "adapters/net/tls_stream.hpp"
#include "embedded/panel_page.hpp"

namespace sallyport::apps {

namespace {

/// A card takes 34 of them, and each wakes the loop unless several are due.
constexpr base::Duration bit_time = std::chrono::microseconds{100};

/// Of any port, until one is free for searches as well.
constexpr int ports_tried = 20;

ports::ControllerImage first_image(const Ground& ground, std::string serial) {
    ports::ControllerImage image;
    image.serial = std::move(serial);
    image.accounts = ground.accounts;
    return image;
}

controller::ControllerOptions controller_options(const Ground& ground) {
    controller::ControllerOptions options;
    options.doors = ground.doors;
    options.records_limit = ground.records_limit;
    return options;
}

controller::StoreThreadLimits store_limits() {
    controller::StoreThreadLimits limits;
    limits.runs = controller::StoreRuns::on_the_loop;
    return limits;
}

}  // namespace

SimulatedController::SimulatedController(const Ground& ground, std::string serial, ports::Identity identity)
    : ground_(ground),
      identity_(std::move(identity)),
      memory_(ground.records_limit, first_image(ground, std::move(serial))),
      clock_(ground.machine),
      doors_(clock_, {.doors = ground.doors, .readers_per_door = 1, .bit_time = bit_time}),
      store_(memory_, ground.loop, store_limits()),
      controller_(ground.loop, clock_, ground.zones, doors_, store_, controller_options(ground)),
      dialler_(*this) {
    controller_.observe_records([this](const controller::Records& records) { keep_books(records); });
}

base::Status SimulatedController::listen(const ports::Endpoint& endpoint) {
    auto status = listen_once(endpoint);
    for (int more = ports_tried; !status && endpoint.port == 0 && more > 0; --more)
        status = listen_once(endpoint);
    return status;
}

base::Status SimulatedController::listen_once(const ports::Endpoint& endpoint) {
    auto listener = adapters::listen_tls(ground_.loop, endpoint, identity_);
    if (!listener) return std::unexpected(listener.error());
    listener_ = *std::move(listener);
    auto socket = adapters::open_datagram(ground_.loop, listener_->local());
    if (!socket) return std::unexpected(socket.error());
    discovery_ = *std::move(socket);
    return {};
}

base::Status SimulatedController::show_panel(const ports::Endpoint& endpoint) {
    panel_service_.emplace(
        controller_, reader_lines_, doors_, clock_, panel_page::files(),
        controller::PanelMachine{.fingerprint = identity_.fingerprint,
                                 .listen = address(),
                                 .discovery = discovery_ ? std::optional(address()) : std::nullopt,
                                 .connections = [this] { return sessions(); }});
    auto server = adapters::make_http_server(ground_.loop, endpoint, nullptr, {}, *panel_service_);
    if (!server) return std::unexpected(server.error());
    panel_ = *std::move(server);
    return {};
}

void SimulatedController::start() {
    service_.emplace(
        ground_.loop, controller_, reader_lines_, ground_.zones, ground_.machine, clock_,
        controller::DeviceIdentity{.firmware = SALLYPORT_VERSION,
                                   .fingerprint = identity_.fingerprint,
                                   .listen = address(),
                                   .http_port = panel_ ? panel_->local().port : std::uint16_t{0}});
    operations_.emplace(*service_);
    if (listener_) {
        listener_->on_accepted = [this](ports::StreamPtr stream) {
            service_->accept(link_over(std::move(stream)), controller::Channel::tls);
        };
        discovery_->on_received = [this](std::string_view bytes, const ports::Endpoint& from) {
            service_->take_datagram(
                bytes, from, [this, from](std::string answer) { discovery_->send(std::move(answer), from); });
        };
    }
    auto image = memory_.load();
    reader_lines_.start(*image);
    controller_.start(*std::move(image), core::PoweredOn::Cause::started);
}

void SimulatedController::register_at(const ports::Endpoint& platform) {
    registration_.emplace(ground_.loop, *service_, dialler_, &identity_,
                          controller::RegistrationTarget{.platform = platform, .id = controller_.serial()});
}

void SimulatedController::Dialler::dial(const ports::Endpoint& to, const ports::Identity* own,
                                        std::chrono::milliseconds timeout,
                                        std::function<void(base::Result<ports::StreamPtr>)> done) {
    self_.ground_.dialler.dial(to, own, timeout,
                               [this, done = std::move(done)](base::Result<ports::StreamPtr> stream) {
                                   if (stream) stream = self_.link_over(*std::move(stream));
                                   done(std::move(stream));
                               });
}

ports::StreamPtr SimulatedController::link_over(ports::StreamPtr stream) {
    auto link = Link::over(ground_.loop, std::move(stream));
    std::erase_if(links_, [](const auto& old) { return old.expired(); });
    links_.push_back(link);
    ++connections_;
    return link;
}

std::vector<std::shared_ptr<Link>> SimulatedController::links() {
    std::vector<std::shared_ptr<Link>> open;
    for (const auto& one : links_)
        if (auto link = one.lock()) open.push_back(std::move(link));
    return open;
}

void SimulatedController::cut_power() {
    doors_.cut_power();
    controller_.restart(core::PoweredOn::Cause::power_returned);
}

void SimulatedController::step_clock(base::Duration step) {
    clock_.step_utc(step);
    controller_.clock_changed();
}

bool SimulatedController::present(base::DoorNumber door, base::CardNumber card) {
    const bool taken = doors_.present(door, 1, card, ports::FrameFault::none).has_value();
    controller_.handle_timeouts();
    return taken;
}

void SimulatedController::set_input(base::DoorNumber door, core::Input input, core::Level level) {
    doors_.set_input(door, input, level);
}

bool SimulatedController::released(base::DoorNumber door) const {
    return doors_.shown(door).lock == core::Lock::released;
}

ports::Endpoint SimulatedController::address() const {
    return listener_ ? listener_->local() : ports::Endpoint{};
}

std::optional<ports::Endpoint> SimulatedController::panel() const {
    return panel_ ? std::optional(panel_->local()) : std::nullopt;
}

void SimulatedController::keep_books(const controller::Records& records) {
    ledger_.records += records.size();
    ledger_.last = records.back().position;
    ledger_.hash = records.back().hash;
}

}  // namespace sallyport::apps

#pragma once
// The front panel of simulated hardware over HTTP: the page, the calls of interfaces.md, and the stream of
// states. Answers only who asks for it by this machine's address, so that no foreign page can press keys.
#include <map>
#include <span>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/embedded.hpp"
#include "controller/alarm_log.hpp"
#include "controller/controller.hpp"
#include "controller/panel_state.hpp"
#include "controller/settling.hpp"
#include "ports/simulation.hpp"
#include "ports/transport.hpp"

namespace sallyport::controller {

class PanelService final : public ports::HttpHandler {
  public:
    /// All outlive it. `pages`: the built front panel.
    PanelService(Controller&, ReaderLines&, ports::DoorSimulation&, ports::MovableClock&,
                 std::span<const base::EmbeddedFile> pages, PanelMachine);

    void handle(ports::HttpRequest, ports::Respond) override;
    std::optional<ports::HttpResponse> refuse_websocket(const ports::HttpRequest&) override;
    void opened(const ports::HttpRequest&, ports::WebSocketPtr) override;

  private:
    using Body = boost::json::object;
    using Call = void (PanelService::*)(const Body&, base::DoorNumber, ports::Respond);
    struct Watcher {
        base::DoorNumber door;
        ports::WebSocketPtr socket;
    };

    void post(const ports::HttpRequest&, Call, ports::Respond);
    void press_keys(const Body&, base::DoorNumber, ports::Respond);
    void press_rest(std::string keys, base::DoorNumber, ports::Respond);
    void present_card(const Body&, base::DoorNumber, ports::Respond);
    void disturb_reader(const Body&, base::DoorNumber, ports::Respond);
    void pair_reader(const Body&, base::DoorNumber, ports::Respond);
    void silence(const Body&, base::DoorNumber, ports::Respond);
    void set_input(const Body&, base::DoorNumber, ports::Respond);
    void set_clock(const Body&, base::DoorNumber, ports::Respond);
    void cut_power(const Body&, base::DoorNumber, ports::Respond);
    void answer_settled(base::DoorNumber, ports::Respond);
    void answer_state(base::DoorNumber, ports::Respond);

    [[nodiscard]] base::Result<base::DoorNumber> door_of(std::string_view text) const;
    [[nodiscard]] base::Result<base::DoorNumber> door_of(const Body&) const;
    [[nodiscard]] base::Result<std::uint8_t> reader_of(const Body&, base::DoorNumber) const;
    [[nodiscard]] ports::HttpResponse page(const ports::HttpRequest&) const;
    void broadcast();

    [[nodiscard]] PanelState state_of(base::DoorNumber) const;

    Controller& controller_;
    ReaderLines& lines_;
    ports::DoorSimulation& simulation_;
    ports::MovableClock& clock_;
    std::span<const base::EmbeddedFile> pages_;
    PanelMachine machine_;
    AlarmLog alarms_;
    Settling settling_;
    std::vector<Watcher> watchers_;
    std::map<base::DoorNumber, Body> shown_;  ///< last sent of each door
};

}  // namespace sallyport::controller

#pragma once
// A simulated site as scripts see it: what it has done, what its journals hold, and how many come. Plain HTTP
// for this machine (controller/local_origin).
//
// GET  /site         {"controllers", "connected" (now), "connections" (since the start), "records",
//                    "passages": {...}, "faults": {...}}
// GET  /controllers  {"items": [{"number", "serial", "address", "sessions", "people", "roster", "journal":
//                    {"records", "generation", "sequence", "hash"}, "acknowledged": null or {...}}]}
// GET  /people?controller=1  {"items": [{"user_id", "tag"}]}
// POST /walk         {"passages": 30}: an hour and controller, from now on
// POST /faults       {"kinds": "all", "an_hour": 12}
#include <boost/json/object.hpp>

#include "apps/sallyport-sim/faults.hpp"
#include "apps/sallyport-sim/simulated_controller.hpp"
#include "apps/sallyport-sim/walkers.hpp"
#include "ports/transport.hpp"

namespace sallyport::apps {

class Control final : public ports::HttpHandler {
  public:
    /// All outlive it.
    Control(Fleet& fleet, Walkers& walkers, Faults& faults)
        : fleet_(fleet), walkers_(walkers), faults_(faults) {}

    void handle(ports::HttpRequest, ports::Respond) override;
    std::optional<ports::HttpResponse> refuse_websocket(const ports::HttpRequest&) override;
    void opened(const ports::HttpRequest&, ports::WebSocketPtr) override {}

  private:
    using Answer = base::Result<boost::json::object>;
    [[nodiscard]] Answer answer(const ports::HttpRequest&);
    [[nodiscard]] boost::json::object site() const;
    [[nodiscard]] boost::json::object controllers() const;
    [[nodiscard]] Answer people(std::string_view controller) const;
    [[nodiscard]] Answer walk(std::string_view body);
    [[nodiscard]] Answer befall(std::string_view body);

    Fleet& fleet_;
    Walkers& walkers_;
    Faults& faults_;
};

}  // namespace sallyport::apps

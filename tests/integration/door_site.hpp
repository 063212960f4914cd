#pragma once
// A controller in this process: everything of the daemon but sockets. Bytes are handed to it and taken from
// it; the loop runs only inside `run_until`.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>

#include "adapters/linux/machine_clock.hpp"
#include "adapters/linux/time_zones.hpp"
#include "adapters/memory/controller_store.hpp"
#include "adapters/sim/simulated_clock.hpp"
#include "adapters/sim/simulated_doors.hpp"
#include "codec/dhip/frame.hpp"
#include "controller/controller.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"
#include "controller/dialect/operations.hpp"
#include "controller/dialect/plain_http.hpp"
#include "controller/panel_service.hpp"

namespace sallyport::tests {

/// The manager's end of a connection.
class FakeStream final : public ports::Stream {
  public:
    bool send(std::string bytes) override {
        received += bytes;
        return !closed;
    }
    void close() override { closed = true; }
    [[nodiscard]] std::string peer_address() const override { return address; }
    [[nodiscard]] ports::Fingerprint peer_fingerprint() const override { return {}; }

    std::string received;
    std::string address = "192.0.2.7";
    bool closed = false;
};

class DoorSite {
  public:
    explicit DoorSite(std::uint8_t door_count = 1, std::uint64_t records_limit = 60'000);
    ~DoorSite();

    /// Runs the loop until it holds; a test failure after 10 s.
    void run_until(const std::function<bool()>& holds);

    /// A call of the front panel, answered.
    ports::HttpResponse call(std::string method, std::string path, std::string body = {},
                             std::vector<std::pair<std::string, std::string>> headers = {
                                 {"host", "127.0.0.1"}});
    /// POST, answered with 200.
    boost::json::object post(const std::string& path, const boost::json::object& body);
    boost::json::object state(int door = 1);

    boost::asio::io_context loop{1};
    adapters::MachineClock machine;
    adapters::SystemTimeZones zones;
    adapters::SimulatedClock network{machine};  ///< for time-outs of connections
    adapters::SimulatedClock clock{machine};
    adapters::SimulatedDoors doors;
    adapters::MemoryControllerStore memory;
    std::unique_ptr<controller::StoreThread> store;
    std::unique_ptr<controller::Controller> controller;
    std::unique_ptr<controller::PanelService> panel;
    std::unique_ptr<controller::ReaderLines> reader_lines;  ///< none at first
    std::unique_ptr<controller::DeviceService> service;
    std::unique_ptr<controller::dialect::Operations> operations;
    std::unique_ptr<controller::dialect::PlainHttp> plain;  ///< none until a test wants `compatibility`
};

/// A manager that speaks the device protocol to a site.
class Client {
  public:
    explicit Client(DoorSite&, controller::Channel = controller::Channel::tls);

    /// The answer's params; a test failure for an error.
    boost::json::object ask(std::string_view method, boost::json::object params = {});
    /// The error's name; empty when there was none.
    std::string refused(std::string_view method, boost::json::object params = {});
    /// The whole answer.
    boost::json::object request(std::string_view method, boost::json::object params = {},
                                std::uint32_t object = 0);
    void send(std::string bytes);

    /// Both steps with this password; the second answer.
    boost::json::object login(const std::string& password, const std::string& account = "admin");
    /// Takes all notifications of that name that have come.
    std::vector<boost::json::object> notified(std::string_view method);
    /// Sequences of the records that have come so far.
    std::vector<std::uint64_t> sequences();
    [[nodiscard]] bool closed() const { return stream->closed; }

    std::shared_ptr<FakeStream> stream = std::make_shared<FakeStream>();

  private:
    void read();

    DoorSite& site_;
    codec::dhip::FrameDecoder decoder_;
    std::uint32_t next_ = 1;
    std::vector<boost::json::object> answers_;
    std::vector<boost::json::object> notifications_;
    std::vector<std::uint64_t> sequences_;
};

inline constexpr auto password = "correct horse";
inline constexpr auto keypad_password = "246813";

/// Initialised, and a client that is logged in and owns the roster as "platform".
std::unique_ptr<Client> owner_of(DoorSite&);
/// A person who may open every door, always.
[[nodiscard]] boost::json::object person_json(const std::string& user_id, const std::string& card);

}  // namespace sallyport::tests

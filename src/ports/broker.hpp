#pragma once
// One connection to an MQTT broker (MQTT 5, a clean start each time, so that no command waits there for who
// is away). Implementation: adapters/mqtt.
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "ports/outside_error.hpp"
#include "ports/server_trust.hpp"
#include "ports/transport.hpp"

namespace sallyport::ports {

struct MqttMessage {
    enum class Keeping : std::uint8_t { passing, retained };
    enum class Arrival : std::uint8_t { at_most_once, at_least_once };  ///< QoS 0 and 1
    std::string topic;
    std::string payload;  ///< empty and retained: what the broker keeps there is removed
    Keeping keeping = Keeping::passing;
    Arrival arrival = Arrival::at_most_once;
};

struct Broker {
    Endpoint at;
    ServerTrust trust;
    std::string client;  ///< two with the same name throw each other out
    std::string account{};
    std::optional<base::Secret> password{};
    std::optional<MqttMessage> will{};  ///< published by the broker when the connection is lost
};

/// On a thread of the connection, one after the other, until it is destroyed; they must be quick and must not
/// destroy it.
struct BrokerCallbacks {
    std::function<void()> opened;
    /// The last one: no connection came about within 10 s, or it is lost. Errors: unavailable "unreachable" /
    /// "refused" / "no_mqtt5" / "connection_lost", timeout "timeout", forbidden "login_refused", corrupt
    /// "tls_failed" / "authority_unreadable", limit "packet_too_large".
    std::function<void(OutsideError)> lost;
    /// `keeping` says whether it was published as a message to be kept, now or long ago.
    std::function<void(MqttMessage)> heard;
    /// What `publish` gave a number for has left (QoS 0) or is acknowledged (QoS 1).
    std::function<void(int number)> taken;
};

/// Any thread. Destroying it says good-bye, so that the will is not published, and takes up to a second.
class BrokerLink {
  public:
    virtual ~BrokerLink() = default;
    /// unavailable "connection_lost" without a connection; invalid for a topic that MQTT does not know.
    virtual base::Result<int> publish(const MqttMessage&) = 0;
    /// Messages of topics like these, at most once each.
    virtual base::Status listen(const std::string& pattern) = 0;
};
using OpenBroker = std::function<std::unique_ptr<BrokerLink>(Broker, BrokerCallbacks)>;

}  // namespace sallyport::ports

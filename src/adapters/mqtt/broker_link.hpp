#pragma once
// ports::BrokerLink with libmosquitto, on a thread for each connection (decision 0036).
#include "ports/broker.hpp"

namespace sallyport::adapters {

[[nodiscard]] std::unique_ptr<ports::BrokerLink> open_broker(ports::Broker, ports::BrokerCallbacks);

}  // namespace sallyport::adapters

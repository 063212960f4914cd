#pragma once
#include "server/api/operation.hpp"
#include "server/mqtt/mqtt_bridge.hpp"

namespace sallyport::server {

/// /settings/mqtt.
[[nodiscard]] Operations mqtt_operations(MqttBridge&);

}  // namespace sallyport::server

#pragma once
#include "server/api/operation.hpp"
#include "server/mail/outbox.hpp"
#include "server/mqtt/mqtt_bridge.hpp"
#include "server/syslog/syslog_feed.hpp"

namespace sallyport::server {

/// /settings/mqtt.
[[nodiscard]] Operations mqtt_operations(MqttBridge&);

/// /settings/syslog.
[[nodiscard]] Operations syslog_operations(SyslogFeed&);

/// /settings/mail.
[[nodiscard]] Operations mail_operations(Outbox&);

}  // namespace sallyport::server

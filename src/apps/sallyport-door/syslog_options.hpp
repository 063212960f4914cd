#pragma once
// Where records go besides the platform: the table [syslog] of the configuration (docs/door.md).
#include <optional>

#include "adapters/net/collector.hpp"
#include "apps/settings_file/settings_file.hpp"
#include "codec/syslog/syslog.hpp"

namespace sallyport::apps {

struct SyslogOptions {
    ports::Endpoint collector;
    adapters::CollectorTrust trust;
    codec::SyslogSource source;
};

/// None without `syslog.collector`. What does not fit is the file's fault.
[[nodiscard]] std::optional<SyslogOptions> take_syslog(SettingsFile&);

}  // namespace sallyport::apps

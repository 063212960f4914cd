#pragma once
// How an installation is and what it holds (platform.md I2): told by `sallyport status` and by GET
// /system/status, from the same figures; those of the running program are Platform::status.
#include <optional>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "ports/database.hpp"
#include "ports/process_figures.hpp"

namespace sallyport::server {

/// What its database says, whether or not it runs: `version`, `holds` (how many of each), `missing_events`.
[[nodiscard]] base::Result<boost::json::object> stored_status(ports::Database&);
/// `database` and `disk` in words: ok, failing; ok, low (under a twentieth, or 1 GB), unknown.
[[nodiscard]] boost::json::object storage_status(const ports::Database&,
                                                 const std::optional<ports::ProcessFigures>&);

}  // namespace sallyport::server

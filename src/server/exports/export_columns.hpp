#pragma once
// What stands in an exported table: an event's members as cells, in the words of who asked for it. Pure.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "ports/table_file.hpp"

namespace sallyport::server {

/// "kinds.access" to what it is called; what is not there stays as api/openapi.yaml says it.
using ExportWords = std::map<std::string, std::string, std::less<>>;

/// The columns of a format: pages have room for the most important ones only.
[[nodiscard]] ports::TableHead export_head(ports::TableFormat, const ExportWords&);
/// An Event of api/openapi.yaml as the cells of one row. Times are the site's at that moment.
[[nodiscard]] std::vector<std::string> export_row(ports::TableFormat, const ExportWords&,
                                                  const boost::json::object& event);

}  // namespace sallyport::server

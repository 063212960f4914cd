#pragma once
// Brings time templates, holidays and the settings of doors to a controller in clear: its tables are read,
// compared and written where they differ (decision 0029).
#include <string>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "codec/dhip/plan_json.hpp"
#include "codec/dhip/status_json.hpp"
#include "server/devices/conversation.hpp"

namespace sallyport::server {

/// Of a row of AccessControl; what it does not say is as a new door has it. Lock and contact are not in it.
[[nodiscard]] codec::dhip::DoorState door_from(std::size_t index, const boost::json::value& row);

/// AccessControl, a row for each door. Error: not understood where a time in it is none that a door can have,
/// since it would pass for somebody's change.
[[nodiscard]] boost::asio::awaitable<base::Result<boost::json::array>> read_door_rows(Conversation&);

/// `doors`: AccessControl as it was read a moment ago.
[[nodiscard]] boost::asio::awaitable<base::Status> bring_plan(Conversation&, const codec::dhip::WirePlan&,
                                                              boost::json::array doors);

/// Sets the state of one door: Normal, OpenAlways, CloseAlways.
[[nodiscard]] boost::asio::awaitable<base::Status> set_door_mode(Conversation&, std::size_t index,
                                                                 core::DoorMode);

/// The rows of a table; an object is a table of one row.
[[nodiscard]] boost::json::array rows_of_table(boost::json::value table);

}  // namespace sallyport::server

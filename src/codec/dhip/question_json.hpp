#pragma once
// What operators are asked about somebody at a door (docs/device-protocol.md, client.notifyVerification).
#include <boost/json/object.hpp>

#include "core/station/station.hpp"

namespace sallyport::codec::dhip {

[[nodiscard]] boost::json::object to_json(const core::AskOperator&);

}  // namespace sallyport::codec::dhip

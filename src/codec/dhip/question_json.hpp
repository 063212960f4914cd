#pragma once
// What operators are asked about somebody at a door (docs/device-protocol.md, client.notifyVerification).
#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "core/station/station.hpp"

namespace sallyport::codec::dhip {

[[nodiscard]] boost::json::object to_json(const core::AskOperator&);
/// `invalid` "invalid_parameter" names the member. The attempt has no time and no result.
[[nodiscard]] base::Result<core::AskOperator> question_from(const boost::json::object&);

}  // namespace sallyport::codec::dhip

#pragma once
// The rules of doors and readers as JSON (docs/device-protocol.md, Rules): in a plan, and in the controller's
// store. Members with their default are left out.
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "codec/dhip/reader.hpp"
#include "core/access/rules.hpp"

namespace sallyport::codec::dhip {

[[nodiscard]] boost::json::object to_json(const core::Rules&);
/// Shape and ranges of single values are checked here; what belongs together by core::check.
[[nodiscard]] core::Rules read_rules(const Reader&);
/// `invalid` "invalid_parameter" names the member.
[[nodiscard]] base::Result<core::Rules> rules_from(std::string_view text);

}  // namespace sallyport::codec::dhip

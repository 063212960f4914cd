#pragma once
// The rules of one controller's doors and readers, as its plan brings them (platform.md G3). Inside units of
// work.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "ports/database.hpp"
#include "server/issue/keypad_settings.hpp"

namespace sallyport::server {

inline constexpr std::int64_t always_index = 255;
/// Template -> its index on the controller.
using TemplateIndexes = std::map<std::int64_t, std::int64_t>;
/// Error conflict "schedule_unassigned" when it has none.
[[nodiscard]] base::Result<std::int64_t> index_of(const TemplateIndexes&, std::int64_t template_id);

/// docs/device-protocol.md "Rules", as a whole: what is not in it is off at the controller. Error conflict
/// "schedule_unassigned".
[[nodiscard]] base::Result<boost::json::object> rules_of(ports::Connection&, std::int64_t device_id,
                                                         const std::vector<WantedDoor>&,
                                                         const TemplateIndexes&);

/// Who is the first card of which doors: (person, door number). Only of `person`, if there is one.
using FirstCards = std::set<std::pair<std::int64_t, std::int64_t>>;
[[nodiscard]] base::Result<FirstCards> first_cards_of(ports::Connection&, std::int64_t device_id,
                                                      std::optional<std::int64_t> person);

}  // namespace sallyport::server

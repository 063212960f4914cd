#pragma once
// People as JSON (docs/device-protocol.md, Person): what the roster's owner sends, the PIN in clear inside
// TLS.
#include <optional>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "codec/dhip/reader.hpp"
#include "core/station/station.hpp"

namespace sallyport::codec::dhip {

/// `person.pin` stays empty: only the controller can hash `pin`, with its own key.
struct WirePerson {
    core::Person person;
    std::optional<base::Secret> pin;  ///< none: the person has no PIN
};

[[nodiscard]] boost::json::object to_json(const WirePerson&);
/// `invalid` "invalid_parameter" names the member; never the PIN.
[[nodiscard]] base::Result<WirePerson> person_from(const boost::json::value&);

/// `sallyport.updateRoster`.
struct RosterUpdate {
    std::vector<WirePerson> upsert;    ///< at most 1,000
    std::vector<base::UserId> remove;  ///< at most 1,000
    core::People after =
        core::People::lost;  ///< known: with this, everybody is there whom the owner can bring
};
[[nodiscard]] boost::json::object to_json(const RosterUpdate&);
[[nodiscard]] base::Result<RosterUpdate> roster_update_from(const boost::json::object& params);

/// 16 hexadecimal digits, for tags and digests.
[[nodiscard]] std::string hex64(std::uint64_t);

// ---------------------------------------------------------------- parts that the plan has as well

/// Adds `doors`: each by its number.
void put_doors(boost::json::object&, core::DoorSet);
/// Adds `valid_from`, `valid_to` unless unbounded.
void put_validity(boost::json::object&, const core::Validity&);
/// A list that is absent is refused: as "every door" it would open too much, as "none" it would take the
/// doors from a denial. An empty one is no door.
[[nodiscard]] core::DoorSet read_doors(const Reader& owner);
[[nodiscard]] core::Validity read_validity(const Reader& owner);
[[nodiscard]] core::ScheduleIndex read_schedule_index(const Reader&);
/// Adds `uses` and `uses_series` unless unlimited.
void put_uses(boost::json::object&, std::optional<std::uint32_t>, core::UsesSeries);
/// Both or neither: without the series nobody could tell a new limit from an old one that comes again.
void read_uses(const Reader& owner, std::optional<std::uint32_t>&, core::UsesSeries&);
[[nodiscard]] base::UserId read_user_id(const Reader&);
/// Digits only, `least` to 8 of them. The complaint does not repeat them.
[[nodiscard]] base::Secret read_code(const Reader&, std::size_t least);

}  // namespace sallyport::codec::dhip

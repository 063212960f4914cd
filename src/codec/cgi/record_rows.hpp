#pragma once
// Rows of a controller's tables as a manager reads them (device-protocol.md, CGI and Enumerations): records,
// people and cards. What other makers add is passed over; what is missing is what it is without it.
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "codec/cgi/civil_text.hpp"
#include "core/access/person.hpp"
#include "core/record/record.hpp"

namespace sallyport::codec::cgi {

struct RecordRow {
    std::uint64_t number = 0;  ///< RecNo
    core::Record record;
};
/// Of AccessControlCardRec. `invalid` "invalid_parameter" without a number or a time.
[[nodiscard]] base::Result<RecordRow> access_row_from(const boost::json::value&);
/// Of AccessControlAlarmRecord.
[[nodiscard]] base::Result<RecordRow> alarm_row_from(const boost::json::value&);

/// What stands for no bound, since not every controller has a way to say none: a validity that reaches one
/// of them is read as it.
inline constexpr WallTime earliest{946'684'800};  ///< 2000-01-01 00:00:00
inline constexpr WallTime latest{2'145'916'799};  ///< 2037-12-31 23:59:59

/// Of AccessUser: what can be compared. PINs and uses cannot: the ones are not shown, the others are spent.
struct UserRow {
    base::UserId user_id;
    core::UserType type = core::UserType::general;
    WallTime from = earliest;              ///< included
    WallTime to = latest;                  ///< included
    std::set<std::pair<int, int>> rights;  ///< door from 0, schedule
    enum class Pin : std::uint8_t { untold, none, some } pin = Pin::untold;
    /// But for the PIN.
    [[nodiscard]] bool same_as(const UserRow&) const;
};
[[nodiscard]] base::Result<UserRow> user_row_from(const boost::json::value&);

struct CardRow {
    base::UserId user_id;
    core::Card card;
    friend bool operator==(const CardRow&, const CardRow&) = default;
};
[[nodiscard]] base::Result<CardRow> card_row_from(const boost::json::value&);

}  // namespace sallyport::codec::cgi

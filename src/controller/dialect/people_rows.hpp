#pragma once
// People, cards and public passwords in the dialect's words, and back.
//
// A controller holds no names: UserName and CardName are taken and forgotten, and are empty in answers.
// Fields that are not named here are not looked at.
#include <cstdint>
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "codec/cgi/loose.hpp"
#include "controller/dialect/site_time.hpp"
#include "core/access/roster.hpp"

namespace sallyport::controller::dialect {

/// What the fields are read and written with.
struct RowWords {
    const SiteTime& time;
    std::uint8_t doors;
};

/// The number of a row of AccessControlCard: the card's own number up to 52 bits, otherwise one made of the
/// number, or of the user ID of somebody without a card; the same as long as the row is there.
[[nodiscard]] std::uint64_t row_number(const core::Person&, const core::Card*);

/// A row of AccessControlCard; `card` is null for a person without one.
[[nodiscard]] boost::json::object card_row(const core::Person&, const core::Card*, const RowWords&);
/// As AccessUser and AccessCard have them. A PIN is never shown.
[[nodiscard]] boost::json::object user_json(const core::Person&, const RowWords&);
[[nodiscard]] boost::json::object card_json(const core::Person&, const core::Card&);
/// A row of AccessControlCustomPassword, without the code.
[[nodiscard]] boost::json::object password_row(const core::PublicPassword&, const RowWords&);

/// The fields of a person that are there replace those of `person`; an empty Password leaves the PIN. Of an
/// AccessControlCard and of an AccessUser alike (ValidDateStart and ValidFrom ...).
void take_user_fields(const codec::cgi::Loose&, const RowWords&, core::Person& person,
                      std::optional<base::Secret>& pin);
/// CardType, CardStatus, IsValid.
void take_card_fields(const codec::cgi::Loose&, core::Card&);
void take_password_fields(const codec::cgi::Loose&, const RowWords&, core::PublicPassword&);
[[nodiscard]] core::ScheduleIndex read_schedule_index(const codec::cgi::Loose&);
[[nodiscard]] base::UserId read_user_id(const codec::cgi::Loose&);
[[nodiscard]] base::CardNumber read_card_number(const codec::cgi::Loose&);
/// 1-8 digits; the complaint does not repeat them.
[[nodiscard]] base::Secret read_digits(const codec::cgi::Loose&);

}  // namespace sallyport::controller::dialect

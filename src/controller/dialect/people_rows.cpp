#include "controller/dialect/people_rows.hpp"

#include <algorithm>
#include <map>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "codec/cgi/numbers.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

constexpr std::uint64_t number_limit = std::uint64_t{1} << 52;
/// What stands for no bound: some clients cannot read an empty date.
constexpr std::int64_t uses_limit = 4'294'967'295;

struct DoorsAndTimes {
    json::array doors;
    json::array times;
};

DoorsAndTimes doors_of(const core::Person& person, std::uint8_t doors) {
    DoorsAndTimes result;
    for (const auto& right : person.rights) {
        if (right.kind != core::RightKind::allow) continue;  // the dialect has no word for an end
        for (std::uint8_t i = 1; i <= doors; ++i) {
            if (!right.doors.contains(base::DoorNumber{i})) continue;
            result.doors.emplace_back(i - 1);
            result.times.emplace_back(right.schedule.value);
        }
    }
    return result;
}

void put_validity(json::object& row, const core::Validity& validity, const RowWords& words, const char* from,
                  const char* to, std::string (*text)(cgi::WallTime)) {
    row[from] = validity.from == base::beginning_of_time ? "" : text(words.time.wall_of(validity.from));
    row[to] = validity.to == base::end_of_time
                  ? ""
                  : text({words.time.wall_of(validity.to).seconds - 1});  // the dialect's end is included
}

base::UtcTime moment(const cgi::Loose::When& when, const RowWords& words, std::int64_t later_s) {
    if (when.wall) return words.time.utc_of({when.wall->seconds + later_s});
    return {(when.epoch + later_s) * 1'000'000};
}

void take_validity(const cgi::Loose& row, const RowWords& words, core::Validity& validity) {
    const auto from = row.either("ValidDateStart", "ValidFrom");
    const auto to = row.either("ValidDateEnd", "ValidTo");
    if (from.present()) validity.from = moment(from.time(), words, 0);
    if (to.present()) validity.to = moment(to.time(), words, 1);
    if (validity.to < validity.from) to.complain("is before its beginning");
}

core::ScheduleIndex schedule_at(const cgi::Loose& times, std::size_t index, std::size_t count) {
    if (!times.is_array()) return core::always;
    const auto given = times.array_size(base::max_doors * 16);
    if (given == 0) return core::always;
    if (given != 1 && given != count) times.complain("has to have one element for each of Doors");
    return read_schedule_index(times.at(given == 1 ? 0 : index));
}

/// The allow rights anew; what forbids stays.
void take_rights(const cgi::Loose& row, const RowWords& words, core::Person& person) {
    const auto doors = row["Doors"];
    const auto times = row["TimeSections"];
    if (!doors.is_array() && !times.is_array()) return;
    std::vector<std::uint8_t> indexes;
    if (doors.is_array()) {
        doors.each(base::max_doors * 16, [&](const cgi::Loose& door) {
            indexes.push_back(static_cast<std::uint8_t>(door.integer(0, words.doors - 1)));
        });
    } else {
        for (const auto& door : doors_of(person, words.doors).doors)
            indexes.push_back(static_cast<std::uint8_t>(door.as_int64()));
    }
    std::map<std::uint8_t, core::DoorSet> by_schedule;
    for (std::size_t i = 0; i < indexes.size(); ++i)
        by_schedule[schedule_at(times, i, indexes.size()).value].bits |= std::uint64_t{1} << indexes[i];
    std::erase_if(person.rights,
                  [](const core::Right& right) { return right.kind == core::RightKind::allow; });
    for (const auto& [schedule, set] : by_schedule) person.rights.push_back({set, {schedule}});
}

}  // namespace

std::uint64_t row_number(const core::Person& person, const core::Card* card) {
    if (card == nullptr) return number_limit | (core::entry_digest(person.user_id, {}) & (number_limit - 1));
    const auto number = card->number.value;
    if (number < number_limit) return number;
    return number_limit | (core::entry_digest({}, {number}) & (number_limit - 1));
}

json::object card_row(const core::Person& person, const core::Card* card, const RowWords& words) {
    json::object row{{"RecNo", row_number(person, card)},
                     {"CardNo", card == nullptr ? std::string() : card->number.text()},
                     {"CardName", ""},
                     {"CardType", card == nullptr ? 0 : cgi::card_type_number(card->type)},
                     {"CardStatus", card == nullptr ? 0 : cgi::card_status_bits(card->status)},
                     {"UserID", person.user_id.view()},
                     {"UserType", static_cast<int>(person.type)},
                     {"Password", ""},
                     {"SallyportHasPassword", person.pin.has_value()},
                     {"UseTime", person.uses_left.value_or(0)},
                     {"IsValid", card == nullptr || card->status == core::CardStatus::normal}};
    put_validity(row, person.validity, words, "ValidDateStart", "ValidDateEnd", cgi::compact_text);
    auto [doors, times] = doors_of(person, words.doors);
    row["Doors"] = std::move(doors);
    row["TimeSections"] = std::move(times);
    return row;
}

json::object user_json(const core::Person& person, const RowWords& words) {
    json::object user{{"UserID", person.user_id.view()},
                      {"UserName", ""},
                      {"UserType", static_cast<int>(person.type)},
                      {"UserStatus", person.type == core::UserType::blocklist ? 1 : 0},
                      {"Authority", 2},
                      {"Password", ""},
                      {"SallyportHasPassword", person.pin.has_value()},
                      {"UseTime", person.uses_left.value_or(0)}};
    put_validity(user, person.validity, words, "ValidFrom", "ValidTo", cgi::wall_text);
    auto [doors, times] = doors_of(person, words.doors);
    user["Doors"] = std::move(doors);
    user["TimeSections"] = std::move(times);
    return user;
}

json::object card_json(const core::Person& person, const core::Card& card) {
    return {{"CardNo", card.number.text()},
            {"UserID", person.user_id.view()},
            {"CardName", ""},
            {"CardType", cgi::card_type_number(card.type)},
            {"CardStatus", cgi::card_status_bits(card.status)}};
}

json::object password_row(const core::PublicPassword& password, const RowWords& words) {
    json::array doors;
    for (std::uint8_t i = 1; i <= words.doors; ++i)
        if (password.doors.contains(base::DoorNumber{i})) doors.emplace_back(i - 1);
    json::object row{{"RecNo", password.number},
                     {"UserID", std::to_string(password.number)},
                     {"OpenDoorPassword", ""},
                     {"AlarmPassword", ""},
                     {"ValidCounts", password.uses_left.value_or(0)},
                     {"Doors", std::move(doors)}};
    put_validity(row, password.validity, words, "ValidDateStart", "ValidDateEnd", cgi::compact_text);
    return row;
}

void take_user_fields(const cgi::Loose& row, const RowWords& words, core::Person& person,
                      std::optional<base::Secret>& pin) {
    if (const auto type = row["UserType"]; type.present()) {
        const auto known = cgi::user_type_from(type.integer(0, 5));
        person.type = known.value_or(core::UserType::general);
    }
    if (row["Password"].present()) pin = read_digits(row["Password"]);
    // For a guest no use left is none; for others nothing said is no limit.
    if (const auto uses = row["UseTime"]; uses.present()) {
        const auto count = uses.integer(-1, uses_limit);
        const bool limited = count > 0 || (count == 0 && person.type == core::UserType::guest);
        person.uses_left = limited ? std::optional(static_cast<std::uint32_t>(count)) : std::nullopt;
        person.uses_series.begin_anew();
    }
    take_validity(row, words, person.validity);
    take_rights(row, words, person);
}

void take_card_fields(const cgi::Loose& row, core::Card& card) {
    if (const auto type = row["CardType"]; type.present()) {
        const auto known = cgi::card_type_from(type.integer(0, 255));
        if (!known) type.complain("has to be 0 general, 1 VIP, 2 guest, 3 patrol, 4 blocklist or 5 duress");
        card.type = known.value_or(core::CardType::general);
    }
    if (const auto status = row["CardStatus"]; status.present()) {
        card.status = cgi::card_status_from(status.integer(0, 31)).value_or(core::CardStatus::frozen);
    } else if (row["IsValid"].present()) {
        card.status = row["IsValid"].yes_or_no() ? core::CardStatus::normal : core::CardStatus::cancelled;
    }
}

void take_password_fields(const cgi::Loose& row, const RowWords& words, core::PublicPassword& password) {
    if (const auto uses = row["ValidCounts"]; uses.present()) {
        const auto count = uses.integer(0, uses_limit);
        password.uses_left = count > 0 ? std::optional(static_cast<std::uint32_t>(count)) : std::nullopt;
        password.uses_series.begin_anew();
    }
    take_validity(row, words, password.validity);
    if (const auto doors = row["Doors"]; doors.is_array()) {
        password.doors = {};
        doors.each(base::max_doors, [&](const cgi::Loose& door) {
            password.doors.bits |= std::uint64_t{1} << door.integer(0, words.doors - 1);
        });
    }
    // It would raise an alarm there; here nothing looks for it, and somebody would rely on it.
    if (row["AlarmPassword"].present())
        row["AlarmPassword"].complain("is not kept: duress codes are made from people's PINs");
}

core::ScheduleIndex read_schedule_index(const cgi::Loose& member) {
    const auto number = member.integer(0, 255);
    if (!core::is_schedule_index(number)) member.complain(core::schedule_index_words);
    return {static_cast<std::uint8_t>(number)};
}

base::UserId read_user_id(const cgi::Loose& member) {
    const auto id = base::UserId::from(member.text(31));
    if (!id) member.complain("has to be 1 to 31 letters, digits, - _ or .");
    return id.value_or(base::UserId{});
}

base::CardNumber read_card_number(const cgi::Loose& member) {
    const auto number = base::CardNumber::from(member.text(16));
    if (!number) member.complain("has to be 1 to 16 hexadecimal digits");
    return number.value_or(base::CardNumber{});
}

base::Secret read_digits(const cgi::Loose& member) {
    base::Secret digits(member.text(64));
    if (core::is_pin(digits.reveal())) return digits;
    member.complain("has to be 1 to 8 digits");
    return {};
}

}  // namespace sallyport::controller::dialect

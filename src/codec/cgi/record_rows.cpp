#include "codec/cgi/record_rows.hpp"

#include <algorithm>
#include <charconv>

#include "base/enum_text.hpp"
#include "codec/cgi/loose.hpp"
#include "codec/cgi/numbers.hpp"

namespace sallyport::codec::cgi {

namespace json = boost::json;

namespace {

constexpr std::size_t text_most = 256;
constexpr std::int64_t number_most = INT64_MAX;
constexpr std::int64_t last_second =
    253'402'300'799;  // of the year 9999, which is what a time is written with

std::int64_t integer_or(const Loose& member, std::int64_t otherwise) {
    return member.present() ? member.integer(INT64_MIN, number_most) : otherwise;
}

/// A reader is called by its number, or has a name that says nothing here.
base::ReaderNumber reader_of(const std::string& text) {
    unsigned number = 0;
    const auto* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    const bool is_number = error == std::errc{} && last == end && number <= 128;
    return {static_cast<std::uint8_t>(is_number ? number : 0)};
}

/// What both kinds of records have.
RecordRow common(const Loose& row) {
    RecordRow read;
    read.number = static_cast<std::uint64_t>(row.either("RecNo", "recno").integer(1, number_most));
    const auto seconds = row["CreateTime"].integer(0, last_second);
    read.record.at = {seconds * 1'000'000};
    const auto door = integer_or(row["Door"], 0);
    if (door >= 0 && door < base::max_doors)
        read.record.door = base::DoorNumber{static_cast<std::uint8_t>(door + 1)};
    read.record.reader = reader_of(row["ReaderID"].text(text_most));
    if (const auto user = row["UserID"].text(text_most); !user.empty())
        if (auto known = base::UserId::from(user)) read.record.user_id = *known;
    if (const auto card = row["CardNo"].text(text_most); !card.empty())
        if (auto known = base::CardNumber::from(card)) read.record.card = *known;
    return read;
}

/// `row` is what was said, or an empty object where that is none.
template <class Row, class Read>
base::Result<Row> read_row(const json::value& said, Read read) {
    const auto* row = said.if_object();
    if (row == nullptr)
        return base::fail(base::ErrorKind::invalid, "invalid_parameter", "A row has to be an object.");
    Fault fault;
    auto result = read(Loose(*row, fault));
    if (fault) return std::unexpected(*fault);
    return result;
}

WallTime bound(const Loose& member, WallTime none) {
    if (!member.present()) return none;
    const auto when = member.time();
    return std::clamp(when.wall.value_or(WallTime{when.epoch}), earliest, latest);
}

}  // namespace

base::Result<RecordRow> access_row_from(const json::value& said) {
    return read_row<RecordRow>(said, [](const Loose& row) {
        auto read = common(row);
        auto& record = read.record;
        if (!row["Status"].present() && !row["Method"].present())
            row["Status"].complain("or Method is what an access has");
        const bool granted = integer_or(row["Status"], 1) != 0;
        record.method = method_from(integer_or(row["Method"], -1), record.flags);
        const auto error = integer_or(row["ErrorCode"], 0);
        if (row["Type"].present())
            record.direction =
                row["Type"].text(text_most) == "Exit" ? core::Direction::exit : core::Direction::entry;
        if (!granted) record.reason = reason_from(error, record.card ? Shown::card : Shown::no_card);
        if (error == 22) record.flags.duress = true;
        if (record.method == core::Method::exit_button) {
            record.kind = core::RecordKind::exit_button;
        } else if (record.method == core::Method::remote) {
            record.kind = core::RecordKind::remote_command;
        } else {
            record.kind = core::RecordKind::access;
            record.result = granted ? core::AccessResult::granted : core::AccessResult::denied;
            if (!granted && record.reason == core::Reason::none) record.reason = core::Reason::no_permission;
        }
        return read;
    });
}

base::Result<RecordRow> alarm_row_from(const json::value& said) {
    return read_row<RecordRow>(said, [](const Loose& row) {
        auto read = common(row);
        if (!row["Code"].present() && !row["SallyportAlarm"].present())
            row["Code"].complain("is what an alarm has");
        read.record.kind = row["Action"].text(text_most) == "Stop" ? core::RecordKind::alarm_ended
                                                                   : core::RecordKind::alarm_started;
        const auto own = base::enum_from<core::Alarm>(row["SallyportAlarm"].text(text_most));
        read.record.alarm = own ? own : alarm_from(row["Code"].text(text_most));
        return read;
    });
}

bool UserRow::same_as(const UserRow& other) const {
    return type == other.type && from == other.from && to == other.to && rights == other.rights;
}

base::Result<UserRow> user_row_from(const json::value& said) {
    return read_row<UserRow>(said, [](const Loose& row) {
        UserRow read;
        const auto id = base::UserId::from(row["UserID"].text(text_most));
        if (!id) row["UserID"].complain("is no user ID");
        read.user_id = id.value_or(base::UserId{});
        read.type = user_type_from(integer_or(row["UserType"], 0)).value_or(core::UserType::general);
        read.from = bound(row["ValidFrom"], earliest);
        read.to = bound(row["ValidTo"], latest);
        const auto times = row["TimeSections"];
        const auto count = times.is_array() ? times.array_size(base::max_doors * 16) : 0;
        std::size_t at = 0;
        row["Doors"].each(base::max_doors * 16, [&](const Loose& door) {
            const auto index = count == 1 ? 0 : at;
            const auto schedule = index < count ? times.at(index).integer(0, 255) : 255;
            ++at;
            read.rights.emplace(static_cast<int>(door.integer(0, 255)), static_cast<int>(schedule));
        });
        if (const auto told = row["SallyportHasPassword"]; told.present())
            read.pin = told.yes_or_no() ? UserRow::Pin::some : UserRow::Pin::none;
        else if (row["Password"].present() && !row["Password"].text(text_most).empty())
            read.pin = UserRow::Pin::some;
        return read;
    });
}

base::Result<CardRow> card_row_from(const json::value& said) {
    return read_row<CardRow>(said, [](const Loose& row) {
        CardRow read;
        const auto id = base::UserId::from(row["UserID"].text(text_most));
        const auto number = base::CardNumber::from(row["CardNo"].text(text_most));
        if (!id) row["UserID"].complain("is no user ID");
        if (!number) row["CardNo"].complain("is no card number");
        read.user_id = id.value_or(base::UserId{});
        read.card.number = number.value_or(base::CardNumber{});
        read.card.type = card_type_from(integer_or(row["CardType"], 0)).value_or(core::CardType::general);
        read.card.status =
            card_status_from(integer_or(row["CardStatus"], 0)).value_or(core::CardStatus::frozen);
        return read;
    });
}

}  // namespace sallyport::codec::cgi

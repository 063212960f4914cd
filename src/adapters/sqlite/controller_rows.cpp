#include "adapters/sqlite/controller_rows.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <sstream>
#include <vector>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "adapters/sqlite/spent_rows.hpp"
#include "codec/dhip/rules_json.hpp"

namespace sallyport::adapters {
namespace {

using ports::Blob;
using ports::Connection;
using ports::Row;

// A controller may have 30,000 people, each with a dozen numbers.
static_assert(std::endian::native == std::endian::little, "numbers in the database are little-endian");

template <class T>
void put(Blob& blob, T value) {
    blob.bytes.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

/// Reads what `put` wrote; past the end it gives zeros and is no longer `whole`.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}
    template <class T>
    T take() {
        if (bytes_.size() < sizeof(T)) {
            whole_ = false;
            bytes_ = {};
            return T{};
        }
        T value;
        std::memcpy(&value, bytes_.data(), sizeof(T));
        bytes_.remove_prefix(sizeof(T));
        return value;
    }
    [[nodiscard]] bool more() const { return !bytes_.empty(); }
    [[nodiscard]] bool whole() const { return whole_; }

  private:
    std::string_view bytes_;
    bool whole_ = true;
};

std::unexpected<base::Error> damaged(std::string_view table) {
    return base::fail(
        base::ErrorKind::corrupt, "row_corrupt",
        fmt::format("A row of table {} cannot be read: restore a backup of the database, or move "
                    "the file away to start anew.",
                    table));
}

void put_day(Blob& bytes, const core::Day& day) {
    put(bytes, static_cast<std::uint8_t>(day.size()));
    for (const auto& period : day) {
        put(bytes, period.from_s);
        put(bytes, period.to_s);
    }
}

core::Day take_day(Reader& reader) {
    core::Day day(reader.take<std::uint8_t>());
    for (auto& period : day) {
        period.from_s = reader.take<std::int32_t>();
        period.to_s = reader.take<std::int32_t>();
    }
    return day;
}

/// `take` is called for each row and says whether it could be read.
template <class Take>
base::Status each(Connection& connection, std::string_view table, std::string_view sql, Take take) {
    auto rows = connection.query(sql);
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows)
        if (!take(row)) return damaged(table);
    return {};
}

std::optional<core::PinHash> hash_from(std::string_view bytes) {
    core::PinHash hash;
    if (bytes.size() != hash.bytes.size()) return std::nullopt;
    std::ranges::copy(bytes, hash.bytes.begin());
    return hash;
}

std::optional<Blob> blob_of(const std::optional<core::PinHash>& hash) {
    if (!hash) return std::nullopt;
    return Blob{std::string(hash->bytes.begin(), hash->bytes.end())};
}

template <class Enum>
std::int64_t number(Enum value) {
    return static_cast<std::int64_t>(value);
}

base::Status run(Connection& connection, std::string_view sql, const ports::Parameters& parameters) {
    auto changed = connection.execute(sql, parameters);
    if (!changed) return std::unexpected(changed.error());
    return {};
}

std::optional<std::uint32_t> narrow(const std::optional<std::int64_t>& value) {
    if (!value) return std::nullopt;
    return static_cast<std::uint32_t>(*value);
}

bool read_person(const Row& row, core::Person& person) {
    auto user_id = base::UserId::from(row.text(0));
    if (!user_id) return false;
    person.user_id = *user_id;
    person.type = static_cast<core::UserType>(row.integer(1));
    person.validity = {{row.integer(2)}, {row.integer(3)}};
    person.uses_left = narrow(row.integer_or_null(4));
    if (!row.blob(5).empty() && !(person.pin = hash_from(row.blob(5)))) return false;
    Reader cards(row.blob(6));
    while (cards.more()) {
        core::Card card;
        card.number.value = cards.take<std::uint64_t>();
        card.type = static_cast<core::CardType>(cards.take<std::uint8_t>());
        card.status = static_cast<core::CardStatus>(cards.take<std::uint8_t>());
        person.cards.push_back(card);
    }
    Reader rights(row.blob(7));
    Reader ends(row.blob(10));
    while (rights.more()) {
        core::Right right;
        right.doors.bits = rights.take<std::uint64_t>();
        right.schedule.value = rights.take<std::uint8_t>();
        right.kind = static_cast<core::RightKind>(rights.take<std::uint8_t>());
        if (ends.more()) right.end.second = ends.take<std::uint32_t>();
        person.rights.push_back(right);
    }
    person.tag.value = static_cast<std::uint64_t>(row.integer(8));
    person.uses_series.value = static_cast<std::uint64_t>(row.integer(9));
    return cards.whole() && rights.whole() && ends.whole() && !ends.more();
}

base::Status read_public_passwords(Connection& connection, std::vector<core::PublicPassword>& all) {
    return each(
        connection, "public_passwords",
        "SELECT number, code, doors, valid_from, valid_to, uses_left, uses_series FROM public_passwords "
        "ORDER BY number",
        [&](const Row& row) {
            auto& one = all.emplace_back();
            auto code = hash_from(row.blob(1));
            if (!code) return false;
            one.code = *code;
            one.number = static_cast<std::uint32_t>(row.integer(0));
            one.doors.bits = static_cast<std::uint64_t>(row.integer(2));
            one.validity = {{row.integer(3)}, {row.integer(4)}};
            one.uses_left = narrow(row.integer_or_null(5));
            one.uses_series.value = static_cast<std::uint64_t>(row.integer(6));
            return true;
        });
}

base::Status read_settings(Connection& connection, ports::ControllerImage& image) {
    auto& settings = image.settings;
    auto status =
        each(connection, "settings",
             "SELECT working_mode, duress, zone, admin_password, owner, revision, rules, people_lost "
             "FROM settings",
             [&](const Row& row) {
                 settings.working_mode = static_cast<core::WorkingMode>(row.integer(0));
                 settings.duress = static_cast<core::Duress>(row.integer(1));
                 settings.zone = row.text(2);
                 image.owner = {std::string(row.text(4)), static_cast<std::uint64_t>(row.integer(5))};
                 if (row.integer(7) != 0) image.people_known = core::People::lost;
                 auto rules = codec::dhip::rules_from(row.text(6));
                 if (!rules) return false;
                 settings.rules = *std::move(rules);
                 return row.blob(3).empty() || (settings.admin_password = hash_from(row.blob(3))).has_value();
             });
    if (!status) return status;
    settings.doors.clear();
    return each(connection, "doors",
                "SELECT hold_s, unlock_mode, detector, overtime_s, schedule FROM doors ORDER BY number",
                [&](const Row& row) {
                    auto& door = settings.doors.emplace_back();
                    door.hold_s = static_cast<std::int32_t>(row.integer(0));
                    door.unlock_mode = static_cast<core::UnlockMode>(row.integer(1));
                    door.detector = static_cast<core::Detector>(row.integer(2));
                    door.overtime_s = static_cast<std::int32_t>(row.integer(3));
                    door.schedule.value = static_cast<std::uint8_t>(row.integer(4));
                    return true;
                });
}

base::Status read_calendar(Connection& connection, core::Calendar& calendar) {
    auto status = each(connection, "schedules", "SELECT week, holidays FROM schedules ORDER BY number",
                       [&](const Row& row) {
                           auto& schedule = calendar.schedules.emplace_back();
                           Reader week(row.blob(0));
                           for (auto& day : schedule.week) day = take_day(week);
                           schedule.holidays.assign(row.blob(1).begin(), row.blob(1).end());
                           return week.whole();
                       });
    if (!status) return status;
    return each(connection, "holidays", "SELECT dates, periods FROM holidays ORDER BY number",
                [&](const Row& row) {
                    auto& holiday = calendar.holidays.emplace_back();
                    Reader dates(row.blob(0));
                    while (dates.more()) {
                        const base::LocalDate first{dates.take<std::int32_t>()};
                        holiday.dates.push_back({first, {dates.take<std::int32_t>()}});
                    }
                    Reader periods(row.blob(1));
                    holiday.periods = take_day(periods);
                    return dates.whole() && periods.whole();
                });
}

base::Status read_network(Connection& connection, ports::ControllerImage& image) {
    auto status = each(connection, "accounts", "SELECT name, role, argon2id, sealed_hash FROM accounts",
                       [&](const Row& row) {
                           image.accounts.push_back({std::string(row.text(0)),
                                                     static_cast<ports::AccountRole>(row.integer(1)),
                                                     std::string(row.text(2)), std::string(row.blob(3))});
                           return true;
                       });
    if (!status) return status;
    return each(
        connection, "cursors", "SELECT manager, generation, sequence FROM cursors", [&](const Row& row) {
            image.cursors.push_back(
                {std::string(row.text(0)),
                 {static_cast<std::uint32_t>(row.integer(1)), static_cast<std::uint64_t>(row.integer(2))}});
            return true;
        });
}

base::Status read_reader_lines(Connection& connection, ports::ControllerImage& image) {
    auto status =
        each(connection, "reader_keys", "SELECT device, address, own, pending FROM reader_keys",
             [&](const Row& row) {
                 image.reader_keys.push_back({row.text(0), static_cast<std::uint8_t>(row.integer(1)),
                                              base::Secret(row.blob(2)), base::Secret(row.blob(3))});
                 return true;
             });
    if (!status) return status;
    status = each(connection, "line_speeds", "SELECT device, baud FROM line_speeds", [&](const Row& row) {
        image.line_speeds.push_back({row.text(0), static_cast<std::uint32_t>(row.integer(1))});
        return true;
    });
    if (!status) return status;
    return each(connection, "card_formats", "SELECT name, bits, parities FROM card_formats ORDER BY position",
                [&](const Row& row) {
                    auto& format = image.card_formats.emplace_back(
                        core::CardFormat{std::string(row.text(0)), std::string(row.text(1)), {}});
                    std::istringstream lines{std::string(row.text(2))};
                    for (std::string line; std::getline(lines, line);) format.parities.push_back(line);
                    return true;
                });
}

base::Status read_door_modes(Connection& connection, std::vector<core::DoorMode>& modes) {
    return each(connection, "door_modes", "SELECT mode FROM door_modes ORDER BY door", [&](const Row& row) {
        modes.push_back(static_cast<core::DoorMode>(row.integer(0)));
        return true;
    });
}

/// Of people who are on the roster: who was taken off it and comes again later is unknown.
base::Status read_positions(Connection& connection, std::vector<core::MovePerson>& positions) {
    return each(connection, "positions",
                "SELECT user_id, area, since, utc_offset_s FROM positions "
                "WHERE user_id IN (SELECT user_id FROM people)",
                [&](const Row& row) {
                    const auto user_id = base::UserId::from(row.text(0));
                    if (!user_id) return false;
                    positions.push_back({*user_id,
                                         {{static_cast<std::uint8_t>(row.integer(1))},
                                          {row.integer(2)},
                                          static_cast<std::int32_t>(row.integer(3)),
                                          {}}});
                    return true;
                });
}

base::Status read_first_cards(Connection& connection,
                              std::vector<std::optional<core::PeriodOfDay>>& first_cards) {
    return each(
        connection, "first_cards", "SELECT door, day, from_s, to_s FROM first_cards", [&](const Row& row) {
            const auto door = row.integer(0);
            if (door < 1 || door > base::max_doors) return false;
            if (first_cards.size() < static_cast<std::size_t>(door)) first_cards.resize(door);
            first_cards[door - 1] = core::PeriodOfDay{
                {static_cast<std::int32_t>(row.integer(1))},
                {static_cast<std::int32_t>(row.integer(2)), static_cast<std::int32_t>(row.integer(3))}};
            return true;
        });
}

base::Status read_device(Connection& connection, ports::ControllerImage& image) {
    return each(connection, "device", "SELECT serial, pin_key FROM device", [&](const Row& row) {
        image.serial = row.text(0);
        if (row.blob(1).size() != image.pin_key.bytes.size()) return false;
        std::ranges::copy(row.blob(1), image.pin_key.bytes.begin());
        return true;
    });
}

/// Who is held, as far as uses are concerned.
base::Result<std::vector<core::Person>> limited_people(Connection& connection, std::string_view which,
                                                       const ports::Parameters& parameters) {
    auto rows = connection.query(fmt::format("SELECT user_id, uses_left, uses_series FROM people "
                                             "WHERE uses_left IS NOT NULL AND {} ORDER BY user_id",
                                             which),
                                 parameters);
    if (!rows) return std::unexpected(rows.error());
    std::vector<core::Person> people;
    for (const auto& row : *rows) {
        auto& person = people.emplace_back();
        person.user_id = base::UserId::from(row.text(0)).value_or(base::UserId{});
        person.uses_left = narrow(row.integer_or_null(1));
        person.uses_series.value = static_cast<std::uint64_t>(row.integer(2));
    }
    return people;
}

base::Result<std::vector<core::Person>> limited_person(Connection& connection, const base::UserId& user_id) {
    return limited_people(connection, "user_id = $1", {user_id.view()});
}

}  // namespace

base::Status write_person(Connection& connection, core::Person person) {
    if (auto status = keep_spent(connection, person); !status) return status;
    const auto held = limited_person(connection, person.user_id);
    if (!held) return std::unexpected(held.error());
    for (const auto& before : *held) core::keep_spent(person, before);
    Blob cards;
    for (const auto& card : person.cards) {
        put(cards, card.number.value);
        put(cards, static_cast<std::uint8_t>(card.type));
        put(cards, static_cast<std::uint8_t>(card.status));
    }
    Blob rights;
    for (const auto& right : person.rights) {
        put(rights, right.doors.bits);
        put(rights, right.schedule.value);
        put(rights, static_cast<std::uint8_t>(right.kind));
    }
    Blob ends;
    if (!std::ranges::all_of(person.rights, &core::RightEnd::never, &core::Right::end))
        for (const auto& right : person.rights) put(ends, right.end.second);
    return run(
        connection,
        "INSERT OR REPLACE INTO people "
        "(user_id, type, valid_from, valid_to, uses_left, pin, cards, rights, tag, uses_series, right_ends) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        {person.user_id.view(), number(person.type), person.validity.from, person.validity.to,
         person.uses_left, blob_of(person.pin), cards, rights, person.tag.value, person.uses_series.value,
         ends});
}

base::Status remove_person(Connection& connection, const base::UserId& user_id) {
    const auto leaving = limited_person(connection, user_id);
    if (!leaving) return std::unexpected(leaving.error());
    base::Status status;
    for (const auto& one : *leaving) status = note_spent(connection, core::spent_series(one));
    if (status) status = run(connection, "DELETE FROM people WHERE user_id = $1", {user_id.view()});
    if (status) status = run(connection, "DELETE FROM positions WHERE user_id = $1", {user_id.view()});
    return status;
}

base::Status remove_everyone(Connection& connection) {
    const auto leaving = limited_people(connection, "TRUE", {});
    if (!leaving) return std::unexpected(leaving.error());
    base::Status status;
    for (std::size_t i = 0; status && i < leaving->size(); ++i)
        status = note_spent(connection, core::spent_series((*leaving)[i]));
    if (status) status = connection.script("DELETE FROM people; DELETE FROM positions");
    return status;
}

base::Status write_public_passwords(Connection& connection, std::vector<core::PublicPassword> all) {
    std::vector<core::PublicPassword> held;
    auto status = read_public_passwords(connection, held);
    for (std::size_t i = 0; status && i < all.size(); ++i) status = keep_spent(connection, all[i]);
    core::keep_spent(all, held);
    for (std::size_t i = 0; status && i < held.size(); ++i)
        if (std::ranges::find(all, held[i].number, &core::PublicPassword::number) == all.end())
            status = note_spent(connection, core::spent_series(held[i]));
    if (status) status = run(connection, "DELETE FROM public_passwords", {});
    for (std::size_t i = 0; status && i < all.size(); ++i) {
        const auto& one = all[i];
        status = run(connection,
                     "INSERT INTO public_passwords "
                     "(number, code, doors, valid_from, valid_to, uses_left, uses_series) "
                     "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                     {one.number, blob_of(one.code), one.doors.bits, one.validity.from, one.validity.to,
                      one.uses_left, one.uses_series.value});
    }
    return status;
}

base::Status write_settings(Connection& connection, const core::Settings& settings) {
    auto status =
        run(connection,
            "UPDATE settings SET working_mode = $1, duress = $2, zone = $3, admin_password = $4, rules = $5",
            {number(settings.working_mode), number(settings.duress), settings.zone,
             blob_of(settings.admin_password), boost::json::serialize(codec::dhip::to_json(settings.rules))});
    if (status) status = run(connection, "DELETE FROM doors", {});
    for (std::size_t i = 0; status && i < settings.doors.size(); ++i) {
        const auto& door = settings.doors[i];
        status = run(connection,
                     "INSERT INTO doors (number, hold_s, unlock_mode, detector, overtime_s, schedule) "
                     "VALUES ($1, $2, $3, $4, $5, $6)",
                     {i + 1, door.hold_s, number(door.unlock_mode), number(door.detector), door.overtime_s,
                      door.schedule.value});
    }
    return status;
}

base::Status change_settings(Connection& connection, const ports::SettingsChange& change) {
    ports::ControllerImage stored;
    if (auto status = read_settings(connection, stored); !status) return status;
    change(stored.settings);
    return write_settings(connection, stored.settings);
}

base::Status write_calendar(Connection& connection, const core::Calendar& calendar) {
    auto status = run(connection, "DELETE FROM schedules", {});
    if (status) status = run(connection, "DELETE FROM holidays", {});
    for (std::size_t i = 0; status && i < calendar.schedules.size(); ++i) {
        const auto& schedule = calendar.schedules[i];
        Blob week;
        for (const auto& day : schedule.week) put_day(week, day);
        const Blob holidays{std::string(schedule.holidays.begin(), schedule.holidays.end())};
        status = run(connection, "INSERT INTO schedules (number, week, holidays) VALUES ($1, $2, $3)",
                     {i, week, holidays});
    }
    for (std::size_t i = 0; status && i < calendar.holidays.size(); ++i) {
        Blob dates;
        for (const auto& range : calendar.holidays[i].dates) {
            put(dates, range.first.days);
            put(dates, range.last.days);
        }
        Blob periods;
        put_day(periods, calendar.holidays[i].periods);
        status = run(connection, "INSERT INTO holidays (number, dates, periods) VALUES ($1, $2, $3)",
                     {i, dates, periods});
    }
    return status;
}

base::Status write_door_modes(Connection& connection, const std::vector<core::DoorMode>& modes) {
    auto status = run(connection, "DELETE FROM door_modes", {});
    for (std::size_t i = 0; status && i < modes.size(); ++i) {
        status =
            run(connection, "INSERT INTO door_modes (door, mode) VALUES ($1, $2)", {i + 1, number(modes[i])});
    }
    return status;
}

base::Status write_accounts(Connection& connection, const std::vector<ports::Account>& accounts) {
    auto status = run(connection, "DELETE FROM accounts", {});
    for (std::size_t i = 0; status && i < accounts.size(); ++i) {
        status = run(connection,
                     "INSERT INTO accounts (name, role, argon2id, sealed_hash) VALUES ($1, $2, $3, $4)",
                     {accounts[i].name, number(accounts[i].role), accounts[i].argon2id,
                      Blob{accounts[i].sealed_hash}});
    }
    return status;
}

base::Status write_reader_keys(Connection& connection, const ports::ReaderKeys& keys) {
    Blob own{std::string(keys.own.reveal())};
    Blob pending{std::string(keys.pending.reveal())};
    auto status = run(connection,
                      "INSERT OR REPLACE INTO reader_keys (device, address, own, pending) "
                      "VALUES ($1, $2, nullif($3, x''), nullif($4, x''))",
                      {keys.device, std::size_t{keys.address}, own, pending});
    base::wipe(own.bytes.data(), own.bytes.size());
    base::wipe(pending.bytes.data(), pending.bytes.size());
    return status;
}

base::Status write_card_formats(Connection& connection, const std::vector<core::CardFormat>& formats) {
    auto status = run(connection, "DELETE FROM card_formats", {});
    for (std::size_t i = 0; status && i < formats.size(); ++i) {
        status = run(
            connection, "INSERT INTO card_formats (position, name, bits, parities) VALUES ($1, $2, $3, $4)",
            {i, formats[i].name, formats[i].bits, fmt::format("{}", fmt::join(formats[i].parities, "\n"))});
    }
    return status;
}

base::Status write_line_speed(Connection& connection, const ports::LineSpeed& speed) {
    return run(connection, "INSERT OR REPLACE INTO line_speeds (device, baud) VALUES ($1, $2)",
               {speed.device, std::size_t{speed.baud}});
}

base::Status write_use(Connection& connection, const core::CountUse& use) {
    const auto counted =
        use.user_id
            ? connection.execute("UPDATE people SET uses_left = max(uses_left - 1, 0) WHERE user_id = $1",
                                 {use.user_id->view()})
            : connection.execute(
                  "UPDATE public_passwords SET uses_left = max(uses_left - 1, 0) WHERE code = $1",
                  {blob_of(use.public_password)});
    if (!counted) return std::unexpected(counted.error());
    return *counted == 0 && use.series ? spend(connection, *use.series) : base::Status();
}

base::Status write_whereabouts(Connection& connection, const ports::StoreWrite& write) {
    base::Status status;
    for (std::size_t i = 0; status && i < write.moves.size(); ++i) {
        const auto& [user_id, position] = write.moves[i];
        status = run(connection,
                     "INSERT OR REPLACE INTO positions (user_id, area, since, utc_offset_s) "
                     "SELECT user_id, $2, $3, $4 FROM people WHERE user_id = $1",
                     {user_id.view(), position.area.value, position.since, position.utc_offset_s});
    }
    for (std::size_t i = 0; status && i < write.forgotten.size(); ++i) {
        const auto& whose = write.forgotten[i].whose;
        if (const auto* person = std::get_if<base::UserId>(&whose)) {
            status = run(connection, "DELETE FROM positions WHERE user_id = $1", {person->view()});
        } else {
            status = run(connection, "DELETE FROM positions WHERE area = $1",
                         {std::get<core::AreaNumber>(whose).value});
        }
    }
    for (std::size_t i = 0; status && i < write.first_cards.size(); ++i) {
        const auto& [door, period] = write.first_cards[i];
        status = run(connection,
                     "INSERT OR REPLACE INTO first_cards (door, day, from_s, to_s) VALUES ($1, $2, $3, $4)",
                     {door.value, period.date.days, period.period.from_s, period.period.to_s});
    }
    return status;
}

// In pages, so that not every row is in memory beside every person.
base::Status read_people(Connection& connection, std::vector<core::Person>& people) {
    constexpr std::size_t page = 1'000;
    for (;;) {
        const auto after = people.empty() ? base::UserId{} : people.back().user_id;
        auto rows = connection.query(
            "SELECT user_id, type, valid_from, valid_to, uses_left, pin, cards, rights, tag, uses_series, "
            "right_ends FROM people WHERE user_id > $1 ORDER BY user_id LIMIT $2",
            {after.view(), page});
        if (!rows) return std::unexpected(rows.error());
        for (const auto& row : *rows)
            if (!read_person(row, people.emplace_back())) return damaged("people");
        if (rows->size() < page) return {};
    }
}

base::Status read_rows(Connection& connection, ports::ControllerImage& image) {
    const base::Status all[] = {read_device(connection, image),
                                read_public_passwords(connection, image.public_passwords),
                                read_spent(connection, image.spent),
                                read_settings(connection, image),
                                read_calendar(connection, image.calendar),
                                read_door_modes(connection, image.door_modes),
                                read_positions(connection, image.positions),
                                read_first_cards(connection, image.first_cards),
                                read_network(connection, image),
                                read_reader_lines(connection, image)};
    const auto* const bad = std::ranges::find_if(all, [](const base::Status& status) { return !status; });
    return bad == std::end(all) ? base::Status{} : *bad;
}

}  // namespace sallyport::adapters

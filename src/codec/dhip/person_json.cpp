#include "codec/dhip/person_json.hpp"

#include <limits>

#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "codec/dhip/time_text.hpp"

namespace sallyport::codec::dhip {

namespace json = boost::json;

namespace {

constexpr std::size_t cards_of_one = 64;
constexpr std::size_t rights_of_one = 1'024;
constexpr std::size_t people_at_once = 1'000;

json::array cards_json(const std::vector<core::Card>& cards) {
    json::array result;
    result.reserve(cards.size());
    for (const auto& card : cards) {
        result.push_back(json::object{{"number", card.number.text()},
                                      {"type", base::text_of(card.type)},
                                      {"status", base::text_of(card.status)}});
    }
    return result;
}

json::array rights_json(const std::vector<core::Right>& rights) {
    json::array result;
    result.reserve(rights.size());
    for (const auto& right : rights) {
        json::object object;
        put_doors(object, right.doors);
        object["schedule"] = right.schedule.value;
        object["kind"] = base::text_of(right.kind);
        if (!right.end.never()) object["valid_to"] = utc_text(right.end.time());
        result.push_back(std::move(object));
    }
    return result;
}

core::Card read_card(const Reader& from) {
    core::Card card;
    const auto number = from["number"];
    if (const auto known = base::CardNumber::from(number.text(64))) {
        card.number = *known;
    } else {
        number.complain("has to be a card number: 8 or 16 hexadecimal digits");
    }
    if (const auto type = from["type"]; type.present()) card.type = type.word<core::CardType>();
    if (const auto status = from["status"]; status.present()) card.status = status.word<core::CardStatus>();
    return card;
}

core::Right read_right(const Reader& from) {
    core::Right right;
    right.doors = read_doors(from);
    right.schedule = read_schedule_index(from["schedule"]);
    right.kind = from["kind"].word<core::RightKind>();
    if (const auto end = from["valid_to"]; end.present()) right.end = core::RightEnd::at(end.time());
    return right;
}

WirePerson read_person(const Reader& from) {
    WirePerson wire;
    auto& person = wire.person;
    person.user_id = read_user_id(from["user_id"]);
    if (const auto type = from["type"]; type.present()) person.type = type.word<core::UserType>();
    person.validity = read_validity(from);
    read_uses(from, person.uses_left, person.uses_series);
    if (const auto pin = from["pin"]; pin.present()) wire.pin = read_code(pin, 1);
    if (const auto cards = from["cards"]; cards.present()) {
        cards.each(cards_of_one, [&](const Reader& card) { person.cards.push_back(read_card(card)); });
    }
    if (const auto rights = from["rights"]; rights.present()) {
        rights.each(rights_of_one, [&](const Reader& right) { person.rights.push_back(read_right(right)); });
    }
    if (const auto tag = from["tag"]; tag.present()) person.tag.value = tag.hex64();
    return wire;
}

}  // namespace

json::object to_json(const WirePerson& wire) {
    const auto& person = wire.person;
    json::object object{{"user_id", person.user_id.view()}, {"type", base::text_of(person.type)}};
    put_validity(object, person.validity);
    put_uses(object, person.uses_left, person.uses_series);
    if (wire.pin) object["pin"] = wire.pin->reveal();
    object["cards"] = cards_json(person.cards);
    object["rights"] = rights_json(person.rights);
    object["tag"] = hex64(person.tag.value);
    return object;
}

base::Result<WirePerson> person_from(const json::value& value) {
    Fault fault;
    auto person = read_person(Reader(value, "person", fault));
    if (fault) return std::unexpected(*std::move(fault));
    return person;
}

json::object to_json(const RosterUpdate& update) {
    json::array upsert;
    upsert.reserve(update.upsert.size());
    for (const auto& person : update.upsert) upsert.push_back(to_json(person));
    json::array remove;
    remove.reserve(update.remove.size());
    for (const auto& user_id : update.remove) remove.emplace_back(user_id.view());
    json::object params{{"upsert", std::move(upsert)}, {"remove", std::move(remove)}};
    if (update.after == core::People::known) params["whole"] = true;
    return params;
}

base::Result<RosterUpdate> roster_update_from(const json::object& params) {
    Fault fault;
    const Reader from(params, "params", fault);
    RosterUpdate update;
    if (const auto upsert = from["upsert"]; upsert.present()) {
        upsert.each(people_at_once,
                    [&](const Reader& person) { update.upsert.push_back(read_person(person)); });
    }
    if (const auto remove = from["remove"]; remove.present()) {
        remove.each(people_at_once, [&](const Reader& user) { update.remove.push_back(read_user_id(user)); });
    }
    if (const auto whole = from["whole"]; whole.present() && whole.yes_or_no())
        update.after = core::People::known;
    if (fault) return std::unexpected(*std::move(fault));
    return update;
}

std::string hex64(std::uint64_t value) {
    return fmt::format("{:016X}", value);
}

void put_doors(json::object& object, core::DoorSet doors) {
    json::array numbers;
    for (std::uint8_t number = 1; number <= base::max_doors; ++number) {
        if (doors.contains({number})) numbers.emplace_back(number);
    }
    object["doors"] = std::move(numbers);
}

void put_validity(json::object& object, const core::Validity& validity) {
    if (validity.from != base::beginning_of_time) object["valid_from"] = utc_text(validity.from);
    if (validity.to != base::end_of_time) object["valid_to"] = utc_text(validity.to);
}

core::DoorSet read_doors(const Reader& owner) {
    core::DoorSet set;
    owner["doors"].each(base::max_doors, [&set](const Reader& door) {
        const auto number = static_cast<std::uint8_t>(door.integer(1, base::max_doors));
        set.bits |= core::DoorSet::only({number}).bits;
    });
    return set;
}

core::Validity read_validity(const Reader& owner) {
    core::Validity validity;
    if (const auto from = owner["valid_from"]; from.present()) validity.from = from.time();
    if (const auto to = owner["valid_to"]; to.present()) {
        validity.to = to.time();
        if (validity.to < validity.from) to.complain("is before valid_from");
    }
    return validity;
}

core::ScheduleIndex read_schedule_index(const Reader& from) {
    const auto number = from.integer(0, 255);
    if (!core::is_schedule_index(number)) from.complain(core::schedule_index_words);
    return {static_cast<std::uint8_t>(number)};
}

void put_uses(json::object& object, std::optional<std::uint32_t> uses, core::UsesSeries series) {
    if (!uses) return;
    object["uses"] = *uses;
    object["uses_series"] = hex64(series.value);
}

void read_uses(const Reader& owner, std::optional<std::uint32_t>& uses, core::UsesSeries& series) {
    const auto said = owner["uses"];
    if (!said.present()) return;
    uses = static_cast<std::uint32_t>(said.count(std::numeric_limits<std::uint32_t>::max()));
    series.value = owner["uses_series"].hex64();
}

base::UserId read_user_id(const Reader& from) {
    if (const auto user_id = base::UserId::from(from.text(64))) return *user_id;
    from.complain("has to be a user ID (1 to 31 of A-Z a-z 0-9 - _ .)");
    return {};
}

base::Secret read_code(const Reader& from, std::size_t least) {
    const auto digits = from.text(64);
    if (digits.size() >= least && digits.size() <= 8 &&
        digits.find_first_not_of("0123456789") == std::string_view::npos) {
        return base::Secret(std::string(digits));
    }
    from.complain(fmt::format("has to have {} to 8 digits", least));
    return {};
}

}  // namespace sallyport::codec::dhip

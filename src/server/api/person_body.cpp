#include "server/api/person_body.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>

#include "base/ids.hpp"
#include "codec/dhip/time_text.hpp"
#include "server/api/answers.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace {

bool is_user_id(std::string_view text) {
    return base::UserId::from(text).has_value() && text != "0000";
}

bool is_card(std::string_view text) {
    return base::CardNumber::from(text).has_value();
}

constexpr TextRule user_id_rule{
    1, 31, is_user_id, "A user ID has letters, digits and . _ - only; 0000 is kept for the keypad's menu."};
constexpr TextRule card_rule{0, 64, is_card, "A card number has 1 to 16 hexadecimal digits."};

std::optional<std::vector<CardPatch>> read_cards(Fields& fields, std::vector<FieldError>& errors) {
    const auto* list = fields.list("cards", 0, 8);
    if (list == nullptr) return std::nullopt;
    std::vector<CardPatch> cards;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto place = "cards." + std::to_string(i);
        const auto* object = (*list)[i].if_object();
        if (object == nullptr) {
            fields.wrong(place, "type", "This must be an object.");
            continue;
        }
        Fields one(*object, errors, fields.path_of(place));
        const auto number = one.text("number", card_rule, Need::required);
        const auto type =
            one.choice("type", {"general", "allowlist", "vip", "guest", "patrol", "blocklist", "duress"});
        const auto status = one.choice("status", {"active", "lost", "frozen", "cancelled"});
        one.finish();
        if (!number) continue;
        const auto canonical = base::CardNumber::from(*number)->text();
        if (!seen.insert(canonical).second)
            one.wrong("number", "duplicate", "This card stands in the list twice.");
        cards.push_back({canonical, type.value_or("general"),
                         status ? base::enum_from<CardStatus>(*status) : std::nullopt});
    }
    return cards;
}

bool is_date_or_empty(std::string_view text) {
    return text.empty() || codec::dhip::parse_date(text).has_value();
}

/// On a day, or at a time of it.
bool is_moment_or_empty(std::string_view text) {
    if (text.size() <= 10) return is_date_or_empty(text);
    const auto time = text.substr(11);
    return text.size() == 16 && text[10] == 'T' && is_date_or_empty(text.substr(0, 10)) &&
           !time.starts_with("24") && second_from(std::string(time) + ":00").has_value();
}

constexpr TextRule date_rule{0, 10, is_date_or_empty, "Write a date like 1984-03-29."};
constexpr TextRule moment_rule{0, 16, is_moment_or_empty,
                               "Write a date like 2026-03-29, or with a time like 2026-03-29T08:30."};
constexpr TextRule line_rule{0, 64, nullptr, {}};
constexpr TextRule long_line_rule{0, 200, nullptr, {}};

void read_details(Fields& fields, std::vector<FieldError>& errors, boost::json::object& into) {
    const auto* object = fields.object("details");
    if (object == nullptr) return;
    Fields details(*object, errors, fields.path_of("details"));
    for (const auto name : detail_names) {
        std::optional<std::string> text;
        if (name == "gender")
            text = details.choice(name, {"", "female", "male", "other"});
        else if (name == "id_type")
            text = details.choice(name, {"", "identity_card", "passport", "driving_licence", "other"});
        else if (name == "birthday" || name.ends_with("_on"))
            text = details.text(name, name == "birthday" ? date_rule : moment_rule);
        else
            text = details.text(name, name == "address" || name == "email" ? long_line_rule : line_rule);
        if (text) into[name] = *text;
    }
    details.finish();
}

/// Which fields there are, and what fits them, is known where they are stored.
void read_custom(Fields& fields, boost::json::object& into) {
    const auto* object = fields.object("custom");
    if (object == nullptr) return;
    for (const auto& member : *object) {
        const auto path = "custom." + std::string(member.key());
        if (!member.value().is_string())
            fields.wrong(path, "type", "This must be a text.");
        else if (!id_from(member.key()))
            fields.wrong(path, "not_found", "There is no such field. It may have been removed.");
        else
            into[member.key()] = member.value();
    }
}

PersonPatch read(Fields& fields, std::vector<FieldError>& errors, Need user_id, Need name) {
    PersonPatch patch;
    patch.user_id = fields.text("user_id", user_id_rule, user_id);
    patch.name = fields.text("name", name_rule, name);
    patch.department_id = fields.nullable_id("department_id");
    patch.type = fields.choice("type", {"general", "vip", "guest", "patrol", "blocklist", "extended_time"});
    patch.valid_from = fields.nullable_time("valid_from");
    patch.valid_to = fields.nullable_time("valid_to");
    patch.uses = fields.nullable_integer("uses", 0, 65'535);
    patch.pin = fields.nullable_secret("pin", pin_rule);
    patch.cards = read_cards(fields, errors);
    patch.remark = fields.text("remark", remark_rule);
    read_details(fields, errors, patch.details);
    read_custom(fields, patch.custom);
    patch.administrator = fields.truth("administrator");
    return patch;
}

}  // namespace

bool is_pin(std::string_view text) {
    return !text.empty() && text.size() <= 8 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

PersonPatch read_person(Fields& fields, std::vector<FieldError>& errors, Need name) {
    auto patch = read(fields, errors, Need::optional, name);
    if (name == Need::optional) patch.revision = read_revision(fields);
    return patch;
}

PersonPatch read_adopted(Fields& fields, std::vector<FieldError>& errors) {
    PersonPatch patch;
    patch.user_id = fields.text("user_id", user_id_rule, Need::required);
    patch.name = fields.text("name", name_rule);
    patch.department_id = fields.nullable_id("department_id");
    patch.pin = fields.nullable_secret("pin", pin_rule);
    patch.cards = read_cards(fields, errors);
    return patch;
}

PersonPatch read_named(Fields& fields) {
    PersonPatch patch;
    patch.user_id = fields.text("user_id", user_id_rule);
    return patch;
}

PersonPatch read_row(Fields& fields, std::vector<FieldError>& errors) {
    return read(fields, errors, Need::required, Need::optional);
}

}  // namespace sallyport::server

#include "server/people/person_fields.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "codec/dhip/time_text.hpp"
#include "server/rights/part.hpp"

namespace sallyport::server {

namespace json = boost::json;
using ports::Connection;
using ports::ran;

namespace {

constexpr std::size_t longest_value = 200;

base::Result<std::vector<PersonField>> load(Connection& connection) {
    const auto rows =
        connection.query("SELECT id, name, kind, required, choices FROM person_field ORDER BY position");
    if (!rows) return std::unexpected(rows.error());
    std::vector<PersonField> fields;
    for (const auto& row : *rows) {
        auto& field = fields.emplace_back();
        field.id = row.integer(0);
        field.name = row.text(1);
        field.kind = base::enum_from<PersonFieldKind>(row.text(2)).value_or(PersonFieldKind::text);
        field.need = row.integer(3) == 1 ? Need::required : Need::optional;
        boost::system::error_code failed;
        const auto choices = json::parse(row.text(4), failed);
        if (const auto* list = choices.if_array())
            for (const auto& choice : *list)
                if (choice.is_string()) field.choices.emplace_back(choice.get_string());
    }
    return fields;
}

json::object told(const std::vector<PersonField>& fields) {
    json::array items;
    for (const auto& field : fields)
        items.push_back(json::object{{"id", id_text(field.id)},
                                     {"name", field.name},
                                     {"kind", base::text_of(field.kind)},
                                     {"required", field.need == Need::required},
                                     {"choices", json::array(field.choices.begin(), field.choices.end())}});
    return {{"items", std::move(items)}};
}

/// An optional sign, up to 15 digits, and up to 6 after a point.
bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto digits = [](std::string_view part, std::size_t most) {
        return !part.empty() && part.size() <= most &&
               std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    };
    const auto point = text.find('.');
    if (point == std::string_view::npos) return digits(text, 15);
    return digits(text.substr(0, point), 15) && digits(text.substr(point + 1), 6);
}

/// Empty when it fits.
std::string_view complaint(const PersonField& field, std::string_view value) {
    switch (field.kind) {
        case PersonFieldKind::text:
            return characters(value) <= longest_value ? "" : "This is too long: 200 characters at most.";
        case PersonFieldKind::number: return is_number(value) ? "" : "Write a number like 12 or -3.5.";
        case PersonFieldKind::date:
            return codec::dhip::parse_date(value) ? "" : "Write a date like 1984-03-29.";
        case PersonFieldKind::choice:
            return std::ranges::find(field.choices, value) != field.choices.end() ? ""
                                                                                  : "Choose one of the list.";
    }
    return "";
}

}  // namespace

Answer<json::object> PersonFields::list() const {
    const auto fields = ports::read_from(database_, load);
    if (!fields) return std::unexpected(fields.error());
    return told(*fields);
}

Answer<json::object> PersonFields::replace(const std::vector<PersonField>& wanted, const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> Answer<json::object> {
        const auto before = load(connection);
        if (!before) return std::unexpected(before.error());
        std::set<Id> kept;
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (wanted[i].id == 0) continue;
            const auto same = std::ranges::find(*before, wanted[i].id, &PersonField::id);
            if (same == before->end() || !kept.insert(wanted[i].id).second)
                return wrong_field(fmt::format("fields.{}.id", i), "not_found",
                                   "There is no such field. It may have been removed.");
            if (same->kind != wanted[i].kind)
                return wrong_field(fmt::format("fields.{}.kind", i), "fixed",
                                   "What people have there would not fit. Make another field.");
        }
        base::Status outcome;
        // Names may be exchanged: none stands in the way of another.
        for (const auto& field : *before)
            if (outcome)
                outcome = kept.contains(field.id)
                              ? ran(connection.execute("UPDATE person_field SET name = $2 WHERE id = $1",
                                                       {field.id, fmt::format("\x1f{}", field.id)}))
                              : ran(connection.execute("DELETE FROM person_field WHERE id = $1", {field.id}));
        for (std::size_t i = 0; i < wanted.size() && outcome; ++i) {
            const auto& field = wanted[i];
            const json::array choices(field.choices.begin(), field.choices.end());
            outcome = ran(connection.execute(
                "INSERT INTO person_field (id, position, name, kind, required, choices) VALUES ($1, $2, $3, "
                "$4, $5, $6) ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = "
                "excluded.name, required = excluded.required, choices = excluded.choices",
                {field.id == 0 ? ids_.next() : field.id, i, field.name, base::text_of(field.kind),
                 field.need == Need::required ? 1 : 0, json::serialize(choices)}));
        }
        if (!outcome) return std::unexpected(outcome.error());
        const auto after = load(connection);
        if (!after) return std::unexpected(after.error());
        const json::object was{{"person_fields", told(*before).at("items")}};
        const json::object is{{"person_fields", told(*after).at("items")}};
        if (was != is) {
            const auto noted = audit_.append(connection, actor, "settings.changed", std::nullopt, &was, &is);
            if (!noted) return std::unexpected(noted.error());
        }
        return told(*after);
    });
}

base::Result<std::vector<FieldError>> check_values(Connection& connection, const json::object& sent,
                                                   Whose whose) {
    std::vector<FieldError> errors;
    const auto fields = load(connection);
    if (!fields) return std::unexpected(fields.error());
    for (const auto& field : *fields) {
        const auto id = id_text(field.id);
        const auto* value = sent.if_contains(id);
        if (value == nullptr && whose == Whose::somebody_known) continue;
        const auto text = value == nullptr ? std::string_view() : std::string_view(value->as_string());
        if (text.empty() && field.need == Need::required)
            errors.push_back({"custom." + id, "missing", fmt::format("{} is needed.", field.name)});
        if (text.empty()) continue;
        if (const auto wrong = complaint(field, text); !wrong.empty())
            errors.push_back({"custom." + id, "pattern", std::string(wrong)});
    }
    for (const auto& member : sent)
        if (std::ranges::none_of(*fields,
                                 [&](const auto& field) { return id_text(field.id) == member.key(); }))
            errors.push_back({fmt::format("custom.{}", std::string_view(member.key())), "not_found",
                              "There is no such field. It may have been removed."});
    return errors;
}

base::Status store_values(Connection& connection, Id person, const json::object& sent) {
    for (const auto& member : sent) {
        const auto field = id_from(member.key()).value_or(0);
        const std::string value(member.value().as_string());
        auto stored =
            ran(value.empty()
                    ? connection.execute("DELETE FROM person_value WHERE person_id = $1 AND field_id = $2",
                                         {person, field})
                    : connection.execute(
                          "INSERT INTO person_value (person_id, field_id, value) VALUES ($1, $2, $3) "
                          "ON CONFLICT (person_id, field_id) DO UPDATE SET value = excluded.value",
                          {person, field, value}));
        if (!stored) return stored;
    }
    return {};
}

base::Result<std::map<Id, json::object>> values_of(Connection& connection, const std::vector<Id>& people) {
    std::map<Id, json::object> values;
    if (people.empty()) return values;
    const auto rows = connection.query(fmt::format(
        "SELECT person_id, field_id, value FROM person_value WHERE person_id {} ORDER BY field_id",
        in_branches(std::set<Id>(people.begin(), people.end()))));
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows) values[row.integer(0)][id_text(row.integer(1))] = row.text(2);
    return values;
}

}  // namespace sallyport::server

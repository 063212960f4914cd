#include "server/api/person_fields_api.hpp"

#include <set>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

constexpr TextRule choice_rule{1, 64, nullptr, {}};

PersonField read_field(Fields& fields) {
    PersonField field;
    field.id = fields.nullable_id("id").value_or(std::nullopt).value_or(0);
    field.name = fields.text("name", name_rule, Need::required).value_or("");
    const auto kind = fields.choice("kind", {"text", "number", "date", "choice"}, Need::required);
    if (kind) field.kind = base::enum_from<PersonFieldKind>(*kind).value_or(PersonFieldKind::text);
    if (fields.truth("required").value_or(false)) field.need = Need::required;
    field.choices = fields.texts("choices", choice_rule, 0, PersonFields::choices_at_most)
                        .value_or(std::vector<std::string>());
    if (field.kind != PersonFieldKind::choice) field.choices.clear();
    if (field.kind == PersonFieldKind::choice && field.choices.empty())
        fields.wrong("choices", "too_short", "Write at least one choice.");
    if (std::set(field.choices.begin(), field.choices.end()).size() != field.choices.size())
        fields.wrong("choices", "duplicate", "A choice is there twice.");
    return field;
}

Answer<std::vector<PersonField>> body(const Call& call) {
    return read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>& errors) {
        std::vector<PersonField> all;
        std::set<std::string> names;
        const auto* list = fields.list("fields", 0, PersonFields::at_most, Need::required);
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
            const auto path = fmt::format("fields.{}", i);
            const auto* object = (*list)[i].if_object();
            if (object == nullptr) {
                fields.wrong(path, "type", "This must be an object.");
                continue;
            }
            Fields one(*object, errors, path);
            all.push_back(read_field(one));
            one.finish();
            if (!names.insert(all.back().name).second)
                one.wrong("name", "duplicate", "Another field has this name.");
        }
        return all;
    });
}

}  // namespace

Operations person_field_operations(PersonFields& person_fields) {
    return {
        {"GET", "/person-fields", may(Function::people, Level::view), Body::none,
         at_once([&](Call&) { return ok_or_problem(person_fields.list()); })},
        {"PUT", "/person-fields", may_all(Function::settings, Level::administer), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto wanted = body(call);
             if (!wanted) return std::unexpected(wanted.error());
             return ok_or_problem(person_fields.replace(*wanted, call.actor()));
         })},
    };
}

}  // namespace sallyport::server

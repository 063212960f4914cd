#include <algorithm>
#include <set>

#include <boost/json/array.hpp>

#include "base/ids.hpp"
#include "server/api/answers.hpp"
#include "server/api/lists_api.hpp"

namespace sallyport::server {

namespace {

bool is_user_id(std::string_view text) {
    return base::UserId::from(text).has_value() && text != "0000";
}

bool is_pin(std::string_view text) {
    return !text.empty() && text.size() <= 8 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_card(std::string_view text) {
    return base::CardNumber::from(text).has_value();
}

constexpr TextRule user_id_rule{
    1, 31, is_user_id, "A user ID has letters, digits and . _ - only; 0000 is kept for the keypad's menu."};
constexpr TextRule pin_rule{0, 32, is_pin, "A PIN has 1 to 8 digits."};
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
        Fields one(*object, errors, place);
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

PersonPatch read_person(Fields& fields, std::vector<FieldError>& errors, Need name) {
    PersonPatch patch;
    patch.user_id = fields.text("user_id", user_id_rule);
    patch.name = fields.text("name", name_rule, name);
    patch.department_id = fields.nullable_id("department_id");
    patch.type = fields.choice("type", {"general", "vip", "guest", "patrol", "blocklist", "extended_time"});
    patch.valid_from = fields.nullable_time("valid_from");
    patch.valid_to = fields.nullable_time("valid_to");
    patch.uses = fields.nullable_integer("uses", 0, 65'535);
    patch.pin = fields.nullable_secret("pin", pin_rule);
    patch.cards = read_cards(fields, errors);
    patch.remark = fields.text("remark", remark_rule);
    if (name == Need::optional) patch.revision = fields.integer("revision", 1, newest_revision);
    return patch;
}

Answer<Reply> list_people(const People& people, const Call& call) {
    Parameters parameters(call.request.query);
    PeopleFilter filter;
    filter.part = parameters.text("q", 64);
    filter.group = parameters.id("group");
    filter.department = parameters.id("department");
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return ok_or_problem(people.list(filter, call.part.departments, page));
}

Answer<Reply> add_person(People& people, const Call& call) {
    const auto patch = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>& errors) {
        return read_person(fields, errors, Need::required);
    });
    if (!patch) return std::unexpected(patch.error());
    return created_or_problem(people.add(*patch, call.part.departments, call.actor()));
}

Answer<Reply> change_person(People& people, const Call& call) {
    const auto patch = read_body(call, Sent::something, [](Fields& fields, std::vector<FieldError>& errors) {
        return read_person(fields, errors, Need::optional);
    });
    if (!patch) return std::unexpected(patch.error());
    return ok_or_problem(people.change(call.id(), *patch, call.part.departments, call.actor()));
}

Answer<Reply> list_cards(const Cards& cards, const Call& call) {
    Parameters parameters(call.request.query);
    CardFilter filter;
    filter.part = parameters.text("q", 64);
    const auto status = parameters.words<CardStatus>("status", 1);
    if (!status.empty()) filter.status = base::enum_from<CardStatus>(status.front());
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return ok_or_problem(cards.list(filter, call.part.departments, page));
}

Answer<Reply> get_card(const Cards& cards, const Call& call) {
    const auto number = base::CardNumber::from(call.path.at(0));
    if (!number) return no_such("card");
    return ok_or_problem(cards.get(number->text(), call.part.departments));
}

}  // namespace

Operations people_operations(People& people, const Cards& cards) {
    return {
        {"GET", "/cards", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return list_cards(cards, call); })},
        {"GET", "/cards/{id}", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return get_card(cards, call); })},
        {"GET", "/people", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return list_people(people, call); })},
        {"POST", "/people", may(Function::people, Level::edit), Body::object,
         at_once([&](Call& call) { return add_person(people, call); })},
        {"GET", "/people/{id}", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(people.get(call.id(), call.part.departments)); })},
        {"PATCH", "/people/{id}", may(Function::people, Level::edit), Body::object,
         at_once([&](Call& call) { return change_person(people, call); })},
        {"DELETE", "/people/{id}", may(Function::people, Level::edit), Body::none, at_once([&](Call& call) {
             return nothing_or_problem(people.remove(call.id(), call.part.departments, call.actor()));
         })},
    };
}

}  // namespace sallyport::server

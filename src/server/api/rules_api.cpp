#include "server/api/rules_api.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "server/api/device_answers.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

constexpr std::size_t most_unlock_periods = 4;
constexpr std::size_t most_groups = 4;
constexpr std::size_t most_of_a_group = 64;
constexpr std::size_t most_first_people = 1'000;
constexpr std::size_t most_doors = 64;
constexpr std::size_t most_readers = 2 * most_doors;

Viewer viewer_of(const Call& call) {
    return {call.session->account.rights, call.part};
}

template <class E>
E read_word(Fields& fields, std::string_view name, std::initializer_list<std::string_view> words,
            Need need = Need::required) {
    const auto word = fields.choice(name, words, need);
    return word ? base::enum_from<E>(*word).value_or(E{}) : E{};
}

std::vector<Id> read_people(Fields& fields, std::size_t most) {
    auto people = fields.ids("people", most).value_or(std::vector<Id>());
    if (people.empty()) fields.wrong("people", "too_short", "Choose at least one person.");
    return people;
}

DoorGroupPatch read_group(Fields& fields) {
    DoorGroupPatch group;
    group.people = read_people(fields, most_of_a_group);
    group.needed = fields.integer("needed", 1, most_of_a_group, Need::required).value_or(1);
    if (!group.people.empty() && group.needed > std::ssize(group.people))
        fields.wrong("needed", "too_large", "No more can be needed than there are people in the group.");
    return group;
}

Nullable<FirstCardPatch> read_first_card(Fields& fields, std::vector<FieldError>& errors) {
    if (!fields.sent("first_card")) return std::nullopt;
    if (fields.is_null("first_card")) return Nullable<FirstCardPatch>(std::in_place, std::nullopt);
    const auto* object = fields.object("first_card");
    if (object == nullptr) return std::nullopt;
    Fields one(*object, errors, fields.path_of("first_card"));
    FirstCardPatch first;
    first.template_id = one.nullable_id("template_id").value_or(std::nullopt);
    first.then =
        read_word<core::AfterFirstCard>(one, "then", {"others_may_enter", "door_stays_open"}, Need::optional);
    first.people = read_people(one, most_first_people);
    one.finish();
    return Nullable<FirstCardPatch>(std::in_place, std::move(first));
}

DoorRulesPatch read_rules(Fields& fields, std::vector<FieldError>& errors) {
    DoorRulesPatch patch;
    patch.always_open = fields.nullable_id("always_open");
    patch.always_closed = fields.nullable_id("always_closed");
    patch.unlock_periods =
        read_each<UnlockPeriodPatch>(fields, errors, "unlock_periods", most_unlock_periods, [](Fields& one) {
            return UnlockPeriodPatch{
                read_id(one, "template_id"),
                read_word<core::UnlockMode>(
                    one, "unlock_mode", {"card", "card_and_pin", "user_and_pin", "card_or_user_and_pin"})};
        });
    patch.first_card = read_first_card(fields, errors);
    patch.groups = read_each<DoorGroupPatch>(fields, errors, "groups", most_groups, read_group);
    patch.group_window_s = fields.integer("group_window_s", 1, 600);
    patch.revision = read_revision(fields);
    return patch;
}

std::optional<std::vector<DoorReader>> read_readers(Fields& fields, std::vector<FieldError>& errors,
                                                    std::string_view name) {
    auto readers = read_each<DoorReader>(fields, errors, name, most_readers, [](Fields& one) {
        return DoorReader{read_id(one, "door_id"),
                          read_word<core::Direction>(one, "direction", {"entry", "exit"})};
    });
    if (!readers) return readers;
    std::set<DoorReader> seen;
    for (std::size_t i = 0; i < readers->size(); ++i)
        if (!seen.insert((*readers)[i]).second)
            fields.wrong(fmt::format("{}.{}", name, i), "duplicate", "The same reader is there twice.");
    return readers;
}

PassbackAreaPatch read_area(Fields& fields, std::vector<FieldError>& errors, Need need) {
    PassbackAreaPatch patch;
    patch.name = fields.text("name", name_rule, need);
    if (const auto word = fields.choice("passback", {"off", "hard", "soft", "timed"}))
        patch.passback = base::enum_from<core::Passback>(*word);
    patch.minutes = fields.integer("minutes", 1, 1'440);
    if (fields.is_null("reset_at"))
        patch.reset_at_s = Nullable<std::int64_t>(std::in_place, std::nullopt);
    else if (const auto time = fields.text("reset_at", time_of_day_rule))
        patch.reset_at_s = Nullable<std::int64_t>(std::in_place, *second_from(*time));
    patch.entries = read_readers(fields, errors, "entries");
    patch.exits = read_readers(fields, errors, "exits");
    if (need == Need::optional) patch.revision = read_revision(fields);
    return patch;
}

InterlockPatch read_interlock(Fields& fields, Need need) {
    InterlockPatch patch;
    patch.name = fields.text("name", name_rule, need);
    if (const auto word = fields.choice("blocks", {"unlocked", "open"}))
        patch.blocks = base::enum_from<core::Blocks>(*word);
    patch.doors = fields.ids("doors", most_doors);
    if (need == Need::required && !fields.sent("doors")) fields.wrong("doors", "missing", "This is needed.");
    if (patch.doors && patch.doors->size() < 2)
        fields.wrong("doors", "too_short", "An interlock needs at least two doors.");
    if (need == Need::optional) patch.revision = read_revision(fields);
    return patch;
}

Need need_of(Sent sent) {
    return sent == Sent::anything ? Need::required : Need::optional;
}

auto area_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>& errors) {
        return read_area(fields, errors, need_of(sent));
    });
}

auto interlock_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>&) {
        return read_interlock(fields, need_of(sent));
    });
}

/// One call to the controller of an area, which answers with nothing.
void ask_controller(Devices& devices, const PassbackAreas::AtController& area, const Call& call,
                    Finish finish, DeviceCall asked) {
    asked.params["by"] = call.session->account.name;
    devices.ask(area.device, std::move(asked), call.actor(),
                finishing<json::object>(std::move(finish),
                                        [](const json::object&) -> Answer<Reply> { return no_content(); }));
}

void reset_area(const PassbackAreas& areas, Devices& devices, const Call& call, Finish finish) {
    const auto area = areas.at_controller(call.id(), call.part.areas);
    if (!area) return finish(std::unexpected(area.error()));
    ask_controller(devices, *area, call, std::move(finish),
                   {.method = "sallyport.resetArea",
                    .params = {{"area", area->number}},
                    .action = "device.area_reset",
                    .noted = [name = area->name](const DeviceCall::Said&) {
                        return std::optional(json::object{{"passback_area", name}});
                    }});
}

void pardon(const PassbackAreas& areas, Devices& devices, const Call& call, Finish finish) {
    const auto person = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return read_id(fields, "person_id");
    });
    if (!person) return finish(std::unexpected(person.error()));
    const auto area = areas.at_controller(call.id(), call.part.areas);
    if (!area) return finish(std::unexpected(area.error()));
    const auto somebody = areas.person_at(area->device, *person, call.part.departments);
    if (!somebody) return finish(std::unexpected(somebody.error()));
    const json::object told{{"id", id_text(*person)}, {"name", somebody->name}};
    ask_controller(
        devices, *area, call, std::move(finish),
        {.method = "sallyport.pardon",
         .params = {{"user_id", somebody->user_id}},
         .action = "device.person_pardoned",
         .noted = [told](const DeviceCall::Said&) { return std::optional(json::object{{"person", told}}); }});
}

Operations door_rules_operations(DoorRules& rules) {
    return {
        {"GET", "/door-rules", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(rules.list(viewer_of(call), *page));
         })},
        {"GET", "/doors/{id}/rules", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(rules.get(call.id(), viewer_of(call))); })},
        {"PATCH", "/doors/{id}/rules", may(Function::doors, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = read_body(call, Sent::something, read_rules);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(rules.change(call.id(), *patch, viewer_of(call), call.actor()));
         })},
    };
}

Operations area_operations(PassbackAreas& areas, Devices& devices) {
    return {
        {"GET", "/passback-areas", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(areas.list(call.part.areas, *page));
         })},
        {"POST", "/passback-areas", may(Function::doors, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = area_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(areas.add(*patch, call.part.areas, call.actor()));
         })},
        {"GET", "/passback-areas/{id}", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(areas.get(call.id(), call.part.areas)); })},
        {"PATCH", "/passback-areas/{id}", may(Function::doors, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = area_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(areas.change(call.id(), *patch, call.part.areas, call.actor()));
         })},
        {"DELETE", "/passback-areas/{id}", may(Function::doors, Level::edit), Body::none,
         at_once([&](Call& call) {
             return nothing_or_problem(areas.remove(call.id(), call.part.areas, call.actor()));
         })},
        {"POST", "/passback-areas/{id}/reset", may(Function::doors, Level::control), Body::none,
         [&](const Call& call, Finish finish) { reset_area(areas, devices, call, std::move(finish)); }},
        {"POST", "/passback-areas/{id}/pardons", may(Function::doors, Level::control), Body::object,
         [&](const Call& call, Finish finish) { pardon(areas, devices, call, std::move(finish)); }},
    };
}

Operations interlock_operations(Interlocks& interlocks) {
    return {
        {"GET", "/interlocks", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(interlocks.list(call.part.areas, *page));
         })},
        {"POST", "/interlocks", may(Function::doors, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = interlock_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(interlocks.add(*patch, call.part.areas, call.actor()));
         })},
        {"GET", "/interlocks/{id}", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(interlocks.get(call.id(), call.part.areas)); })},
        {"PATCH", "/interlocks/{id}", may(Function::doors, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = interlock_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(interlocks.change(call.id(), *patch, call.part.areas, call.actor()));
         })},
        {"DELETE", "/interlocks/{id}", may(Function::doors, Level::edit), Body::none,
         at_once([&](Call& call) {
             return nothing_or_problem(interlocks.remove(call.id(), call.part.areas, call.actor()));
         })},
    };
}

}  // namespace

Operations rules_operations(DoorRules& rules, PassbackAreas& areas, Interlocks& interlocks,
                            Devices& devices) {
    auto all = door_rules_operations(rules);
    std::ranges::move(area_operations(areas, devices), std::back_inserter(all));
    std::ranges::move(interlock_operations(interlocks), std::back_inserter(all));
    return all;
}

}  // namespace sallyport::server

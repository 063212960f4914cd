#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "codec/dhip/time_text.hpp"
#include "server/api/answers.hpp"
#include "server/api/lists_api.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

constexpr std::size_t most_members = 100'000;
constexpr std::size_t periods_a_day = 6;
constexpr std::size_t most_holidays = 128;

GroupPatch read_group(Fields& fields, Need name) {
    GroupPatch patch;
    patch.name = fields.text("name", name_rule, name);
    patch.remark = fields.text("remark", remark_rule);
    patch.template_id = fields.nullable_id("template_id");
    patch.doors = fields.ids("doors", most_members);
    patch.people = fields.ids("people", most_members);
    patch.departments = fields.ids("departments", most_members);
    patch.effect = fields.choice("effect", {"allow", "deny"});
    patch.valid_to = fields.nullable_time("valid_to");
    if (patch.valid_to && *patch.valid_to && (*patch.valid_to)->microseconds % 1'000'000 != 0)
        fields.wrong("valid_to", "pattern", "An end has whole seconds.");
    if (name == Need::required) return patch;
    patch.add_people = fields.ids("add_people", most_members).value_or(std::vector<Id>());
    patch.remove_people = fields.ids("remove_people", most_members).value_or(std::vector<Id>());
    patch.revision = read_revision(fields);
    return patch;
}

bool is_second(std::string_view text) {
    return second_from(text).has_value();
}
constexpr TextRule to_rule{0, 16, is_second,
                           "A time of day looks like 18:00:00; the end of the day is 24:00:00."};

core::Day read_day(const json::array& list, const std::string& place, Fields& fields,
                   std::vector<FieldError>& errors) {
    core::Day day;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto here = fmt::format("{}.{}", place, i);
        const auto* object = list[i].if_object();
        if (object == nullptr) {
            fields.wrong(here, "type", "This must be an object.");
            continue;
        }
        Fields one(*object, errors, here);
        const auto from = one.text("from", time_of_day_rule, Need::required);
        const auto to = one.text("to", to_rule, Need::required);
        one.finish();
        if (!from || !to) continue;
        const core::Period period{*second_from(*from), *second_from(*to)};
        const auto overlaps = [&](const core::Period& other) {
            return period.from_s < other.to_s && other.from_s < period.to_s;
        };
        if (period.to_s <= period.from_s)
            one.wrong("to", "order", "The end must be after the start.");
        else if (std::ranges::any_of(day, overlaps))
            fields.wrong(here, "overlap", "This period overlaps another one of the day.");
        else
            day.push_back(period);
    }
    std::ranges::sort(day, {}, &core::Period::from_s);
    return day;
}

std::optional<Week> read_week(Fields& fields, std::vector<FieldError>& errors, Need need) {
    const auto* list = fields.list("week", 7, 7, need);
    if (list == nullptr) return std::nullopt;
    Week week;
    for (std::size_t i = 0; i < week.size(); ++i) {
        const auto place = fmt::format("week.{}", i);
        const auto* day = (*list)[i].if_array();
        if (day == nullptr)
            fields.wrong(place, "type", "This must be a list of periods.");
        else if (day->size() > periods_a_day)
            fields.wrong(place, "too_long", fmt::format("At most {} periods a day.", periods_a_day));
        else
            week[i] = read_day(*day, place, fields, errors);
    }
    return week;
}

TemplatePatch read_template(Fields& fields, std::vector<FieldError>& errors, Need need) {
    TemplatePatch patch;
    patch.name = fields.text("name", name_rule, need);
    patch.week = read_week(fields, errors, need);
    patch.holidays = fields.ids("holiday_ids", most_holidays);
    if (need == Need::optional) patch.revision = read_revision(fields);
    return patch;
}

bool is_date(std::string_view text) {
    const auto date = codec::dhip::parse_date(text);
    return date && date->days >= 0;
}
constexpr TextRule date_rule{0, 16, is_date, "A date looks like 2026-12-24."};

HolidayPatch read_holiday(Fields& fields, std::vector<FieldError>& errors, Need need) {
    HolidayPatch patch;
    patch.name = fields.text("name", name_rule, need);
    if (const auto from = fields.text("from", date_rule, need)) patch.from = codec::dhip::parse_date(*from);
    if (const auto to = fields.text("to", date_rule, need)) patch.to = codec::dhip::parse_date(*to);
    patch.yearly = fields.truth("yearly");
    if (const auto* list = fields.list("periods", 0, periods_a_day))
        patch.periods = read_day(*list, "periods", fields, errors);
    if (need == Need::optional) patch.revision = read_revision(fields);
    return patch;
}

auto group_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>&) {
        return read_group(fields, sent == Sent::anything ? Need::required : Need::optional);
    });
}

auto template_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>& errors) {
        return read_template(fields, errors, sent == Sent::anything ? Need::required : Need::optional);
    });
}

Answer<Reply> list_groups(const PermissionGroups& groups, const Call& call) {
    Parameters parameters(call.request.query);
    const GroupFilter filter{parameters.id("person"), parameters.id("door")};
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return ok_or_problem(groups.list(filter, call.part, page));
}

auto holiday_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>& errors) {
        return read_holiday(fields, errors, sent == Sent::anything ? Need::required : Need::optional);
    });
}

Operations holiday_operations(Holidays& holidays) {
    return {
        {"GET", "/holidays", may(Function::permissions, Level::view), Body::none,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(holidays.list(*page));
         })},
        {"POST", "/holidays", may_all(Function::permissions, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = holiday_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(holidays.add(*patch, call.actor()));
         })},
        {"GET", "/holidays/{id}", may(Function::permissions, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(holidays.get(call.id())); })},
        {"PATCH", "/holidays/{id}", may_all(Function::permissions, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = holiday_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(holidays.change(call.id(), *patch, call.actor()));
         })},
        {"DELETE", "/holidays/{id}", may_all(Function::permissions, Level::edit), Body::none,
         at_once([&](Call& call) { return nothing_or_problem(holidays.remove(call.id(), call.actor())); })},
    };
}

Operations group_operations(PermissionGroups& groups) {
    return {
        {"GET", "/permission-groups", may(Function::permissions, Level::view), Body::none,
         at_once([&](Call& call) { return list_groups(groups, call); })},
        {"POST", "/permission-groups", may(Function::permissions, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = group_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(groups.add(*patch, call.part, call.actor()));
         })},
        {"GET", "/permission-groups/{id}", may(Function::permissions, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(groups.get(call.id(), call.part)); })},
        {"PATCH", "/permission-groups/{id}", may(Function::permissions, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = group_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(groups.change(call.id(), *patch, call.part, call.actor()));
         })},
        {"DELETE", "/permission-groups/{id}", may(Function::permissions, Level::edit), Body::none,
         at_once([&](Call& call) {
             return nothing_or_problem(groups.remove(call.id(), call.part, call.actor()));
         })},
    };
}

Operations template_operations(TimeTemplates& templates) {
    return {
        {"GET", "/time-templates", may(Function::permissions, Level::view), Body::none,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(templates.list(*page));
         })},
        {"POST", "/time-templates", may_all(Function::permissions, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = template_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(templates.add(*patch, call.actor()));
         })},
        {"GET", "/time-templates/{id}", may(Function::permissions, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(templates.get(call.id())); })},
        {"PATCH", "/time-templates/{id}", may_all(Function::permissions, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = template_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(templates.change(call.id(), *patch, call.actor()));
         })},
        {"DELETE", "/time-templates/{id}", may_all(Function::permissions, Level::edit), Body::none,
         at_once([&](Call& call) { return nothing_or_problem(templates.remove(call.id(), call.actor())); })},
    };
}

}  // namespace

Operations permission_operations(PermissionGroups& groups, TimeTemplates& templates, Holidays& holidays) {
    auto all = group_operations(groups);
    std::ranges::move(holiday_operations(holidays), std::back_inserter(all));
    std::ranges::move(template_operations(templates), std::back_inserter(all));
    return all;
}

}  // namespace sallyport::server

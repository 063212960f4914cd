#include "server/api/plans_api.hpp"

#include <cmath>
#include <set>

#include <fmt/core.h>

#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

constexpr std::size_t most_doors = 1'000;
constexpr std::size_t most_links = 100;
constexpr std::int64_t last_position = 9'999;

std::int64_t read_share(Fields& fields, std::string_view name) {
    return std::llround(fields.number(name, 0, 1, Need::required).value_or(0) *
                        static_cast<double>(whole_side));
}

PlacedDoor read_door(Fields& fields) {
    return {read_id(fields, "door_id"),
            {read_share(fields, "x"), read_share(fields, "y")},
            fields.integer("rotation", 0, 359).value_or(0)};
}

PlanLink read_link(Fields& fields) {
    return {read_id(fields, "plan_id"), {read_share(fields, "x"), read_share(fields, "y")}};
}

/// Names those that stand there a second time.
template <class T>
void check_once(Fields& fields, std::string_view name, const std::optional<std::vector<T>>& all, Id T::* id) {
    std::set<Id> seen;
    for (std::size_t i = 0; all && i < all->size(); ++i)
        if (!seen.insert((*all)[i].*id).second)
            fields.wrong(fmt::format("{}.{}", name, i), "duplicate", "This stands here twice.");
}

Answer<FloorPlanPatch> plan_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>& errors) {
        FloorPlanPatch patch;
        patch.name = fields.text("name", name_rule, sent == Sent::anything ? Need::required : Need::optional);
        patch.area_id = fields.nullable_id("area_id");
        patch.position = fields.integer("position", 0, last_position);
        patch.doors = read_each<PlacedDoor>(fields, errors, "doors", most_doors, read_door);
        check_once(fields, "doors", patch.doors, &PlacedDoor::door);
        patch.links = read_each<PlanLink>(fields, errors, "links", most_links, read_link);
        check_once(fields, "links", patch.links, &PlanLink::plan);
        if (sent == Sent::something) patch.revision = read_revision(fields);
        return patch;
    });
}

Answer<Reply> get_picture(const FloorPlans& plans, const Call& call) {
    Parameters parameters(call.request.query);
    (void)parameters.id("tag");  // for caches only
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    auto file = plans.picture(call.id(), call.part.areas);
    if (!file) return std::unexpected(file.error());
    Reply reply;
    reply.raw = {std::move(file->type), std::move(file->bytes)};
    return reply;
}

Answer<Reply> set_picture(FloorPlans& plans, const Call& call) {
    Parameters parameters(call.request.query);
    const auto revision = parameters.integer("revision", 1, newest_revision);
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return ok_or_problem(
        plans.set_picture(call.id(), call.request.body, revision, call.part.areas, call.actor()));
}

}  // namespace

Operations plan_operations(FloorPlans& plans) {
    return {
        {"GET", "/floor-plans", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(plans.list(call.part.areas, *page));
         })},
        {"POST", "/floor-plans", may(Function::doors, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = plan_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(plans.add(*patch, call.part.areas, call.actor()));
         })},
        {"GET", "/floor-plans/{id}", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(plans.get(call.id(), call.part.areas)); })},
        {"PATCH", "/floor-plans/{id}", may(Function::doors, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = plan_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(plans.change(call.id(), *patch, call.part.areas, call.actor()));
         })},
        {"DELETE", "/floor-plans/{id}", may(Function::doors, Level::edit), Body::none,
         at_once([&](Call& call) {
             return nothing_or_problem(plans.remove(call.id(), call.part.areas, call.actor()));
         })},
        {"GET", "/floor-plans/{id}/picture", may(Function::doors, Level::view), Body::none,
         at_once([&](Call& call) { return get_picture(plans, call); })},
        {"PUT", "/floor-plans/{id}/picture", may(Function::doors, Level::edit), Body::none,
         at_once([&](Call& call) { return set_picture(plans, call); })},
    };
}

}  // namespace sallyport::server

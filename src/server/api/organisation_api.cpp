#include <iterator>

#include "server/api/answers.hpp"
#include "server/api/lists_api.hpp"

namespace sallyport::server {

namespace {

Answer<BranchPatch> branch_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>&) {
        const bool is_new = sent == Sent::anything;
        BranchPatch patch;
        patch.name = fields.text("name", name_rule, is_new ? Need::required : Need::optional);
        patch.parent_id = fields.nullable_id("parent_id");
        if (!is_new) patch.revision = fields.integer("revision", 1, newest_revision);
        return patch;
    });
}

Operations tree_operations(Tree& tree, const std::string& path) {
    return {
        {"GET", path, Access::view, Body::none, at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(tree.list(*page));
         })},
        {"POST", path, Access::edit, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = branch_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(tree.add(*patch, call.actor()));
         })},
        {"GET", path + "/{id}", Access::view, Body::none,
         at_once([&](Call& call) { return ok_or_problem(tree.get(call.id())); })},
        {"PATCH", path + "/{id}", Access::edit, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = branch_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(tree.change(call.id(), *patch, call.actor()));
         })},
        {"DELETE", path + "/{id}", Access::edit, Body::none,
         at_once([&](Call& call) { return nothing_or_problem(tree.remove(call.id(), call.actor())); })},
    };
}

}  // namespace

Operations organisation_operations(Tree& areas, Tree& departments) {
    auto all = tree_operations(areas, "/areas");
    std::ranges::move(tree_operations(departments, "/departments"), std::back_inserter(all));
    return all;
}

}  // namespace sallyport::server

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
        if (!is_new) patch.revision = read_revision(fields);
        return patch;
    });
}

/// Who edits what lives in a tree edits the tree.
using Seen = Branches Part::*;

Operations tree_operations(Tree& tree, const std::string& path, Function function, Seen seen) {
    return {
        {"GET", path, when_signed_in, Body::none, at_once([&tree, seen](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(tree.list(call.part.*seen, *page));
         })},
        {"POST", path, may(function, Level::edit), Body::object,
         at_once([&tree, seen](Call& call) -> Answer<Reply> {
             const auto patch = branch_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(tree.add(*patch, call.part.*seen, call.actor()));
         })},
        {"GET", path + "/{id}", when_signed_in, Body::none,
         at_once([&tree, seen](Call& call) { return ok_or_problem(tree.get(call.id(), call.part.*seen)); })},
        {"PATCH", path + "/{id}", may(function, Level::edit), Body::object,
         at_once([&tree, seen](Call& call) -> Answer<Reply> {
             const auto patch = branch_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             return ok_or_problem(tree.change(call.id(), *patch, call.part.*seen, call.actor()));
         })},
        {"DELETE", path + "/{id}", may(function, Level::edit), Body::none, at_once([&tree, seen](Call& call) {
             return nothing_or_problem(tree.remove(call.id(), call.part.*seen, call.actor()));
         })},
    };
}

}  // namespace

Operations organisation_operations(Tree& areas, Tree& departments) {
    auto all = tree_operations(areas, "/areas", Function::devices, &Part::areas);
    std::ranges::move(tree_operations(departments, "/departments", Function::people, &Part::departments),
                      std::back_inserter(all));
    return all;
}

}  // namespace sallyport::server

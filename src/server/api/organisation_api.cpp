#include <algorithm>
#include <iterator>
#include <span>

#include <fmt/core.h>

#include "base/enum_text.hpp"
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

/// Those that know of what lives in a tree; who edits the first of them edits the tree.
constexpr Function of_areas[] = {Function::devices, Function::doors, Function::permissions, Function::events,
                                 Function::accounts};
constexpr Function of_departments[] = {Function::people, Function::permissions, Function::events,
                                       Function::accounts};
using Seen = Branches Part::*;

/// One right of several is enough, which the table of operations has no word for.
Outcome check_reader(const Call& call, std::span<const Function> readers) {
    const auto& rights = call.session->account.rights;
    if (std::ranges::any_of(readers, [&](Function one) { return rights.may(one, Level::view); })) return {};
    return refuse(
        base::ErrorKind::forbidden, "forbidden",
        fmt::format("This account may not do that. Ask an administrator for the right \"{}: view\".",
                    base::text_of(readers.front())));
}

Operations tree_operations(Tree& tree, const std::string& path, std::span<const Function> readers,
                           Seen seen) {
    const auto function = readers.front();
    return {
        {"GET", path, when_signed_in, Body::none,
         at_once([&tree, readers, seen](Call& call) -> Answer<Reply> {
             if (auto reads = check_reader(call, readers); !reads) return std::unexpected(reads.error());
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
         at_once([&tree, readers, seen](Call& call) -> Answer<Reply> {
             if (auto reads = check_reader(call, readers); !reads) return std::unexpected(reads.error());
             return ok_or_problem(tree.get(call.id(), call.part.*seen));
         })},
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
    auto all = tree_operations(areas, "/areas", of_areas, &Part::areas);
    std::ranges::move(tree_operations(departments, "/departments", of_departments, &Part::departments),
                      std::back_inserter(all));
    return all;
}

}  // namespace sallyport::server

#include "server/api/public_passwords_api.hpp"

#include "server/api/answers.hpp"
#include "server/api/person_body.hpp"

namespace sallyport::server {

namespace {

constexpr std::size_t most_doors = 10'000;

auto body(const Call& call, Sent sent) {
    return read_body(call, sent, [sent](Fields& fields, std::vector<FieldError>&) {
        const auto need = sent == Sent::anything ? Need::required : Need::optional;
        PublicPasswordPatch patch;
        patch.name = fields.text("name", name_rule, need);
        patch.code = fields.secret("code", public_code_rule, need);
        patch.doors = fields.ids("doors", most_doors);
        patch.valid_from = fields.nullable_time("valid_from");
        patch.valid_to = fields.nullable_time("valid_to");
        patch.uses = fields.nullable_integer("uses", 1, 65'535);
        if (need == Need::optional) patch.revision = read_revision(fields);
        return patch;
    });
}

}  // namespace

Operations public_password_operations(PublicPasswords& passwords, FoundCodes& found) {
    return {
        {"GET", "/public-passwords", may(Function::permissions, Level::view), Body::none,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(passwords.list(call.part.areas, *page));
         })},
        {"POST", "/public-passwords", may(Function::permissions, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             return created_or_problem(found.counted(
                 call.actor(), [&] { return passwords.add(*patch, call.part.areas, call.actor()); }));
         })},
        {"GET", "/public-passwords/{id}", may(Function::permissions, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(passwords.get(call.id(), call.part.areas)); })},
        {"PATCH", "/public-passwords/{id}", may(Function::permissions, Level::edit), Body::object,
         at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             const auto change = [&] {
                 return passwords.change(call.id(), *patch, call.part.areas, call.actor());
             };
             return ok_or_problem(patch->code ? found.counted(call.actor(), change) : change());
         })},
        {"DELETE", "/public-passwords/{id}", may(Function::permissions, Level::edit), Body::none,
         at_once([&](Call& call) {
             return nothing_or_problem(passwords.remove(call.id(), call.part.areas, call.actor()));
         })},
    };
}

}  // namespace sallyport::server

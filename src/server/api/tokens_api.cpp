#include "server/api/tokens_api.hpp"

#include "server/api/accounts_api.hpp"
#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

constexpr std::size_t most_branches = 1'000;

Answer<NewToken> token_body(const Call& call) {
    return read_body(call, Sent::anything, [&](Fields& fields, std::vector<FieldError>& errors) {
        NewToken token;
        token.name = fields.text("name", name_rule, Need::required).value_or("");
        token.rights = read_rights(fields, errors).value_or(Rights());
        if (!fields.sent("rights")) fields.wrong("rights", "missing", "This is missing.");
        token.areas = fields.nullable_ids("areas", most_branches).value_or(std::nullopt);
        token.departments = fields.nullable_ids("departments", most_branches).value_or(std::nullopt);
        token.expires_at = fields.nullable_time("expires_at").value_or(std::nullopt);
        return token;
    });
}

}  // namespace

Operations token_operations(Tokens& tokens) {
    return {
        {"GET", "/tokens", when_signed_in, Body::none, at_once([&](Call& call) -> Answer<Reply> {
             const auto page = only_page(call);
             if (!page) return std::unexpected(page.error());
             return ok_or_problem(tokens.list(*call.session, *page));
         })},
        {"POST", "/tokens", when_signed_in, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto token = token_body(call);
             if (!token) return std::unexpected(token.error());
             return created_or_problem(tokens.add(*token, *call.session, call.actor()));
         })},
        {"DELETE", "/tokens/{id}", when_signed_in, Body::none, at_once([&](Call& call) {
             return nothing_or_problem(tokens.remove(call.id(), *call.session, call.actor()));
         })},
    };
}

}  // namespace sallyport::server

#include "server/api/entrance_api.hpp"

#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

constexpr std::size_t most_networks = 100;
constexpr TextRule network_rule{1, 64, nullptr, {}};
constexpr TextRule pem_rule{1, 65'536, nullptr, {}};
constexpr std::int64_t lowest_port = 1'024;
constexpr std::int64_t highest_port = 65'535;

Answer<Reply> change_network(EntranceRules& rules, const Call& call) {
    const auto patch = read_body(call, Sent::something, [](Fields& fields, std::vector<FieldError>&) {
        NetworkPatch read;
        read.allowed = fields.texts("allowed", network_rule, 0, most_networks);
        read.redirect_port = fields.nullable_integer("redirect_port", lowest_port, highest_port);
        return read;
    });
    if (!patch) return std::unexpected(patch.error());
    return ok_or_problem(rules.change(*patch, *call.session, call.caller));
}

Answer<Reply> use_certificate(EntranceRules& rules, const Call& call) {
    auto given = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        auto certificate = fields.text("certificate", pem_rule, Need::required);
        return std::pair(std::move(certificate), fields.secret("key", pem_rule, Need::required));
    });
    if (!given) return std::unexpected(given.error());
    return ok_or_problem(
        rules.use_certificate(*std::move(given->first), *std::move(given->second), call.actor()));
}

constexpr Access looks = may_all(Function::settings, Level::view);
constexpr Access keeps = may_all(Function::settings, Level::administer);

}  // namespace

Operations entrance_operations(EntranceRules& rules) {
    return {
        {"GET", "/settings/network", looks, Body::none,
         at_once([&](Call& call) -> Answer<Reply> { return ok(rules.get(call.caller)); })},
        {"PATCH", "/settings/network", keeps, Body::object,
         at_once([&](Call& call) { return change_network(rules, call); })},
        {"GET", "/certificate", looks, Body::none,
         at_once([&](Call&) -> Answer<Reply> { return ok(rules.certificate()); })},
        {"PUT", "/certificate", keeps, Body::object,
         at_once([&](Call& call) { return use_certificate(rules, call); })},
        {"DELETE", "/certificate", keeps, Body::none,
         at_once([&](Call& call) { return ok_or_problem(rules.drop_certificate(call.actor())); })},
    };
}

}  // namespace sallyport::server

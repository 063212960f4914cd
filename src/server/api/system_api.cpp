#include "server/api/system_api.hpp"

#include <algorithm>

#include "base/enum_text.hpp"
#include "server/api/answers.hpp"
#include "server/api/sessions_api.hpp"
#include "server/api/sign_in_api.hpp"
#include "server/metrics/exposition.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

bool is_zone(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("_+/-").find(c) != std::string_view::npos;
    });
}

constexpr TextRule zone_rule{1, 64, is_zone, "A time zone is an IANA name such as Europe/Berlin."};

Answer<SetupRequest> setup_request(const json::object& body, const Settings& settings) {
    std::vector<FieldError> errors;
    Fields fields(body, errors);
    SetupRequest request;
    // The policy has a code of its own for what is too short.
    request.password =
        fields.secret("password", {0, 128, nullptr, {}}, Need::required).value_or(base::Secret());
    request.language = fields.choice("language", {"en", "zh"}, Need::required).value_or("");
    request.time_zone = fields.text("time_zone", zone_rule).value_or(settings.local_zone());
    request.questions = read_questions(fields, errors, Need::optional);
    request.mailbox = fields.text("mailbox", mail_rule);
    request.code = fields.secret("code", {1, 64, nullptr, {}});
    fields.finish();
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    if (auto known = settings.check_zone(request.time_zone); !known) return std::unexpected(known.error());
    return request;
}

Answer<Reply> get_setup(const Accounts& accounts, const SignInRules& rules, const Settings& settings,
                        const Call& call) {
    const auto language = settings.language();
    if (!language) return std::unexpected(language.error());
    const bool needed = accounts.setup_needed();
    return ok(json::object{{"needed", needed},
                           {"code_required", needed && call.caller.place == Caller::Place::network},
                           {"language", *language ? json::value(**language) : json::value(nullptr)},
                           {"staying_signed_in", base::text_of(rules.policy().staying)}});
}

Answer<Reply> set_up(Accounts& accounts, const Settings& settings, const Call& call) {
    const auto request = setup_request(call.body, settings);
    if (!request) return std::unexpected(request.error());
    const auto session = accounts.set_up(*request, call.caller);
    if (!session) return std::unexpected(session.error());
    return session_reply(*session);
}

Answer<Reply> change_settings(Settings& settings, const Call& call) {
    std::vector<FieldError> errors;
    Fields fields(call.body, errors);
    SettingsPatch patch;
    patch.time_zone = fields.text("time_zone", zone_rule);
    patch.language = fields.choice("language", {"en", "zh"});
    fields.finish();
    if (call.body.empty()) fields.wrong("", "too_short", "Send at least one member to change.");
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    auto changed = settings.change(patch, call.actor());
    if (!changed) return std::unexpected(changed.error());
    return ok(*std::move(changed));
}

}  // namespace

Operations system_operations(Accounts& accounts, const SignInRules& rules, Settings& settings,
                             std::function<std::string_view()> state) {
    return {
        {"GET", "/ready", for_anybody, Body::none, at_once([&, state](Call&) -> Answer<Reply> {
             const auto now = accounts.setup_needed() ? "setup_needed" : state();
             return Reply{now == "ok" ? 200 : 503, json::object{{"state", now}}, {}};
         })},
        {"GET", "/health", for_anybody, Body::none,
         at_once([state = std::move(state)](Call&) -> Answer<Reply> {
             const auto now = state();
             return Reply{now == "ok" ? 200 : 503, json::object{{"state", now}}, {}};
         })},
        {"GET", "/setup", for_anybody, Body::none,
         at_once([&](Call& call) { return get_setup(accounts, rules, settings, call); })},
        {"POST", "/setup", for_anybody, Body::object,
         at_once([&](Call& call) { return set_up(accounts, settings, call); })},
        {"GET", "/settings", when_signed_in, Body::none, at_once([&](Call&) -> Answer<Reply> {
             auto all = settings.get();
             if (!all) return std::unexpected(all.error());
             return ok(*std::move(all));
         })},
        {"PATCH", "/settings", may_all(Function::settings, Level::administer), Body::object,
         at_once([&](Call& call) { return change_settings(settings, call); })},
    };
}

Operations metrics_operations(std::function<std::string()> text) {
    return {{"GET", "/metrics", may_all(Function::settings, Level::view), Body::none,
             at_once([text = std::move(text)](Call&) -> Answer<Reply> {
                 Reply reply;
                 reply.raw = {std::string(Exposition::content_type), text()};
                 return reply;
             })}};
}

Operations status_operations(std::function<Answer<json::object>()> status) {
    return {{"GET", "/system/status", may_all(Function::settings, Level::view), Body::none,
             at_once([status = std::move(status)](Call&) { return ok_or_problem(status()); })}};
}

}  // namespace sallyport::server

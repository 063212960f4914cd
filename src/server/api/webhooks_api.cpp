#include "server/api/webhooks_api.hpp"

#include <algorithm>
#include <memory>

#include <boost/json/array.hpp>

#include "base/enum_text.hpp"
#include "core/record/record.hpp"
#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

bool is_url(std::string_view text) {
    return ports::parse_https_url(text).has_value();
}
constexpr TextRule url_rule{
    1, 2'048, is_url, "Write an address such as https://example.org/hook: https only, without an account."};

std::optional<std::vector<std::string>> read_kinds(Fields& fields) {
    const auto* list = fields.list("kinds", 0, 64);
    if (list == nullptr) return std::nullopt;
    std::vector<std::string> kinds;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* word = (*list)[i].if_string();
        const auto place = "kinds." + std::to_string(i);
        if (word == nullptr || !base::enum_from<core::RecordKind>(std::string_view(*word)))
            fields.wrong(place, "choice", "This is no kind of event.");
        else if (std::ranges::find(kinds, std::string_view(*word)) != kinds.end())
            fields.wrong(place, "duplicate", "This kind stands here already.");
        else
            kinds.emplace_back(*word);
    }
    return kinds;
}

Answer<WebhookPatch> webhook_body(const Call& call, Sent sent) {
    return read_body(call, sent, [&](Fields& fields, std::vector<FieldError>&) {
        const bool is_new = sent == Sent::anything;
        const auto need = is_new ? Need::required : Need::optional;
        WebhookPatch patch;
        patch.name = fields.text("name", name_rule, need);
        patch.url = fields.text("url", url_rule, need);
        patch.kinds = read_kinds(fields);
        patch.enabled = fields.truth("enabled");
        if (!is_new) patch.revision = read_revision(fields);
        return patch;
    });
}

/// What is sent tells who came where: nobody sends on what they may not see.
Outcome check_sees_events(const Call& call) {
    const auto& rights = call.session->account.rights;
    if (rights.may(Function::events, Level::view) && rights.may(Function::people, Level::view)) return {};
    return refuse(base::ErrorKind::forbidden, "beyond_your_rights",
                  "A webhook tells of events and people, which this account may not see.");
}

constexpr Access looks = may_all(Function::settings, Level::view);
constexpr Access keeps = may_all(Function::settings, Level::administer);

}  // namespace

Operations webhook_operations(Webhooks& webhooks) {
    return {
        {"GET", "/webhooks", looks, Body::none,
         at_once([&](Call&) { return ok_or_problem(webhooks.list()); })},
        {"POST", "/webhooks", keeps, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = webhook_body(call, Sent::anything);
             if (!patch) return std::unexpected(patch.error());
             if (auto sees = check_sees_events(call); !sees) return std::unexpected(sees.error());
             return created_or_problem(webhooks.add(*patch, call.actor()));
         })},
        {"GET", "/webhooks/{id}", looks, Body::none,
         at_once([&](Call& call) { return ok_or_problem(webhooks.get(call.id())); })},
        {"PATCH", "/webhooks/{id}", keeps, Body::object, at_once([&](Call& call) -> Answer<Reply> {
             const auto patch = webhook_body(call, Sent::something);
             if (!patch) return std::unexpected(patch.error());
             if (auto sees = check_sees_events(call); !sees) return std::unexpected(sees.error());
             return ok_or_problem(webhooks.change(call.id(), *patch, call.actor()));
         })},
        {"DELETE", "/webhooks/{id}", keeps, Body::none,
         at_once([&](Call& call) { return nothing_or_problem(webhooks.remove(call.id(), call.actor())); })},
        {"GET", "/webhooks/{id}/deliveries", looks, Body::none,
         at_once([&](Call& call) { return ok_or_problem(webhooks.deliveries(call.id())); })},
        {"POST", "/webhooks/{id}/test", keeps, Body::none,
         [&](Call call, Finish finish) {
             auto shared = std::make_shared<Finish>(std::move(finish));
             webhooks.test(call.id(), [shared](Answer<boost::json::object> outcome) {
                 (*shared)(ok_or_problem(std::move(outcome)));
             });
         }},
    };
}

}  // namespace sallyport::server

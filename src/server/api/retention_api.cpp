#include "server/api/retention_api.hpp"

#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

constexpr std::int64_t longest_days = 36'500;
constexpr TextRule notice_rule{0, 20'000, nullptr, {}};

RetentionPatch read_periods(Fields& fields, std::vector<FieldError>&) {
    RetentionPatch patch;
    patch.events = fields.nullable_integer("events_days", 1, longest_days);
    patch.photos = fields.nullable_integer("photos_days", 1, longest_days);
    patch.people = fields.nullable_integer("people_days", 1, longest_days);
    patch.audit = fields.nullable_integer("audit_days", 1, longest_days);
    return patch;
}

NoticePatch read_notice(Fields& fields, std::vector<FieldError>&) {
    NoticePatch patch;
    patch.en = fields.text("en", notice_rule);
    patch.zh = fields.text("zh", notice_rule);
    return patch;
}

Answer<Reply> change_periods(Retention& retention, const Call& call) {
    const auto patch = read_body(call, Sent::something, read_periods);
    if (!patch) return std::unexpected(patch.error());
    return ok_or_problem(retention.change(*patch, call.actor()));
}

Answer<Reply> change_notice(Retention& retention, const Call& call) {
    const auto patch = read_body(call, Sent::something, read_notice);
    if (!patch) return std::unexpected(patch.error());
    return ok_or_problem(retention.change_notice(*patch, call.actor()));
}

}  // namespace

Operations retention_operations(Retention& retention) {
    return {
        {"GET", "/settings/retention", may_all(Function::settings, Level::view), Body::none,
         at_once([&](Call&) -> Answer<Reply> { return ok(retention.get()); })},
        {"PATCH", "/settings/retention", may_all(Function::settings, Level::administer), Body::object,
         at_once([&](Call& call) { return change_periods(retention, call); })},
        {"GET", "/privacy-notice", when_signed_in, Body::none,
         at_once([&](Call&) { return ok_or_problem(retention.notice()); })},
        {"PATCH", "/privacy-notice", may_all(Function::settings, Level::administer), Body::object,
         at_once([&](Call& call) { return change_notice(retention, call); })},
    };
}

}  // namespace sallyport::server

#include "server/api/verification_api.hpp"

#include <memory>

#include "base/enum_text.hpp"
#include "server/api/answers.hpp"

namespace sallyport::server {

namespace {

Viewer viewer_of(const Call& call) {
    return {call.session->account.rights, call.part};
}

Answer<Reply> list_questions(const Verifications& verifications, const Call& call) {
    if (auto page = only_page(call); !page) return std::unexpected(std::move(page.error()));
    return ok(verifications.list(viewer_of(call)));
}

void answer_question(Verifications& verifications, Devices& devices, const Call& call, Finish finish) {
    const auto word = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.choice("answer", {"granted", "denied"}, Need::required);
    });
    if (!word) return finish(std::unexpected(word.error()));
    const auto answer = *base::enum_from<core::Verification>(**word);
    const auto taken = verifications.take(call.id(), answer, viewer_of(call), call.session->account.name);
    if (!taken) return finish(std::unexpected(taken.error()));
    auto shared = std::make_shared<Finish>(std::move(finish));
    devices.verify(*taken, call.actor(),
                   [&verifications, shared, id = call.id(),
                    viewer = viewer_of(call)](const base::Result<base::UtcTime>& told) {
                       const auto status = told ? base::Status{} : std::unexpected(told.error());
                       verifications.settle(id, status);
                       if (!told) return (*shared)(std::unexpected(Problem(told.error())));
                       (*shared)(ok_or_problem(verifications.get(id, viewer)));
                   });
}

}  // namespace

Operations verification_operations(Verifications& verifications, Devices& devices) {
    const auto control = may(Function::doors, Level::control);
    return {
        {"GET", "/verifications", control, Body::none,
         at_once([&](Call& call) { return list_questions(verifications, call); })},
        {"GET", "/verifications/{id}", control, Body::none,
         at_once([&](Call& call) { return ok_or_problem(verifications.get(call.id(), viewer_of(call))); })},
        {"POST", "/verifications/{id}/answer", control, Body::object,
         [&](const Call& call, Finish finish) {
             answer_question(verifications, devices, call, std::move(finish));
         }},
    };
}

}  // namespace sallyport::server

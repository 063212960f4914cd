// What operators say about people at the doors: verification, anti-passback (docs/device-protocol.md).
#include <fmt/core.h>

#include "codec/dhip/person_json.hpp"
#include "codec/dhip/question_json.hpp"
#include "codec/dhip/reader.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"

namespace sallyport::controller {

namespace dhip = codec::dhip;

namespace {

constexpr std::size_t by_bytes = 100;

std::string_view read_by(const dhip::Reader& params) {
    const auto by = params["by"];
    return by.present() ? by.text(by_bytes) : std::string_view();
}

}  // namespace

std::string DeviceSession::named(std::string_view operator_name) const {
    return operator_name.empty() ? caller_.account : fmt::format("{}: {}", caller_.account, operator_name);
}

void DeviceSession::question(const core::AskOperator& asked) {
    if (streaming_) notify("client.notifyVerification", dhip::to_json(asked));
}

void DeviceSession::question_over(const core::StopAsking& over) {
    if (streaming_) notify("client.notifyVerificationOver", {{"question", over.question}});
}

void DeviceSession::verify(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto question = params["question"].count();
    const auto said = params["answer"];
    const auto answer_said = said.word<core::Verification>();
    if (answer_said != core::Verification::granted && answer_said != core::Verification::denied)
        said.complain("has to be granted or denied");
    const std::string by = named(read_by(params));
    if (fault) return refuse(request, *fault);
    auto& controller = service_.controller();
    if (!controller.station().is_asking(question)) {
        return refuse(request, {base::ErrorKind::conflict, "question_over",
                                "The question is over: it was answered already, or nobody waits any more."});
    }
    controller.handle(core::OperatorAnswered{question, answer_said, by});
    answer(request);
}

void DeviceSession::pardon(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto user_id = dhip::read_user_id(params["user_id"]);
    const std::string by = named(read_by(params));
    if (fault) return refuse(request, *fault);
    auto& controller = service_.controller();
    if (controller.station().roster().find(user_id) == nullptr) {
        return refuse(request, {base::ErrorKind::invalid, "invalid_parameter",
                                fmt::format("There is no person {} here.", user_id.view())});
    }
    controller.handle(core::PositionForgotten{user_id, by});
    answer(request);
}

void DeviceSession::reset_area(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto area = params["area"].integer(0, 255);
    const std::string by = named(read_by(params));
    if (fault) return refuse(request, *fault);
    const core::AreaNumber number{static_cast<std::uint8_t>(area)};
    service_.controller().handle(core::PositionForgotten{number, by});
    answer(request);
}

}  // namespace sallyport::controller

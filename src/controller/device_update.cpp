// An update comes in pieces; whoever may install it looks at it once more (docs/decisions/0011).
#include <fmt/core.h>

#include "base/base64.hpp"
#include "codec/dhip/reader.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"

namespace sallyport::controller {

namespace dhip = codec::dhip;

namespace {

constexpr std::size_t piece_bytes = 1 << 20;

}  // namespace

void DeviceSession::stage_update(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto offset = params["offset"].count();
    const auto total = params["total"].count();
    auto piece = base::from_base64(params["piece"].text(piece_bytes * 4 / 3 + 4));
    if (fault) return refuse(request, *fault);
    if (!piece || offset > total)
        return refuse(request, {base::ErrorKind::invalid, "invalid_parameter",
                                "params.piece has to be base64, and params.offset within params.total."});
    auto* const stage = service_.update_stage();
    if (stage == nullptr)
        return refuse(request, {base::ErrorKind::unavailable, "updates_off",
                                "This controller takes no updates: it has no update_key."});
    Request bare = request;
    bare.params.clear();  // a mebibyte does not wait for the disk twice
    auto work = [stage, offset, total, piece = *std::move(piece)] {
        return stage->take(offset, total, piece);
    };
    auto done = while_open([this, bare](const base::Result<std::string>& version) {
        using core::DetailName;
        if (!version) {
            service_.note(core::RecordKind::settings_changed,
                          {core::DetailTerm::update_refused,
                           {{DetailName::why, version.error().code}, {DetailName::by, caller_.account}}});
            return refuse(bare, version.error());
        }
        if (!version->empty())
            service_.note(core::RecordKind::settings_changed,
                          {core::DetailTerm::update_staged,
                           {{DetailName::version, *version}, {DetailName::by, caller_.account}}});
        answer(bare, {{"staged", *version}});
    });
    if (!service_.aside(std::move(work), std::move(done)))
        refuse(request, {base::ErrorKind::limit, "busy", "Another piece is under way: wait for its answer."});
}

}  // namespace sallyport::controller

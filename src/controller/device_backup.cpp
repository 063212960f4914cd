// The configuration out of the controller and into it, sealed (docs/decisions/0010).
#include <fmt/core.h>

#include "base/base64.hpp"
#include "base/enum_text.hpp"
#include "codec/dhip/reader.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"

namespace sallyport::controller {

namespace dhip = codec::dhip;

namespace {

constexpr std::size_t passphrase_bytes = 1'024;
/// As base64 it has to fit into a frame.
constexpr std::size_t backup_bytes = 11 << 20;

base::Error too_large() {
    return {
        base::ErrorKind::limit, "limit",
        "The backup is too large for the device protocol: use `sallyport-door backup` and `restore` on the "
        "controller."};
}

base::Error busy() {
    return {base::ErrorKind::limit, "busy", "A backup is under way already: try again in a moment."};
}

base::Error not_offered() {
    return {base::ErrorKind::unavailable, "busy", "This controller makes no backups."};
}

}  // namespace

void DeviceSession::backup(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    base::Secret passphrase(std::string(params["passphrase"].text(passphrase_bytes)));
    if (fault) return refuse(request, *fault);
    if (auto status = ports::check_passphrase(passphrase); !status) return refuse(request, status.error());
    auto* const backups = service_.backups();
    if (backups == nullptr) return refuse(request, not_offered());
    Request bare = request;
    bare.params.clear();  // the passphrase does not stay in memory meanwhile
    auto& controller = service_.controller();
    auto work = [backups, passphrase = std::move(passphrase),
                 copy = ports::Backup{controller.configuration(), controller.serial(),
                                      controller.now().utc}] { return backups->seal(copy, passphrase); };
    auto done = while_open([this, bare](const base::Result<std::string>& sealed) {
        if (!sealed) return refuse(bare, sealed.error());
        if (sealed->size() > backup_bytes) return refuse(bare, too_large());
        service_.note(core::RecordKind::settings_changed,
                      {core::DetailTerm::backup_made, {{core::DetailName::by, caller_.account}}});
        answer(bare, {{"backup", base::to_base64(*sealed)}});
    });
    if (!service_.aside(std::move(work), std::move(done))) refuse(request, busy());
}

void DeviceSession::restore(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    base::Secret passphrase(std::string(params["passphrase"].text(passphrase_bytes)));
    const auto people =
        params["people"].present() ? params["people"].word<RestoredPeople>() : RestoredPeople::owners;
    auto sealed = base::from_base64(params["backup"].text(dhip::frame_body_limit));
    if (fault) return refuse(request, *fault);
    if (!sealed)
        return refuse(request,
                      {base::ErrorKind::invalid, "invalid_parameter", "params.backup is no base64."});
    auto* const backups = service_.backups();
    if (backups == nullptr) return refuse(request, not_offered());
    Request bare = request;
    bare.params.clear();
    auto work = [backups, passphrase = std::move(passphrase), sealed = *std::move(sealed)] {
        return backups->open(sealed, passphrase);
    };
    auto done = while_open([this, bare, people](base::Result<ports::Backup> opened) {
        if (!opened) return refuse(bare, opened.error());
        restore_from(bare, *std::move(opened), people);
    });
    if (!service_.aside(std::move(work), std::move(done))) refuse(request, busy());
}

void DeviceSession::restore_from(const Request& request, ports::Backup opened, RestoredPeople people) {
    auto& controller = service_.controller();
    auto prepare = [&controller, opened = std::move(opened), people,
                    by = caller_.account]() -> base::Result<PolicyChange> {
        if (!controller.running())
            return base::fail(base::ErrorKind::unavailable, "busy", "The controller is starting.");
        ports::ControllerImage present;
        present.accounts = controller.accounts();
        present.owner = controller.owner();
        present.pin_key = controller.station().pin_key();
        const auto now = controller.now();
        auto write = restore_write(opened, present,
                                   {people, by, now.utc, now.local.utc_offset_s, controller.options().roster,
                                    controller.options().calendar});
        if (!write) return std::unexpected(write.error());
        return PolicyChange{*std::move(write), {}};
    };
    controller.change_policy(std::move(prepare), while_open([this, request](const base::Status& status) {
                                 finish(request, status);
                                 // Everything in memory is read again; sessions end, as after a factory
                                 // reset.
                                 if (status) service_.controller().restart(core::PoweredOn::Cause::started);
                             }));
}

}  // namespace sallyport::controller

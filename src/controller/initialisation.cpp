#include "controller/initialisation.hpp"

#include "controller/device_service.hpp"

namespace sallyport::controller {
namespace {

base::Result<PolicyChange> prepare(Controller& controller, const ports::Account& account,
                                   const Initialisation& wanted) {
    if (!controller.running() || controller.initialised())
        return base::fail(base::ErrorKind::conflict, "conflict", "Somebody else was faster: log in.");
    const auto now = controller.now();
    PolicyChange change;
    change.write.accounts = {account};
    change.write.settings =
        [hash = core::hash_admin_password(controller.station().pin_key(), wanted.keypad_password)](
            core::Settings& settings) { settings.admin_password = hash; };
    auto& record = change.write.records.emplace_back();
    record.kind = core::RecordKind::settings_changed;
    record.at = now.utc;
    record.utc_offset_s = now.local.utc_offset_s;
    record.method = core::Method::remote;
    record.detail =
        core::written({core::DetailTerm::initialised, {{core::DetailName::address, wanted.from}}});
    change.take_up = [set = change.write.settings](core::Station& station) {
        auto settings = station.settings();
        set(settings);
        station.set_settings(std::move(settings));
    };
    return change;
}

}  // namespace

void initialise(DeviceService& service, Initialisation wanted,
                std::move_only_function<void(base::Result<base::Secret>)> done) {
    if (service.controller().initialised()) {
        return done(base::fail(base::ErrorKind::conflict, "conflict",
                               "The controller is initialised already: log in with its password."));
    }
    if (wanted.keypad_password.empty()) wanted.keypad_password = new_keypad_password();
    auto status = check_password(wanted.password);
    if (status) status = check_keypad_password(wanted.keypad_password);
    if (!status) return done(std::unexpected(status.error()));
    const auto password = std::exchange(wanted.password, {});
    service.make_account(
        "admin", ports::AccountRole::admin, password,
        [&service, wanted = std::move(wanted),
         done = std::move(done)](base::Result<ports::Account> account) mutable {
            if (!account) return done(std::unexpected(account.error()));
            auto& controller = service.controller();
            auto keypad_password = wanted.keypad_password;
            controller.change_policy(
                [&controller, account = *account, wanted = std::move(wanted)] {
                    return prepare(controller, account, wanted);
                },
                [keypad_password, done = std::move(done)](const base::Status& stored) mutable {
                    if (!stored) return done(std::unexpected(stored.error()));
                    done(std::move(keypad_password));
                });
        });
}

}  // namespace sallyport::controller

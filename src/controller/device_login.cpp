// The part of a session that comes before trust: login, initialisation.
#include "codec/dhip/reader.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"

namespace sallyport::controller {

namespace dhip = codec::dhip;

namespace {

constexpr std::size_t name_bytes = 64;
constexpr std::size_t password_bytes = 1'024;

std::string text_or_empty(const dhip::Reader& member, std::size_t most) {
    return member.present() ? std::string(member.text(most)) : std::string();
}

}  // namespace

void DeviceSession::login(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto account = text_or_empty(params["userName"], name_bytes);
    base::Secret password(text_or_empty(params["password"], password_bytes));
    const auto key = text_or_empty(params["sessionKey"], 128);
    const auto client = text_or_empty(params["clientType"], name_bytes);
    const auto kind = text_or_empty(params["loginType"], name_bytes);
    const auto encryption = text_or_empty(params["encryption"], name_bytes);
    if (fault) return refuse(request, *fault);
    const auto address = stream_->peer_address();
    // Real bypasses of deployed devices (CVE-2021-33044, CVE-2021-33045).
    if (client == "NetKeyboard" || kind == "Loopback") {
        service_.note_login(account, address, core::DetailTerm::login_bypass_refused);
        return refuse(request,
                      {base::ErrorKind::forbidden, "forbidden", "This way of logging in is not allowed."});
    }
    if (auto status = allowed({"", Right::session, nullptr});
        !status && status.error().code == "not_initialised")
        return refuse(request, status.error());
    const auto now = service_.real_now();
    if (auto status = service_.guard().check_address(address, now); !status)
        return refuse(request, status.error());
    if (!key.empty()) {
        if (service_.session_keys().fits(account, key, now)) return logged_in(request, account);
        service_.guard().failed(account, address, now);
        return login_failed(request, account,
                            {base::ErrorKind::unauthenticated, "wrong_password",
                             "The session key is not valid: log in with the password."});
    }
    if (password.empty()) {
        challenged_ = account;
        auto answer = dhip::refusal(
            request, dhip::device_error(dhip::login_challenge, "Component error: login challenge!"));
        answer.session = number_;
        answer.params = {{"random", std::to_string(number_)},
                         {"realm", "Login to " + service_.controller().serial()},
                         {"encryption", "TLS"}};
        --waiting_;
        stream_->send(dhip::encode_answer(answer));
        return;
    }
    if (encryption != "TLS" || challenged_ != account || account.empty()) {
        return refuse(request, {base::ErrorKind::invalid, "invalid_parameter",
                                "Ask with an empty password first, then send it with encryption \"TLS\"."});
    }
    login_with_password(request, account, std::move(password));
}

void DeviceSession::login_with_password(const Request& request, const std::string& account,
                                        base::Secret password) {
    if (auto status = service_.guard().check_account(account, service_.real_now()); !status)
        return refuse(request, status.error());
    // Counted before it is known: many passwords at once must not be more guesses than one after another.
    service_.guard().failed(account, stream_->peer_address(), service_.real_now());
    std::string hash;
    for (const auto& known : service_.controller().accounts())
        if (known.name == account) hash = known.argon2id;
    service_.passwords().verify(std::move(password), hash,
                                while_open([this, request, account](const base::Status& status) {
                                    if (status) return logged_in(request, account);
                                    login_failed(request, account, status.error());
                                }));
}

void DeviceSession::login_failed(const Request& request, const std::string& account,
                                 const base::Error& error) {
    if (error.kind == base::ErrorKind::unauthenticated)
        service_.note_login(account, stream_->peer_address(), core::DetailTerm::login_refused);
    refuse(request, error);
}

void DeviceSession::logged_in(const Request& request, const std::string& account) {
    const auto& accounts = service_.controller().accounts();
    const auto known = std::ranges::find(accounts, account, &ports::Account::name);
    if (known == accounts.end()) {
        return refuse(request, {base::ErrorKind::unauthenticated, "wrong_password",
                                "The user or the password is wrong."});
    }
    account_ = *known;
    challenged_.clear();
    claimed_.clear();
    streaming_.reset();
    decoder_.set_body_limit(dhip::frame_body_limit);
    service_.guard().succeeded(account, stream_->peer_address());
    service_.note_login(account, stream_->peer_address(), core::DetailTerm::login_accepted);
    answer(request, {{"keepAliveInterval", 60},
                     {"sessionKey", service_.session_keys().renew(account, service_.real_now())}});
}

void DeviceSession::keep_alive(const Request& request) {
    answer(request);
}

void DeviceSession::logout(const Request& request) {
    answer(request);
    close();
    service_.forget(number_);
}

void DeviceSession::initialise(const Request& request) {
    if (service_.controller().initialised()) {
        return refuse(request, {base::ErrorKind::conflict, "conflict",
                                "The controller is initialised already: log in with its password."});
    }
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    base::Secret password(std::string(params["password"].text(password_bytes)));
    base::Secret keypad_password(text_or_empty(params["keypadPassword"], 16));
    if (fault) return refuse(request, *fault);
    if (keypad_password.empty()) keypad_password = new_keypad_password();
    auto status = check_password(password);
    if (status) status = check_keypad_password(keypad_password);
    if (!status) return refuse(request, status.error());
    service_.passwords().hash(
        std::move(password),
        while_open([this, request, keypad_password](const base::Result<std::string>& hash) {
            if (!hash) return refuse(request, hash.error());
            initialise_with(request, *hash, keypad_password);
        }));
}

void DeviceSession::initialise_with(const Request& request, const std::string& hash,
                                    base::Secret keypad_password) {
    auto& controller = service_.controller();
    auto prepare = [&controller, hash, keypad_password,
                    from = stream_->peer_address()]() -> base::Result<PolicyChange> {
        if (!controller.running() || controller.initialised())
            return base::fail(base::ErrorKind::conflict, "conflict", "Somebody else was faster: log in.");
        const auto now = controller.now();
        PolicyChange change;
        change.write.accounts = {{{"admin", ports::AccountRole::admin, hash}}};
        auto settings = controller.station().settings();
        settings.admin_password = core::hash_admin_password(controller.station().pin_key(), keypad_password);
        change.write.settings = settings;
        auto& record = change.write.records.emplace_back();
        record.kind = core::RecordKind::settings_changed;
        record.at = now.utc;
        record.utc_offset_s = now.local.utc_offset_s;
        record.method = core::Method::remote;
        record.detail = core::written({core::DetailTerm::initialised, {{core::DetailName::address, from}}});
        change.take_up = [settings](core::Station& station) { station.set_settings(settings); };
        return change;
    };
    controller.change_policy(
        std::move(prepare), while_open([this, request, keypad_password](const base::Status& status) {
            finish(
                request, status,
                {{"keypadPassword", keypad_password.reveal()}, {"serial", service_.controller().serial()}});
        }));
}

}  // namespace sallyport::controller

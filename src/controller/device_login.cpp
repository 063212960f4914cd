// The part of a session that comes before trust: login, initialisation.
#include <fmt/core.h>
#include <sodium.h>

#include "codec/cgi/digest.hpp"
#include "codec/dhip/reader.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"
#include "controller/initialisation.hpp"

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
    if (auto status = service_.refuse_bypass(account, address, client, kind); !status)
        return refuse(request, status.error());
    if (auto status = check_right(service_.controller(), caller_, Right::session);
        !status && status.error().code == "not_initialised")
        return refuse(request, status.error());
    const auto now = service_.real_now();
    if (auto status = service_.guard().check_address(address, now); !status)
        return refuse(request, status.error());
    if (!key.empty() && caller_.channel == Channel::tls) {
        if (service_.session_keys().fits(account, key, now)) return logged_in(request, account);
        return refuse_key(request);
    }
    if (password.empty()) return challenge(request, account);
    const bool in_clear = encryption == "TLS" && caller_.channel == Channel::tls;
    const bool as_hash = encryption != "TLS" && service_.plain_hashes() != nullptr;
    if ((!in_clear && !as_hash) || challenged_ != account || account.empty()) {
        return refuse(request,
                      {base::ErrorKind::invalid, "invalid_parameter",
                       caller_.channel == Channel::tls
                           ? "Ask with an empty password first, then send it with encryption \"TLS\"."
                           : "Ask with an empty password first, then answer the challenge."});
    }
    if (as_hash) return login_with_hash(request, account, password);
    login_with_password(request, account, std::move(password));
}

void DeviceSession::challenge(const Request& request, const std::string& account) {
    challenged_ = account;
    random_ = std::to_string(randombytes_uniform(1'000'000'000)) +
              std::to_string(randombytes_uniform(1'000'000'000));
    auto answer = dhip::refusal(
        request, dhip::device_error(dhip::login_challenge, "Component error: login challenge!"));
    answer.session = number_;
    answer.params = {{"random", random_},
                     {"realm", service_.realm()},
                     {"encryption", caller_.channel == Channel::tls ? "TLS" : "Default"}};
    --waiting_;
    stream_->send(dhip::encode_answer(answer));
}

// No guess at a password, and nobody was refused: every manager has such a key after this controller
// restarted. It is 256 random bits; a connection may be mistaken once, and none costs more than looking it
// up.
void DeviceSession::refuse_key(const Request& request) {
    if (std::exchange(key_refused_, true)) return close_because("a second unknown session key came.");
    refuse(request, {base::ErrorKind::unauthenticated, "session_key_unknown",
                     "The session key is not known, or too old: log in with the password."});
}

void DeviceSession::login_with_password(const Request& request, const std::string& account,
                                        base::Secret password) {
    if (auto status = service_.guard().check_account(account, service_.real_now()); !status)
        return refuse(request, status.error());
    // Counted before it is known: many passwords at once must not be more guesses than one after another.
    service_.guard().failed(account, stream_->peer_address(), service_.real_now());
    const auto* known = find_account(service_.controller(), account);
    service_.passwords().verify(std::move(password), known == nullptr ? std::string() : known->argon2id,
                                while_open([this, request, account](const base::Status& status) {
                                    if (status) return logged_in(request, account);
                                    login_failed(request, account, status.error());
                                }));
}

// A challenge is good for one answer.
void DeviceSession::login_with_hash(const Request& request, const std::string& account,
                                    const base::Secret& answer) {
    challenged_.clear();
    const auto status =
        service_.check_plain_login(account, stream_->peer_address(), [&](const base::Secret& hash) {
            return codec::cgi::login_answer(account, random_, hash).equals(answer)
                       ? DeviceService::Proof::right
                       : DeviceService::Proof::wrong;
        });
    if (status) return logged_in(request, account);
    login_failed(request, account, status.error());
}

void DeviceSession::login_failed(const Request& request, const std::string& account,
                                 const base::Error& error) {
    if (error.kind == base::ErrorKind::unauthenticated)
        service_.note_login(account, stream_->peer_address(), core::DetailTerm::login_refused);
    refuse(request, error);
}

void DeviceSession::logged_in(const Request& request, const std::string& account) {
    if (find_account(service_.controller(), account) == nullptr) {
        return refuse(request, {base::ErrorKind::unauthenticated, "wrong_password",
                                "The user or the password is wrong."});
    }
    visited_ = Visited::by_somebody;
    caller_.account = account;
    caller_.claimed.clear();
    challenged_.clear();
    // What another account was told before is not this one's.
    streaming_.reset();
    events_.reset();
    config_.reset();
    decoder_.set_body_limit(find_account(service_.controller(), account)->role == ports::AccountRole::admin
                                ? dhip::frame_body_limit
                                : dhip::modest_body_limit);
    service_.guard().succeeded(account, stream_->peer_address());
    service_.note_login(account, stream_->peer_address(), core::DetailTerm::login_accepted);
    Params given{{"keepAliveInterval", 60}};
    if (caller_.channel == Channel::tls)
        given["sessionKey"] = service_.session_keys().renew(account, service_.real_now());
    answer(request, std::move(given));
}

void DeviceSession::keep_alive(const Request& request) {
    answer(request, {{"timeout", 60}});
}

void DeviceSession::logout(const Request& request) {
    answer(request);
    close();
    service_.forget(number_);
}

void DeviceSession::initialise(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    Initialisation wanted;
    wanted.from = stream_->peer_address();
    if (params["password"].present())
        wanted.password = base::Secret(std::string(params["password"].text(password_bytes)));
    wanted.keypad_password = base::Secret(text_or_empty(params["keypadPassword"], 16));
    if (fault) return refuse(request, *fault);
    controller::initialise(service_, std::move(wanted),
                           while_open([this, request](const base::Result<base::Secret>& keypad_password) {
                               if (!keypad_password) return refuse(request, keypad_password.error());
                               answer(request, {{"keypadPassword", keypad_password->reveal()},
                                                {"serial", service_.controller().serial()}});
                           }));
}

}  // namespace sallyport::controller

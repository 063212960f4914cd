// What arrives in datagrams besides a search, where `compatibility` is on.
#include "codec/cgi/loose.hpp"
#include "codec/dhip/message.hpp"
#include "controller/device_service.hpp"
#include "controller/initialisation.hpp"

namespace sallyport::controller {

namespace cgi = codec::cgi;
namespace dhip = codec::dhip;

void DeviceService::take_datagram(std::string_view bytes, const ports::Endpoint& from,
                                  std::function<void(std::string)> reply) {
    auto request = plain_hashes_ ? dhip::datagram_request(bytes)
                                 : base::Result<dhip::Request>(std::unexpected(base::Error{}));
    const bool known =
        request && (request->method == "DevInit.account" || request->method == "DHDiscover.setConfig");
    if (!known) {
        if (auto answer = answer_datagram(bytes, from)) reply(*std::move(answer));
        return;
    }
    cgi::Fault fault;
    const cgi::Loose params(request->params, fault);
    // A datagram may reach every device of a network: only the one that is named answers.
    if (params.either("SerialNo", "serial").text(64) != controller_.serial() || fault) return;
    const auto refuse = [reply, asked = dhip::Request{request->session, request->id, request->method, {}}](
                            const base::Error& error) {
        reply(dhip::encode_answer(dhip::refusal(asked, dhip::device_error(error))));
    };
    if (request->method == "DHDiscover.setConfig") {
        const auto account = controller_.initialised() ? params["userName"].text(64) : std::string();
        const auto status = move_as_asked(params, account, from.address);
        if (fault) return refuse(*fault);
        if (!status) return refuse(status.error());
        dhip::Answer answer;
        answer.id = request->id;
        answer.params = {{"SerialNo", controller_.serial()}};
        return reply(dhip::encode_answer(answer));
    }
    Initialisation wanted{base::Secret(params["password"].text(1'024)),
                          base::Secret(params["keypadPassword"].text(16)), from.address};
    if (fault) return refuse(*fault);
    initialise(*this, std::move(wanted),
               [this, reply, refuse, asked = request->id](const base::Result<base::Secret>& keypad_password) {
                   if (!keypad_password) return refuse(keypad_password.error());
                   dhip::Answer answer;
                   answer.id = asked;
                   answer.params = {{"keypadPassword", keypad_password->reveal()},
                                    {"SerialNo", controller_.serial()}};
                   reply(dhip::encode_answer(answer));
               });
}

/// A controller that nobody has set up may be moved by anybody, as it may be given its first password; others
/// by an administrator, whose proof is MD5U(user:realm:password), which whoever overhears it can use again.
base::Status DeviceService::move_as_asked(const cgi::Loose& params, const std::string& account,
                                          const std::string& from) {
    base::Status status;
    if (controller_.initialised()) {
        const base::Secret proof(params["password"].text(128));
        // Who sent a datagram is anybody's word: a wrong one locks no address out, and one that was overheard
        // and is sent again forgives nothing.
        status = check_plain_login(account, "datagrams", [&](const base::Secret& hash) {
            return hash.equals(proof) ? Proof::stale : Proof::wrong;
        });
        if (!status && status.error().kind == base::ErrorKind::unauthenticated)
            note_login(account, from, core::DetailTerm::login_refused);
        if (status) status = check_right(controller_, {account, from, 0, {}}, Right::admin);
    }
    const auto address = wanted_address(params["IPv4Address"]);
    if (status) status = check_address(address);
    if (status) change_address(address, account);
    return status;
}

}  // namespace sallyport::controller

#pragma once
// Hands a mail to a mail server (SMTP submission, RFC 6409). Implementation: adapters/mail.
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/secret.hpp"
#include "ports/outside_error.hpp"
#include "ports/server_trust.hpp"
#include "ports/transport.hpp"

namespace sallyport::ports {

struct MailServer {
    /// Where there is TLS: from the first byte (RFC 8314, port 465), or after STARTTLS, without which nothing
    /// is sent (port 587).
    enum class Begins : std::uint8_t { at_once, starttls };
    Endpoint at;
    ServerTrust trust;
    Begins begins = Begins::at_once;
    std::string account{};  ///< empty: no login
    std::optional<base::Secret> password{};
    std::string own_name{};  ///< as this machine names itself
};

struct OutgoingMail {
    std::string from;  ///< the addresses of the envelope, as codec::is_mail_address takes them
    std::string to;
    std::string message;  ///< as codec::mail_message makes it
};

/// Returns when the server has taken it, or with why not, within 30 s, or soon after `stop`. Any thread, also
/// several at once. Errors: unavailable "unreachable" / "refused" / "no_starttls" / "connection_lost" /
/// "put_off" (this mail, for now) / "stopping", timeout "timeout", forbidden "login_refused", corrupt
/// "tls_failed", invalid "mail_refused": this mail will never be taken.
using SendMail =
    std::function<OutsideResult<void>(const MailServer&, const OutgoingMail&, const std::stop_token& stop)>;

}  // namespace sallyport::ports

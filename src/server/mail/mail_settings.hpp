#pragma once
// What is set of outgoing mail (platform.md I1, decision 0022).
#include "ports/mail_transport.hpp"
#include "server/outlets/outlet_server.hpp"

namespace sallyport::server {

struct MailSettings {
    bool enabled = false;
    OutletServer server{.port = 465};
    ports::MailServer::Begins begins = ports::MailServer::Begins::at_once;
    bool in_clear = false;  ///< without TLS also to another machine
    std::string sender;     ///< an address; empty: not set up
    std::int64_t revision = 1;
};

struct MailPatch {
    std::optional<bool> enabled;
    OutletServerPatch server;
    std::optional<std::string> begins;  ///< at_once, starttls
    std::optional<bool> in_clear;
    std::optional<std::string> sender;
    std::optional<std::int64_t> revision;
};

/// As in GET /settings/mail, without the state.
[[nodiscard]] boost::json::object told_of(const MailSettings&);
[[nodiscard]] MailSettings mail_settings_from(const StoredOutlet&);
/// Errors: invalid `host` and `sender` "missing" where it is to be switched on, `tls` "in_clear" where it
/// would go to another machine in clear and nobody has said so, and those of the server.
[[nodiscard]] Answer<MailSettings> patched(const MailSettings&, const MailPatch&, const CheckAuthorities&);

}  // namespace sallyport::server

#include "server/mail/mail_settings.hpp"

#include <algorithm>

namespace sallyport::server {

namespace json = boost::json;
using ports::MailServer;
using ports::ServerTrust;

namespace {

constexpr std::string_view after_starttls = "starttls";

bool is_this_machine(std::string_view host) {
    if (host == "localhost" || host == "::1") return true;
    return host.starts_with("127.") &&
           std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

json::object told_of(const MailSettings& settings) {
    json::object told{{"enabled", settings.enabled}};
    tell_server(told, settings.server);
    told["begins"] = settings.begins == MailServer::Begins::starttls ? after_starttls : "at_once";
    told["in_clear"] = settings.in_clear;
    told["sender"] = settings.sender;
    told["revision"] = settings.revision;
    return told;
}

MailSettings mail_settings_from(const StoredOutlet& stored) {
    MailSettings settings;
    if (stored.revision == 0) return settings;
    settings.enabled = truth_in(stored.settings, "enabled");
    settings.server = server_from(stored.settings);
    settings.server.password = stored.password;
    if (text_in(stored.settings, "begins") == after_starttls) settings.begins = MailServer::Begins::starttls;
    settings.in_clear = truth_in(stored.settings, "in_clear");
    settings.sender = text_in(stored.settings, "sender");
    settings.revision = stored.revision;
    return settings;
}

Answer<MailSettings> patched(const MailSettings& before, const MailPatch& patch,
                             const CheckAuthorities& check) {
    auto server = patched(before.server, patch.server, check);
    if (!server) return std::unexpected(server.error());
    auto settings = before;
    settings.server = *std::move(server);
    if (patch.enabled) settings.enabled = *patch.enabled;
    if (patch.begins)
        settings.begins =
            *patch.begins == after_starttls ? MailServer::Begins::starttls : MailServer::Begins::at_once;
    if (patch.in_clear) settings.in_clear = *patch.in_clear;
    if (patch.sender) settings.sender = *patch.sender;
    ++settings.revision;
    const auto& host = settings.server.host;
    if (settings.enabled && host.empty())
        return wrong_field("host", "missing", "Write where the mail server is, to switch this on.");
    if (settings.enabled && settings.sender.empty())
        return wrong_field("sender", "missing", "Write the address that mails come from, to switch this on.");
    if (!host.empty() && settings.server.trust.how == ServerTrust::How::clear && !settings.in_clear &&
        !is_this_machine(host))
        return wrong_field("tls", "in_clear",
                           "Codes that set a new password would go to another machine in clear. Choose TLS, "
                           "or say that it may be so.");
    return settings;
}

}  // namespace sallyport::server

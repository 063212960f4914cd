#include "adapters/mail/smtp.hpp"

#include <algorithm>
#include <array>
#include <curl/curl.h>
#include <memory>
#include <mutex>

#include <fmt/core.h>

namespace sallyport::adapters {

namespace {

using base::ErrorKind;
using ports::MailServer;
using ports::OutsideError;
using ports::ServerTrust;

constexpr long connect_ms = 10'000;
constexpr long whole_ms = 30'000;
constexpr std::size_t quoted_at_most = 300;

struct Exchange {
    std::string_view rest;  ///< of the message
    std::string said;       ///< the last line with which the server refused something
    const std::stop_token* stop = nullptr;
};

std::size_t give(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& rest = static_cast<Exchange*>(self)->rest;
    const auto length = rest.copy(bytes, size * count);
    rest.remove_prefix(length);
    return length;
}

/// A line of the server, which may hold anything; what it takes is not news.
std::size_t hear(const char* bytes, std::size_t size, std::size_t count, void* self) {
    std::string_view line(bytes, size * count);
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with('4') && !line.starts_with('5')) return size * count;
    auto& said = static_cast<Exchange*>(self)->said;
    said = line.substr(0, quoted_at_most);
    std::ranges::replace_if(said, [](char c) { return c < ' ' || c > '~'; }, '?');
    return size * count;
}

int go_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Exchange*>(self)->stop->stop_requested() ? 1 : 0;
}

struct Freed {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, Freed>;
using List = std::unique_ptr<curl_slist, Freed>;

bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
               c == '-';
    });
}

/// What stands behind the slash is how the caller names itself in EHLO.
std::string url_of(const MailServer& server) {
    const bool at_once =
        server.trust.how != ServerTrust::How::clear && server.begins == MailServer::Begins::at_once;
    return fmt::format("{}://{}/{}", at_once ? "smtps" : "smtp", ports::text_of(server.at),
                       is_name(server.own_name) ? server.own_name : "localhost");
}

template <class T>
void set(CURL* handle, CURLoption option, T value) {
    curl_easy_setopt(handle, option, value);
}

void secure(CURL* handle, const MailServer& server) {
    if (server.trust.how == ServerTrust::How::clear) return set(handle, CURLOPT_USE_SSL, CURLUSESSL_NONE);
    set(handle, CURLOPT_USE_SSL, CURLUSESSL_ALL);
    set(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    set(handle, CURLOPT_SSL_CIPHER_LIST, "ECDHE+AESGCM:ECDHE+CHACHA20");
    set(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    set(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    if (server.trust.how == ServerTrust::How::machine) return;
    const auto& pem = server.trust.authorities_pem;
    curl_blob authorities{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
    set(handle, CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // nobody else is believed
    set(handle, CURLOPT_CAINFO_BLOB, &authorities);
}

void log_in(CURL* handle, const MailServer& server) {
    if (server.account.empty()) return;
    set(handle, CURLOPT_USERNAME, server.account.c_str());
    if (!server.password) return;
    // The library wants an end to the text; it keeps a copy of its own.
    const base::Secret password{std::string(server.password->reveal())};
    set(handle, CURLOPT_PASSWORD, password.reveal().data());
}

std::string quoted(const Exchange& exchange) {
    return exchange.said.empty() ? "" : fmt::format(" It says: {}", exchange.said);
}

OutsideError said_no(const MailServer& server, const Exchange& exchange) {
    if (exchange.said.starts_with('5'))
        return {ErrorKind::invalid, "mail_refused",
                fmt::format("{} refuses the mail.{}", server.at.address, quoted(exchange)), exchange.said};
    if (exchange.said.starts_with('4'))
        return {ErrorKind::unavailable, "put_off",
                fmt::format("{} does not take the mail now.{}", server.at.address, quoted(exchange)),
                exchange.said};
    return {ErrorKind::unavailable, "connection_lost",
            fmt::format("The connection to {} was lost.{}", ports::text_of(server.at), quoted(exchange)),
            exchange.said};
}

OutsideError error_of(CURLcode code, const MailServer& server, const Exchange& exchange,
                      std::string_view detail) {
    const auto where = ports::text_of(server.at);
    const std::string why(detail.empty() ? std::string_view(curl_easy_strerror(code)) : detail);
    if (code == CURLE_COULDNT_RESOLVE_HOST)
        return {ErrorKind::unavailable, "unreachable",
                fmt::format("No address is known for {}.", server.at.address)};
    if (code == CURLE_COULDNT_CONNECT)
        return {ErrorKind::unavailable, "refused", fmt::format("{} cannot be reached ({}).", where, why),
                why};
    if (code == CURLE_OPERATION_TIMEDOUT)
        return {
            ErrorKind::timeout, "timeout",
            fmt::format("{} did not answer in time. Encryption may begin another way than is set.", where)};
    if (code == CURLE_USE_SSL_FAILED)
        return {ErrorKind::unavailable, "no_starttls",
                fmt::format("{} offers no STARTTLS, so nothing was sent. Let encryption begin at once, at "
                            "the port for that, or ask who keeps the server.",
                            where)};
    if (code == CURLE_SSL_CONNECT_ERROR || code == CURLE_PEER_FAILED_VERIFICATION ||
        code == CURLE_SSL_CACERT_BADFILE)
        return {ErrorKind::corrupt, "tls_failed",
                fmt::format("The certificate is not good for {}, or no TLS connection came about ({}).",
                            server.at.address, why),
                why};
    if (code == CURLE_LOGIN_DENIED)
        return {ErrorKind::forbidden, "login_refused",
                fmt::format("{} refuses the account or the password. Correct them, or allow them there.{}",
                            server.at.address, quoted(exchange)),
                exchange.said};
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return {ErrorKind::unavailable, "stopping", "The platform is stopping."};
    return said_no(server, exchange);
}

void prepare(CURL* handle, const MailServer& server, const ports::OutgoingMail& mail,
             curl_slist* recipients) {
    set(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(handle, CURLOPT_URL, url_of(server).c_str());
    set(handle, CURLOPT_PROXY, "");  // whatever the environment says
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    set(handle, CURLOPT_TIMEOUT_MS, whole_ms);
    secure(handle, server);
    log_in(handle, server);
    set(handle, CURLOPT_MAIL_FROM, fmt::format("<{}>", mail.from).c_str());
    set(handle, CURLOPT_MAIL_RCPT, recipients);
    set(handle, CURLOPT_UPLOAD, 1L);
}

}  // namespace

ports::OutsideResult<void> send_by_smtp(const MailServer& server, const ports::OutgoingMail& mail,
                                        const std::stop_token& stop) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    const Handle handle(curl_easy_init());
    const List recipients(curl_slist_append(nullptr, fmt::format("<{}>", mail.to).c_str()));
    if (!handle || !recipients)
        return base::fail(ErrorKind::internal, "no_memory", "The mail could not be prepared.");
    Exchange exchange{mail.message, {}, &stop};
    std::array<char, CURL_ERROR_SIZE> detail{};
    auto* curl = handle.get();
    prepare(curl, server, mail, recipients.get());
    set(curl, CURLOPT_READFUNCTION, give);
    set(curl, CURLOPT_READDATA, &exchange);
    set(curl, CURLOPT_HEADERFUNCTION, hear);
    set(curl, CURLOPT_HEADERDATA, &exchange);
    set(curl, CURLOPT_XFERINFOFUNCTION, go_on);
    set(curl, CURLOPT_XFERINFODATA, &exchange);
    set(curl, CURLOPT_NOPROGRESS, 0L);
    set(curl, CURLOPT_ERRORBUFFER, detail.data());
    const auto code = curl_easy_perform(curl);
    if (code == CURLE_OK) return {};
    return std::unexpected(error_of(code, server, exchange, detail.data()));
}

}  // namespace sallyport::adapters

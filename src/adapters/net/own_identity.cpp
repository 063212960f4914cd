#include "adapters/net/own_identity.hpp"

#include <arpa/inet.h>
#include <array>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "adapters/net/pem.hpp"
#include "adapters/net/tls.hpp"
#include "codec/x509/fingerprints.hpp"

namespace sallyport::adapters {

using base::ErrorKind;

namespace {

constexpr auto file_name = "own.pem";
using Names = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;

std::string text_of(const X509_NAME* name) {
    const Memory memory(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    return written(memory);
}

std::string bytes_of(const ASN1_STRING* text) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
            static_cast<std::size_t>(ASN1_STRING_length(text))};
}

std::string address_text(const ASN1_OCTET_STRING* address) {
    const auto bytes = bytes_of(address);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (bytes.size() != 4 && bytes.size() != 16) return "?";
    return inet_ntop(bytes.size() == 4 ? AF_INET : AF_INET6, bytes.data(), text.data(), text.size());
}

std::vector<std::string> names_of(X509* certificate) {
    std::vector<std::string> names;
    const Names all(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
        const auto* name = sk_GENERAL_NAME_value(all.get(), i);
        if (name->type == GEN_DNS) names.push_back(bytes_of(name->d.dNSName));
        if (name->type == GEN_IPADD) names.push_back(address_text(name->d.iPAddress));
    }
    return names;
}

std::unexpected<base::Error> refuse(std::string code, std::string message) {
    return base::fail(ErrorKind::invalid, std::move(code), std::move(message));
}

base::Status check_times(const X509* certificate, base::UtcTime now) {
    const auto day = [](base::UtcTime time) {
        const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(
            std::chrono::sys_time<base::Duration>(base::Duration{time.microseconds})));
        return fmt::format("{:04}-{:02}-{:02}", int(date.year()), unsigned(date.month()),
                           unsigned(date.day()));
    };
    const auto from = time_of(X509_get0_notBefore(certificate));
    const auto to = time_of(X509_get0_notAfter(certificate));
    if (to <= now)
        return refuse("certificate_expired",
                      fmt::format("The certificate has expired on {}. Ask for a new one.", day(to)));
    if (from > now)
        return refuse(
            "certificate_not_yet_valid",
            fmt::format("The certificate is valid from {} on. Wait, or check the clock.", day(from)));
    return {};
}

}  // namespace

base::Result<ports::Identity> checked_identity(std::string certificate_pem, base::Secret key_pem,
                                               base::UtcTime now) {
    const auto certificate = certificate_in(certificate_pem);
    if (!certificate)
        return refuse(
            "certificate_unreadable",
            "This is no certificate in PEM form: its text begins with -----BEGIN CERTIFICATE-----.");
    const auto key = key_in(key_pem.reveal());
    if (!key)
        return refuse("key_unreadable",
                      "This is no private key in PEM form without a password: its text begins with "
                      "-----BEGIN PRIVATE KEY-----.");
    if (X509_check_private_key(certificate.get(), key.get()) != 1) {
        ERR_clear_error();
        return refuse(
            "key_mismatch",
            "The key does not belong to the certificate. The first certificate of the file has to be "
            "that of this machine, before those of its issuers.");
    }
    if (auto valid = check_times(certificate.get(), now); !valid) return std::unexpected(valid.error());
    ports::Identity identity{std::move(certificate_pem), std::move(key_pem),
                             codec::x509::fingerprint_of(*certificate)};
    if (!make_tls_context(TlsSide::browser, &identity))
        return refuse("certificate_weak",
                      "Browsers would refuse this certificate or its key: RSA needs 2,048 bits or more, and "
                      "each certificate of the file has to be whole.");
    return identity;
}

ports::CertificateFacts facts_of(const ports::Identity& identity, ports::CertificateFacts::Origin origin) {
    ports::CertificateFacts facts;
    facts.origin = origin;
    facts.fingerprint = identity.fingerprint;
    const auto certificate = certificate_in(identity.certificate_pem);
    if (!certificate) return facts;
    facts.subject = text_of(X509_get_subject_name(certificate.get()));
    facts.issuer = text_of(X509_get_issuer_name(certificate.get()));
    facts.names = names_of(certificate.get());
    facts.valid_from = time_of(X509_get0_notBefore(certificate.get()));
    facts.valid_to = time_of(X509_get0_notAfter(certificate.get()));
    return facts;
}

base::Status keep_own_identity(const std::filesystem::path& directory, const ports::Identity& identity) {
    base::Secret both;
    for (const char c : identity.key_pem.reveal()) both.append(c);
    both.append('\n');
    for (const char c : identity.certificate_pem) both.append(c);
    return write_file(directory / file_name, both.reveal(), S_IRUSR | S_IWUSR);
}

base::Result<std::optional<ports::Identity>> own_identity(const std::filesystem::path& directory) {
    std::ifstream file(directory / file_name, std::ios::binary);
    if (!file) return std::optional<ports::Identity>();
    const base::Secret both(std::string(std::istreambuf_iterator<char>(file), {}));
    const auto certificate = certificate_in(both.reveal());
    const auto key = key_in(both.reveal());
    const auto text = both.reveal();
    const auto at = text.find("-----BEGIN CERTIFICATE");
    if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1 ||
        at == std::string_view::npos) {
        ERR_clear_error();
        return base::fail(
            ErrorKind::corrupt, "invalid_identity",
            fmt::format("{} does not hold a certificate and its key.", (directory / file_name).string()));
    }
    return ports::Identity{std::string(text.substr(at)), base::Secret(std::string(text.substr(0, at))),
                           codec::x509::fingerprint_of(*certificate)};
}

base::Status remove_own_identity(const std::filesystem::path& directory) {
    std::error_code failed;
    std::filesystem::remove(directory / file_name, failed);
    if (!failed) return {};
    return base::fail(
        ErrorKind::storage, "identity_not_written",
        fmt::format("{} cannot be removed: {}.", (directory / file_name).string(), failed.message()));
}

}  // namespace sallyport::adapters

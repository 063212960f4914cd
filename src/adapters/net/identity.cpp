#include "adapters/net/identity.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <sys/stat.h>
#include <system_error>

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "adapters/net/pem.hpp"
#include "codec/x509/fingerprints.hpp"

namespace sallyport::adapters {

using base::ErrorKind;

namespace {

using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;
using Serial = std::unique_ptr<BIGNUM, Freed<BN_free>>;

constexpr long valid_s = 25L * 365 * 24 * 3'600;
constexpr long earlier_s = 24 * 3'600;  // a clock that is not set yet must not refuse it

/// "DNS:door,IP:127.0.0.1". What could be more than a name in that syntax is left out.
std::string alternative_names(const IdentitySubject& subject) {
    std::string list;
    for (const auto& name : subject.names) {
        if (name.empty() || name.find_first_of(",\n\r \\") != std::string::npos) continue;
        const bool numeric = name.contains(':') || name.find_first_not_of("0123456789.") == std::string::npos;
        list += fmt::format("{}{}:{}", list.empty() ? "" : ",", numeric ? "IP" : "DNS", name);
    }
    return list;
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool name_itself(X509* certificate, const IdentitySubject& subject) {
    auto* name = X509_get_subject_name(certificate);
    const auto* common = reinterpret_cast<const unsigned char*>(subject.common_name.c_str());
    if (X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, common, -1, -1, 0) != 1) return false;
    if (X509_set_issuer_name(certificate, name) != 1) return false;
    const auto names = alternative_names(subject);
    return (names.empty() || add_extension(certificate, NID_subject_alt_name, names)) &&
           add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
           add_extension(certificate, NID_ext_key_usage, "serverAuth,clientAuth");
}

Certificate self_signed(EVP_PKEY* key, const IdentitySubject& subject) {
    Certificate certificate(X509_new());
    const Serial serial(BN_new());
    auto* raw = certificate.get();
    // 127 random bits: browsers take two certificates with one issuer and serial for a forgery.
    const bool made = raw != nullptr && serial != nullptr &&
                      BN_rand(serial.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
                      BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(raw)) != nullptr &&
                      X509_set_version(raw, X509_VERSION_3) == 1 &&
                      X509_gmtime_adj(X509_getm_notBefore(raw), -earlier_s) != nullptr &&
                      X509_gmtime_adj(X509_getm_notAfter(raw), valid_s) != nullptr &&
                      X509_set_pubkey(raw, key) == 1 && name_itself(raw, subject) &&
                      X509_sign(raw, key, EVP_sha256()) != 0;
    if (!made) certificate.reset();
    return certificate;
}

std::optional<std::string> content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

base::Result<ports::Identity> fitting(std::string certificate_pem, base::Secret key_pem,
                                      const std::filesystem::path& directory) {
    const auto certificate = certificate_in(certificate_pem);
    const auto key = key_in(key_pem.reveal());
    if (certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1) {
        return ports::Identity{std::move(certificate_pem), std::move(key_pem),
                               codec::x509::fingerprint_of(*certificate)};
    }
    ERR_clear_error();
    const auto* what = !certificate ? "certificate.pem holds no certificate in PEM form"
                       : !key       ? "key.pem holds no private key in PEM form without a password"
                                    : "key.pem is not the key of certificate.pem";
    return base::fail(ErrorKind::corrupt, "invalid_identity",
                      fmt::format("In {}, {}: put both files right, or remove both to have new ones made.",
                                  directory.string(), what));
}

base::Result<ports::Identity> identity_of(const Key& key, const IdentitySubject& subject) {
    const auto certificate = key ? self_signed(key.get(), subject) : nullptr;
    const Memory certificate_pem(BIO_new(BIO_s_mem()));
    const Memory key_pem(BIO_new(BIO_s_secmem()));
    if (certificate && PEM_write_bio_X509(certificate_pem.get(), certificate.get()) == 1 &&
        PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1) {
        return ports::Identity{written(certificate_pem), base::Secret(written(key_pem)),
                               codec::x509::fingerprint_of(*certificate)};
    }
    ERR_clear_error();
    return base::fail(ErrorKind::invalid, "identity_not_made",
                      fmt::format("No certificate can be made for '{}': give a common name of 1 to 64 bytes.",
                                  subject.common_name));
}

}  // namespace

base::Result<base::UtcTime> certificate_end(const std::filesystem::path& file) {
    const auto certificate = certificate_in(content_of(file).value_or(""));
    if (!certificate)
        return base::fail(ErrorKind::corrupt, "no_certificate",
                          fmt::format("{} holds no certificate in PEM form.", file.string()));
    return time_of(X509_get0_notAfter(certificate.get()));
}

base::Result<ports::Identity> make_identity(const IdentitySubject& subject) {
    return identity_of(Key(EVP_EC_gen("P-256")), subject);
}

base::Result<ports::Identity> open_identity(const std::filesystem::path& directory,
                                            const IdentitySubject& subject) {
    const auto certificate_path = directory / "certificate.pem";
    const auto key_path = directory / "key.pem";
    auto certificate = content_of(certificate_path);
    auto key = content_of(key_path);
    if (certificate) {
        return fitting(*std::move(certificate), base::Secret(std::move(key).value_or("")), directory);
    }
    // A key without a certificate is somebody's own, or that of a first start which was interrupted: it
    // stays.
    auto identity = key ? identity_of(key_in(*key), subject) : make_identity(subject);
    if (!identity) return identity;
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (!key) {
        const auto done = write_file(key_path, identity->key_pem.reveal(), S_IRUSR | S_IWUSR);
        if (!done) return std::unexpected(done.error());
    }
    const auto done = write_file(certificate_path, identity->certificate_pem, S_IRUSR | S_IWUSR | S_IRGRP);
    if (!done) return std::unexpected(done.error());
    return identity;
}

}  // namespace sallyport::adapters

#pragma once
// Certificates and keys as OpenSSL has them, from PEM texts and to files.
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sallyport::adapters {

template <auto Free>
struct Freed {
    void operator()(auto* thing) const { Free(thing); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;

/// The first one of a text; null when there is none, or when the key has a password.
[[nodiscard]] Key key_in(std::string_view pem);
[[nodiscard]] Certificate certificate_in(std::string_view pem);
/// 1970 for what is no time.
[[nodiscard]] base::UtcTime time_of(const ASN1_TIME*);
[[nodiscard]] std::string written(const Memory&);

/// Whole, or not at all. storage "identity_not_written".
[[nodiscard]] base::Status write_file(const std::filesystem::path&, std::string_view content, mode_t mode);

}  // namespace sallyport::adapters

#include "codec/x509/fingerprints.hpp"

#include <array>
#include <memory>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/hex_pairs.hpp"

namespace sallyport::codec::x509 {

std::string fingerprint_of(const X509& certificate) {
    std::array<unsigned char, 32> digest{};
    unsigned int size = digest.size();
    X509_digest(&certificate, EVP_sha256(), digest.data(), &size);
    return base::hex_pairs({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::vector<std::string> fingerprints_in(std::string_view pem) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> source(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    std::vector<std::string> all;
    while (source) {
        const std::unique_ptr<X509, decltype(&X509_free)> one(
            PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr), &X509_free);
        if (!one) break;
        all.push_back(fingerprint_of(*one));
    }
    ERR_clear_error();
    return all;
}

}  // namespace sallyport::codec::x509

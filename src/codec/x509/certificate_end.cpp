#include "codec/x509/certificate_end.hpp"

#include <memory>

#include <openssl/pem.h>
#include <openssl/x509.h>

namespace sallyport::codec::x509 {

base::Result<base::UtcTime> certificate_end(std::string_view pem) {
    constexpr std::size_t most = 65'536;
    const auto unreadable =
        base::fail(base::ErrorKind::invalid, "certificate_unreadable", "What was sent is no certificate.");
    if (pem.empty() || pem.size() > most) return unreadable;
    const std::unique_ptr<BIO, decltype(&BIO_free)> source(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        source ? PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr) : nullptr, &X509_free);
    if (!certificate) return unreadable;
    const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> epoch(ASN1_TIME_set(nullptr, 0),
                                                                      &ASN1_TIME_free);
    int days = 0;
    int seconds = 0;
    if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), X509_get0_notAfter(certificate.get())) != 1)
        return unreadable;
    return base::UtcTime{(std::int64_t{days} * 86'400 + seconds) * 1'000'000};
}

}  // namespace sallyport::codec::x509

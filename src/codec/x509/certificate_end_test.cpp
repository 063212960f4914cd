#include "codec/x509/certificate_end.hpp"

#include <gtest/gtest.h>

namespace sallyport::codec::x509 {

namespace {

constexpr std::string_view certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBBDCBrAIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARkb29yMB4XDTI2MDEw\n"
    "MTAwMDAwMFoXDTMxMDIwMzA0MDUwNlowDzENMAsGA1UEAwwEZG9vcjBZMBMGByqG\n"
    "SM49AgEGCCqGSM49AwEHA0IABBUq5Kg/KGb95bwPLx+PPinV0AyNQqkQvsWUrcr0\n"
    "GkAjDc4RJg9YpJu/EG9pu9I3bcgBt1RUJNdf02pgq8crzY4wCgYIKoZIzj0EAwID\n"
    "RwAwRAIgbK3msiDW4phne/zjl0Z/R9Thp+f4/vWgsRAedj43f08CIAN7kfx6Gn5A\n"
    "aI7lgd4b1JoZcOPCsrAV6NFHc1Z2qR0k\n"
    "-----END CERTIFICATE-----\n";

}  // namespace

TEST(CertificateEnd, is_told_to_the_second) {
    const auto end = certificate_end(certificate);
    ASSERT_TRUE(end) << end.error().message;
    EXPECT_EQ(end->microseconds, 1'927'857'906'000'000) << "2031-02-03 04:05:06 UTC";
}

TEST(CertificateEnd, what_is_no_certificate_is_refused) {
    EXPECT_EQ(certificate_end("").error().code, "certificate_unreadable");
    EXPECT_EQ(certificate_end("-----BEGIN CERTIFICATE-----\nAAAA\n").error().code, "certificate_unreadable");
    EXPECT_EQ(certificate_end(certificate.substr(0, 200)).error().code, "certificate_unreadable");
}

}  // namespace sallyport::codec::x509

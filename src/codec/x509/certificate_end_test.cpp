#include "codec/x509/certificate_end.hpp"

#include <gtest/gtest.h>

#include "codec/x509/certificate_fixture.hpp"

namespace sallyport::codec::x509 {

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

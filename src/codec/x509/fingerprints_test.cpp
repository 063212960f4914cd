#include "codec/x509/fingerprints.hpp"

#include <gmock/gmock.h>

#include "codec/x509/certificate_fixture.hpp"

namespace sallyport::codec::x509 {

TEST(Fingerprints, are_those_that_openssl_prints) {
    EXPECT_THAT(fingerprints_in(certificate), testing::ElementsAre(fingerprint));
}

TEST(Fingerprints, are_told_of_each_certificate_of_a_text) {
    const std::string two = std::string(certificate) + "And who signed it:\n" + std::string(certificate);
    EXPECT_THAT(fingerprints_in(two), testing::ElementsAre(fingerprint, fingerprint));
    EXPECT_THAT(fingerprints_in("none"), testing::IsEmpty());
    EXPECT_THAT(fingerprints_in(""), testing::IsEmpty());
}

}  // namespace sallyport::codec::x509

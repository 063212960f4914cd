#include "codec/x509/fingerprints.hpp"

#include <gmock/gmock.h>

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
// As openssl x509 -noout -fingerprint -sha256 says.
constexpr std::string_view fingerprint =
    "05:1E:4D:75:58:EB:0E:BE:8F:6C:64:91:FC:27:74:0A:49:37:44:6A:8A:FB:00:EE:1F:6D:56:D4:2C:E3:E8:D5";

}  // namespace

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

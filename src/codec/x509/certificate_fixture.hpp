#pragma once
// One certificate for tests, and what is known of it.
#include <string_view>

namespace sallyport::codec::x509 {

/// Valid until 2031-02-03 04:05:06 UTC.
inline constexpr std::string_view certificate =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBBDCBrAIBATAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARkb29yMB4XDTI2MDEw\n"
    "MTAwMDAwMFoXDTMxMDIwMzA0MDUwNlowDzENMAsGA1UEAwwEZG9vcjBZMBMGByqG\n"
    "SM49AgEGCCqGSM49AwEHA0IABBUq5Kg/KGb95bwPLx+PPinV0AyNQqkQvsWUrcr0\n"
    "GkAjDc4RJg9YpJu/EG9pu9I3bcgBt1RUJNdf02pgq8crzY4wCgYIKoZIzj0EAwID\n"
    "RwAwRAIgbK3msiDW4phne/zjl0Z/R9Thp+f4/vWgsRAedj43f08CIAN7kfx6Gn5A\n"
    "aI7lgd4b1JoZcOPCsrAV6NFHc1Z2qR0k\n"
    "-----END CERTIFICATE-----\n";

/// As openssl x509 -noout -fingerprint -sha256 says.
inline constexpr std::string_view fingerprint =
    "05:1E:4D:75:58:EB:0E:BE:8F:6C:64:91:FC:27:74:0A:49:37:44:6A:8A:FB:00:EE:1F:6D:56:D4:2C:E3:E8:D5";

}  // namespace sallyport::codec::x509

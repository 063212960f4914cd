#pragma once
// Whether a server somewhere else is spoken to over TLS, and which certificate of it is believed. Its name is
// checked in either case.
#include <cstdint>
#include <string>

namespace sallyport::ports {

struct ServerTrust {
    enum class How : std::uint8_t {
        clear,    ///< no TLS
        machine,  ///< one that the machine's authorities vouch for (Debian: ca-certificates)
        given,    ///< one that `authorities_pem` vouch for, or that is among them
    };
    How how = How::machine;
    std::string authorities_pem{};  ///< certificates
};

}  // namespace sallyport::ports

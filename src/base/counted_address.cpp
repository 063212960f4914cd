#include "base/counted_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>

namespace sallyport::base {

std::string counted_address(std::string_view address) {
    std::string text(address.substr(0, address.find('%')));  // without the scope of a link-local one
    in6_addr six{};
    if (inet_pton(AF_INET6, text.c_str(), &six) != 1 || IN6_IS_ADDR_LOOPBACK(&six)) return text;
    std::array<char, INET6_ADDRSTRLEN> written{};
    if (IN6_IS_ADDR_V4MAPPED(&six))
        return inet_ntop(AF_INET, &six.s6_addr[12], written.data(), written.size());
    std::fill(std::begin(six.s6_addr) + 8, std::end(six.s6_addr), std::uint8_t{0});
    return std::string(inet_ntop(AF_INET6, &six, written.data(), written.size())) + "/64";
}

}  // namespace sallyport::base

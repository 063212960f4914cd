#include "adapters/net/authorities.hpp"

#include "adapters/net/tls.hpp"

namespace sallyport::adapters {

base::Status check_authorities(const std::string& pem) {
    const auto context = make_checking_context({ports::ServerTrust::How::given, pem}, "localhost");
    if (!context) return std::unexpected(context.error());
    return {};
}

}  // namespace sallyport::adapters

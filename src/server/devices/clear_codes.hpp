#pragma once
// Brings the codes that open without a person to a controller in clear (decision 0029): they are never shown
// there and their uses are spent there, so its table is replaced as a whole whenever they change.
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/secret.hpp"
#include "codec/dhip/plan_json.hpp"
#include "ports/clock.hpp"
#include "server/devices/conversation.hpp"

namespace sallyport::server {

class ClearCodes {
  public:
    explicit ClearCodes(const ports::TimeZones& zones) : zones_(zones) {}

    /// Whether all of the plan is known to be on the controller.
    enum class Plan : std::uint8_t { in_place, another };
    /// Errors: those of the connection; what the controller refuses, also conflict "no_table" where it keeps
    /// no such codes and there are some. Times are those of the controller's zone.
    [[nodiscard]] boost::asio::awaitable<base::Status> bring(
        Conversation&, const std::vector<codec::dhip::WirePublicPassword>&, Plan, std::string zone);

  private:
    const ports::TimeZones& zones_;
    base::Secret there_;  ///< the rows as they are there; empty: not known
};

}  // namespace sallyport::server

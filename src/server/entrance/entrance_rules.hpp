#pragma once
// From where the page and the API may be reached, and what they show of themselves (platform.md S6, decision
// 0027). Any thread.
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "ports/entrance.hpp"
#include "server/accounts/sessions.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// A loopback address.
[[nodiscard]] bool is_this_machine(std::string_view address);

struct NetworkPatch {
    std::optional<std::vector<std::string>> allowed;  ///< networks or addresses; empty: everybody
    Nullable<std::int64_t> redirect_port;             ///< null inside: none
};

class EntranceRules {
  public:
    /// Whether an address is in one of these; what none of them can be read is `invalid`.
    using AdmissionOf = std::function<base::Result<ports::Admission>(const std::vector<std::string>&)>;

    /// All outlive this.
    EntranceRules(ports::Database& database, Audit& audit, ports::Entrance& entrance,
                  AdmissionOf admission_of)
        : database_(database), audit_(audit), entrance_(entrance), admission_of_(std::move(admission_of)) {}
    /// Once, before the rest.
    [[nodiscard]] base::Status load();
    /// Opens the port in clear where there is to be one. After the page is served.
    base::Status open();

    /// Whether who comes from there is answered at all. This machine always is.
    [[nodiscard]] bool admits(const std::string& address) const;

    /// As in GET /settings/network.
    [[nodiscard]] boost::json::object get(const Caller&) const;
    /// Errors: invalid `allowed` "own_address" when who calls would be shut out, `allowed.N` "pattern",
    /// `redirect_port` "taken" when nothing can listen there.
    [[nodiscard]] Answer<boost::json::object> change(const NetworkPatch&, const Session&, const Caller&);

    /// As in GET /certificate.
    [[nodiscard]] boost::json::object certificate() const;
    /// Errors: invalid `certificate` or `key` with what is wrong.
    [[nodiscard]] Answer<boost::json::object> use_certificate(std::string certificate, base::Secret key,
                                                              const Actor&);
    [[nodiscard]] Answer<boost::json::object> drop_certificate(const Actor&);

  private:
    struct Rules {
        std::vector<std::string> allowed;
        std::optional<std::uint16_t> redirect_port;
    };
    [[nodiscard]] static boost::json::object rules_json(const Rules&);
    [[nodiscard]] Outcome check_allowed(const std::vector<std::string>&, const Caller&) const;
    [[nodiscard]] base::Status store(const Rules&, const Changes&, const Actor&);
    [[nodiscard]] Answer<boost::json::object> noted(const ports::CertificateFacts& before,
                                                    const ports::CertificateFacts& after, const Actor&);

    ports::Database& database_;
    Audit& audit_;
    ports::Entrance& entrance_;
    AdmissionOf admission_of_;
    std::mutex changing_;  ///< one change at a time
    mutable std::mutex mutex_;
    Rules rules_;
    ports::Admission admission_;
};

}  // namespace sallyport::server

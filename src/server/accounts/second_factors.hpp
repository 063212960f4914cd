#pragma once
// The second factor of accounts: codes of an authenticator app, and recovery codes for who has lost it
// (platform.md S4, decision 0026). Any thread.
#include <vector>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "server/accounts/sessions.hpp"
#include "server/secrets/sealer.hpp"

namespace sallyport::server {

/// How an account has shown its second factor.
enum class Proof : std::uint8_t { none, code, recovery_code };
BOOST_DESCRIBE_ENUM(Proof, none, code, recovery_code)

class SecondFactors {
  public:
    static constexpr std::size_t recovery_codes = 10;

    /// All outlive this.
    SecondFactors(ports::Database& database, const ports::Clock& clock, Audit& audit, Sessions& sessions,
                  const Sealer& sealer)
        : database_(database), clock_(clock), audit_(audit), sessions_(sessions), sealer_(sealer) {}

    /// As in GET /me/second-factor.
    [[nodiscard]] Answer<boost::json::object> get(Id account) const;

    struct Begun {
        base::Secret secret;  ///< in base 32, for who types it
        base::Secret uri;     ///< for a QR code
    };
    /// A new secret, which counts for nothing until it is confirmed; one that was begun before goes. Error:
    /// conflict "second_factor_on".
    [[nodiscard]] Answer<Begun> begin(const Account&);
    /// From now on sign-in asks for it; answers the recovery codes. Errors: conflict "second_factor_on",
    /// "second_factor_not_begun"; invalid `code` "wrong".
    [[nodiscard]] Answer<std::vector<base::Secret>> confirm(const Account&, const base::Secret& code,
                                                            const Actor&);
    /// Other recovery codes; those of before are gone. Error: conflict "second_factor_off".
    [[nodiscard]] Answer<std::vector<base::Secret>> renew_codes(const Account&, const Actor&);
    /// One's own, or of somebody else who has lost it. None is no error.
    Outcome remove(const Account&, const Actor&);

    /// Inside a unit of work: whether this is a code of the account, which is used up with it.
    [[nodiscard]] base::Result<Proof> use(ports::Connection&, Id account, const base::Secret& code) const;

  private:
    [[nodiscard]] base::Result<std::vector<base::Secret>> store_codes(ports::Connection&, Id account) const;
    [[nodiscard]] ports::Blob hash_of(Id account, std::string_view code) const;
    [[nodiscard]] base::Result<Proof> use_app_code(ports::Connection&, Id account,
                                                   const base::Secret& code) const;

    ports::Database& database_;
    const ports::Clock& clock_;
    Audit& audit_;
    Sessions& sessions_;
    const Sealer& sealer_;
};

}  // namespace sallyport::server

#pragma once
// What the site asks of everybody who signs in (platform.md S2, S4). Kept in memory. Any thread.
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "server/accounts/account.hpp"
#include "server/audit/audit.hpp"

namespace sallyport::server {

/// Who has to have a second factor. Administrators here are those who may administer accounts or settings,
/// whatever their role is called.
enum class SecondFactorFor : std::uint8_t { nobody, administrators, everybody };
BOOST_DESCRIBE_ENUM(SecondFactorFor, nobody, administrators, everybody)

/// Whether a browser may stay signed in when it is closed.
enum class StayingSignedIn : std::uint8_t { allowed, forbidden };
BOOST_DESCRIBE_ENUM(StayingSignedIn, allowed, forbidden)

struct SignInPolicy {
    SecondFactorFor second_factor = SecondFactorFor::nobody;
    StayingSignedIn staying = StayingSignedIn::allowed;
    std::int64_t reminder_days = 180;  ///< to change a password that is older; 0: never
};

struct SignInPatch {
    std::optional<SecondFactorFor> second_factor;
    std::optional<StayingSignedIn> staying;
    std::optional<std::int64_t> reminder_days;
};

/// Whether the account has to set one up before anything else is answered.
[[nodiscard]] bool needs_second_factor(const SignInPolicy&, const Account&);
/// none; due: worth a reminder, nobody is locked out for it; needed: somebody else chose the password.
[[nodiscard]] std::string_view password_change_of(const SignInPolicy&, const Account&, base::UtcTime now);

class SignInRules {
  public:
    /// Both outlive this.
    SignInRules(ports::Database& database, Audit& audit) : database_(database), audit_(audit) {}
    /// Once, before the rest.
    [[nodiscard]] base::Status load();

    [[nodiscard]] SignInPolicy policy() const;
    /// As in GET /settings/sign-in.
    [[nodiscard]] boost::json::object get() const;
    [[nodiscard]] Answer<boost::json::object> change(const SignInPatch&, const Actor&);

  private:
    ports::Database& database_;
    Audit& audit_;
    mutable std::mutex mutex_;
    SignInPolicy policy_;
};

}  // namespace sallyport::server

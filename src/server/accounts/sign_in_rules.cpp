#include "server/accounts/sign_in_rules.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/enum_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using ports::Connection;

namespace {

json::object policy_json(const SignInPolicy& policy) {
    return {{"second_factor", base::text_of(policy.second_factor)},
            {"staying_signed_in", base::text_of(policy.staying)},
            {"password_reminder_days", policy.reminder_days}};
}

/// What is not understood, as from another version, keeps its default.
SignInPolicy policy_from(const std::string& text) {
    SignInPolicy policy;
    boost::system::error_code failed;
    const auto value = json::parse(text, failed);
    if (failed || !value.is_object()) return policy;
    const auto word = [&](std::string_view name) {
        const auto* found = value.get_object().if_contains(name);
        return found != nullptr && found->is_string() ? std::string_view(found->get_string()) : "";
    };
    const auto second = base::enum_from<SecondFactorFor>(word("second_factor"));
    policy.second_factor = second.value_or(policy.second_factor);
    policy.staying = base::enum_from<StayingSignedIn>(word("staying_signed_in")).value_or(policy.staying);
    const auto* days = value.get_object().if_contains("password_reminder_days");
    if (days != nullptr && days->is_int64()) policy.reminder_days = days->get_int64();
    return policy;
}

}  // namespace

bool needs_second_factor(const SignInPolicy& policy, const Account& account) {
    if (account.second_factor == Account::SecondFactor::on) return false;
    switch (policy.second_factor) {
        case SecondFactorFor::nobody: return false;
        case SecondFactorFor::administrators:
            return account.rights.may(Function::accounts, Level::administer) ||
                   account.rights.may(Function::settings, Level::administer);
        case SecondFactorFor::everybody: return true;
    }
    return true;
}

std::string_view password_change_of(const SignInPolicy& policy, const Account& account, base::UtcTime now) {
    if (account.password == Account::Password::to_change) return "needed";
    const auto age = now - account.password_changed_at;
    return policy.reminder_days > 0 && age > std::chrono::days{policy.reminder_days} ? "due" : "none";
}

base::Status SignInRules::load() {
    const auto rows = ports::read_from(database_, [](Connection& connection) {
        return connection.query("SELECT value FROM setting WHERE name = 'sign_in'");
    });
    if (!rows) return std::unexpected(rows.error());
    const std::lock_guard lock(mutex_);
    if (!rows->empty()) policy_ = policy_from(rows->front().text(0));
    return {};
}

SignInPolicy SignInRules::policy() const {
    const std::lock_guard lock(mutex_);
    return policy_;
}

json::object SignInRules::get() const {
    return policy_json(policy());
}

Answer<json::object> SignInRules::change(const SignInPatch& patch, const Actor& actor) {
    auto wanted = policy();
    const auto before = policy_json(wanted);
    wanted.second_factor = patch.second_factor.value_or(wanted.second_factor);
    wanted.staying = patch.staying.value_or(wanted.staying);
    wanted.reminder_days = patch.reminder_days.value_or(wanted.reminder_days);
    auto after = policy_json(wanted);
    const auto changed = changes(before, after);
    if (changed.none()) return after;
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> base::Status {
        auto outcome =
            ports::ran(connection.execute("INSERT INTO setting (name, value) VALUES ('sign_in', $1) "
                                          "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                                          {json::serialize(after)}));
        if (!outcome) return outcome;
        return audit_.append(connection, actor, "settings.changed", std::nullopt, &changed.before,
                             &changed.after);
    });
    if (!stored) return std::unexpected(stored.error());
    const std::lock_guard lock(mutex_);
    policy_ = wanted;
    return after;
}

}  // namespace sallyport::server

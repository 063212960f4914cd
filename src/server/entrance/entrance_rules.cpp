#include "server/entrance/entrance_rules.hpp"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_to.hpp>
#include <fmt/core.h>

#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;
using ports::CertificateFacts;
using ports::Connection;

namespace {

json::object facts_json(const CertificateFacts& facts) {
    return {{"own", facts.origin == CertificateFacts::Origin::own},
            {"subject", facts.subject},
            {"issuer", facts.issuer},
            {"names", json::array(facts.names.begin(), facts.names.end())},
            {"valid_from", time_text(facts.valid_from)},
            {"valid_to", time_text(facts.valid_to)},
            {"fingerprint", facts.fingerprint}};
}

}  // namespace

bool is_this_machine(std::string_view address) {
    if (address.starts_with("::ffff:")) address.remove_prefix(7);
    return address == "::1" || address.starts_with("127.");
}

json::object EntranceRules::rules_json(const Rules& rules) {
    json::value port = nullptr;
    if (rules.redirect_port) port = *rules.redirect_port;
    return {{"allowed", json::array(rules.allowed.begin(), rules.allowed.end())}, {"redirect_port", port}};
}

base::Status EntranceRules::load() {
    const auto rows = ports::read_from(database_, [](Connection& connection) {
        return connection.query("SELECT value FROM setting WHERE name = 'network'");
    });
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    boost::system::error_code failed;
    const auto value = json::parse(rows->front().text(0), failed);
    const auto* kept = value.if_object();
    if (failed || kept == nullptr) return {};
    Rules rules;
    if (const auto* list = kept->if_contains("allowed"); list != nullptr && list->is_array())
        for (const auto& one : list->get_array())
            if (one.is_string()) rules.allowed.emplace_back(one.get_string());
    if (const auto* port = kept->if_contains("redirect_port"); port != nullptr && port->is_int64())
        rules.redirect_port = static_cast<std::uint16_t>(port->get_int64());
    auto admission = admission_of_(rules.allowed);
    if (!admission) return std::unexpected(admission.error());
    const std::lock_guard lock(mutex_);
    rules_ = std::move(rules);
    admission_ = *std::move(admission);
    return {};
}

base::Status EntranceRules::open() {
    const std::lock_guard lock(mutex_);
    return entrance_.redirect_from(rules_.redirect_port);
}

bool EntranceRules::admits(const std::string& address) const {
    const std::lock_guard lock(mutex_);
    return !admission_ || is_this_machine(address) || admission_(address);
}

json::object EntranceRules::get(const Caller& caller) const {
    const std::lock_guard lock(mutex_);
    auto all = rules_json(rules_);
    all["own_address"] = caller.address;
    return all;
}

Outcome EntranceRules::check_allowed(const std::vector<std::string>& allowed, const Caller& caller) const {
    std::vector<FieldError> errors;
    for (std::size_t i = 0; i < allowed.size(); ++i)
        if (const auto one = admission_of_({allowed[i]}); !one)
            errors.push_back({fmt::format("allowed.{}", i), "pattern", one.error().message});
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    const auto admission = admission_of_(allowed);
    if (!admission) return std::unexpected(admission.error());
    if (!*admission || is_this_machine(caller.address) || (*admission)(caller.address)) return {};
    return wrong_field(
        "allowed", "own_address",
        fmt::format("This would shut you out: you come from {}. Add it, or a network that it is in.",
                    caller.address));
}

base::Status EntranceRules::store(const Rules& rules, const Changes& changed, const Actor& actor) {
    return ports::write_to(database_, [&](Connection& connection) -> base::Status {
        auto outcome =
            ports::ran(connection.execute("INSERT INTO setting (name, value) VALUES ('network', $1) "
                                          "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                                          {json::serialize(rules_json(rules))}));
        if (!outcome) return outcome;
        return audit_.append(connection, actor, "settings.changed", std::nullopt, &changed.before,
                             &changed.after);
    });
}

Answer<json::object> EntranceRules::change(const NetworkPatch& patch, const Session& session,
                                           const Caller& caller) {
    const std::lock_guard one_at_a_time(changing_);
    Rules before;
    {
        const std::lock_guard lock(mutex_);
        before = rules_;
    }
    auto wanted = before;
    if (patch.allowed) wanted.allowed = *patch.allowed;
    if (patch.redirect_port) {
        wanted.redirect_port.reset();
        if (*patch.redirect_port) wanted.redirect_port = static_cast<std::uint16_t>(**patch.redirect_port);
    }
    if (auto known = check_allowed(wanted.allowed, caller); !known) return std::unexpected(known.error());
    const auto changed = changes(rules_json(before), rules_json(wanted));
    if (changed.none()) return get(caller);
    if (wanted.redirect_port != before.redirect_port)
        if (auto opened = entrance_.redirect_from(wanted.redirect_port); !opened)
            return wrong_field("redirect_port", "taken", opened.error().message);
    if (auto stored = store(wanted, changed, caller.as(session.account.name)); !stored) {
        (void)entrance_.redirect_from(before.redirect_port);  // what was there a moment ago
        return std::unexpected(stored.error());
    }
    auto admission = admission_of_(wanted.allowed);
    if (!admission) return std::unexpected(admission.error());
    {
        const std::lock_guard lock(mutex_);
        rules_ = std::move(wanted);
        admission_ = *std::move(admission);
    }
    return get(caller);
}

json::object EntranceRules::certificate() const {
    return facts_json(entrance_.certificate());
}

Answer<json::object> EntranceRules::noted(const CertificateFacts& before, const CertificateFacts& after,
                                          const Actor& actor) {
    const json::object was{{"certificate", before.fingerprint}};
    const json::object is{{"certificate", after.fingerprint}};
    if (before.fingerprint != after.fingerprint) {
        const auto stored = ports::write_to(database_, [&](Connection& connection) -> base::Status {
            return audit_.append(connection, actor, "settings.changed", std::nullopt, &was, &is);
        });
        if (!stored) return std::unexpected(stored.error());
    }
    return facts_json(after);
}

Answer<json::object> EntranceRules::use_certificate(std::string certificate, base::Secret key,
                                                    const Actor& actor) {
    const std::lock_guard one_at_a_time(changing_);
    const auto before = entrance_.certificate();
    const auto after = entrance_.use_certificate(std::move(certificate), std::move(key));
    if (after) return noted(before, *after, actor);
    const auto& error = after.error();
    if (error.kind != base::ErrorKind::invalid) return std::unexpected(error);
    return wrong_field(error.code.starts_with("key_") ? "key" : "certificate", "unusable", error.message);
}

Answer<json::object> EntranceRules::drop_certificate(const Actor& actor) {
    const std::lock_guard one_at_a_time(changing_);
    const auto before = entrance_.certificate();
    const auto after = entrance_.drop_certificate();
    if (!after) return std::unexpected(after.error());
    return noted(before, *after, actor);
}

}  // namespace sallyport::server

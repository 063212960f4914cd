#pragma once
// The server that an outlet sends to (platform.md I1): where it is, whom to believe, and how to log in. Its
// password is sealed and never shown.
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/secret.hpp"
#include "base/time.hpp"
#include "ports/outside_error.hpp"
#include "ports/server_trust.hpp"
#include "ports/transport.hpp"
#include "server/secrets/sealer.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

struct OutletServer {
    std::string host{};  ///< empty: not set up
    std::uint16_t port = 0;
    ports::ServerTrust trust{};
    std::string account{};  ///< empty: none
    std::optional<base::Secret> password{};
    [[nodiscard]] ports::Endpoint at() const { return {host, port}; }
};

/// What is changed of one; a member that is not there stays as it is.
struct OutletServerPatch {
    std::optional<std::string> host;
    std::optional<std::int64_t> port;
    std::optional<std::string> tls;          ///< off, machine, given
    std::optional<std::string> certificate;  ///< PEM; empty: none
    std::optional<std::string> account;      ///< empty: none
    Nullable<base::Secret> password;         ///< null inside: none
};

/// Whether these are certificates: `invalid` otherwise.
using CheckAuthorities = std::function<base::Status(const std::string& pem)>;

/// host, port, tls, certificate, account, has_password.
void tell_server(boost::json::object&, const OutletServer&);
/// The same from what is stored, without the password.
[[nodiscard]] OutletServer server_from(const boost::json::object&);
/// Errors: invalid `certificate` "missing" or "pattern"; `password` "missing" when one is kept and would go
/// somewhere else from now on, or be seen on its way: who changes that has to know it.
[[nodiscard]] Answer<OutletServer> patched(const OutletServer&, const OutletServerPatch&,
                                           const CheckAuthorities&);

struct StoredOutlet {
    boost::json::object settings;
    std::optional<base::Secret> password;
    std::int64_t revision = 0;
};
/// `name` as in db/platform; without settings when it was never set.
[[nodiscard]] base::Result<StoredOutlet> read_outlet(ports::Database&, const Sealer&, std::string_view name);
/// Inside a unit of work.
[[nodiscard]] base::Status store_outlet(ports::Connection&, const Sealer&, std::string_view name,
                                        const StoredOutlet&);
/// What the audit log tells of settings: certificates by their fingerprints, and nothing of a state.
[[nodiscard]] boost::json::object audited_outlet(boost::json::object settings);

/// Between attempts: a second, doubled up to the longest, and by chance up to half less, so that not all who
/// lost the same server come back at once. `failures` in a row, from 1.
[[nodiscard]] std::chrono::milliseconds outlet_pause(int failures,
                                                     std::chrono::milliseconds longest = std::chrono::minutes{
                                                         1});

struct OutletState {
    std::string_view word;
    base::UtcTime since;
    const std::optional<ports::OutsideError>& problem;
    std::uint64_t waiting = 0;
    std::uint64_t dropped = 0;
};
/// As in api/openapi.yaml.
[[nodiscard]] boost::json::object told_of(const OutletState&);
/// How a test went, as OutletTest in api/openapi.yaml.
[[nodiscard]] boost::json::object outlet_test(const std::optional<ports::OutsideError>&,
                                              std::chrono::steady_clock::time_point began);

/// For members of settings as they are stored; what is missing or of another type reads as `otherwise`.
[[nodiscard]] std::string text_in(const boost::json::object&, std::string_view member,
                                  std::string_view otherwise = {});
[[nodiscard]] bool truth_in(const boost::json::object&, std::string_view member);
[[nodiscard]] std::int64_t number_in(const boost::json::object&, std::string_view member);

}  // namespace sallyport::server

#pragma once
// What the command line says.
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "ports/transport.hpp"

namespace sallyport::apps {

struct ServeOptions {
    std::filesystem::path directory;
    ports::Endpoint listen{"0.0.0.0", 8'443};
    std::optional<ports::Endpoint> registration;  ///< where devices dial in; none: off
    /// Where a search without a range asks; empty: off. By default everybody on the network, and this
    /// machine.
    std::vector<ports::Endpoint> search{{"239.255.255.251", 37'810}, {"127.0.0.1", 37'810}};
    /// Networks that webhooks may go to; empty: any but this machine and what is link-local.
    std::vector<std::string> webhooks;
    std::string snmp;  ///< path of the SNMP agent's AgentX socket; empty: off
};
struct StatusOptions {
    std::filesystem::path directory;
};
struct AuditVerifyOptions {
    std::filesystem::path directory;
};
struct ResetAdminOptions {
    std::filesystem::path directory;
};
struct UserListOptions {
    std::filesystem::path directory;
};
struct UserOptions {
    enum class Action { add, reset, lock, unlock };
    std::filesystem::path directory;
    Action action = Action::add;
    std::string name;
    std::string role;  ///< of a new one: the word of one that comes with Sallyport, or a name
};
struct ReaderOptions {
    enum class Action { list, pair, cancel };
    std::filesystem::path directory;
    Action action = Action::list;
    std::string controller;    ///< its name or serial number
    std::int64_t line = 0;     ///< from 1
    std::int64_t address = 0;  ///< on its line
    std::int64_t minutes = 5;  ///< in which it may take its key
};
struct SetPortOptions {
    std::filesystem::path config;
    std::string service;  ///< listen or registration: the key in the configuration
    std::uint16_t port = 0;
};
struct DiscoverOptions {
    std::optional<std::string> range;  ///< besides everybody on the network
    std::vector<ports::Endpoint> everywhere = ServeOptions().search;
};
struct InitialiseOptions {
    ports::Endpoint device;
};
struct DoctorOptions {
    std::filesystem::path directory;
    ports::Endpoint listen = ServeOptions().listen;
};
/// `--help` and the like: print and end with success.
struct Printed {
    std::string text;
};
using Invocation = std::variant<ServeOptions, StatusOptions, AuditVerifyOptions, ResetAdminOptions,
                                UserListOptions, UserOptions, ReaderOptions, SetPortOptions, DiscoverOptions,
                                InitialiseOptions, DoctorOptions, Printed>;

/// `invalid`: a sentence that names the argument, or the file, the key and the line. arguments[0] is the
/// program.
[[nodiscard]] base::Result<Invocation> read_arguments(int count, const char* const* arguments);

}  // namespace sallyport::apps

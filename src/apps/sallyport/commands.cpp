#include "apps/sallyport/commands.hpp"

#include <algorithm>
#include <iostream>
#include <termios.h>
#include <unistd.h>

#include <fmt/core.h>

#include "adapters/linux/process_figures.hpp"
#include "adapters/net/identity.hpp"
#include "apps/directory/locked_directory.hpp"
#include "apps/sallyport/opened.hpp"
#include "apps/sallyport/status_socket.hpp"
#include "server/platform/system_status.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::apps {

namespace json = boost::json;
using base::ErrorKind;

namespace {

/// Switches the terminal's echo off while a password is typed.
class Silence {
  public:
    Silence() : silent_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!silent_) return;
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Silence() {
        if (silent_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

  private:
    termios before_{};
    bool silent_;
};

void line(std::string& text, std::string_view name, std::string_view says) {
    text += fmt::format("{:<12} {}\n", name, says);
}

std::int64_t number(const json::object& of, std::string_view name) {
    return of.at(name).to_number<std::int64_t>();
}

std::string_view word(const json::object& of, std::string_view name) {
    const auto& member = of.at(name);
    return member.is_string() ? std::string_view(member.get_string()) : std::string_view();
}

/// In its own words where it said something.
std::string why_not_reached(const json::object& outlet) {
    const auto* problem = outlet.at("problem").if_object();
    if (problem == nullptr) return "it has not said why";
    const auto said = word(*problem, "said");
    std::string why(said.empty() ? word(*problem, "code") : said);
    if (said.empty()) std::ranges::replace(why, '_', ' ');
    return why;
}

/// "connected to broker.example:8883".
std::string outlet_text(const json::object& outlet) {
    const auto state = word(outlet, "word");
    const auto address = word(outlet, "address");
    if (state == "off") return "off";
    if (state == "failing") return fmt::format("{} is not reached: {}", address, why_not_reached(outlet));
    return fmt::format("{} {} {}", state, state == "ready" ? "at" : "to", address);
}

/// What only the running platform knows. Answers with the end of the certificate that it serves with; empty
/// when it does not tell.
std::string add_running(std::string& text, const std::filesystem::path& directory) {
    const auto told = ask_status(directory);
    if (!told) {
        line(text, "backlog", "not known: " + told.error().message);
        return {};
    }
    const auto& backlog = told->at("backlog").as_object();
    const auto& devices = told->at("devices").as_object();
    line(text, "since", std::string_view(told->at("started_at").as_string()));
    line(text, "memory", fmt::format("{} MB", number(*told, "memory_bytes") / 1'000'000));
    line(text, "backlog",
         fmt::format("{} writes wait for the disk, {} calls wait, records came {} ms late",
                     number(backlog, "storage"), number(backlog, "calls"), number(backlog, "events_ms")));
    line(text, "controllers",
         fmt::format("{} online, {} offline", number(devices, "online"), number(devices, "offline")));
    line(text, "sessions",
         fmt::format("{}, {} pages are live", number(*told, "sessions"), number(*told, "live_clients")));
    for (const auto& one : told->at("services").as_array())
        line(text, word(one.as_object(), "name"), word(one.as_object(), "address"));
    for (const auto& one : told->at("outlets").as_array())
        line(text, word(one.as_object(), "name"), outlet_text(one.as_object()));
    return fmt::format("until {}", std::string_view(told->at("certificate_until").as_string()));
}

std::string certificate_text(const std::filesystem::path& directory) {
    const auto end = adapters::certificate_end(directory / "certificate.pem");
    return end ? "until " + server::time_text(*end) : end.error().message;
}

/// On a command line there are no fields that could be marked: what is wrong with them is the message.
std::string sentence(const server::Problem& problem) {
    std::string text;
    for (const auto& field : problem.fields) text += (text.empty() ? "" : " ") + field.message;
    return text.empty() ? problem.message : text;
}

}  // namespace

base::Secret read_password(const std::string& account) {
    if (::isatty(STDIN_FILENO) != 0) std::cerr << "New password for " << account << ": " << std::flush;
    std::string line;
    {
        const Silence silence;
        std::getline(std::cin, line);
    }
    if (::isatty(STDIN_FILENO) != 0) std::cerr << '\n';
    return base::Secret(std::move(line));
}

base::Result<std::string> status(const StatusOptions& options) {
    auto opened = open_platform(options.directory);
    if (!opened) return std::unexpected(opened.error());
    const auto stored = server::stored_status(*(*opened)->database);
    if (!stored) return std::unexpected(stored.error());
    auto text = fmt::format("sallyport {}\n", SALLYPORT_VERSION);
    line(text, "data", options.directory.string());
    std::string certificate;
    if (const auto running = running_in(options.directory)) {
        line(text, "state", "running at " + running->page);
        line(text, "health", running->says);
        certificate = add_running(text, options.directory);
    } else {
        line(text, "state", "stopped");
    }
    if (certificate.empty()) certificate = certificate_text(options.directory);
    line(text, "certificate", certificate);
    const auto storage = server::storage_status(
        *(*opened)->database, adapters::process_figures((*opened)->clock.utc(), options.directory));
    const auto says = word(storage, "database_says");
    line(text, "database", says.empty() ? "ok" : says);
    const auto disk = word(storage, "disk");
    line(text, "disk",
         fmt::format("{}, {} of {} MB free",
                     disk == "low"       ? "nearly full: make room"
                     : disk == "unknown" ? "not known"
                                         : disk,
                     number(storage, "disk_free_bytes") / 1'000'000,
                     number(storage, "disk_bytes") / 1'000'000));
    for (const auto& [name, count] : stored->at("holds").as_object())
        line(text, name, std::to_string(count.to_number<std::int64_t>()));
    line(text, "missing", fmt::format("{} events", number(*stored, "missing_events")));
    return text;
}

base::Result<std::string> verify_audit_log(const AuditVerifyOptions& options) {
    auto opened = open_platform(options.directory);
    if (!opened) return std::unexpected(opened.error());
    const auto chain = server::verify_audit(*(*opened)->database);
    if (!chain) return std::unexpected(chain.error());
    return fmt::format("The audit log is unbroken: {} entries, the last hash is {}.\n", chain->entries,
                       chain->last_hash);
}

base::Result<std::string> reset_admin(const ResetAdminOptions& options) {
    auto opened = open_platform(options.directory);
    if (!opened) return std::unexpected(opened.error());
    const auto locked = LockedDirectory::open(options.directory, "sallyport");
    if (!locked) return std::unexpected(locked.error());
    const auto reset = (*opened)->accounts.reset_admin(read_password("admin"));
    if (!reset) return base::fail(reset.error().kind, reset.error().code, sentence(reset.error()));
    return "The password of admin is changed, its sessions are ended, and no account is locked out.\n";
}

base::Result<std::string> list_users(const UserListOptions& options) {
    auto opened = open_platform(options.directory);
    if (!opened) return std::unexpected(opened.error());
    const auto accounts = (*opened)->accounts.list();
    if (!accounts) return std::unexpected(accounts.error());
    auto text = fmt::format("{:<20} {:<32} {:<21} {}\n", "account", "role", "password of", "locked until");
    const auto now = (*opened)->clock.utc();
    for (const auto& account : *accounts)
        text +=
            fmt::format("{:<20} {:<32} {:<21} {}\n", account.name, account.role,
                        server::time_text({account.password_changed_at.microseconds / 1'000'000 * 1'000'000}),
                        account.locked_until > now ? server::time_text(account.locked_until) : "-");
    return text;
}

namespace {

std::unexpected<base::Error> as_error(const server::Problem& problem) {
    return base::fail(problem.kind, problem.code, sentence(problem));
}

base::Result<server::Id> role_named(ports::Database& database, const std::string& role) {
    const auto rows = ports::read_from(database, [&](ports::Connection& connection) {
        return connection.query("SELECT id FROM role WHERE built_in = $1 OR lower(name) = lower($1)", {role});
    });
    if (!rows) return std::unexpected(rows.error());
    if (!rows->empty()) return rows->front().integer(0);
    return base::fail(ErrorKind::invalid, "no_role", fmt::format("--role: there is no role '{}'.", role));
}

/// Who may do everything, for what is done on the machine itself.
base::Result<server::Account> administrator(ports::Database& database) {
    const auto accounts = ports::read_from(database, [](ports::Connection& connection) {
        return server::load_accounts(connection, std::nullopt);
    });
    if (!accounts) return std::unexpected(accounts.error());
    for (const auto& account : *accounts)
        if (account.role_id == server::administrator_role && !account.areas && !account.departments)
            return account;
    return base::fail(ErrorKind::conflict, "not_set_up",
                      "The platform is not set up yet. Start it and open its page.");
}

base::Result<server::Id> account_named(ports::Database& database, const std::string& name) {
    const auto found = ports::read_from(
        database, [&](ports::Connection& connection) { return server::load_accounts(connection, name); });
    if (!found) return std::unexpected(found.error());
    if (!found->empty()) return found->front().id;
    return base::fail(
        ErrorKind::not_found, "no_account",
        fmt::format("There is no account '{}'. `sallyport user list` names those that there are.", name));
}

/// Whatever locks it: wrong passwords, or a hand.
server::Outcome unlock(server::Operators& operators, const std::string& account, const server::Actor& by) {
    if (auto lifted = operators.lift("account", account, by); !lifted) return lifted;
    return operators.lift(std::string(server::hand_lock), account, by);
}

}  // namespace

base::Result<std::string> keep_user(const UserOptions& options) {
    using Action = UserOptions::Action;
    auto opened = open_platform(options.directory);
    if (!opened) return std::unexpected(opened.error());
    auto& database = *(*opened)->database;
    auto& operators = (*opened)->operators;
    const auto by = administrator(database);
    if (!by) return std::unexpected(by.error());
    const server::Keeper keeper{*by, server::Actor{}};
    if (options.action == Action::unlock) {
        if (const auto known = account_named(database, options.name); !known)
            return std::unexpected(known.error());
        if (const auto lifted = unlock(operators, options.name, keeper.actor); !lifted)
            return as_error(lifted.error());
        return fmt::format("{} is not locked out any more.\n", options.name);
    }
    if (options.action == Action::lock) {
        if (const auto known = account_named(database, options.name); !known)
            return std::unexpected(known.error());
        const auto until = operators.lock(options.name, keeper.actor);
        if (!until) return as_error(until.error());
        return fmt::format(
            "Nobody signs in as {} before {}, and its API tokens stop within seconds until then. Sessions "
            "that are open go on: end them on the page, or stop the platform and reset the password.\n",
            options.name, server::time_text(*until));
    }
    const auto locked = LockedDirectory::open(options.directory, "sallyport");
    if (!locked) return std::unexpected(locked.error());
    server::AccountPatch patch;
    if (options.action == Action::reset) {
        const auto id = account_named(database, options.name);
        if (!id) return std::unexpected(id.error());
        patch.password = read_password(options.name);
        if (const auto changed = operators.change(*id, patch, keeper); !changed)
            return as_error(changed.error());
        if (const auto lifted = unlock(operators, options.name, keeper.actor); !lifted)
            return as_error(lifted.error());
        return fmt::format("{} chooses another password at the next sign-in; its sessions are ended.\n",
                           options.name);
    }
    const auto role = role_named(database, options.role);
    if (!role) return std::unexpected(role.error());
    patch.name = options.name;
    patch.role_id = *role;
    patch.password = read_password(options.name);
    if (const auto added = operators.add(patch, keeper); !added) return as_error(added.error());
    return fmt::format("{} is added, and chooses another password at the first sign-in.\n", options.name);
}

}  // namespace sallyport::apps

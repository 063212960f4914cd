// sallyport: exit codes are 0 done or stopped, 1 failed at run time, 2 bad arguments or configuration, 3 port
// in use.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <sys/stat.h>

#include "apps/sallyport/commands.hpp"
#include "apps/sallyport/doctor.hpp"
#include "apps/sallyport/options.hpp"
#include "apps/sallyport/serve.hpp"

namespace {

using namespace sallyport;

enum ExitCode : int { done = 0, failed = 1, refused = 2, port_in_use = 3 };

using Printing = base::Result<std::string>;

struct Run {
    Printing operator()(const apps::ServeOptions& options) const {
        const auto served = apps::serve(options);
        if (!served) return std::unexpected(served.error());
        return std::string();
    }
    Printing operator()(const apps::StatusOptions& options) const { return apps::status(options); }
    Printing operator()(const apps::AuditVerifyOptions& options) const {
        return apps::verify_audit_log(options);
    }
    Printing operator()(const apps::ResetAdminOptions& options) const { return apps::reset_admin(options); }
    Printing operator()(const apps::UserListOptions& options) const { return apps::list_users(options); }
    Printing operator()(const apps::UserOptions& options) const { return apps::keep_user(options); }
    Printing operator()(const apps::ReaderOptions& options) const { return apps::keep_readers(options); }
    Printing operator()(const apps::SetPortOptions& options) const { return apps::set_port(options); }
    Printing operator()(const apps::DiscoverOptions& options) const { return apps::discover(options); }
    Printing operator()(const apps::InitialiseOptions& options) const { return apps::initialise(options); }
    Printing operator()(const apps::DoctorOptions& options) const { return apps::examine(options); }
    Printing operator()(const apps::Printed& printed) const { return printed.text; }
};

int complain(const base::Error& error) {
    std::fprintf(stderr, "sallyport: %s\n", error.message.c_str());
    if (error.code == "port_in_use") return port_in_use;
    return error.kind == base::ErrorKind::invalid ? refused : failed;
}

}  // namespace

int main(int count, char** arguments) {
    ::umask(077);                   // what is in the data directory is nobody else's business
    std::signal(SIGXFSZ, SIG_IGN);  // a disk quota is a full disk, not a reason to die
    std::signal(SIGPIPE, SIG_IGN);
    try {
        const auto invocation = apps::read_arguments(count, arguments);
        if (!invocation) return complain(invocation.error());
        const auto printed = std::visit(Run{}, *invocation);
        if (!printed) {
            // What was found is told in whole, and is no mistake of the command.
            if (printed.error().code != "findings") return complain(printed.error());
            std::fputs(printed.error().message.c_str(), stdout);
            return failed;
        }
        std::fputs(printed->c_str(), stdout);
        return done;
    } catch (const std::exception& error) {
        return complain({base::ErrorKind::internal, "internal", error.what()});
    }
}

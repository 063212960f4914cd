// sallyport-door: exit codes are 0 stopped, 1 failed at run time, 2 bad arguments or configuration, 3 port in
// use.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <sys/stat.h>

#include "apps/sallyport-door/daemon.hpp"
#include "apps/sallyport-door/options.hpp"

namespace {

using namespace sallyport;

enum ExitCode : int { stopped = 0, failed = 1, refused = 2, port_in_use = 3 };

int complain(const base::Error& error, int code) {
    std::fprintf(stderr, "sallyport-door: %s\n", error.message.c_str());
    return code;
}

/// The end of a command.
int say(const base::Result<std::string>& outcome) {
    if (!outcome)
        return complain(outcome.error(), outcome.error().kind == base::ErrorKind::invalid ? refused : failed);
    std::fputs(outcome->c_str(), stdout);
    return stopped;
}

int run(int count, const char* const* arguments) {
    const auto invocation = apps::read_arguments(count, arguments);
    if (!invocation) return complain(invocation.error(), refused);
    if (const auto* text = std::get_if<apps::Printed>(&*invocation)) {
        std::fputs(text->text.c_str(), stdout);
        return stopped;
    }
    if (const auto* checked = std::get_if<apps::ConfigChecked>(&*invocation)) {
        std::printf("%s is in order.\n", checked->file.c_str());
        return stopped;
    }
    if (const auto* backup = std::get_if<apps::BackupOptions>(&*invocation))
        return say(apps::make_backup(*backup));
    if (const auto* restore = std::get_if<apps::RestoreOptions>(&*invocation))
        return say(apps::restore_backup(*restore));
    const auto& options = std::get<apps::DoorOptions>(*invocation);
    base::set_log_form(options.log);
    const auto status = apps::run_daemon(options);
    if (status) return stopped;
    if (status.error().code == "port_in_use") return complain(status.error(), port_in_use);
    return complain(status.error(), status.error().kind == base::ErrorKind::invalid ? refused : failed);
}

}  // namespace

int main(int count, char** arguments) {
    ::umask(077);                   // what is in the data directory is nobody else's business
    std::signal(SIGXFSZ, SIG_IGN);  // a disk quota is a full disk, not a reason to die
    std::signal(SIGPIPE, SIG_IGN);  // nobody reads the log: the door does not care
    try {
        return run(count, arguments);
    } catch (const std::exception& error) {
        return complain({base::ErrorKind::internal, "internal", error.what()}, failed);
    }
}

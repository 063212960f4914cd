// sallyport-sim: exit codes are 0 stopped, 1 failed at run time, 2 bad arguments, 3 port in use.
#include <csignal>
#include <cstdio>
#include <exception>
#include <sys/stat.h>

#include "apps/sallyport-sim/options.hpp"
#include "apps/sallyport-sim/site.hpp"
#include "base/log.hpp"

namespace {

using namespace sallyport;

enum ExitCode : int { stopped = 0, failed = 1, refused = 2, port_in_use = 3 };

int complain(const base::Error& error) {
    std::fprintf(stderr, "sallyport-sim: %s\n", error.message.c_str());
    if (error.code == "port_in_use") return port_in_use;
    return error.kind == base::ErrorKind::invalid ? refused : failed;
}

int run(int count, const char* const* arguments) {
    const auto invocation = apps::read_arguments(count, arguments);
    if (!invocation) return complain(invocation.error());
    if (const auto* text = std::get_if<apps::Printed>(&*invocation)) {
        std::fputs(text->text.c_str(), stdout);
        return stopped;
    }
    const auto status = apps::run_site(std::get<apps::SimOptions>(*invocation));
    return status ? stopped : complain(status.error());
}

}  // namespace

int main(int count, char** arguments) {
    ::umask(077);
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return run(count, arguments);
    } catch (const std::exception& error) {
        return complain({base::ErrorKind::internal, "internal", error.what()});
    }
}

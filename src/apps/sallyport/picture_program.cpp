#include "apps/sallyport/picture_program.hpp"

#include <unistd.h>

#include <fmt/core.h>

namespace sallyport::apps {

std::filesystem::path picture_program() {
    std::error_code failed;
    const auto own = std::filesystem::read_symlink("/proc/self/exe", failed);
    return own.parent_path().parent_path() / "lib/sallyport/sallyport-picture";
}

base::Status check_picture_program() {
    const auto program = picture_program();
    if (::access(program.c_str(), X_OK) == 0) return {};
    return base::fail(base::ErrorKind::not_found, "no_picture_program",
                      fmt::format("{} cannot be started, so that no photo can be stored: install the package "
                                  "again, or build `sallyport-picture` beside this program.",
                                  program.string()));
}

}  // namespace sallyport::apps

#pragma once
// What sallyport-door-update does: installs what was staged, makes keys, signs.
#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "codec/update/update_package.hpp"

namespace sallyport::apps {

struct InstallOptions {
    std::filesystem::path staged = "/var/lib/sallyport-door/update/staged";
    std::filesystem::path key = "/etc/sallyport/update.key";
    std::filesystem::path state = "/var/lib/sallyport-door-update";  ///< root's alone
    std::filesystem::path installer = "/usr/bin/dpkg";
};
/// Verifies the staged package once more, because who staged it has no rights, and installs its payload. What
/// was refused, or installed, is no longer staged; what a power cut interrupted is tried again, and a file
/// that somebody brought stays while the key is missing. A sentence of success.
[[nodiscard]] base::Result<std::string> install_update(const InstallOptions&);

/// A new secret key in a new file of mode 0600; gives the public one.
[[nodiscard]] base::Result<std::string> make_update_key(const std::filesystem::path& file);

struct SignOptions {
    std::filesystem::path key;
    std::filesystem::path payload;
    std::filesystem::path package;
    std::string version;
    std::string minimum = "0.0.0";
    std::string architecture = "amd64";
};
/// Only a .deb of the version and the architecture that are told is signed.
[[nodiscard]] base::Result<std::string> sign_update_file(const SignOptions&);

}  // namespace sallyport::apps

// sallyport-door-update: exit codes are 0 done, 1 refused or failed, 2 bad arguments.
#include <cstdio>
#include <exception>

#include <CLI/CLI.hpp>

#include "apps/command_line/command_line.hpp"
#include "apps/sallyport-door-update/update_commands.hpp"

namespace {

using namespace sallyport;

int say(const base::Result<std::string>& outcome) {
    std::fputs(
        outcome ? outcome->c_str() : ("sallyport-door-update: " + outcome.error().message + "\n").c_str(),
        outcome ? stdout : stderr);
    return outcome ? 0 : 1;
}

int run(int count, const char* const* arguments) {
    CLI::App app("Installs signed updates of the door controller, and makes them.", "sallyport-door-update");
    app.set_version_flag("--version", std::string("sallyport-door-update ") + SALLYPORT_VERSION);
    app.require_subcommand(1);
    apps::InstallOptions install;
    auto* installing = app.add_subcommand("install", "Install what the controller has staged");
    installing->add_option("--staged", install.staged, "The update package")
        ->type_name("FILE")
        ->capture_default_str();
    installing->add_option("--key", install.key, "The public key that is trusted")
        ->type_name("FILE")
        ->capture_default_str();
    installing->add_option("--state", install.state, "What was installed already")
        ->type_name("DIR")
        ->capture_default_str();
    installing->add_option("--installer", install.installer, "Takes a .deb as dpkg does")
        ->type_name("PROGRAM")
        ->capture_default_str();
    std::string key_file;
    auto* making = app.add_subcommand("make-key", "Write a new secret key and print its public one");
    making->add_option("file", key_file, "A new file, to be kept secret")->type_name("FILE")->required();
    apps::SignOptions sign;
    auto* signing = app.add_subcommand("sign", "Make an update package of a .deb");
    signing->add_option("--key", sign.key, "The secret key")->type_name("FILE")->required();
    signing->add_option("--version", sign.version, "What it brings, such as 1.2.3")
        ->type_name("VERSION")
        ->required();
    signing->add_option("--minimum", sign.minimum, "The oldest version that it goes over")
        ->type_name("VERSION")
        ->capture_default_str();
    signing->add_option("--architecture", sign.architecture, "amd64 or arm64")
        ->type_name("NAME")
        ->capture_default_str();
    signing->add_option("payload", sign.payload, "The .deb")->type_name("FILE.deb")->required();
    signing->add_option("package", sign.package, "The update package to write")
        ->type_name("FILE")
        ->required();
    const auto parsed = apps::parse_command_line(app, count, arguments);
    if (!parsed) {
        say(std::unexpected(parsed.error()));
        return 2;
    }
    if (*parsed) return say(**parsed);
    if (installing->parsed()) return say(apps::install_update(install));
    if (making->parsed()) return say(apps::make_update_key(key_file));
    return say(apps::sign_update_file(sign));
}

}  // namespace

int main(int count, char** arguments) {
    try {
        return run(count, arguments);
    } catch (const std::exception& error) {
        return say(base::fail(base::ErrorKind::internal, "internal", error.what()));
    }
}

#pragma once
// The commands beside `serve`. Each answers with what to print.
#include <filesystem>
#include <optional>
#include <string>

#include "apps/sallyport/options.hpp"
#include "base/result.hpp"

namespace sallyport::apps {

[[nodiscard]] base::Result<std::string> status(const StatusOptions&);
[[nodiscard]] base::Result<std::string> verify_audit_log(const AuditVerifyOptions&);
/// Refused while a platform runs there: its sessions would go on.
[[nodiscard]] base::Result<std::string> reset_admin(const ResetAdminOptions&);
[[nodiscard]] base::Result<std::string> list_users(const UserListOptions&);
/// Adding and resetting are refused while a platform runs there; locking and unlocking are not.
[[nodiscard]] base::Result<std::string> keep_user(const UserOptions&);
/// Readers on a controller's lines. Pairing waits until the reader has its key, or may take it no longer:
/// timeout "reader_not_paired".
[[nodiscard]] base::Result<std::string> keep_readers(const ReaderOptions&);
/// Changes one line of the file. conflict "port_in_use" when somebody listens there.
[[nodiscard]] base::Result<std::string> set_port(const SetPortOptions&);
[[nodiscard]] base::Result<std::string> discover(const DiscoverOptions&);
/// The password comes from the standard input. Answers with serial number, certificate and keypad password.
[[nodiscard]] base::Result<std::string> initialise(const InitialiseOptions&);
/// A line of the standard input, which a terminal does not show; asks there for a password for `whom`.
[[nodiscard]] base::Secret read_password(const std::string& whom);

/// A platform that runs in the directory; nullopt when none does.
struct Running {
    enum class Health : std::uint8_t { well, ailing };
    std::string page;  ///< where it listens: "127.0.0.1:8443"
    Health health = Health::ailing;
    std::string says;  ///< of its health, for people
};
[[nodiscard]] std::optional<Running> running_in(const std::filesystem::path& directory);

}  // namespace sallyport::apps

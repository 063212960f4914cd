#pragma once
// The commands beside `serve`. Each answers with what to print.
#include <string>

#include "apps/sallyport/options.hpp"
#include "base/result.hpp"

namespace sallyport::apps {

[[nodiscard]] base::Result<std::string> status(const StatusOptions&);
[[nodiscard]] base::Result<std::string> verify_audit_log(const AuditVerifyOptions&);
/// Refused while a platform runs there: its sessions would go on.
[[nodiscard]] base::Result<std::string> reset_admin(const ResetAdminOptions&);
[[nodiscard]] base::Result<std::string> list_users(const UserListOptions&);

}  // namespace sallyport::apps

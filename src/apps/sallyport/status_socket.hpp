#pragma once
// How a running platform is, told on the machine itself: a socket in the data directory, which its file mode
// opens to those who may read the data as well. `sallyport status` asks there for what no file says.
#include <filesystem>
#include <functional>
#include <memory>

#include <boost/json/object.hpp>

#include "base/result.hpp"

namespace sallyport::apps {

/// While it lives, whoever connects is told once and hung up on.
class StatusSocket {
  public:
    /// `told` is called on a thread of its own; empty: nothing to tell. Errors: unavailable
    /// "no_status_socket", also for a directory whose path is longer than sockets may have (107 bytes).
    [[nodiscard]] static base::Result<std::unique_ptr<StatusSocket>> open(
        const std::filesystem::path& directory, std::function<boost::json::object()> told);
    StatusSocket(const StatusSocket&) = delete;
    StatusSocket& operator=(const StatusSocket&) = delete;
    ~StatusSocket();

  private:
    struct Parts;
    explicit StatusSocket(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

/// What the platform that runs in the directory tells. Errors: unavailable or timeout when none answers
/// within 5 s or it could not read its database, corrupt "bad_status".
[[nodiscard]] base::Result<boost::json::object> ask_status(const std::filesystem::path& directory);

}  // namespace sallyport::apps

#pragma once
// ports::LocalStream on a Unix socket.
#include "ports/local_stream.hpp"

namespace sallyport::adapters {

[[nodiscard]] base::Result<std::unique_ptr<ports::LocalStream>> open_local(const std::string& path);

}  // namespace sallyport::adapters

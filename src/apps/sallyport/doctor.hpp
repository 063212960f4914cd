#pragma once
// `sallyport doctor`: looks at what usually goes wrong, and at what will.
#include <string>

#include "apps/sallyport/options.hpp"
#include "base/result.hpp"

namespace sallyport::apps {

/// A line for each thing that was looked at: ok, LOOK (soon wrong, or unusual) or BAD. As an error "findings"
/// with the same text when something is bad.
[[nodiscard]] base::Result<std::string> examine(const DoctorOptions&);

}  // namespace sallyport::apps

#pragma once
// What every program does with its command line: the same sentences, and help for the command that was meant.
#include <optional>
#include <string>

#include "base/result.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace sallyport::apps {

/// Fills what `app` was told to fill. A text is what the arguments asked to be printed (help, the version),
/// and all that is to be done. Errors: invalid "invalid_arguments", with a sentence that names the way on.
[[nodiscard]] base::Result<std::optional<std::string>> parse_command_line(CLI::App& app, int count,
                                                                          const char* const* arguments);

}  // namespace sallyport::apps

#pragma once
// Golden scripts: a line per stimulus, and indented below it what the station does. README.md beside them has
// the words.
#include <string>
#include <vector>

#include "base/result.hpp"

namespace sallyport::scenario {

/// Plays the script and gives it back with the effects that came, whatever it expected. The error names the
/// line that it cannot read, or says which invariant broke after which line.
[[nodiscard]] base::Result<std::string> play(const std::string& script);

}  // namespace sallyport::scenario

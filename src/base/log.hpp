#pragma once
// The log of a program: one line on the error stream for each message, with the time in UTC. Any thread.
// Secrets cannot get here: base::Secret has no text form.
#include <string_view>

namespace sallyport::base {

enum class LogLevel { debug, notice, warning, error };

/// Messages below `least` are dropped; `notice` until this is called. Line breaks in a message become spaces.
void set_log_level(LogLevel least);
void log(LogLevel level, std::string_view message);

inline void log_notice(std::string_view message) {
    log(LogLevel::notice, message);
}
inline void log_warning(std::string_view message) {
    log(LogLevel::warning, message);
}
inline void log_error(std::string_view message) {
    log(LogLevel::error, message);
}

}  // namespace sallyport::base

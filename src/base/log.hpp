#pragma once
// The log of a program: one line on the error stream for each message. Any thread. Secrets cannot get here:
// base::Secret has no text form.
//
// Where the error stream is the journal of systemd ($JOURNAL_STREAM says so), each line begins with its
// priority, "<3>" an error to "<7>" for debugging (sd-daemon(3)), and text lines carry no time: the journal
// has its own.
#include <string_view>

namespace sallyport::base {

enum class LogLevel { debug, notice, warning, error };
enum class LogForm {
    text,  ///< "2026-03-29T01:00:00.000Z warning The words."
    json,  ///< {"at":"2026-03-29T01:00:00.000Z","level":"warning","message":"The words."}
};

/// Messages below `least` are dropped; `notice` until this is called. Line breaks in a message become spaces.
void set_log_level(LogLevel least);
/// `text` until this is called.
void set_log_form(LogForm form);
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

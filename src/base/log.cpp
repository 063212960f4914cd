#include "base/log.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/utf8.hpp"

namespace sallyport::base {

namespace {

constexpr auto time_pattern = "%Y-%m-%dT%H:%M:%S.%eZ";

spdlog::level::level_enum of(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::notice: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

/// The digit of syslog for the level of a message.
class Priority final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&,
                spdlog::memory_buf_t& line) override {
        line.push_back(message.level >= spdlog::level::err     ? '3'
                       : message.level == spdlog::level::warn  ? '4'
                       : message.level == spdlog::level::debug ? '7'
                                                               : '5');
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<Priority>();
    }
};

bool writes_to_the_journal() {
    const char* const named = std::getenv("JOURNAL_STREAM");
    struct stat stream{};
    return named != nullptr && ::fstat(STDERR_FILENO, &stream) == 0 &&
           named == fmt::format("{}:{}", stream.st_dev, stream.st_ino);
}

std::unique_ptr<spdlog::formatter> formatter_of(LogForm form) {
    const bool journal = writes_to_the_journal();
    std::string pattern = journal ? "<%*>" : "";
    if (form == LogForm::json) {
        pattern += fmt::format(R"({{"at":"{}","level":"%l","message":"%v"}})", time_pattern);
    } else {
        pattern += journal ? "%v" : fmt::format("{} %l %v", time_pattern);
    }
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<Priority>('*').set_pattern(pattern);
    return formatter;
}

spdlog::logger& logger() {
    static const auto one = [] {
        auto made =
            std::make_shared<spdlog::logger>("sallyport", std::make_shared<spdlog::sinks::stderr_sink_mt>());
        made->set_formatter(formatter_of(LogForm::text));
        return made;
    }();
    return *one;
}

std::atomic<LogForm> log_form{LogForm::text};

std::string json_text(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto size = character_length(text);
        if (size == 0) result += "\\ufffd";
        if (size == 1 && (text[0] == '"' || text[0] == '\\')) result += '\\';
        result += text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return result;
}

}  // namespace

void set_log_level(LogLevel least) {
    logger().set_level(of(least));
}

void set_log_form(LogForm form) {
    log_form = form;
    logger().set_formatter(formatter_of(form));
}

void log(LogLevel level, std::string_view message) {
    std::string line(message);
    // A name typed by somebody must not be able to forge a line.
    std::replace_if(
        line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
        ' ');
    logger().log(of(level), "{}", log_form == LogForm::json ? json_text(line) : line);
}

}  // namespace sallyport::base

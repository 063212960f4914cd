#include "codec/syslog/syslog.hpp"

#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "codec/dhip/time_text.hpp"

namespace sallyport::codec {

namespace {

using core::Alarm;
using core::Record;
using core::RecordKind;

constexpr int facility_security = 10;
constexpr std::size_t longest_host = 255;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

enum Severity : int { alert = 1, warning = 4, notice = 5, informational = 6 };

Severity severity_of(const Record& record) {
    if (record.kind == RecordKind::alarm_started) {
        const bool urgent =
            record.alarm == Alarm::intrusion || record.alarm == Alarm::duress || record.alarm == Alarm::fire;
        return urgent ? alert : warning;
    }
    if (record.flags.duress) return alert;
    if (record.kind == RecordKind::records_overwritten || record.flags.anti_passback ||
        record.flags.facility_only)
        return warning;
    return record.result == core::AccessResult::denied ? notice : informational;
}

std::string printable(std::string_view text) {
    std::string result(text.substr(0, longest_host));
    for (char& c : result)
        if (c <= ' ' || c > '~') c = '_';
    return result.empty() ? "-" : result;
}

/// Collectors cut messages at line breaks, whatever their frame says.
std::string one_line(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
    return text;
}

/// RFC 5424 6.3.3: a quotation mark, a backslash and a closing bracket are escaped.
void add(std::string& element, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    element += fmt::format(" {}=\"", name);
    for (const char c : value) {
        if (c == '"' || c == '\\' || c == ']') element += '\\';
        element += c;
    }
    element += '"';
}

template <class E>
std::string_view word_of(E value) {
    return value == E{} ? std::string_view() : base::text_of(value);
}

std::string structured(const core::StoredRecord& stored, const SyslogSource& source) {
    const auto& record = stored.record;
    std::string element = "[sallyport@32473";
    add(element, "serial", source.serial);
    add(element, "generation", std::to_string(stored.position.generation));
    add(element, "sequence", std::to_string(stored.position.sequence));
    add(element, "kind", base::text_of(record.kind));
    if (record.door.value != 0) add(element, "door", std::to_string(record.door.value));
    if (record.reader.value != 0) add(element, "reader", std::to_string(record.reader.value));
    add(element, "direction", word_of(record.direction));
    add(element, "result", word_of(record.result));
    add(element, "reason", word_of(record.reason));
    add(element, "method", word_of(record.method));
    if (record.alarm) add(element, "alarm", base::text_of(*record.alarm));
    if (record.user_id) add(element, "user_id", record.user_id->view());
    if (record.card && source.cards == CardNumbers::shown) add(element, "card", record.card->text());
    if (record.flags.duress) add(element, "duress", "true");
    if (record.flags.anti_passback) add(element, "anti_passback", "violated");
    add(element, "detail", record.detail);
    add(element, "utc_offset_s", std::to_string(record.utc_offset_s));
    return element + "]";
}

std::string words_of(const Record& record) {
    std::string text(base::text_of(record.kind));
    for (char& c : text)
        if (c == '_') c = ' ';
    const auto say = [&text](std::string_view before, std::string_view word) {
        if (!word.empty()) text += fmt::format("{}{}", before, word);
    };
    if (record.alarm) say(": ", base::text_of(*record.alarm));
    say(" ", word_of(record.result));
    if (record.result == core::AccessResult::denied) say(", ", word_of(record.reason));
    if (record.door.value != 0) say(", door ", std::to_string(record.door.value));
    if (record.user_id) say(", user ", record.user_id->view());
    say(", ", record.detail);
    return text;
}

}  // namespace

std::string syslog_message(const core::StoredRecord& stored, const SyslogSource& source) {
    const auto& record = stored.record;
    return one_line(fmt::format("<{}>1 {} {} sallyport-door - {} {} {}{}",
                                facility_security * 8 + static_cast<int>(severity_of(record)),
                                dhip::utc_text(record.at), printable(source.host), base::text_of(record.kind),
                                structured(stored, source), byte_order_mark, words_of(record)));
}

std::string syslog_frame(const core::StoredRecord& stored, const SyslogSource& source) {
    const auto message = syslog_message(stored, source);
    return fmt::format("{} {}", message.size(), message);
}

std::string syslog_frame(const SyslogText& said) {
    std::string element = "[sallyport@32473";
    for (const auto& [name, value] : said.facts) add(element, name, value);
    element += ']';
    const auto message =
        one_line(fmt::format("<{}>1 {} {} {} - {} {} {}{}", facility_security * 8 + said.severity,
                             dhip::utc_text(said.at), printable(said.host), printable(said.program),
                             printable(said.kind).substr(0, 32), element, byte_order_mark, said.text));
    return fmt::format("{} {}", message.size(), message);
}

}  // namespace sallyport::codec

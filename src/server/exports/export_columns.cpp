#include "server/exports/export_columns.hpp"

#include <algorithm>

#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

std::string word(const ExportWords& words, std::string_view group, std::string_view name) {
    const auto found = words.find(fmt::format("{}.{}", group, name));
    return found == words.end() ? std::string(name) : found->second;
}

/// A member's text or digits; "" for null.
std::string text_of(const json::value& value) {
    if (value.is_null()) return "";
    return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

/// "2026-03-29 02:05:00" where the clocks of the site are `offset` before UTC.
std::string local_time(const json::object& event, std::string_view member) {
    const auto at = time_from(text_of(event.at(member)));
    if (!at) return "";
    const auto offset = event.at("utc_offset_s").to_number<std::int64_t>();
    auto text = time_text({at->microseconds + offset * 1'000'000}).substr(0, 19);
    text[10] = ' ';
    return text;
}

std::string person(const json::object& event, std::string_view member) {
    const auto* who = event.at("person").if_object();
    return who == nullptr ? "" : text_of(who->at(member));
}

struct Column {
    enum class On { every_format, sheets };
    std::string_view name;
    int width;
    On on;
    std::string (*cell)(const json::object&, const ExportWords&);
};

template <std::size_t N>
struct Name {
    char text[N];                                                          // NOLINT: a template's parameter
    constexpr Name(const char (&name)[N]) { std::copy_n(name, N, text); }  // NOLINT
    [[nodiscard]] constexpr std::string_view view() const { return {text, N - 1}; }
};

/// A member that is a word of the contract, of `group` in the words of who asked.
template <Name member, Name group>
std::string worded(const json::object& event, const ExportWords& words) {
    const auto name = text_of(event.at(member.view()));
    return name.empty() ? "" : word(words, group.view(), name);
}
template <Name member>
std::string plain(const json::object& event, const ExportWords&) {
    return text_of(event.at(member.view()));
}
template <Name member>
std::string time(const json::object& event, const ExportWords&) {
    return local_time(event, member.view());
}
template <Name member>
std::string who(const json::object& event, const ExportWords&) {
    return person(event, member.view());
}

constexpr auto everywhere = Column::On::every_format;
constexpr auto sheets = Column::On::sheets;
constexpr Column all_columns[] = {
    {"at", 19, everywhere, time<"at">},
    {"kind", 20, everywhere, worded<"kind", "kinds">},
    {"result", 10, everywhere, worded<"result", "results">},
    {"reason", 24, everywhere, worded<"reason", "reasons">},
    {"alarm", 16, everywhere, worded<"alarm", "alarms">},
    {"door", 22, everywhere, plain<"door_name">},
    {"direction", 10, sheets, worded<"direction", "directions">},
    {"reader", 6, sheets, plain<"reader">},
    {"method", 16, sheets, worded<"method", "methods">},
    {"person", 22, everywhere, who<"name">},
    {"user_id", 10, sheets, who<"user_id">},
    {"card", 17, everywhere, plain<"card">},
    {"detail", 40, sheets, plain<"detail">},
    {"received", 19, sheets, time<"received_at">},
    {"sequence", 10, sheets, plain<"sequence">},
};

bool is_on(const Column& column, ports::TableFormat format) {
    return column.on == everywhere || format != ports::TableFormat::pdf;
}

}  // namespace

ports::TableHead export_head(ports::TableFormat format, const ExportWords& words) {
    const auto about = words.find("about");
    ports::TableHead head{word(words, "columns", "title"), about == words.end() ? "" : about->second, {}};
    for (const auto& column : all_columns)
        if (is_on(column, format))
            head.columns.push_back({word(words, "columns", column.name), column.width});
    return head;
}

std::vector<std::string> export_row(ports::TableFormat format, const ExportWords& words,
                                    const json::object& event) {
    std::vector<std::string> cells;
    for (const auto& column : all_columns)
        if (is_on(column, format)) cells.push_back(column.cell(event, words));
    return cells;
}

}  // namespace sallyport::server

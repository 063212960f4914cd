#include "server/wire/fields.hpp"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "server/wire/time_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

namespace {

bool is_control(char32_t c) {
    const bool is_none = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || is_none;
}

bool breaks_line(char32_t c) {
    return c == '\n' || c == '\t' || c == 0x2028 || c == 0x2029;
}

bool turns_direction(char32_t c) {
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/// Blanks, and what takes no place at all.
bool is_unseen(char32_t c) {
    return c == ' ' || c == 0xa0 || c == 0xad || c == 0x034f || c == 0x061c || c == 0x115f || c == 0x1160 ||
           c == 0x1680 || c == 0x180e || (c >= 0x2000 && c <= 0x200f) || (c >= 0x202f && c <= 0x2064) ||
           c == 0x2800 || c == 0x3000 || c == 0x3164 || c == 0xfeff || c == 0xffa0;
}

/// Of UTF-8 that the parser of JSON has let through.
std::u32string code_points(std::string_view text) {
    std::u32string points;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0xc0)
            points += byte & (byte >= 0xf0 ? 0x07U : byte >= 0xe0 ? 0x0fU : 0x1fU);
        else if (byte >= 0x80 && !points.empty())
            points.back() = points.back() << 6 | (byte & 0x3fU);
        else
            points += byte;
    }
    return points;
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(code_points(text), is_control);
}

constexpr std::string_view id_says = "An id has 1 to 20 digits.";

}  // namespace

bool is_name(std::string_view text) {
    const auto points = code_points(text);
    return std::ranges::none_of(points, breaks_line) && std::ranges::none_of(points, turns_direction) &&
           !std::ranges::all_of(points, is_unseen);
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string Fields::path_of(std::string_view name) const {
    return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void Fields::wrong(std::string_view name, std::string_view code, std::string message) {
    errors_.push_back({path_of(name), std::string(code), std::move(message)});
}

bool Fields::is_null(std::string_view name) {
    const auto* value = object_.if_contains(name);
    if (value == nullptr || !value->is_null()) return false;
    asked_.push_back(name);
    return true;
}

const json::value* Fields::take(std::string_view name, Need need) {
    asked_.push_back(name);
    const auto* found = object_.if_contains(name);
    if (found == nullptr && need == Need::required)
        wrong(name, "missing", fmt::format("\"{}\" is missing.", name));
    return found;
}

void Fields::finish() {
    for (const auto& member : object_) {
        if (std::find(asked_.begin(), asked_.end(), std::string_view(member.key())) != asked_.end()) continue;
        const std::string name(std::string_view(member.key()).substr(0, 64));
        wrong(name, "unknown", fmt::format("\"{}\" is not known here. Leave it out.", name));
    }
}

std::optional<std::string> Fields::checked_text(const json::value& value, std::string_view name,
                                                const TextRule& rule) {
    if (!value.is_string()) return wrong(name, "type", "This must be a text."), std::nullopt;
    const std::string_view text = value.get_string();
    const auto length = characters(text);
    if (length < rule.min) {
        const auto* code = "too_short";
        return wrong(name, code, fmt::format("At least {} character{}.", rule.min, rule.min == 1 ? "" : "s")),
               std::nullopt;
    }
    if (length > rule.max)
        return wrong(name, "too_long", fmt::format("At most {} characters.", rule.max)), std::nullopt;
    if (has_control(text))
        return wrong(name, "characters",
                     "Control characters, and codes that are no characters, are not taken."),
               std::nullopt;
    if (rule.form != nullptr && !rule.form(text))
        return wrong(name, rule.code, std::string(rule.says)), std::nullopt;
    return std::string(text);
}

std::optional<std::int64_t> Fields::checked_integer(const json::value& value, std::string_view name,
                                                    std::int64_t min, std::int64_t max) {
    if (!value.is_int64() && !value.is_uint64())
        return wrong(name, "type", "This must be a whole number."), std::nullopt;
    if (value.is_uint64() || value.get_int64() > max)
        return wrong(name, "too_large", fmt::format("At most {}.", max)), std::nullopt;
    if (value.get_int64() < min)
        return wrong(name, "too_small", fmt::format("At least {}.", min)), std::nullopt;
    return value.get_int64();
}

std::optional<std::string> Fields::text(std::string_view name, const TextRule& rule, Need need) {
    const auto* value = take(name, need);
    if (value == nullptr) return std::nullopt;
    return checked_text(*value, name, rule);
}

std::optional<base::Secret> Fields::secret(std::string_view name, const TextRule& rule, Need need) {
    auto read = text(name, rule, need);
    if (!read) return std::nullopt;
    return base::Secret(*std::move(read));
}

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t min, std::int64_t max,
                                            Need need) {
    const auto* value = take(name, need);
    if (value == nullptr) return std::nullopt;
    return checked_integer(*value, name, min, max);
}

std::optional<double> Fields::number(std::string_view name, double min, double max, Need need) {
    const auto* value = take(name, need);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number()) return wrong(name, "type", "This must be a number."), std::nullopt;
    const auto number = value->to_number<double>();
    if (number > max) return wrong(name, "too_large", fmt::format("At most {}.", max)), std::nullopt;
    if (number < min) return wrong(name, "too_small", fmt::format("At least {}.", min)), std::nullopt;
    return number;
}

std::optional<bool> Fields::truth(std::string_view name, Need need) {
    const auto* value = take(name, need);
    if (value == nullptr) return std::nullopt;
    if (!value->is_bool()) return wrong(name, "type", "This must be true or false."), std::nullopt;
    return value->get_bool();
}

std::optional<std::string> Fields::choice(std::string_view name,
                                          std::initializer_list<std::string_view> words, Need need) {
    const auto* value = take(name, need);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) return wrong(name, "type", "This must be a text."), std::nullopt;
    const std::string_view word = value->get_string();
    if (std::find(words.begin(), words.end(), word) == words.end())
        return wrong(name, "choice", fmt::format("One of: {}.", fmt::join(words, ", "))), std::nullopt;
    return std::string(word);
}

Nullable<base::Secret> Fields::nullable_secret(std::string_view name, const TextRule& rule) {
    const auto* value = take(name, Need::optional);
    if (value == nullptr) return std::nullopt;
    if (value->is_null()) return std::optional<base::Secret>();
    auto read = checked_text(*value, name, rule);
    if (!read) return std::nullopt;
    return base::Secret(*std::move(read));
}

Nullable<std::int64_t> Fields::nullable_integer(std::string_view name, std::int64_t min, std::int64_t max) {
    const auto* value = take(name, Need::optional);
    if (value == nullptr) return std::nullopt;
    if (value->is_null()) return std::optional<std::int64_t>();
    const auto read = checked_integer(*value, name, min, max);
    if (!read) return std::nullopt;
    return read;
}

Nullable<base::UtcTime> Fields::nullable_time(std::string_view name) {
    const auto* value = take(name, Need::optional);
    if (value == nullptr) return std::nullopt;
    if (value->is_null()) return std::optional<base::UtcTime>();
    if (!value->is_string()) return wrong(name, "type", "This must be a time or null."), std::nullopt;
    const auto time = time_from(value->get_string());
    if (!time) return wrong(name, "pattern", "A time looks like 2026-03-29T00:59:50Z."), std::nullopt;
    return time;
}

Nullable<Id> Fields::nullable_id(std::string_view name) {
    const auto* value = take(name, Need::optional);
    if (value == nullptr) return std::nullopt;
    if (value->is_null()) return std::optional<Id>();
    if (!value->is_string())
        return wrong(name, "type", "This must be an id in quotes, or null."), std::nullopt;
    const auto id = id_from(value->get_string());
    if (!id) return wrong(name, "pattern", std::string(id_says)), std::nullopt;
    return id;
}

std::optional<std::vector<Id>> Fields::ids(std::string_view name, std::size_t max) {
    const auto* elements = list(name, 0, max);
    if (elements == nullptr) return std::nullopt;
    std::vector<Id> ids;
    std::set<Id> seen;
    for (std::size_t i = 0; i < elements->size(); ++i) {
        const auto& element = (*elements)[i];
        const auto place = fmt::format("{}.{}", name, i);
        const auto id = element.is_string() ? id_from(element.get_string()) : std::nullopt;
        if (!element.is_string())
            wrong(place, "type", "This must be an id in quotes.");
        else if (!id)
            wrong(place, "pattern", std::string(id_says));
        else if (!seen.insert(*id).second)
            wrong(place, "duplicate", "This id stands in the list twice.");
        else
            ids.push_back(*id);
    }
    return ids;
}

Nullable<std::vector<Id>> Fields::nullable_ids(std::string_view name, std::size_t max) {
    if (is_null(name)) return std::optional<std::vector<Id>>();
    auto read = ids(name, max);
    if (!read) return std::nullopt;
    return read;
}

const json::array* Fields::list(std::string_view name, std::size_t min, std::size_t max, Need need) {
    const auto* value = take(name, need);
    if (value == nullptr) return nullptr;
    if (!value->is_array()) return wrong(name, "type", "This must be a list."), nullptr;
    const auto& elements = value->get_array();
    if (elements.size() < min)
        return wrong(name, "too_short", fmt::format("At least {} elements.", min)), nullptr;
    if (elements.size() > max)
        return wrong(name, "too_long", fmt::format("At most {} elements.", max)), nullptr;
    return &elements;
}

std::optional<std::vector<std::string>> Fields::texts(std::string_view name, const TextRule& rule,
                                                      std::size_t min, std::size_t max, Need need) {
    const auto* all = list(name, min, max, need);
    if (all == nullptr) return std::nullopt;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < all->size(); ++i)
        if (auto text = checked_text((*all)[i], fmt::format("{}.{}", name, i), rule))
            texts.push_back(*std::move(text));
    return texts;
}

const json::object* Fields::object(std::string_view name) {
    const auto* value = take(name, Need::optional);
    if (value == nullptr) return nullptr;
    if (!value->is_object()) return wrong(name, "type", "This must be an object."), nullptr;
    return &value->get_object();
}

}  // namespace sallyport::server

#include "server/wire/parameters.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "server/wire/fields.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

const std::string* Parameters::value(std::string_view name) const {
    for (const auto& [key, text] : pairs_)
        if (key == name) return &text;
    return nullptr;
}

const std::string* Parameters::take(std::string_view name) {
    asked_.emplace_back(name);
    return value(name);
}

void Parameters::wrong(std::string_view name, std::string_view code, std::string message) {
    errors_.push_back({std::string(name), std::string(code), std::move(message)});
}

Page Parameters::page() {
    Page page;
    page.limit = integer("limit", 1, 1'000).value_or(100);
    page.cursor = text("cursor", 256);
    return page;
}

std::optional<std::string> Parameters::text(std::string_view name, std::size_t max) {
    const auto* sent = take(name);
    if (sent == nullptr) return std::nullopt;
    if (sent->empty()) return wrong(name, "too_short", "At least 1 character."), std::nullopt;
    if (characters(*sent) > max)
        return wrong(name, "too_long", fmt::format("At most {} characters.", max)), std::nullopt;
    return *sent;
}

std::optional<std::int64_t> Parameters::integer(std::string_view name, std::int64_t min, std::int64_t max) {
    const auto* sent = take(name);
    if (sent == nullptr) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(sent->data(), sent->data() + sent->size(), number);
    if (error != std::errc{} || end != sent->data() + sent->size())
        return wrong(name, "type", "This must be a whole number."), std::nullopt;
    if (number < min) return wrong(name, "too_small", fmt::format("At least {}.", min)), std::nullopt;
    if (number > max) return wrong(name, "too_large", fmt::format("At most {}.", max)), std::nullopt;
    return number;
}

std::optional<base::UtcTime> Parameters::time(std::string_view name) {
    const auto* sent = take(name);
    if (sent == nullptr) return std::nullopt;
    const auto time = time_from(*sent);
    if (!time) wrong(name, "pattern", "A time looks like 2026-03-29T00:59:50Z.");
    return time;
}

std::optional<Id> Parameters::id(std::string_view name) {
    const auto* sent = take(name);
    if (sent == nullptr) return std::nullopt;
    const auto id = id_from(*sent);
    if (!id) wrong(name, "pattern", "An id has 1 to 20 digits.");
    return id;
}

std::vector<std::string> Parameters::split(std::string_view name, std::size_t max) {
    const auto* sent = take(name);
    if (sent == nullptr) return {};
    std::vector<std::string> parts;
    std::string_view rest = *sent;
    for (;;) {
        const auto comma = rest.find(',');
        parts.emplace_back(rest.substr(0, comma));
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
    if (parts.size() > max) {
        wrong(name, "too_long", fmt::format("At most {} of them.", max));
        return {};
    }
    return parts;
}

std::vector<Id> Parameters::ids(std::string_view name, std::size_t max) {
    std::vector<Id> ids;
    for (const auto& part : split(name, max)) {
        const auto id = id_from(part);
        if (!id) return wrong(name, "pattern", "An id has 1 to 20 digits."), std::vector<Id>();
        ids.push_back(*id);
    }
    return ids;
}

Outcome Parameters::finish() {
    for (const auto& [key, text] : pairs_) {
        if (std::count_if(pairs_.begin(), pairs_.end(),
                          [&](const auto& other) { return other.first == key; }) > 1)
            wrong(key, "duplicate", "This parameter is given twice.");
        else if (std::find(asked_.begin(), asked_.end(), key) == asked_.end())
            wrong(std::string_view(key).substr(0, 64), "unknown",
                  "This parameter is not known here. Leave it out.");
    }
    if (!errors_.empty()) return std::unexpected(Problem(std::move(errors_)));
    return {};
}

}  // namespace sallyport::server

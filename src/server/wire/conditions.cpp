#include "server/wire/conditions.hpp"

#include <charconv>

namespace sallyport::server {

void Conditions::add(std::string_view sql, std::vector<Value> values) {
    text_ += text_.empty() ? " WHERE " : " AND ";
    std::size_t used = 0;
    for (const char c : sql) {
        if (c != '?') {
            text_ += c;
            continue;
        }
        text_ += keep(std::move(values[used++]));
    }
}

std::string Conditions::keep(Value value) {
    values_.push_back(std::move(value.kept));
    return "$" + std::to_string(values_.size());
}

ports::Parameters Conditions::parameters() const {
    ports::Parameters all;
    for (const auto& value : values_) {
        if (const auto* number = std::get_if<std::int64_t>(&value))
            all.emplace_back(*number);
        else
            all.emplace_back(std::get<std::string>(value));
    }
    return all;
}

std::string TimePlace::text() const {
    return std::to_string(at.microseconds) + "-" + std::to_string(id);
}

std::optional<TimePlace> TimePlace::from(std::string_view cursor) {
    TimePlace place;
    const auto* end = cursor.data() + cursor.size();
    const auto [after_time, wrong] = std::from_chars(cursor.data(), end, place.at.microseconds);
    if (wrong != std::errc{} || after_time == end || *after_time != '-') return std::nullopt;
    const auto id = id_from({after_time + 1, end});
    if (!id) return std::nullopt;
    place.id = *id;
    return place;
}

std::string pattern_of(std::string_view part) {
    std::string pattern = "%";
    for (const char c : part) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + "%";
}

std::unexpected<Problem> bad_cursor() {
    return refuse(base::ErrorKind::invalid, "bad_cursor",
                  "This cursor leads nowhere. Start at the first page again, with the same filters.");
}

}  // namespace sallyport::server

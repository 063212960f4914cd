#include "ports/database.hpp"

namespace sallyport::ports {

namespace {
const std::string no_text;
}

std::int64_t Row::integer(std::size_t column) const {
    const auto* value = std::get_if<std::int64_t>(&values_[column]);
    return value == nullptr ? 0 : *value;
}

const std::string& Row::text(std::size_t column) const {
    const auto* value = std::get_if<std::string>(&values_[column]);
    return value == nullptr ? no_text : *value;
}

const std::string& Row::blob(std::size_t column) const {
    const auto* value = std::get_if<Blob>(&values_[column]);
    return value == nullptr ? no_text : value->bytes;
}

std::optional<std::int64_t> Row::integer_or_null(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

std::optional<std::string> Row::text_or_null(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return text(column);
}

std::optional<base::UtcTime> Row::time_or_null(std::size_t column) const {
    if (is_null(column)) return std::nullopt;
    return time(column);
}

}  // namespace sallyport::ports

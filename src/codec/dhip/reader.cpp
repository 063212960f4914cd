#include "codec/dhip/reader.hpp"

#include <boost/json/array.hpp>

#include "base/ids.hpp"
#include "base/utf8.hpp"
#include "codec/dhip/time_text.hpp"

namespace sallyport::codec::dhip {

namespace json = boost::json;

Reader Reader::operator[](std::string_view name) const {
    const auto* object = object_ != nullptr || value_ == nullptr ? object_ : value_->if_object();
    if (object == nullptr && value_ != nullptr) complain("has to be an object");
    return {object == nullptr ? nullptr : object->if_contains(name), this, name, 0};
}

std::string_view Reader::text(std::size_t most) const {
    const auto* text = value_ == nullptr ? nullptr : value_->if_string();
    if (text == nullptr) {
        complain("has to be a text");
    } else if (text->size() > most) {
        complain(fmt::format("may have {} bytes at most", most));
    } else {
        return *text;
    }
    return {};
}

std::int64_t Reader::integer(std::int64_t least, std::int64_t most) const {
    json::error_code error;
    const auto number = value_ == nullptr ? least - 1 : value_->to_number<std::int64_t>(error);
    if (!error && number >= least && number <= most) return number;
    complain(fmt::format("has to be a whole number from {} to {}", least, most));
    return least;
}

std::uint64_t Reader::count(std::uint64_t most) const {
    json::error_code error;
    if (value_ != nullptr) {
        const auto number = value_->to_number<std::uint64_t>(error);
        if (!error && number <= most) return number;
    }
    complain(fmt::format("has to be a whole number from 0 to {}", most));
    return 0;
}

std::uint64_t Reader::hex64() const {
    const auto digits = text(64);
    const auto number = base::CardNumber::from(digits);
    if (number && digits.size() == 16) return number->value;
    complain("has to be 16 hexadecimal digits");
    return 0;
}

std::string Reader::hex_bytes(std::size_t size) const {
    auto bytes = base::from_hex(text(2 * size));
    if (bytes && bytes->size() == size) return *std::move(bytes);
    complain(fmt::format("has to be {} hexadecimal digits", 2 * size));
    return std::string(size, '\0');
}

base::UtcTime Reader::time() const {
    if (const auto time = parse_utc(text(64))) return *time;
    complain("has to be a time such as 2026-03-29T01:00:00.000000Z");
    return {};
}

base::LocalDate Reader::date() const {
    if (const auto date = parse_date(text(64))) return *date;
    complain("has to be a date such as 2026-12-24");
    return {};
}

bool Reader::yes_or_no() const {
    if (const auto* answer = value_ == nullptr ? nullptr : value_->if_bool()) return *answer;
    complain("has to be true or false");
    return false;
}

std::size_t Reader::array_size(std::size_t most) const {
    const auto list = list_size(value_, most);
    if (!list.fault.empty()) complain(list.fault);
    return list.count;
}

bool Reader::has_elements(std::size_t count) const {
    const auto* array = value_ == nullptr ? nullptr : value_->if_array();
    if (array != nullptr && array->size() == count) return true;
    complain(fmt::format("has to be a list of {}", count));
    return false;
}

Reader Reader::at(std::size_t index) const {
    const auto* array = value_ == nullptr ? nullptr : value_->if_array();
    return {array == nullptr ? nullptr : array->if_contains(index), this, {}, index};
}

void Reader::complain(std::string_view words) const {
    if (fault_) return;
    auto message = present() ? fmt::format("{} {}.", path(), words)
                             : fmt::format("{} is missing: it {}.", path(), words);
    fault_ = base::Error{base::ErrorKind::invalid, "invalid_parameter", std::move(message)};
}

std::string Reader::path() const {
    if (parent_ == nullptr) return std::string(name_);
    if (name_.empty()) return fmt::format("{}[{}]", parent_->path(), index_);
    // The document's own name is left out of what is inside it.
    return parent_->parent_ == nullptr ? std::string(name_) : fmt::format("{}.{}", parent_->path(), name_);
}

ListSize list_size(const json::value* value, std::size_t most) {
    const auto* array = value == nullptr ? nullptr : value->if_array();
    if (array == nullptr) return {0, "has to be a list"};
    if (array->size() <= most) return {array->size(), {}};
    return {0, fmt::format("has {} elements; {} are the limit", array->size(), most)};
}

std::string_view json_text(std::string_view text, std::size_t most) {
    std::size_t taken = 0;
    while (taken < text.size()) {
        const auto length = base::character_length(text.substr(taken));
        if (length == 0 || taken + length > most) break;
        taken += length;
    }
    return text.substr(0, taken);
}

}  // namespace sallyport::codec::dhip

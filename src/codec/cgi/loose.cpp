#include "codec/cgi/loose.hpp"

#include <charconv>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

namespace sallyport::codec::cgi {

namespace json = boost::json;

namespace {

std::optional<std::int64_t> whole_number(const json::value* value) {
    if (value == nullptr) return std::nullopt;
    if (const auto* text = value->if_string()) {
        std::int64_t number = 0;
        const auto* end = text->data() + text->size();
        const auto [last, error] = std::from_chars(text->data(), end, number);
        if (error != std::errc{} || last != end || text->empty()) return std::nullopt;
        return number;
    }
    if (!value->is_number()) return std::nullopt;
    json::error_code error;
    const auto number = value->to_number<std::int64_t>(error);
    if (error) return std::nullopt;
    return number;
}

}  // namespace

Loose Loose::operator[](std::string_view name) const {
    const auto* member = object_ == nullptr ? nullptr : object_->if_contains(name);
    return {member, path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name), fault_};
}

Loose Loose::either(std::string_view name, std::string_view other) const {
    auto first = (*this)[name];
    return first.value_ != nullptr ? first : (*this)[other];
}

bool Loose::present() const {
    if (value_ == nullptr) return object_ != nullptr;
    if (const auto* text = value_->if_string()) return !text->empty();
    return !value_->is_null();
}

std::string Loose::text(std::size_t most) const {
    if (!present()) return {};
    std::string result;
    if (const auto* text = value_ == nullptr ? nullptr : value_->if_string()) {
        result = *text;
    } else if (value_ != nullptr && value_->is_number()) {
        result = json::serialize(*value_);
    } else {
        complain("has to be a text");
    }
    if (result.size() > most) {
        complain(fmt::format("may have {} bytes at most", most));
        return {};
    }
    return result;
}

std::int64_t Loose::integer(std::int64_t least, std::int64_t most) const {
    const auto number = whole_number(value_);
    if (number && *number >= least && *number <= most) return *number;
    complain(fmt::format("has to be a whole number from {} to {}", least, most));
    return least;
}

bool Loose::yes_or_no() const {
    if (value_ != nullptr) {
        if (const auto* answer = value_->if_bool()) return *answer;
        if (const auto* text = value_->if_string()) {
            if (*text == "true" || *text == "True") return true;
            if (*text == "false" || *text == "False") return false;
        }
    }
    if (const auto number = whole_number(value_); number && (*number == 0 || *number == 1))
        return *number == 1;
    complain("has to be true or false");
    return false;
}

Loose::When Loose::time() const {
    if (const auto number = whole_number(value_);
        number && *number >= 0 && *number <= 253'402'300'799 && !parse_wall(text(32)))
        return {std::nullopt, *number};
    if (auto wall = parse_wall(text(32))) return {wall, 0};
    complain("has to be a time such as 2026-03-29 01:59:50, in the site's zone");
    return {};
}

std::size_t Loose::array_size(std::size_t most) const {
    const auto list = dhip::list_size(value_, most);
    if (!list.fault.empty()) complain(list.fault);
    return list.count;
}

Loose Loose::at(std::size_t index) const {
    const auto* array = value_ == nullptr ? nullptr : value_->if_array();
    return {array == nullptr ? nullptr : array->if_contains(index), fmt::format("{}[{}]", path_, index),
            fault_};
}

void Loose::complain(std::string_view words) const {
    if (fault_) return;
    auto message = value_ != nullptr
                       ? fmt::format("{} {}.", dhip::json_text(path_, 200), words)
                       : fmt::format("{} is missing: it {}.", dhip::json_text(path_, 200), words);
    fault_ = base::Error{base::ErrorKind::invalid, "invalid_parameter", std::move(message)};
}

}  // namespace sallyport::codec::cgi

#include "codec/cgi/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/ids.hpp"
#include "codec/dhip/reader.hpp"

namespace sallyport::codec::cgi {

namespace json = boost::json;

namespace {

std::unexpected<base::Error> invalid(std::string message) {
    return base::fail(base::ErrorKind::invalid, "invalid_parameter", std::move(message));
}

/// Cuts `text` at the first `mark`; what follows it is what remains.
std::string_view take_until(std::string_view& text, char mark) {
    const auto end = std::min(text.find(mark), text.size());
    const auto part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

/// A member's name and the indexes behind it.
struct Step {
    std::string_view name;
    std::vector<std::size_t> indexes;
};

std::optional<Step> step_of(std::string_view text) {
    Step step;
    const auto bracket = std::min(text.find('['), text.size());
    step.name = text.substr(0, bracket);
    text.remove_prefix(bracket);
    while (!text.empty()) {
        std::size_t index = 0;
        const auto* end = text.data() + text.size();
        const auto parsed = std::from_chars(text.data() + 1, end, index);
        if (text.front() != '[' || parsed.ec != std::errc{} || parsed.ptr == end || *parsed.ptr != ']' ||
            index >= index_limit)
            return std::nullopt;
        step.indexes.push_back(index);
        text.remove_prefix(static_cast<std::size_t>(parsed.ptr + 1 - text.data()));
    }
    if (step.name.empty()) return std::nullopt;
    return step;
}

/// The place that a path leads to, made on the way; null when something else stands in the way.
json::value* place(json::object& root, std::string_view path) {
    json::value* at = nullptr;
    std::size_t depth = 0;
    while (!path.empty()) {
        const auto step = step_of(take_until(path, '.'));
        depth += step ? 1 + step->indexes.size() : 0;
        if (!step || depth > depth_limit) return nullptr;
        if (at != nullptr && at->is_null()) at->emplace_object();
        auto* object = at == nullptr ? &root : at->if_object();
        if (object == nullptr) return nullptr;
        at = &(*object)[step->name];
        for (const auto index : step->indexes) {
            if (at->is_null()) at->emplace_array();
            auto* array = at->if_array();
            if (array == nullptr) return nullptr;
            if (array->size() <= index) array->resize(index + 1);
            at = &(*array)[index];
        }
    }
    return at;
}

void append_unbroken(std::string& out, std::string_view text) {
    for (const char c : text) out += c == '\r' || c == '\n' ? ' ' : c;
}

void append_line(std::string& out, std::string_view path, std::string_view value) {
    append_unbroken(out, path);
    out += '=';
    append_unbroken(out, value);
    out += "\r\n";
}

void append(std::string& out, const json::value& value, const std::string& path) {
    if (const auto* object = value.if_object()) {
        for (const auto& [name, member] : *object) {
            append(out, member,
                   path.empty() ? std::string(name) : fmt::format("{}.{}", path, std::string_view(name)));
        }
    } else if (const auto* array = value.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i)
            append(out, (*array)[i], fmt::format("{}[{}]", path, i));
    } else if (const auto* text = value.if_string()) {
        append_line(out, path, *text);
    } else {
        append_line(out, path, value.is_null() ? "" : json::serialize(value));
    }
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, Plus plus) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        std::size_t taken = 1;
        char c = text.front();
        if (c == '%') {
            const auto byte = text.size() < 3 ? std::nullopt : base::from_hex(text.substr(1, 2));
            if (!byte) return std::nullopt;
            c = byte->front();
            taken = 3;
        } else if (c == '+' && plus == Plus::space) {
            c = ' ';
        }
        if (c == '\0') return std::nullopt;
        result.push_back(c);
        text.remove_prefix(taken);
    }
    // Answers in JSON repeat what they refuse.
    if (dhip::json_text(result, result.size()).size() != result.size()) return std::nullopt;
    return result;
}

base::Result<Parameters> parse_query(std::string_view query) {
    Parameters parameters;
    while (!query.empty()) {
        auto value = take_until(query, '&');
        const auto name = take_until(value, '=');
        if (name.empty() && value.empty()) continue;
        auto plain_name = percent_decoded(name, Plus::space);
        auto plain_value = percent_decoded(value, Plus::space);
        if (!plain_name || !plain_value)
            return invalid("The query has a broken escape: write a space as %20 and a percent sign as %25.");
        parameters.emplace_back(*std::move(plain_name), *std::move(plain_value));
    }
    return parameters;
}

base::Result<json::object> object_of(const Parameters& parameters) {
    if (parameters.size() > parameter_limit)
        return invalid(
            fmt::format("There are {} parameters; {} are the limit.", parameters.size(), parameter_limit));
    json::object root;
    for (const auto& [path, value] : parameters) {
        auto* at = place(root, path);
        if (at == nullptr || !(at->is_null() || at->is_string()))
            return invalid(fmt::format("The parameter {} cannot be read: write it as Name[0].Field=value.",
                                       dhip::json_text(path, 128)));
        *at = json::string(value);
    }
    return root;
}

std::string lines_of(const json::value& value, std::string_view prefix) {
    std::string out;
    append(out, value, std::string(prefix));
    return out;
}

}  // namespace sallyport::codec::cgi

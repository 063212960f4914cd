#include "server/metrics/exposition.hpp"

#include <fmt/core.h>

namespace sallyport::server {

namespace {

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\' || c == '"') result += '\\';
        result += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return result;
}

}  // namespace

void Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
    text_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
}

void Exposition::sample(std::string_view name, const Labels& labels, double value) {
    text_ += name;
    for (std::size_t i = 0; i < labels.size(); ++i)
        text_ += fmt::format("{}{}=\"{}\"", i == 0 ? '{' : ',', labels[i].first, escaped(labels[i].second));
    text_ += fmt::format("{} {}\n", labels.empty() ? "" : "}", value);
}

void Exposition::single(std::string_view name, std::string_view type, std::string_view help, double value) {
    family(name, type, help);
    sample(name, {}, value);
}

}  // namespace sallyport::server

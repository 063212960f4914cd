#include "adapters/net/http_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "codec/cgi/parameters.hpp"

namespace sallyport::adapters {

namespace {

/// Cuts `text` at the first `mark`; what follows it is what remains.
std::string_view take_until(std::string_view& text, char mark) {
    const auto end = std::min(text.find(mark), text.size());
    const auto part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

constexpr std::array<std::pair<int, std::string_view>, 24> reasons{{
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
    {507, "Insufficient Storage"},
}};

std::string_view reason_of(int status) {
    const auto* found = std::ranges::find(reasons, status, &std::pair<int, std::string_view>::first);
    return found == reasons.end() ? "Status" : found->second;
}

/// A line break in a header would begin another one.
void append_header(std::string& out, std::string_view name, std::string_view value) {
    const auto safe = [](std::string_view text) { return text.find_first_of({"\r\n\0", 3}) == text.npos; };
    if (!safe(name) || !safe(value)) return;
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

bool has_no_body(int status) {
    return status < 200 || status == 204 || status == 304;
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
    if (!text.starts_with('/')) return std::nullopt;
    auto query = text;
    auto path = codec::cgi::percent_decoded(take_until(query, '?'), codec::cgi::Plus::literal);
    auto parameters = codec::cgi::parse_query(query);
    if (!path || !parameters) return std::nullopt;
    return Target{*std::move(path), *std::move(parameters)};
}

std::string answer_text(const ports::HttpResponse& response, Persistence persistence, AnswerBody body) {
    std::string out;
    out.reserve(256 + response.body.size());
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status,
                   reason_of(response.status));
    for (const auto& [name, value] : response.headers) append_header(out, name, value);
    if (persistence == Persistence::close) out += "Connection: close\r\n";
    const bool no_body = has_no_body(response.status);
    if (!no_body && (body != AnswerBody::goes_on || response.next))
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n",
                       response.next ? response.length : response.body.size());
    out += "\r\n";
    if (!no_body && body != AnswerBody::left_out) out += response.body;
    return out;
}

ports::HttpResponse confined(ports::HttpResponse response) {
    for (const auto& [name, value] :
         {std::pair{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Cache-Control", "no-store"}})
        response.headers.emplace_back(name, value);
    return response;
}

ports::HttpResponse problem(int status, std::string_view code, std::string_view detail) {
    return confined({status,
                     {{"Content-Type", "application/problem+json"}},
                     fmt::format(R"({{"title":"{}","status":{},"code":"{}","detail":"{}"}})",
                                 reason_of(status), status, code, detail)});
}

bool has_token(std::string_view value, std::string_view wanted) {
    while (!value.empty()) {
        auto token = take_until(value, ',');
        while (token.starts_with(' ') || token.starts_with('\t')) token.remove_prefix(1);
        while (token.ends_with(' ') || token.ends_with('\t')) token.remove_suffix(1);
        const bool same = std::ranges::equal(token, wanted, [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
        });
        if (same) return true;
    }
    return false;
}

}  // namespace sallyport::adapters

#include "server/api/responses.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "base/log.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::ErrorKind;

namespace {

int status_of(const Problem& problem) {
    switch (problem.kind) {
        case ErrorKind::invalid: return problem.code == "upgrade_needed" ? 426 : 400;
        case ErrorKind::not_found: return 404;
        case ErrorKind::conflict: return 409;
        case ErrorKind::unauthenticated: return 401;
        case ErrorKind::forbidden: return 403;
        case ErrorKind::limit: return problem.code == "database_busy" ? 503 : 429;
        case ErrorKind::unavailable: return 503;
        case ErrorKind::timeout: return problem.code == "database_timeout" ? 503 : 504;
        case ErrorKind::storage: return 507;
        case ErrorKind::corrupt:
        case ErrorKind::internal: return 500;
    }
    return 500;
}

std::string_view title_of(int status) {
    switch (status) {
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 409: return "Conflict";
        case 413: return "Content Too Large";
        case 426: return "Upgrade Required";
        case 429: return "Too Many Requests";
        case 503: return "Service Unavailable";
        case 504: return "Gateway Timeout";
        case 507: return "Insufficient Storage";
        default: return "Internal Server Error";
    }
}

json::array fields_json(const std::vector<FieldError>& fields) {
    constexpr std::size_t named = 100;
    json::array all;
    for (const auto& field : fields) {
        if (all.size() == named) break;
        all.push_back(field_json(field));
    }
    return all;
}

}  // namespace

json::object field_json(const FieldError& error) {
    return {{"field", error.field}, {"code", error.code}, {"message", error.message}};
}

ports::HttpResponse problem_response(int status, const Problem& problem) {
    json::object body{{"type", "about:blank"},
                      {"title", title_of(status)},
                      {"status", status},
                      {"code", problem.code},
                      {"detail", problem.message}};
    if (status == 500) {
        // What went wrong inside is for the log: it may name what the caller must not see.
        base::log_error(fmt::format("{}: {}", problem.code, problem.message));
        body["code"] = "internal";
        body["detail"] = "Something went wrong inside the platform. Its log says what.";
    }
    if (!problem.fields.empty()) body["errors"] = fields_json(problem.fields);
    ports::HttpResponse response{
        status, {{"Content-Type", "application/problem+json"}}, json::serialize(body)};
    if (status == 429)
        response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after_s.value_or(60)));
    if (status == 426) response.headers.emplace_back("Upgrade", "websocket");
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

ports::HttpResponse response_of(const Problem& problem) {
    return problem_response(status_of(problem), problem);
}

ports::HttpResponse response_of(const Answer<Reply>& answer) {
    if (!answer) return response_of(answer.error());
    ports::HttpResponse response{answer->status, answer->headers, {}};
    if (answer->body) {
        response.headers.emplace_back("Content-Type", "application/json");
        response.body = json::serialize(*answer->body);
    } else if (answer->raw) {
        response.headers.emplace_back("Content-Type", answer->raw->type);
        response.body = answer->raw->bytes;
    } else if (answer->parts) {
        response.headers.emplace_back("Content-Type", answer->parts->type);
        response.next = answer->parts->next;
        response.length = answer->parts->length;
    }
    return response;
}

void add_security_headers(ports::HttpResponse& response) {
    // Styles are inserted by the client's component library at run time; scripts are files of ours only.
    constexpr std::string_view policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: "
        "blob:; "
        "font-src 'self' data:; media-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'";
    for (const auto& [name, value] : {
             std::pair<std::string_view, std::string_view>{"Content-Security-Policy", policy},
             {"Strict-Transport-Security", "max-age=31536000"},
             {"X-Content-Type-Options", "nosniff"},
             {"X-Frame-Options", "DENY"},
             {"Referrer-Policy", "no-referrer"},
             {"Cross-Origin-Opener-Policy", "same-origin"},
             {"Cross-Origin-Resource-Policy", "same-origin"},
             {"Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"},
         })
        response.headers.emplace_back(name, value);
}

}  // namespace sallyport::server

#pragma once
// How replies and problems become HTTP: status codes, problem+json, security headers.
#include "ports/transport.hpp"
#include "server/api/operation.hpp"

namespace sallyport::server {

[[nodiscard]] ports::HttpResponse response_of(const Answer<Reply>&);
[[nodiscard]] ports::HttpResponse response_of(const Problem&);
/// For answers that no problem's kind stands for: 405, 413, 426.
[[nodiscard]] ports::HttpResponse problem_response(int status, const Problem&);
[[nodiscard]] boost::json::object field_json(const FieldError&);
/// What every answer carries, pages as well.
void add_security_headers(ports::HttpResponse&);

}  // namespace sallyport::server

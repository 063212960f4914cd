#pragma once
// HTTP/1.1 as text: targets taken apart, answers written.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/transport.hpp"

namespace sallyport::adapters {

struct Target {
    std::string path;                                        ///< decoded
    std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
};
/// Origin form only ("/api/v1/doors?limit=10"); nullopt for another form, a broken escape, a zero byte
/// or what is no UTF-8. In a query '+' is a space.
[[nodiscard]] std::optional<Target> parse_target(std::string_view);

enum class Persistence : std::uint8_t { keep_alive, close };
/// Left out for a HEAD; one that goes on ends with the connection.
enum class AnswerBody : std::uint8_t { sent, left_out, goes_on };

/// Head and body, ready to send.
[[nodiscard]] std::string answer_text(const ports::HttpResponse&, Persistence, AnswerBody);

/// With what keeps a browser from running, framing or keeping an answer that is no page.
[[nodiscard]] ports::HttpResponse confined(ports::HttpResponse);
/// What the server itself has to say: problem+json (RFC 9457) with our `code`.
[[nodiscard]] ports::HttpResponse problem(int status, std::string_view code, std::string_view detail);

/// The comma-separated list `value` has the token `wanted`, in lower case.
[[nodiscard]] bool has_token(std::string_view value, std::string_view wanted);

}  // namespace sallyport::adapters

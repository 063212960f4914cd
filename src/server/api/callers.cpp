#include "server/api/callers.hpp"

#include <algorithm>
#include <string>

#include <fmt/core.h>

#include "server/entrance/entrance_rules.hpp"

namespace sallyport::server {

namespace {

constexpr std::string_view cookie_name = "sallyport_session";
constexpr std::string_view cookie_rules = "; Path=/; HttpOnly; Secure; SameSite=Strict";
constexpr std::string_view bearer = "Bearer ";

std::string printable(std::string_view text, std::size_t most) {
    std::string result(text.substr(0, most));
    std::replace_if(result.begin(), result.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
    return result;
}

}  // namespace

Caller caller_of(const ports::HttpRequest& request) {
    // Behind a proxy on this machine everybody comes from loopback; the proxy says so.
    const bool proxied = !request.header("x-forwarded-for").empty() || !request.header("forwarded").empty();
    const bool machine = is_this_machine(request.peer_address) && !proxied;
    return {request.peer_address, printable(request.header("user-agent"), 256),
            machine ? Caller::Place::machine : Caller::Place::network};
}

std::string_view bearer_token_of(const ports::HttpRequest& request) {
    const auto authorization = request.header("authorization");
    if (!authorization.starts_with(bearer)) return {};
    return authorization.substr(bearer.size());
}

std::string_view token_of(const ports::HttpRequest& request) {
    if (const auto token = bearer_token_of(request); !token.empty()) return token;
    auto cookies = request.header("cookie");
    while (!cookies.empty()) {
        const auto end = std::min(cookies.find(';'), cookies.size());
        auto one = cookies.substr(0, end);
        cookies.remove_prefix(std::min(end + 1, cookies.size()));
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (one.starts_with(cookie_name) && one.size() > cookie_name.size() && one[cookie_name.size()] == '=')
            return one.substr(cookie_name.size() + 1);
    }
    return {};
}

bool comes_from_elsewhere(const ports::HttpRequest& request) {
    const auto origin = request.header("origin");
    // The same name in clear is elsewhere too: whoever sits in between answers for it.
    return !origin.empty() && origin != fmt::format("https://{}", request.header("host"));
}

std::string session_cookie(const NewSession& session) {
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(Sessions::kept_for).count();
    return fmt::format("{}={}{}{}", cookie_name, session.token.reveal(), cookie_rules,
                       session.stay == Stay::kept ? fmt::format("; Max-Age={}", age) : "");
}

std::string ended_session_cookie() {
    return fmt::format("{}={}; Max-Age=0", cookie_name, cookie_rules);
}

}  // namespace sallyport::server

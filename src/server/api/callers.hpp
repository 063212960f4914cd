#pragma once
// Who calls: what the headers of a request say.
#include <string_view>

#include "ports/transport.hpp"
#include "server/accounts/sessions.hpp"

namespace sallyport::server {

[[nodiscard]] Caller caller_of(const ports::HttpRequest&);
/// The token of `Authorization: Bearer`; empty when there is none.
[[nodiscard]] std::string_view bearer_token_of(const ports::HttpRequest&);
/// The token of `Authorization: Bearer`, or else of the session's cookie; empty when there is none.
[[nodiscard]] std::string_view token_of(const ports::HttpRequest&);
/// A browser names the page that a call comes from; another site's page must not call with the operator's
/// cookie.
[[nodiscard]] bool comes_from_elsewhere(const ports::HttpRequest&);
/// The Set-Cookie header of a session: gone when the browser is closed, unless it is kept.
[[nodiscard]] std::string session_cookie(const NewSession&);
/// Removes it.
[[nodiscard]] std::string ended_session_cookie();

}  // namespace sallyport::server

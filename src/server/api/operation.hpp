#pragma once
// One operation of api/openapi.yaml: what it answers to, who may call it, and what it does. A group of
// operations is a function that returns rows of these; server/api/api.hpp serves them.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "ports/transport.hpp"
#include "server/accounts/sessions.hpp"
#include "server/rights/part.hpp"
#include "server/wire/problem.hpp"

namespace sallyport::server {

/// A call that was let in: its session has the right, its body is a JSON object.
struct Call {
    ports::HttpRequest request;
    std::vector<std::string> path;   ///< what stands for each {...} of the pattern
    std::optional<Session> session;  ///< always there unless the operation is open
    Part part;                       ///< what of the organisation the account sees
    boost::json::object body;
    Caller caller;
    /// The {id} of the path; -1, which nothing has, when it is none.
    [[nodiscard]] Id id() const { return id_from(path.at(0)).value_or(-1); }
    [[nodiscard]] Actor actor() const {
        return {session ? std::optional(session->account.name) : std::nullopt, caller.address,
                session ? session->token : std::nullopt};
    }
};

struct Reply {
    int status = 200;
    std::optional<boost::json::value> body;
    std::vector<std::pair<std::string, std::string>> headers;
    /// Instead of `body`: bytes of another type.
    struct Raw {
        std::string type;
        std::string bytes;
    };
    std::optional<Raw> raw{};
    /// Instead of `body`: bytes of another type that are never in memory as a whole.
    struct Parts {
        std::string type;
        std::uint64_t length = 0;
        std::function<void(ports::HttpResponse::Give)> next;
    };
    std::optional<Parts> parts{};
};
[[nodiscard]] inline Reply ok(boost::json::value body) {
    return {200, std::move(body), {}};
}
[[nodiscard]] inline Reply created(boost::json::value body) {
    return {201, std::move(body), {}};
}
[[nodiscard]] inline Reply no_content() {
    return {204, std::nullopt, {}};
}

/// Called once, from any thread, at once or later. Dropped uncalled: the client gets 500.
using Finish = std::move_only_function<void(Answer<Reply>)>;

/// Who may call an operation. api/openapi.yaml says the same of each as `x-right`. What changes something and
/// is for whoever is signed in is the person's own business: API tokens are refused there, and where it is
/// said (`By::people`).
struct Access {
    enum class To { anybody, signed_in, holder };
    enum class Over { part, site };
    enum class By { anything, people };
    To to = To::holder;
    Function function = Function::accounts;
    Level level = Level::administer;
    Over over = Over::site;  ///< site: what it touches is not in the trees, so only who sees all may
    By by = By::anything;    ///< people: with it a token could make itself a way in that outlives it
};
inline constexpr Access for_anybody{Access::To::anybody, {}, {}, Access::Over::part};
inline constexpr Access when_signed_in{Access::To::signed_in, {}, {}, Access::Over::part};
/// For who has the right, over the part that they see.
[[nodiscard]] constexpr Access may(Function function, Level level) {
    return {Access::To::holder, function, level, Access::Over::part};
}
/// For who has the right and sees the whole site.
[[nodiscard]] constexpr Access may_all(Function function, Level level) {
    return {Access::To::holder, function, level, Access::Over::site};
}
[[nodiscard]] constexpr Access by_people(Access access) {
    access.by = Access::By::people;
    return access;
}
enum class Body { none, object };
inline constexpr std::size_t ordinary_body_bytes = std::size_t{4} << 20;

struct Operation {
    std::string method;
    std::string pattern;  ///< below /api/v1: "/people/{id}"
    Access access{};      ///< the most guarded one, unless it says otherwise
    Body body = Body::none;
    /// Runs on one of the API's worker threads and may block there for a moment.
    std::function<void(Call, Finish)> handler;
    std::size_t body_bytes = ordinary_body_bytes;
};
using Operations = std::vector<Operation>;

/// A handler that answers when it returns.
[[nodiscard]] inline std::function<void(Call, Finish)> at_once(std::function<Answer<Reply>(Call&)> handler) {
    return [handler = std::move(handler)](Call call, Finish finish) { finish(handler(call)); };
}

}  // namespace sallyport::server

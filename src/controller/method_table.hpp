#pragma once
// The methods that a caller can reach whatever it speaks: DHIP frames, JSON over HTTP, CGI. Each has a name,
// the right that it takes, and one operation; transports find it here and say the rest in their own form.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "ports/controller_store.hpp"

namespace sallyport::controller {

class Controller;

/// Who may call a method. Each includes those after it; the owner is an administrator who has claimed.
enum class Right : std::uint8_t { anybody, session, viewer, operating, admin, owner };

/// What carries a call. In clear there are no native methods, and no passwords or keys of sessions.
enum class Channel : std::uint8_t { tls, clear };

/// Who opened a connection. Where this device did, a platform may leave it waiting until an operator has
/// accepted it, and it takes nobody's place.
enum class Dialled : std::uint8_t { by_them, by_us };

/// Whether anybody has logged in on a connection while it was open.
enum class Visited : std::uint8_t { by_nobody, by_somebody };

/// Who asks.
struct Caller {
    std::string account;
    std::string address;
    std::uint32_t session = 0;  ///< 0: a call of its own, as CGI has it
    std::string claimed;        ///< the manager that it speaks for as the roster's owner
    Channel channel = Channel::clear;
};

struct Call {
    std::string method;
    boost::json::object params;
    std::uint32_t object = 0;  ///< of a factory
    Caller caller;
};

struct Reply {
    boost::json::object params;
    boost::json::value result = true;
    std::optional<boost::json::array> list = std::nullopt;  ///< in place of `params`: system.multicall
};

class MethodTable {
  public:
    using Answer = std::move_only_function<void(base::Result<Reply>)>;
    /// Answers once, at once or later, on the loop.
    using Operation = std::function<void(const Call&, Answer)>;
    struct Method {
        Right right = Right::admin;
        Operation run;
    };

    void add(std::string_view name, Right right, Operation run);
    /// Null when there is none of that name.
    [[nodiscard]] const Method* find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> names() const;
    /// Checks the right, then runs; every refusal is an answer.
    void run(const Controller&, const Call&, Answer) const;

  private:
    std::map<std::string, Method, std::less<>> methods_;
};

/// The account of that name; null when it is gone.
[[nodiscard]] const ports::Account* find_account(const Controller&, std::string_view name);

/// Whether this caller has it; an empty account name is nobody. Errors: `conflict` "not_initialised",
/// `unauthenticated` "not_logged_in", `forbidden` "forbidden", `conflict` "roster_owned_by_other".
[[nodiscard]] base::Status check_right(const Controller&, const Caller&, Right);
/// `forbidden` "forbidden" for the native methods, sallyport.*, on a channel in clear.
[[nodiscard]] base::Status check_channel(const Caller&, std::string_view method);

/// What a transport says to a name that the table does not have: strangers do not learn which there are.
[[nodiscard]] base::Error unknown_method(const Controller&, const Caller&, std::string_view name);

}  // namespace sallyport::controller

#pragma once
// Errors are values of few kinds. Each edge (HTTP, device protocol, command line, panel) maps a kind once.
#include <expected>
#include <string>
#include <utility>

namespace sallyport::base {

enum class ErrorKind {
    invalid,          ///< the caller's input is wrong; the message says which part and what would be right
    not_found,        ///< what was named does not exist
    conflict,         ///< it exists already, or the state does not allow it
    unauthenticated,  ///< no session, or a wrong one
    forbidden,        ///< a session without the right
    limit,            ///< a capacity or a rate is used up; the message names the limit
    unavailable,      ///< the other side is offline or stopping; trying again later may help
    timeout,          ///< no answer in time
    storage,          ///< the disk refused: full, read-only or failing
    corrupt,          ///< stored or received bytes fail their check
    internal,         ///< a fault of ours
};

struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string code;     ///< stable snake_case word for programs, such as "device_offline"
    std::string message;  ///< a sentence for people: what happened, why, what to do next
};

template <class T>
using Result = std::expected<T, Error>;
using Status = std::expected<void, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string code, std::string message) {
    return std::unexpected(Error{kind, std::move(code), std::move(message)});
}

}  // namespace sallyport::base

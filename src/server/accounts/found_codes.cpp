#include "server/accounts/found_codes.hpp"

namespace sallyport::server {

Outcome FoundCodes::note(const Attempts::Admitted& attempt, const Actor& actor) {
    return ports::write_to(database_, [&](ports::Connection& connection) -> Outcome {
        auto done = attempts_.count_failure(connection, attempt);
        if (done)
            done = audit_.append(connection, actor, "public_password.found",
                                 Subject{"public_password", std::nullopt, std::nullopt}, nullptr, nullptr);
        if (!done) return std::unexpected(done.error());
        return {};
    });
}

}  // namespace sallyport::server

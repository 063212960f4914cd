#pragma once
// Why another system was not reached, or did not take what it was sent: mail servers, brokers, collectors of
// logs, receivers of webhooks.
#include <expected>
#include <string>
#include <utility>

#include "base/result.hpp"

namespace sallyport::ports {

/// `code` is one of OutsideProblem.code in api/openapi.yaml, for which pages have words; `message` is the
/// whole sentence, for logs; `said` what the other side, a library or the network says of it.
struct OutsideError : base::Error {
    std::string said;                                        ///< may be empty
    OutsideError(base::Error error, std::string words = {})  // NOLINT: every error may come from outside
        : base::Error(std::move(error)), said(std::move(words)) {}
    OutsideError(base::ErrorKind why, std::string word, std::string sentence, std::string words = {})
        : OutsideError({why, std::move(word), std::move(sentence)}, std::move(words)) {}
};
template <class T>
using OutsideResult = std::expected<T, OutsideError>;

}  // namespace sallyport::ports

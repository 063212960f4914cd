#pragma once
#include "server/accounts/accounts.hpp"
#include "server/accounts/operators.hpp"
#include "server/api/operation.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

/// What signing in asks for besides a password, and what helps when it is forgotten: /me/second-factor,
/// /accounts/{id}/second-factor, /me/questions, /password-recovery, /settings/sign-in.
[[nodiscard]] Operations sign_in_operations(Accounts&, SecondFactors&, SignInRules&, const Operators&,
                                            const Mailboxes&);

/// The member "questions": none, or two or three, since one alone is found out too easily.
[[nodiscard]] std::vector<Question> read_questions(Fields&, std::vector<FieldError>&, Need);

}  // namespace sallyport::server

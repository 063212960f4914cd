#pragma once
// What the platform writes to people, in their language ("en", "zh"). `host` is where it runs, as this
// machine names itself.
#include <chrono>
#include <string>
#include <string_view>

namespace sallyport::server {

struct Letter {
    std::string subject;
    std::string text;
};

/// That mail works.
[[nodiscard]] Letter test_letter(std::string_view language, std::string_view host);

struct CodeLetter {
    std::string_view account;
    std::string_view host;
    std::string_view code;  ///< eight digits
    std::chrono::minutes life;
};
/// With a code that proves that a mailbox is read by whoever has the account.
[[nodiscard]] Letter proof_letter(std::string_view language, const CodeLetter&);
/// With a code that sets a new password.
[[nodiscard]] Letter password_letter(std::string_view language, const CodeLetter&);

/// To the mailbox of an account whose password was changed.
[[nodiscard]] Letter password_changed_letter(std::string_view language, std::string_view account,
                                             std::string_view host);
/// To a mailbox that is not the account's any more.
[[nodiscard]] Letter mailbox_left_letter(std::string_view language, std::string_view account,
                                         std::string_view host);

}  // namespace sallyport::server

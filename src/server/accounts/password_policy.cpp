#include "server/accounts/password_policy.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "server/wire/fields.hpp"

namespace sallyport::server {

namespace {

/// The most used passwords of published leaks that the other rules let pass, in lower case.
constexpr auto common = std::to_array<std::string_view>({
    "password1",  "password!", "password12", "passw0rd",  "p@ssw0rd",   "p@ssword",    "pa$$word",
    "pa$$w0rd",   "passwort1", "qwerty12",   "qwerty1!",  "qwertz12",   "qwertyuiop1", "1q2w3e4r",
    "1q2w3e4r5t", "q1w2e3r4",  "q1w2e3r4t5", "1qaz2wsx",  "zaq12wsx",   "1qazxsw2",    "zaq1xsw2",
    "welcome1",   "welcome!",  "welcome12",  "iloveyou1", "iloveyou!",  "letmein1",    "letmein!",
    "sunshine1",  "princess1", "football1",  "baseball1", "superman1",  "batman12",    "monkey12",
    "dragon12",   "master12",  "shadow12",   "michael1",  "jordan23",   "charlie1",    "trustno1",
    "changeme1",  "changeme!", "default1",   "security1", "system12",   "server12",    "computer1",
    "internet1",  "samsung1",  "google12",   "admin1!!",  "admin@12",   "root1234",    "test1234",
    "user1234",   "pass1234",  "p@ss1234",   "abcd1234",  "a1b2c3d4",   "aa112233",    "asdf1234",
    "qwer1234",   "zxcv1234",  "1234qwer",   "woaini520", "woaini1314", "5201314a",    "a5201314",
    "qq5201314",  "wang1234",
});

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

std::size_t kinds(std::string_view text) {
    std::size_t small = 0, capital = 0, digit = 0, other = 0;
    for (const char c : text) {
        if (c >= 'a' && c <= 'z')
            small = 1;
        else if (c >= 'A' && c <= 'Z')
            capital = 1;
        else if (c >= '0' && c <= '9')
            digit = 1;
        else
            other = 1;
    }
    return small + capital + digit + other;
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Three characters in a row that each follow the one before by `step`: 1 and -1 are runs, 0 is a repeat.
bool has_row(std::string_view text, int step) {
    for (std::size_t i = 2; i < text.size(); ++i) {
        const bool row = text[i] - text[i - 1] == step && text[i - 1] - text[i - 2] == step;
        if (row && (step == 0 || (is_letter_or_digit(text[i]) && is_letter_or_digit(text[i - 2]))))
            return true;
    }
    return false;
}

bool contains_account(std::string_view text, std::string_view account) {
    if (account.empty()) return false;
    const auto name = lower(account);
    return text.find(name) != std::string_view::npos ||
           text.find(std::string(name.rbegin(), name.rend())) != std::string_view::npos;
}

}  // namespace

std::vector<FieldError> broken_rules(const base::Secret& password, std::string_view account,
                                     std::string_view field) {
    const auto text = password.reveal();
    auto folded = lower(text);
    std::vector<FieldError> broken;
    const auto breaks = [&](bool rule, std::string_view code, std::string_view message) {
        if (rule) broken.push_back({std::string(field), std::string(code), std::string(message)});
    };
    breaks(characters(text) < 8, "policy_short", "At least 8 characters.");
    breaks(kinds(text) < 2, "policy_kinds",
           "At least two kinds: small letters, capitals, digits, other characters.");
    breaks(contains_account(folded, account), "policy_account",
           "Not the account's name, forwards or backwards.");
    breaks(has_row(folded, 1) || has_row(folded, -1), "policy_run", "No runs such as 123 or cba.");
    breaks(has_row(folded, 0), "policy_repeat", "No character three times in a row.");
    breaks(std::find(common.begin(), common.end(), folded) != common.end(), "policy_common",
           "This is one of the most used passwords.");
    base::wipe(folded.data(), folded.size());
    return broken;
}

}  // namespace sallyport::server

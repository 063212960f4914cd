#include "server/accounts/password_policy.hpp"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include "embedded/common_passwords.hpp"
#include "server/wire/fields.hpp"

namespace sallyport::server {

namespace {

/// api/passwords/common.txt, which the page reads too: words of the most used passwords of published leaks,
/// one on each line.
const std::set<std::string, std::less<>>& common() {
    static const auto words = [] {
        std::set<std::string, std::less<>> all;
        std::istringstream lines{std::string(common_passwords::files().front().bytes)};
        for (std::string line; std::getline(lines, line);) all.insert(line);
        return all;
    }();
    return words;
}

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

/// Whether it is one of the words, or one with digits behind it and other characters around.
bool is_common(std::string_view text) {
    if (common().contains(text)) return true;
    std::string core;
    for (const char c : text)
        if (is_letter_or_digit(c)) core.push_back(c);
    while (!core.empty() && core.back() >= '0' && core.back() <= '9') core.pop_back();
    const bool is_in = common().contains(core);
    base::wipe(core.data(), core.size());
    return is_in;
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
    breaks(is_common(folded), "policy_common", "This is one of the most used passwords.");
    base::wipe(folded.data(), folded.size());
    return broken;
}

}  // namespace sallyport::server

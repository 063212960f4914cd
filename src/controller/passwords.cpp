#include "controller/passwords.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/core.h>
#include <sodium.h>

#include "base/ids.hpp"
#include "core/access/settings.hpp"

namespace sallyport::controller {
namespace {

constexpr std::size_t memory_bytes = 8 << 20;
constexpr unsigned long long passes = 3;
constexpr std::size_t waiting_limit = 32;

base::Result<std::string> argon2id(const base::Secret& password) {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str(text.data(), password.reveal().data(), password.size(), passes, memory_bytes) != 0)
        return base::fail(base::ErrorKind::unavailable, "busy", "There is no memory to hash a password.");
    return std::string(text.data());
}

// What an unknown account is compared with: no password has this hash, and computing it takes as long.
const std::string& nobody() {
    static const std::string hash = argon2id(base::Secret(new_session_key())).value_or("");
    return hash;
}

}  // namespace

base::Status check_password(const base::Secret& password) {
    if (password.size() >= 8 && password.size() <= 128) return {};
    return base::fail(base::ErrorKind::invalid, "invalid_parameter", "A password has 8 to 128 characters.");
}

base::Status check_keypad_password(const base::Secret& password) {
    const auto digits = password.reveal();
    if (digits.size() < 6 || digits.size() > 8 ||
        !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }))
        return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                          "The keypad password has 6 to 8 digits.");
    if (digits == core::factory_admin_password)
        return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                          "The keypad password cannot be the factory's: everybody knows it.");
    return {};
}

base::Secret new_keypad_password() {
    for (;;) {
        base::Secret digits(fmt::format("{:08}", randombytes_uniform(100'000'000)));
        if (check_keypad_password(digits)) return digits;
    }
}

std::string new_session_key() {
    std::string bytes(32, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return base::to_hex(bytes);
}

template <class Work, class Done>
void Passwords::run(Work work, Done done) {
    if (waiting_ >= waiting_limit)
        return done(
            base::fail(base::ErrorKind::limit, "busy", "Too many logins at once: try again in a moment."));
    ++waiting_;
    aside_.run(std::move(work), [this, done = std::move(done)](auto outcome) mutable {
        --waiting_;
        done(std::move(outcome));
    });
}

void Passwords::hash(base::Secret password, std::move_only_function<void(base::Result<std::string>)> done) {
    run([password = std::move(password)] { return argon2id(password); }, std::move(done));
}

void Passwords::verify(base::Secret password, std::string hash,
                       std::move_only_function<void(base::Status)> done) {
    auto work = [password = std::move(password), hash = std::move(hash)]() -> base::Status {
        const auto& against = hash.empty() ? nobody() : hash;
        const auto text = password.reveal();
        const bool same = crypto_pwhash_str_verify(against.c_str(), text.data(), text.size()) == 0;
        if (same && !hash.empty()) return {};
        return base::fail(base::ErrorKind::unauthenticated, "wrong_password",
                          "The user or the password is wrong.");
    };
    run(std::move(work), std::move(done));
}

}  // namespace sallyport::controller

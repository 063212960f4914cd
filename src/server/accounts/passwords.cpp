#include "server/accounts/passwords.hpp"

#include <sodium.h>

namespace sallyport::server {

namespace {

base::Result<std::string> hashed(const base::Secret& password, const PasswordCost& cost) {
    std::string hash(crypto_pwhash_STRBYTES, '\0');
    const auto text = password.reveal();
    if (crypto_pwhash_str_alg(hash.data(), text.data(), text.size(), cost.operations, cost.memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return base::fail(base::ErrorKind::internal, "no_memory",
                          "There is not enough memory to check a password. Try again in a moment.");
    hash.resize(hash.find('\0'));
    return hash;
}

}  // namespace

base::Result<std::string> Passwords::hash(const base::Secret& password) {
    const std::lock_guard lock(mutex_);
    return hashed(password, cost_);
}

bool Passwords::is_of_another_cost(const std::string& hash) const {
    return crypto_pwhash_str_needs_rehash(hash.c_str(), cost_.operations, cost_.memory) != 0;
}

bool Passwords::matches(const std::string& hash, const base::Secret& password) {
    const std::lock_guard lock(mutex_);
    if (of_nobody_.empty()) of_nobody_ = hashed(base::Secret("nobody"), cost_).value_or("");
    const auto text = password.reveal();
    const auto& compared = hash.empty() ? of_nobody_ : hash;
    const bool same = crypto_pwhash_str_verify(compared.c_str(), text.data(), text.size()) == 0;
    return same && !hash.empty();
}

}  // namespace sallyport::server

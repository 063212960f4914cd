#include "core/access/person.hpp"

#include <algorithm>
#include <string>

#include <sodium.h>

namespace sallyport::core {

namespace {

static_assert(crypto_generichash_blake2b_PERSONALBYTES == 16);
using Purpose = std::array<unsigned char, crypto_generichash_blake2b_PERSONALBYTES + 1>;
constexpr Purpose for_person{"sallyport.person"};
constexpr Purpose for_public{"sallyport.public"};
constexpr Purpose for_admin{"sallyport.admin_"};

/// The purpose is BLAKE2b's personalisation: equal digits hash apart in each of their three meanings.
PinHash hash(const PinKey& key, const Purpose& purpose, std::string_view owner, std::string_view digits) {
    PinHash result;
    crypto_generichash_blake2b_state state;
    crypto_generichash_blake2b_init_salt_personal(&state, key.bytes.data(), key.bytes.size(),
                                                  result.bytes.size(), nullptr, purpose.data());
    const auto add = [&](std::string_view text) {
        crypto_generichash_blake2b_update(&state, reinterpret_cast<const unsigned char*>(text.data()),
                                          text.size());
    };
    add(owner);
    add(std::string_view("\0", 1));  // no user ID has this byte: "1" + "23" is not "12" + "3"
    add(digits);
    crypto_generichash_blake2b_final(&state, result.bytes.data(), result.bytes.size());
    base::wipe(&state, sizeof state);
    return result;
}

}  // namespace

PinHash hash_pin(const PinKey& key, const base::UserId& user, const base::Secret& digits) {
    return hash(key, for_person, user.view(), digits.reveal());
}

PinHash hash_public_password(const PinKey& key, const base::Secret& digits) {
    return hash(key, for_public, {}, digits.reveal());
}

PinHash hash_admin_password(const PinKey& key, const base::Secret& digits) {
    return hash(key, for_admin, {}, digits.reveal());
}

bool equal(const PinHash& a, const PinHash& b) {
    return sodium_memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}

RightEnd RightEnd::at(base::UtcTime time) {
    const auto seconds = std::clamp<std::int64_t>(time.microseconds / 1'000'000, 0, UINT32_MAX);
    return {static_cast<std::uint32_t>(seconds)};
}

void keep_spent(std::vector<PublicPassword>& sent, const std::vector<PublicPassword>& held) {
    for (PublicPassword& one : sent) {
        const auto before = std::ranges::find(held, one.number, &PublicPassword::number);
        if (before != held.end()) keep_spent(one, *before);
    }
}

bool is_pin(std::string_view text) {
    return !text.empty() && text.size() <= 8 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

base::Secret true_pin_of_duress(const base::Secret& entered) {
    std::string digits(entered.reveal());
    if (!digits.empty()) {
        char& last = digits.back();
        last = last == '0' ? '9' : static_cast<char>(last - 1);
    }
    base::Secret result{digits};
    base::wipe(digits.data(), digits.size());
    return result;
}

}  // namespace sallyport::core

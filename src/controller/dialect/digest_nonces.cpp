#include "controller/dialect/digest_nonces.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/core.h>
#include <sodium.h>

#include "base/ids.hpp"

namespace sallyport::controller::dialect {
namespace {

constexpr std::size_t nonces_limit = 4'096;
constexpr base::Duration validity = std::chrono::minutes{5};
constexpr std::uint32_t window = 64;
constexpr std::size_t digits = 16;  ///< of the time, and of what is random

}  // namespace

std::string DigestNonces::make(std::uint64_t random, base::Instant now) const {
    return sealed(fmt::format("{:016x}{:016x}", now.since_start.count(), random));
}

std::string DigestNonces::sealed(const std::string& body) const {
    std::array<unsigned char, 16> hash{};
    const auto key = key_.reveal();
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(body.data()),
                       body.size(), reinterpret_cast<const unsigned char*>(key.data()), key.size());
    return body + base::to_hex(std::string(hash.begin(), hash.end()));
}

DigestNonces::Use DigestNonces::use(const std::string& nonce, std::uint32_t count, base::Instant now) {
    std::int64_t time = 0;
    const auto* end = nonce.data() + std::min(nonce.size(), digits);
    const bool numeric = std::from_chars(nonce.data(), end, time, 16).ptr == end;
    if (!numeric || count == 0 ||
        !base::Secret(sealed(nonce.substr(0, 2 * digits))).equals(base::Secret(nonce)))
        return Use::replayed;
    const base::Instant made{base::Duration{time}};
    if (made + validity <= now || made <= over_) return Use::replayed;
    if (!entries_.contains(nonce)) make_room(now);
    auto& entry = entries_.try_emplace(nonce, Entry{made, 0, 0}).first->second;
    if (count > entry.highest) {
        const auto ahead = count - entry.highest;
        entry.seen = ahead >= window ? 0 : entry.seen << ahead;
        entry.seen |= 1;
        entry.highest = count;
        return Use::fresh;
    }
    const auto behind = entry.highest - count;
    if (behind >= window || (entry.seen >> behind & 1) != 0) return Use::replayed;
    entry.seen |= std::uint64_t{1} << behind;
    return Use::fresh;
}

// What is forgotten must not be used again: neither it nor what is older.
void DigestNonces::make_room(base::Instant now) {
    if (entries_.size() < nonces_limit) return;
    std::erase_if(entries_, [now](const auto& entry) { return entry.second.made + validity <= now; });
    if (entries_.size() < nonces_limit) return;
    const auto oldest =
        std::ranges::min_element(entries_, {}, [](const auto& entry) { return entry.second.made; });
    over_ = oldest->second.made;
    std::erase_if(entries_, [this](const auto& entry) { return entry.second.made <= over_; });
}

}  // namespace sallyport::controller::dialect

#include "controller/dialect/digest_nonces.hpp"

#include <algorithm>

namespace sallyport::controller::dialect {
namespace {

constexpr std::size_t nonces_limit = 4'096;
constexpr base::Duration validity = std::chrono::minutes{5};
constexpr std::uint32_t window = 64;

}  // namespace

void DigestNonces::add(const std::string& random, base::Instant now) {
    if (entries_.size() >= nonces_limit)
        std::erase_if(entries_, [now](const auto& entry) { return entry.second.made + validity <= now; });
    if (entries_.size() >= nonces_limit)
        entries_.erase(
            std::ranges::min_element(entries_, {}, [](const auto& entry) { return entry.second.made; }));
    entries_[random] = {now, 0, 0};
}

DigestNonces::Use DigestNonces::use(const std::string& nonce, std::uint32_t count, base::Instant now) {
    const auto found = entries_.find(nonce);
    if (found == entries_.end() || found->second.made + validity <= now || count == 0) return Use::replayed;
    auto& entry = found->second;
    const auto use = entry.highest == 0 ? Use::first : Use::again;
    if (count > entry.highest) {
        const auto ahead = count - entry.highest;
        entry.seen = ahead >= window ? 0 : entry.seen << ahead;
        entry.seen |= 1;
        entry.highest = count;
        return use;
    }
    const auto behind = entry.highest - count;
    if (behind >= window || (entry.seen >> behind & 1) != 0) return Use::replayed;
    entry.seen |= std::uint64_t{1} << behind;
    return use;
}

}  // namespace sallyport::controller::dialect

#include "server/issue/convergence.hpp"

#include <array>

#include <sodium.h>

namespace sallyport::server {

Difference difference(const DesiredRoster& desired, const KnownRoster& known) {
    Difference result;
    auto have = known.begin();
    const auto drop_before = [&](const base::UserId* limit) {
        for (; have != known.end() && (limit == nullptr || have->user_id < *limit); ++have) {
            if (have->tag.value != 0) result.remove.push_back(have->user_id);
        }
    };
    for (const auto& want : desired) {
        drop_before(&want.user_id);
        const bool held = have != known.end() && have->user_id == want.user_id;
        if (!held || have->tag != want.tag) result.upsert.push_back(&want);
        if (held) ++have;
    }
    drop_before(nullptr);
    return result;
}

core::RosterDigest digest_of(const KnownRoster& known) {
    core::RosterDigest digest;
    for (const auto& entry : known) digest.value += core::entry_digest(entry.user_id, entry.tag);
    return digest;
}

core::EntryTag tag_of(std::string_view canonical_person, std::string_view key) {
    std::array<unsigned char, 16> hash{};
    crypto_generichash(
        hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(canonical_person.data()),
        canonical_person.size(), reinterpret_cast<const unsigned char*>(key.data()), key.size());
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | hash[static_cast<std::size_t>(i)];
    return {value == 0 ? 1 : value};
}

}  // namespace sallyport::server

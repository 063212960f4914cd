#pragma once
// The nonces of HTTP Digest: each is good for five minutes, and each count of one once. Nothing is kept of a
// nonce before somebody who knows the password has used it, so that strangers cannot crowd out those of
// others.
#include <cstdint>
#include <map>
#include <string>

#include "base/secret.hpp"
#include "base/time.hpp"

namespace sallyport::controller::dialect {

/// A value; `now` is real time.
class DigestNonces {
  public:
    enum class Use : std::uint8_t {
        fresh,
        replayed  ///< the nonce is unknown or too old, or the count was there: a new nonce is asked for
    };

    /// `key`: 32 to 64 random bytes; a nonce is known by what it makes of it.
    explicit DigestNonces(base::Secret key) : key_(std::move(key)) {}

    /// `random`: so that no two are the same.
    [[nodiscard]] std::string make(std::uint64_t random, base::Instant now) const;
    /// To be called only for a response that fits: otherwise a stranger could use up counts. Counts may
    /// overtake each other by 63. Of too many (4,096) the oldest is over.
    [[nodiscard]] Use use(const std::string& nonce, std::uint32_t count, base::Instant now);

  private:
    struct Entry {
        base::Instant made;
        std::uint32_t highest = 0;
        std::uint64_t seen = 0;  ///< bit n: `highest` minus n was there
    };
    [[nodiscard]] std::string sealed(const std::string& body) const;
    void make_room(base::Instant now);

    base::Secret key_;
    base::Instant over_{base::Duration{-1}};  ///< what was made by then is too old
    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace sallyport::controller::dialect

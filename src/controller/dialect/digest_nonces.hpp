#pragma once
// The nonces of HTTP Digest that were given out: each is good for five minutes, and each count of one once.
#include <cstdint>
#include <map>
#include <string>

#include "base/time.hpp"

namespace sallyport::controller::dialect {

/// A value; `now` is real time.
class DigestNonces {
  public:
    enum class Use : std::uint8_t {
        first,    ///< nobody has used the nonce before
        again,    ///< a count that is new
        replayed  ///< the nonce is unknown or too old, or the count was there: a new nonce is asked for
    };

    /// `random` becomes the nonce. Of too many (4,096) the oldest goes.
    void add(const std::string& random, base::Instant now);
    /// To be called only for a response that fits: otherwise a stranger could use up counts. Counts may
    /// overtake each other by 63.
    [[nodiscard]] Use use(const std::string& nonce, std::uint32_t count, base::Instant now);

  private:
    struct Entry {
        base::Instant made;
        std::uint32_t highest = 0;
        std::uint64_t seen = 0;  ///< bit n: `highest` minus n was there
    };
    std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace sallyport::controller::dialect

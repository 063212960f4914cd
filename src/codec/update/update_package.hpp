#pragma once
// An update package (docs/decisions/0011): what it says of itself, signed, and the program package that it
// brings.
//
//   "SALLYPORTUPDATE1"    16 bytes
//   length of the head    u32, little-endian, at most 4,096
//   head                  JSON: {"product","architecture","version","minimum","size","sha256"}
//   signature             64 bytes: Ed25519 over everything before it
//   payload               `size` bytes: a .deb whose SHA-256 the head names
//
// Nothing of the head is looked at before its signature is right.
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace sallyport::codec {

/// 0.0.0 to 65535.65535.65535; older is less.
struct Version {
    std::uint16_t major_number = 0;
    std::uint16_t minor_number = 0;
    std::uint16_t patch = 0;
    friend constexpr auto operator<=>(const Version&, const Version&) = default;
    /// "1.2.3"; nullopt otherwise, leading zeros included.
    [[nodiscard]] static std::optional<Version> from(std::string_view);
    [[nodiscard]] std::string text() const;
};

inline constexpr std::size_t update_limit = 64 << 20;  ///< bytes of a whole package

struct UpdateHead {
    std::string product;       ///< "sallyport-door"
    std::string architecture;  ///< as Debian names it: "amd64", "arm64"
    Version version;
    Version minimum;  ///< the oldest version that it may be installed over
    std::uint64_t size = 0;
    std::string sha256;  ///< 64 lower-case hexadecimal digits
    friend bool operator==(const UpdateHead&, const UpdateHead&) = default;
};

struct UpdatePackage {
    UpdateHead head;
    std::string_view payload;  ///< into the bytes that were read
};

/// Of Ed25519, as raw bytes; the secret one is the 32-byte seed.
struct UpdateKeys {
    std::string public_key;
    base::Secret seed;
};
inline constexpr std::size_t update_key_bytes = 32;

/// Whether the bytes are a whole package that this key signed. Errors: `limit` "update_too_large", `corrupt`
/// "update_damaged" (no package, cut short, more than it says, another payload), `forbidden`
/// "update_signature".
[[nodiscard]] base::Result<UpdatePackage> read_update(std::string_view bytes, std::string_view public_key);

struct Installed {
    std::string product;
    std::string architecture;
    Version version;
    Version newest;  ///< that was ever installed here by an update: there is no way back below it
};
/// Whether it belongs on this machine. Errors: `conflict` "update_other_machine", "update_not_newer",
/// "update_too_far": a sentence that names the versions.
[[nodiscard]] base::Status check_update(const UpdateHead&, const Installed&);

/// The package for this payload; `head.size` and `head.sha256` are filled in. `limit` "update_too_large".
[[nodiscard]] base::Result<std::string> sign_update(UpdateHead head, std::string_view payload,
                                                    const UpdateKeys&);
/// The keys of a seed of 32 bytes. `invalid` "update_key".
[[nodiscard]] base::Result<UpdateKeys> update_keys(base::Secret seed);

}  // namespace sallyport::codec

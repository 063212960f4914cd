#pragma once
// A secure-channel base key, 16 bytes (IEC 60839-11-5, annex D). Cannot be printed and is wiped when it goes;
// `reveal` is the one way in.
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/secret.hpp"

namespace sallyport::codec::osdp {

class Key {
  public:
    using Bytes16 = std::array<std::uint8_t, 16>;

    Key() = default;
    explicit Key(const Bytes16& bytes) : bytes_(bytes) {}
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key() { base::wipe(bytes_.data(), bytes_.size()); }

    [[nodiscard]] const Bytes16& reveal() const { return bytes_; }
    /// The default key that every reader knows, 0x30 - 0x3F: for pairing only.
    [[nodiscard]] static Key well_known() {
        Bytes16 bytes;
        for (std::uint8_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(0x30 + i);
        return Key(bytes);
    }
    /// True for what must never protect a reader: the default key, or one byte repeated.
    [[nodiscard]] bool weak() const {
        return *this == well_known() ||
               std::ranges::all_of(bytes_, [this](std::uint8_t byte) { return byte == bytes_[0]; });
    }
    /// Takes the same time wherever the two differ.
    friend bool operator==(const Key& a, const Key& b) {
        unsigned difference = 0;
        for (std::size_t i = 0; i < a.bytes_.size(); ++i) difference |= a.bytes_[i] ^ b.bytes_[i];
        return difference == 0;
    }

  private:
    Bytes16 bytes_{};
};

/// None unless it has 16 bytes.
[[nodiscard]] inline std::optional<Key> key_from(const base::Secret& secret) {
    const auto bytes = secret.reveal();
    Key::Bytes16 key{};
    if (bytes.size() != key.size()) return std::nullopt;
    std::ranges::copy(bytes, key.begin());
    std::optional<Key> made{Key(key)};
    base::wipe(key.data(), key.size());
    return made;
}

[[nodiscard]] inline base::Secret secret_of(const Key& key) {
    return base::Secret(std::string(key.reveal().begin(), key.reveal().end()));
}

}  // namespace sallyport::codec::osdp

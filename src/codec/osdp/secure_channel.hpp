#pragma once
// The secure channel (IEC 60839-11-5, annex D): session keys, cryptograms, and frames with chained MACs and
// encryption, the same at both ends. AES-128 comes from OpenSSL: libsodium has AES-256-GCM only, and only on
// some processors. Random bytes are arguments.
#include <memory>

#include "base/result.hpp"
#include "codec/osdp/frame.hpp"
#include "codec/osdp/key.hpp"
#include "codec/osdp/message.hpp"

namespace sallyport::codec::osdp {

/// Security block types; commands are odd, the replies to them even.
enum class Security : std::uint8_t {
    challenge = 0x11,
    client_cryptogram = 0x12,
    server_cryptogram = 0x13,
    initial_mac = 0x14,
    command_mac = 0x15,
    reply_mac = 0x16,
    command_encrypted = 0x17,
    reply_encrypted = 0x18,
};
/// First content byte of blocks 0x11 - 0x13: the key that is meant. Of 0x14: 1 if the panel was believed.
inline constexpr std::uint8_t well_known_key = 0;
inline constexpr std::uint8_t own_key = 1;
inline constexpr std::uint8_t believed = 1;

[[nodiscard]] SecurityBlock security_block(Security, std::uint8_t content);
[[nodiscard]] bool is(const Frame&, Security);

struct SessionKeys {
    Key encryption;
    Key mac_1;
    Key mac_2;
};
[[nodiscard]] SessionKeys session_keys(const Key& base_key, const Nonce& panel);
[[nodiscard]] Block client_cryptogram(const SessionKeys&, const Nonce& panel, const Nonce& reader);
[[nodiscard]] Block server_cryptogram(const SessionKeys&, const Nonce& panel, const Nonce& reader);
/// RMAC-I: the value from which the MACs of a session are chained.
[[nodiscard]] Block initial_mac(const SessionKeys&, const Block& server_cryptogram);
/// In the same time wherever the two differ.
[[nodiscard]] bool equal(ByteView a, ByteView b);

/// An established session, at either end. A frame that must be repeated is sent as it was: never sealed
/// again.
class Session {
  public:
    Session(const SessionKeys& keys, const Block& initial_mac);
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    ~Session();

    /// Sets the security block, encrypts the payload if there is one, appends the MAC.
    void seal(Frame&);
    /// Checks the MAC and decrypts the payload. After an error the session is over: `corrupt` "no_mac" (sent
    /// in clear or of the wrong direction), "wrong_mac", "wrong_padding".
    [[nodiscard]] base::Status open(Frame&);

  private:
    [[nodiscard]] Block mac_of(const Frame&, const Block& before);

    struct Ciphers;
    std::unique_ptr<Ciphers> ciphers_;
    Block sent_;
    Block received_;
};

}  // namespace sallyport::codec::osdp

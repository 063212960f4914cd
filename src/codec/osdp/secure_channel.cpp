#include "codec/osdp/secure_channel.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <openssl/evp.h>

namespace sallyport::codec::osdp {

namespace {

enum class Work { encrypt = 1, decrypt = 0 };

/// AES-128 with one key in one direction: setting it up takes longer than the blocks of a poll. The blocks
/// are chained here (CBC, without padding), because OpenSSL takes four times longer to be told the vector of
/// a chain than to encrypt the one block that a poll has.
class Cipher {
  public:
    Cipher(Work work, const Key& key) : context_(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free) {
        // Looked up once, for the same reason.
        static const auto* const aes = EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr);
        check(context_ && aes &&
              EVP_CipherInit_ex(context_.get(), aes, nullptr, key.reveal().data(), nullptr,
                                static_cast<int>(work)) == 1 &&
              EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1);
    }
    /// The last of the encrypted blocks; the vector if there is none.
    Block chain(Block vector, ByteView blocks) {
        for (; !blocks.empty(); blocks = blocks.subspan(vector.size()))
            vector = one(mixed(vector, blocks.first(vector.size())));
        return vector;
    }
    Bytes encrypt(Block vector, ByteView blocks) {
        Bytes result;
        result.reserve(blocks.size());
        for (; !blocks.empty(); blocks = blocks.subspan(vector.size())) {
            vector = chain(vector, blocks.first(vector.size()));
            result.insert(result.end(), vector.begin(), vector.end());
        }
        return result;
    }
    Bytes decrypt(Block vector, ByteView blocks) {
        Bytes result;
        result.reserve(blocks.size());
        for (; !blocks.empty(); blocks = blocks.subspan(vector.size())) {
            Block block;
            std::ranges::copy(blocks.first(block.size()), block.begin());
            const auto clear = mixed(one(block), vector);
            result.insert(result.end(), clear.begin(), clear.end());
            vector = block;
        }
        return result;
    }

  private:
    // Out of memory or a library without AES: going on in clear would be worse.
    static void check(bool done) {
        if (!done) std::abort();
    }
    static Block mixed(Block block, ByteView with) {
        for (std::size_t i = 0; i < block.size(); ++i) block[i] ^= with[i];
        return block;
    }
    Block one(const Block& block) {
        Block result;
        int written = 0;
        check(EVP_CipherUpdate(context_.get(), result.data(), &written, block.data(),
                               static_cast<int>(block.size())) == 1 &&
              static_cast<std::size_t>(written) == result.size());
        return result;
    }
    std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context_;
};

Block encrypt_block(const Key& key, const Block& block) {
    return Cipher(Work::encrypt, key).chain(Block{}, block);
}

Key derived(const Key& base_key, std::uint8_t purpose, const Nonce& panel) {
    Block block{0x01, purpose};
    std::copy_n(panel.begin(), 6, block.begin() + 2);
    return Key(encrypt_block(base_key, block));
}

Block joined(const Nonce& first, const Nonce& second) {
    Block block;
    std::ranges::copy(second, std::ranges::copy(first, block.begin()).out);
    return block;
}

Block inverted(Block block) {
    for (auto& byte : block) byte = static_cast<std::uint8_t>(~byte);
    return block;
}

void pad(Bytes& bytes) {
    bytes.push_back(0x80);
    bytes.resize((bytes.size() + 15) / 16 * 16);
}

}  // namespace

SecurityBlock security_block(Security type, std::uint8_t content) {
    return {static_cast<std::uint8_t>(type), {content}};
}

bool is(const Frame& frame, Security type) {
    return frame.security && frame.security->type == static_cast<std::uint8_t>(type);
}

SessionKeys session_keys(const Key& base_key, const Nonce& panel) {
    return {derived(base_key, 0x82, panel), derived(base_key, 0x01, panel), derived(base_key, 0x02, panel)};
}

Block client_cryptogram(const SessionKeys& keys, const Nonce& panel, const Nonce& reader) {
    return encrypt_block(keys.encryption, joined(panel, reader));
}

Block server_cryptogram(const SessionKeys& keys, const Nonce& panel, const Nonce& reader) {
    return encrypt_block(keys.encryption, joined(reader, panel));
}

Block initial_mac(const SessionKeys& keys, const Block& cryptogram) {
    return encrypt_block(keys.mac_2, encrypt_block(keys.mac_1, cryptogram));
}

bool equal(ByteView a, ByteView b) {
    if (a.size() != b.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
    return difference == 0;
}

struct Session::Ciphers {
    Cipher encrypting;
    Cipher decrypting;
    Cipher mac_1;
    Cipher mac_2;
};

Session::Session(const SessionKeys& keys, const Block& initial_mac)
    : ciphers_(new Ciphers{{Work::encrypt, keys.encryption},
                           {Work::decrypt, keys.encryption},
                           {Work::encrypt, keys.mac_1},
                           {Work::encrypt, keys.mac_2}}),
      sent_(initial_mac),
      received_(initial_mac) {}

Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Block Session::mac_of(const Frame& frame, const Block& before) {
    auto bytes = mac_input(frame);
    if (bytes.size() % 16 != 0) pad(bytes);
    const auto head = ByteView(bytes).first(bytes.size() - 16);
    return ciphers_->mac_2.chain(ciphers_->mac_1.chain(before, head), ByteView(bytes).last(16));
}

void Session::seal(Frame& frame) {
    const bool command = frame.direction == Direction::command;
    if (frame.payload.empty()) {
        frame.security = SecurityBlock{command ? std::uint8_t{0x15} : std::uint8_t{0x16}, {}};
    } else {
        frame.security = SecurityBlock{command ? std::uint8_t{0x17} : std::uint8_t{0x18}, {}};
        pad(frame.payload);
        frame.payload = ciphers_->encrypting.encrypt(inverted(received_), frame.payload);
    }
    sent_ = mac_of(frame, received_);
    std::copy_n(sent_.begin(), frame.mac.size(), frame.mac.begin());
}

base::Status Session::open(Frame& frame) {
    const auto corrupt = [](const char* code, const char* message) {
        return base::fail(base::ErrorKind::corrupt, code, message);
    };
    const bool command = frame.direction == Direction::command;
    const bool encrypted = is(frame, command ? Security::command_encrypted : Security::reply_encrypted);
    if (!encrypted && !is(frame, command ? Security::command_mac : Security::reply_mac)) {
        return corrupt("no_mac", "A message came in clear during a secure session.");
    }
    const auto mac = mac_of(frame, sent_);
    if (!equal(ByteView(mac).first(frame.mac.size()), frame.mac)) {
        return corrupt("wrong_mac", "A message was changed, repeated or made by someone without the key.");
    }
    if (encrypted) {
        if (frame.payload.empty() || frame.payload.size() % 16 != 0) {
            return corrupt("wrong_padding", "An encrypted message does not fill its blocks.");
        }
        frame.payload = ciphers_->decrypting.decrypt(inverted(sent_), frame.payload);
        while (!frame.payload.empty() && frame.payload.back() == 0) frame.payload.pop_back();
        if (frame.payload.empty() || frame.payload.back() != 0x80) {
            return corrupt("wrong_padding", "An encrypted message does not end as it should.");
        }
        frame.payload.pop_back();
    }
    received_ = mac;
    return {};
}

}  // namespace sallyport::codec::osdp

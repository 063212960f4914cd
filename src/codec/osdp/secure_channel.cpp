#include "codec/osdp/secure_channel.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>

#include <openssl/evp.h>

namespace sallyport::codec::osdp {

namespace {

enum class Work { encrypt = 1, decrypt = 0 };

/// AES-128 in CBC over whole blocks, without padding. One block with a zero vector is the plain block
/// function.
Bytes cbc(Work work, const Key& key, const Block& vector, ByteView blocks) {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                  EVP_CIPHER_CTX_free);
    // Looked up once: each look-up takes longer than the blocks of a poll.
    static const auto* const aes = EVP_CIPHER_fetch(nullptr, "AES-128-CBC", nullptr);
    Bytes result(blocks.size());
    int written = 0;
    const bool done = context && aes &&
                      EVP_CipherInit_ex(context.get(), aes, nullptr, key.reveal().data(), vector.data(),
                                        static_cast<int>(work)) == 1 &&
                      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
                      EVP_CipherUpdate(context.get(), result.data(), &written, blocks.data(),
                                       static_cast<int>(blocks.size())) == 1;
    // Out of memory or a library without AES: going on in clear would be worse.
    if (!done || static_cast<std::size_t>(written) != blocks.size()) std::abort();
    return result;
}

Block last_block(ByteView bytes) {
    Block block;
    std::ranges::copy(bytes.last(block.size()), block.begin());
    return block;
}

Block encrypt_block(const Key& key, const Block& block) {
    return last_block(cbc(Work::encrypt, key, Block{}, block));
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

Block Session::mac_of(const Frame& frame, const Block& before) const {
    auto bytes = mac_input(frame);
    if (bytes.size() % 16 != 0) pad(bytes);
    const auto head = ByteView(bytes).first(bytes.size() - 16);
    const auto chained = head.empty() ? before : last_block(cbc(Work::encrypt, keys_.mac_1, before, head));
    return last_block(cbc(Work::encrypt, keys_.mac_2, chained, ByteView(bytes).last(16)));
}

void Session::seal(Frame& frame) {
    const bool command = frame.direction == Direction::command;
    if (frame.payload.empty()) {
        frame.security = SecurityBlock{command ? std::uint8_t{0x15} : std::uint8_t{0x16}, {}};
    } else {
        frame.security = SecurityBlock{command ? std::uint8_t{0x17} : std::uint8_t{0x18}, {}};
        pad(frame.payload);
        frame.payload = cbc(Work::encrypt, keys_.encryption, inverted(received_), frame.payload);
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
        frame.payload = cbc(Work::decrypt, keys_.encryption, inverted(sent_), frame.payload);
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

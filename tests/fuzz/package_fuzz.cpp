// Any bytes as an update package: signed by whoever has the key as they are, and with a right signature over
// what they say, so that the head is read as well.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <sodium.h>

#include "codec/update/update_package.hpp"

namespace {

using namespace sallyport;

const codec::UpdateKeys& keys() {
    static const auto one = codec::update_keys(base::Secret(std::string(32, '\7'))).value();
    return one;
}

/// The input as the head of a package that is signed.
std::string signed_head(std::string_view head) {
    std::string bytes = "SALLYPORTUPDATE1";
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(head.size() >> shift & 0xFF);
    bytes += head;
    std::string secret(crypto_sign_SECRETKEYBYTES, '\0');
    std::string open(crypto_sign_PUBLICKEYBYTES, '\0');
    const auto raw = [](std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); };
    const std::string seed(keys().seed.reveal());
    crypto_sign_seed_keypair(raw(open), raw(secret), reinterpret_cast<const unsigned char*>(seed.data()));
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(raw(signature), nullptr, raw(bytes), bytes.size(), raw(secret));
    return bytes + signature;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (codec::read_update(text, keys().public_key)) std::abort();  // nobody signed it
    const auto bytes = signed_head(text);
    const auto read = codec::read_update(bytes, keys().public_key);
    if (read && read->head.size != 0) std::abort();
    if (read) static_cast<void>(codec::check_update(read->head, {"sallyport-door", "amd64", {}, {}}));
    return 0;
}

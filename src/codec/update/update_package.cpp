#include "codec/update/update_package.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <boost/json.hpp>
#include <fmt/core.h>
#include <sodium.h>

namespace sallyport::codec {

namespace json = boost::json;
using base::ErrorKind;

namespace {

constexpr std::string_view magic = "SALLYPORTUPDATE1";
constexpr std::size_t length_bytes = 4;
constexpr std::size_t head_limit = 4'096;
constexpr std::size_t word_limit = 64;

const unsigned char* raw(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

std::unexpected<base::Error> damaged(std::string_view how) {
    return base::fail(ErrorKind::corrupt, "update_damaged",
                      fmt::format("The update package cannot be used: {}. Transfer it again.", how));
}

std::uint32_t number_at(std::string_view bytes) {
    std::uint32_t value = 0;
    for (std::size_t i = length_bytes; i-- > 0;) value = value << 8 | raw(bytes)[i];
    return value;
}

std::string number_bytes(std::uint32_t value) {
    std::string bytes;
    for (std::size_t i = 0; i < length_bytes; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
    return bytes;
}

std::string sha256_of(std::string_view bytes) {
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(raw(hash), raw(bytes), bytes.size());
    std::string text;
    for (const char c : hash) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

std::string_view word(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    return text == nullptr || text->size() > word_limit ? std::string_view()
                                                        : std::string_view(text->data(), text->size());
}

base::Result<UpdateHead> head_from(std::string_view text) {
    boost::system::error_code error;
    const auto value = json::parse(text, error);
    const auto* object = error ? nullptr : value.if_object();
    if (object == nullptr) return damaged("its head is no JSON object");
    UpdateHead head;
    head.product = word(*object, "product");
    head.architecture = word(*object, "architecture");
    head.sha256 = word(*object, "sha256");
    const auto version = Version::from(word(*object, "version"));
    const auto minimum = Version::from(word(*object, "minimum"));
    const auto* size = object->if_contains("size");
    const auto* bytes = size == nullptr ? nullptr : size->if_int64();
    if (head.product.empty() || head.architecture.empty() || head.sha256.empty() || !version || !minimum ||
        bytes == nullptr || *bytes < 0)
        return damaged("its head lacks product, architecture, version, minimum, size or sha256");
    head.version = *version;
    head.minimum = *minimum;
    head.size = static_cast<std::uint64_t>(*bytes);
    return head;
}

}  // namespace

std::optional<Version> Version::from(std::string_view text) {
    std::array<std::uint16_t, 3> parts{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0 && (at == end || *at++ != '.')) return std::nullopt;
        const auto [next, error] = std::from_chars(at, end, parts[i]);
        if (error != std::errc{} || (*at == '0' && next - at > 1)) return std::nullopt;
        at = next;
    }
    if (at != end) return std::nullopt;
    return Version{parts[0], parts[1], parts[2]};
}

std::string Version::text() const {
    return fmt::format("{}.{}.{}", major_number, minor_number, patch);
}

base::Result<UpdatePackage> read_update(std::string_view bytes, std::string_view public_key) {
    if (bytes.size() > update_limit)
        return base::fail(
            ErrorKind::limit, "update_too_large",
            fmt::format("The update package has {} bytes; {} are possible.", bytes.size(), update_limit));
    if (!bytes.starts_with(magic)) return damaged("it does not begin like one");
    constexpr auto before_head = magic.size() + length_bytes;
    if (bytes.size() < before_head) return damaged("it ends too early");
    const auto head_size = number_at(bytes.substr(magic.size()));
    if (head_size > head_limit) return damaged("its head is too long");
    const auto signed_size = before_head + head_size;
    if (bytes.size() < signed_size + crypto_sign_BYTES) return damaged("it ends too early");
    if (public_key.size() != update_key_bytes ||
        crypto_sign_verify_detached(raw(bytes.substr(signed_size)), raw(bytes), signed_size,
                                    raw(public_key)) != 0)
        return base::fail(ErrorKind::forbidden, "update_signature",
                          "The update package is not signed with the key that this controller trusts.");
    auto head = head_from(bytes.substr(before_head, head_size));
    if (!head) return std::unexpected(head.error());
    const auto payload = bytes.substr(signed_size + crypto_sign_BYTES);
    if (payload.size() < head->size) return damaged("it ends too early");
    if (payload.size() > head->size) return damaged("there is more in it than it says");
    if (sha256_of(payload) != head->sha256) return damaged("its content was changed");
    return UpdatePackage{*std::move(head), payload};
}

base::Status check_update(const UpdateHead& head, const Installed& installed) {
    const auto refuse = [](std::string_view code, std::string sentence) {
        return base::fail(ErrorKind::conflict, std::string(code), std::move(sentence));
    };
    if (head.product != installed.product || head.architecture != installed.architecture)
        return refuse("update_other_machine",
                      fmt::format("The update is {} for {}; this is {} on {}.", head.product,
                                  head.architecture, installed.product, installed.architecture));
    const auto newest = std::max(installed.version, installed.newest);
    if (head.version <= newest)
        return refuse("update_not_newer",
                      fmt::format("The update has version {}, and {} was installed here already: there is no "
                                  "way back to an older one.",
                                  head.version.text(), newest.text()));
    if (installed.version < head.minimum)
        return refuse(
            "update_too_far",
            fmt::format("The update to {} goes from {} on, and this is {}: install a version between "
                        "them first.",
                        head.version.text(), head.minimum.text(), installed.version.text()));
    return {};
}

base::Result<std::string> sign_update(UpdateHead head, std::string_view payload, const UpdateKeys& keys) {
    head.size = payload.size();
    head.sha256 = sha256_of(payload);
    const auto text = json::serialize(json::object{{"product", head.product},
                                                   {"architecture", head.architecture},
                                                   {"version", head.version.text()},
                                                   {"minimum", head.minimum.text()},
                                                   {"size", head.size},
                                                   {"sha256", head.sha256}});
    std::string package(magic);
    package += number_bytes(static_cast<std::uint32_t>(text.size()));
    package += text;
    std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0');
    std::string secret_key(crypto_sign_SECRETKEYBYTES, '\0');
    crypto_sign_seed_keypair(raw(public_key), raw(secret_key), raw(keys.seed.reveal()));
    std::string signature(crypto_sign_BYTES, '\0');
    crypto_sign_detached(raw(signature), nullptr, raw(package), package.size(), raw(secret_key));
    base::wipe(secret_key.data(), secret_key.size());
    package += signature;
    package += payload;
    if (package.size() <= update_limit) return package;
    return base::fail(ErrorKind::limit, "update_too_large",
                      fmt::format("The update package would have {} bytes; {} are possible.", package.size(),
                                  update_limit));
}

base::Result<UpdateKeys> update_keys(base::Secret seed) {
    if (seed.size() != update_key_bytes)
        return base::fail(ErrorKind::invalid, "update_key", "A key has 64 hexadecimal digits.");
    std::string public_key(crypto_sign_PUBLICKEYBYTES, '\0');
    std::string secret_key(crypto_sign_SECRETKEYBYTES, '\0');
    crypto_sign_seed_keypair(raw(public_key), raw(secret_key), raw(seed.reveal()));
    base::wipe(secret_key.data(), secret_key.size());
    return UpdateKeys{std::move(public_key), std::move(seed)};
}

}  // namespace sallyport::codec

#include "codec/cgi/digest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/core.h>
#include <openssl/evp.h>

#include "base/ids.hpp"

namespace sallyport::codec::cgi {

namespace {

constexpr std::size_t member_bytes = 8'192;  // a whole table stands in the address of a setConfig

base::Secret lower(const base::Secret& text) {
    std::string result(text.reveal());
    for (auto& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return base::Secret(std::move(result));
}

base::Secret joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const auto part : parts) text.append(part).append(":");
    text.pop_back();
    return base::Secret(std::move(text));
}

void skip(std::string_view& text, std::string_view any_of) {
    text.remove_prefix(std::min(text.find_first_not_of(any_of), text.size()));
}

/// The value of a member: quoted, with \ before what would end it, or a token.
std::optional<std::string> take_value(std::string_view& text) {
    std::string value;
    if (!text.starts_with('"')) {
        const auto end = std::min(text.find_first_of(", \t"), text.size());
        value = text.substr(0, end);
        text.remove_prefix(end);
        return value;
    }
    for (text.remove_prefix(1); !text.empty(); text.remove_prefix(1)) {
        if (text.front() == '"') {
            text.remove_prefix(1);
            return value;
        }
        if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
        value += text.front();
    }
    return std::nullopt;
}

bool same_letters(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

struct Members {
    Credentials found;
    std::string algorithm = "MD5";
    std::string qop;

    std::string* find(std::string_view name) {
        const std::array<std::pair<std::string_view, std::string*>, 9> all{{{"username", &found.user},
                                                                            {"realm", &found.realm},
                                                                            {"nonce", &found.nonce},
                                                                            {"uri", &found.uri},
                                                                            {"response", &found.response},
                                                                            {"cnonce", &found.client_nonce},
                                                                            {"nc", &found.count_text},
                                                                            {"algorithm", &algorithm},
                                                                            {"qop", &qop}}};
        const auto* member =
            std::ranges::find_if(all, [&](const auto& m) { return same_letters(m.first, name); });
        return member == all.end() ? nullptr : member->second;
    }
    [[nodiscard]] bool complete() const {
        return same_letters(algorithm, "MD5") && same_letters(qop, "auth") && !found.user.empty() &&
               !found.nonce.empty() && !found.uri.empty() && found.response.size() == 32 &&
               !found.client_nonce.empty() && found.count_text.size() == 8;
    }
};

}  // namespace

base::Secret md5_upper(std::string_view text) {
    std::array<unsigned char, 16> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr);
    return base::Secret(base::to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()}));
}

base::Secret password_hash(std::string_view user, std::string_view realm, const base::Secret& password) {
    return md5_upper(joined({user, realm, password.reveal()}).reveal());
}

base::Secret login_answer(std::string_view user, std::string_view random, const base::Secret& hash) {
    return md5_upper(joined({user, random, hash.reveal()}).reveal());
}

std::optional<Credentials> credentials_from(std::string_view header) {
    constexpr std::string_view scheme = "Digest";
    if (!same_letters(header.substr(0, scheme.size()), scheme)) return std::nullopt;
    header.remove_prefix(scheme.size());
    if (!header.starts_with(' ')) return std::nullopt;
    Members members;
    std::string seen = ",";
    for (skip(header, " \t,"); !header.empty(); skip(header, " \t,")) {
        const auto end = std::min(header.find('='), header.size());
        std::string name(header.substr(0, end));
        while (name.ends_with(' ')) name.pop_back();
        header.remove_prefix(std::min(end + 1, header.size()));
        skip(header, " \t");
        auto value = take_value(header);
        if (!value || value->size() > member_bytes || seen.contains("," + name + ",")) return std::nullopt;
        seen += name + ",";
        if (auto* member = members.find(name)) *member = *std::move(value);
    }
    if (!members.complete()) return std::nullopt;
    auto& found = members.found;
    const auto* last = found.count_text.data() + found.count_text.size();
    const auto parsed = std::from_chars(found.count_text.data(), last, found.count, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != last) return std::nullopt;
    return found;
}

bool fits(const Credentials& said, std::string_view http_method, const base::Secret& hash) {
    const auto what = lower(md5_upper(joined({http_method, said.uri}).reveal()));
    const auto expected = md5_upper(
        joined({lower(hash).reveal(), said.nonce, said.count_text, said.client_nonce, "auth", what.reveal()})
            .reveal());
    return lower(expected).equals(lower(base::Secret(said.response)));
}

}  // namespace sallyport::codec::cgi

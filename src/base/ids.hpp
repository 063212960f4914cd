#pragma once
// Names of things as types that do not mix.
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bounded.hpp"

namespace sallyport::base {

/// A door of one controller, 1-64. 0 stands for "no door" in records.
struct DoorNumber {
    std::uint8_t value = 0;
    friend constexpr auto operator<=>(const DoorNumber&, const DoorNumber&) = default;
};
inline constexpr std::uint8_t max_doors = 64;

/// A reader of one controller, 1-128. 0 stands for "no reader". The keypad of door n counts as no reader.
struct ReaderNumber {
    std::uint8_t value = 0;
    friend constexpr auto operator<=>(const ReaderNumber&, const ReaderNumber&) = default;
};

/// The user ID of a person: 1-31 characters of A-Z a-z 0-9 - _ .; what is to be typed at a keypad has digits
/// only.
class UserId {
  public:
    constexpr UserId() = default;
    /// nullopt when empty, too long, or with another character.
    [[nodiscard]] static std::optional<UserId> from(std::string_view text);
    [[nodiscard]] constexpr std::string_view view() const { return text_.view(); }
    [[nodiscard]] std::string text() const { return std::string(text_.view()); }
    [[nodiscard]] constexpr bool empty() const { return text_.empty(); }
    friend constexpr bool operator==(const UserId&, const UserId&) = default;
    friend constexpr auto operator<=>(const UserId& a, const UserId& b) { return a.text_ <=> b.text_; }

  private:
    BoundedText<31> text_;
};

/// A card's number: its payload without parity. Written everywhere as upper-case hexadecimal, padded to 8
/// digits, or to 16 above 32 bits (controller.md R1).
struct CardNumber {
    std::uint64_t value = 0;
    friend constexpr auto operator<=>(const CardNumber&, const CardNumber&) = default;
    [[nodiscard]] std::string text() const;
    /// Takes 1-16 hexadecimal digits of either case; nullopt otherwise.
    [[nodiscard]] static std::optional<CardNumber> from(std::string_view text);
};

/// Upper-case hexadecimal of any bytes, two digits each.
[[nodiscard]] std::string to_hex(std::string_view bytes);
/// The bytes of an even number of hexadecimal digits of either case; nullopt otherwise.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view digits);

}  // namespace sallyport::base

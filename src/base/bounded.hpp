#pragma once
// Containers with a capacity in their type: no allocation, no surprise growth.
#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sallyport::base {

/// Text of at most N bytes (N <= 255), stored in place. `from` refuses what is longer.
template <std::size_t N>
class BoundedText {
    static_assert(N <= 255);

  public:
    constexpr BoundedText() = default;
    [[nodiscard]] static constexpr std::optional<BoundedText> from(std::string_view text) {
        if (text.size() > N) return std::nullopt;
        BoundedText result;
        std::copy(text.begin(), text.end(), result.bytes_.begin());
        result.size_ = static_cast<std::uint8_t>(text.size());
        return result;
    }
    [[nodiscard]] constexpr std::string_view view() const { return {bytes_.data(), size_}; }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
    friend constexpr bool operator==(const BoundedText& a, const BoundedText& b) {
        return a.view() == b.view();
    }
    friend constexpr auto operator<=>(const BoundedText& a, const BoundedText& b) {
        return a.view() <=> b.view();
    }

  private:
    std::array<char, N> bytes_{};
    std::uint8_t size_ = 0;
};

/// At most N values, stored in place. `push_back` returns false, and changes nothing, when it is full.
template <class T, std::size_t N>
class BoundedVector {
  public:
    constexpr bool push_back(const T& value) {
        if (size_ == N) return false;
        items_[size_++] = value;
        return true;
    }
    constexpr void clear() { size_ = 0; }
    [[nodiscard]] constexpr std::size_t size() const { return size_; }
    [[nodiscard]] constexpr bool empty() const { return size_ == 0; }
    [[nodiscard]] static constexpr std::size_t capacity() { return N; }
    [[nodiscard]] constexpr const T& operator[](std::size_t i) const { return items_[i]; }
    [[nodiscard]] constexpr T& operator[](std::size_t i) { return items_[i]; }
    [[nodiscard]] constexpr const T* begin() const { return items_.data(); }
    [[nodiscard]] constexpr const T* end() const { return items_.data() + size_; }
    [[nodiscard]] constexpr T* begin() { return items_.data(); }
    [[nodiscard]] constexpr T* end() { return items_.data() + size_; }
    friend constexpr bool operator==(const BoundedVector& a, const BoundedVector& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

  private:
    std::array<T, N> items_{};
    std::size_t size_ = 0;
};

}  // namespace sallyport::base

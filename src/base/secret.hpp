#pragma once
// A secret cannot be printed, compared or copied by accident, and its bytes are wiped when it goes.
#include <string>
#include <string_view>
#include <utility>

namespace sallyport::base {

/// Overwrites memory in a way that the compiler may not remove.
void wipe(void* bytes, std::size_t count) noexcept;

/// Text that must never reach a log, an error message or an answer: PINs, passwords, keys, tokens.
/// There is no stream operator, no fmt formatter and no implicit conversion; `reveal` is the one way in, easy
/// to find in a review.
class Secret {
  public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret& operator=(const Secret& other);
    Secret(Secret&& other) noexcept : value_(other.value_) { other.clear(); }
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { clear(); }

    [[nodiscard]] std::string_view reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }
    [[nodiscard]] std::size_t size() const { return value_.size(); }
    void append(char character);
    void clear() noexcept;
    /// Takes the same time wherever the two differ.
    [[nodiscard]] bool equals(const Secret& other) const;

  private:
    std::string value_;
};

}  // namespace sallyport::base

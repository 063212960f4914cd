#include "base/secret.hpp"

#include <sodium.h>

namespace sallyport::base {

void wipe(void* bytes, std::size_t count) noexcept {
    sodium_memzero(bytes, count);
}

Secret& Secret::operator=(const Secret& other) {
    if (this == &other) return *this;
    clear();
    value_ = other.value_;
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this == &other) return *this;
    clear();
    value_ = other.value_;
    other.clear();
    return *this;
}

void Secret::append(char character) {
    if (value_.size() < value_.capacity()) {
        value_.push_back(character);
        return;
    }
    std::string grown;  // growing in place would leave an unwiped copy behind
    grown.reserve(value_.capacity() * 2 + 16);
    grown = value_;
    grown.push_back(character);
    clear();
    value_.swap(grown);
}

void Secret::clear() noexcept {
    wipe(value_.data(), value_.size());
    value_.clear();
}

bool Secret::equals(const Secret& other) const {
    return value_.size() == other.value_.size() &&
           sodium_memcmp(value_.data(), other.value_.data(), value_.size()) == 0;
}

}  // namespace sallyport::base

#include "adapters/drawing/area_scaler.hpp"

#include <algorithm>

namespace sallyport::adapters {

namespace {

constexpr std::size_t colours = 3;

std::size_t fitted(std::size_t pixels, std::size_t longer, std::size_t side) {
    if (longer <= side) return pixels;
    return std::max<std::size_t>(1, (pixels * side + longer / 2) / longer);
}

}  // namespace

AreaScaler::AreaScaler(std::size_t width, std::size_t height, std::size_t side)
    : width_(width),
      height_(height),
      result_{
          fitted(width, std::max(width, height), side), fitted(height, std::max(width, height), side), {}},
      line_(colours * result_.width),
      sums_(colours * result_.width),
      left_(height) {
    result_.rgb.reserve(colours * result_.width * result_.height);
}

void AreaScaler::take(std::span<const std::uint8_t> row) {
    squeeze(row);
    const auto now = std::min(result_.height, left_);
    const auto later = result_.height - now;
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] += now * line_[i];
    left_ -= now;
    if (left_ > 0) return;
    finish_row();
    for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i] = later * line_[i];
    left_ = height_ - later;
}

void AreaScaler::squeeze(std::span<const std::uint8_t> row) {
    std::ranges::fill(line_, 0);
    std::size_t at = 0;
    auto left = width_;  // of the width that the pixel at `at` covers
    for (std::size_t x = 0; x < width_; ++x) {
        const auto now = std::min(result_.width, left);
        const auto later = result_.width - now;
        for (std::size_t c = 0; c < colours; ++c) {
            const std::uint64_t value = row[colours * x + c];
            line_[at + c] += now * value;
            if (later > 0) line_[at + colours + c] += later * value;
        }
        left -= now;
        if (left > 0) continue;
        at += colours;
        left = width_ - later;
    }
}

void AreaScaler::finish_row() {
    const std::uint64_t area = std::uint64_t{width_} * height_;
    for (const auto sum : sums_) result_.rgb.push_back(static_cast<std::uint8_t>((sum + area / 2) / area));
}

}  // namespace sallyport::adapters

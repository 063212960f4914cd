#pragma once
// Makes a picture smaller while it comes, row by row: each pixel of the result is the mean of the area that
// it covers, counted exactly.
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace sallyport::adapters {

struct Raster {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> rgb;  ///< three bytes for each pixel, row by row from the top
};

class AreaScaler {
  public:
    /// Both at least 1. The longer side of the result is `side`, or that of the source where it is smaller.
    AreaScaler(std::size_t width, std::size_t height, std::size_t side);

    /// The next row of the source: three bytes for each pixel.
    void take(std::span<const std::uint8_t> row);
    /// Once it took them all.
    [[nodiscard]] Raster finished() && { return std::move(result_); }

  private:
    void squeeze(std::span<const std::uint8_t> row);
    void finish_row();

    const std::size_t width_;
    const std::size_t height_;
    Raster result_;
    // A pixel of the source is as wide as the result has columns, one of the result as the source has them:
    // then both cover the same whole number, and so it is with the rows.
    std::vector<std::uint64_t> line_;  ///< sums of the row that came last
    std::vector<std::uint64_t> sums_;  ///< and of the rows that the next row of the result covers
    std::size_t left_;                 ///< of the height that it covers
};

}  // namespace sallyport::adapters

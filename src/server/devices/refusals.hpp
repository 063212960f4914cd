#pragma once
// Who is refused says nothing about who it is and comes as often as it likes, so what the log says of it is
// bounded: a few lines for each address and in all, and then how many more there were.
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/counted_address.hpp"

namespace sallyport::server {

/// Those of one while, after which `end` begins the next one.
class Refusals {
  public:
    static constexpr std::size_t of_one_address = 5;
    static constexpr std::size_t in_all = 30;

    enum class Worth { a_line, a_count };
    [[nodiscard]] Worth note(std::string_view address) {
        if (lines_ < in_all && lines_of_[base::counted_address(address)]++ < of_one_address) {
            ++lines_;
            return Worth::a_line;
        }
        ++unsaid_;
        return Worth::a_count;
    }
    /// How many had no line of their own.
    [[nodiscard]] std::size_t end() { return std::exchange(*this, {}).unsaid_; }

  private:
    std::map<std::string, std::size_t> lines_of_;  ///< no more than there are lines
    std::size_t lines_ = 0;
    std::size_t unsaid_ = 0;
};

}  // namespace sallyport::server

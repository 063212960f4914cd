#pragma once
// Reads the journal forwards from a position, for whoever takes records elsewhere: over the borders of
// generations, around damaged records. The reads themselves are its user's (StoreThread::read_after).
#include <algorithm>
#include <cstddef>

#include "controller/store_thread.hpp"

namespace sallyport::controller {

class RecordWalk {
  public:
    explicit RecordWalk(core::RecordPosition from) : at_(from) {}

    [[nodiscard]] core::RecordPosition at() const { return at_; }
    /// How many records to ask for when there is room for so many.
    [[nodiscard]] std::size_t portion(std::size_t room) const { return std::min(room, portion_); }

    enum class Step : std::uint8_t {
        records,  ///< pass them on; the walk stands at the last one
        moved,    ///< nothing to pass on; read again
        ended,    ///< nothing more for now
        failed,   ///< the disk does not read; read again later
    };
    /// What came of asking for `asked` records after `at()`; `last` is the newest record there is.
    Step take(const base::Result<Records>&, std::size_t asked, core::RecordPosition last);

  private:
    core::RecordPosition at_;
    std::size_t portion_ = longest_portion;  ///< 1 while looking for a damaged record
    static constexpr std::size_t longest_portion = 500;
};

}  // namespace sallyport::controller

#include "controller/record_walk.hpp"

#include "base/log.hpp"

namespace sallyport::controller {

RecordWalk::Step RecordWalk::take(const base::Result<Records>& read, std::size_t asked,
                                  core::RecordPosition last) {
    if (!read) {
        base::log_error(read.error().message);
        if (read.error().kind != base::ErrorKind::corrupt) return Step::failed;
        // Ever fewer at a time, until the damaged one stands alone; it is left out, and the gap shows it.
        if (asked == 1) ++at_.sequence;
        portion_ = 1;
        return Step::moved;
    }
    if (read->empty()) {
        if (at_.generation >= last.generation) return Step::ended;
        at_ = {at_.generation + 1, 0};
        return Step::moved;
    }
    at_ = read->back().position;
    portion_ = longest_portion;
    return Step::records;
}

}  // namespace sallyport::controller

#include "server/devices/retry.hpp"

#include <algorithm>

namespace sallyport::server {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

milliseconds usual_pause(OfflineReason reason, int failures_in_a_row) {
    using enum OfflineReason;
    if (reason == wrong_password || reason == locked_out) return seconds(60);
    if (reason == not_registered) return milliseconds(100);  // nothing is sent to anybody
    if (reason == certificate_changed || reason == roster_owned_by_other || reason == another_device ||
        reason == records_leap)
        return seconds(30);
    return milliseconds(std::min(500LL << std::min(failures_in_a_row, 4), 8'000LL));
}

}  // namespace

milliseconds pause_before_retry(OfflineReason reason, int failures_in_a_row, std::minstd_rand& random) {
    const auto percent = std::uniform_int_distribution<int>(75, 125)(random);
    return usual_pause(reason, failures_in_a_row) * percent / 100;
}

}  // namespace sallyport::server

#include "controller/dialect/record_scan.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace sallyport::controller::dialect {
namespace {

constexpr std::size_t portion_limit = 500;

struct Scan : std::enable_shared_from_this<Scan> {
    Scan(StoreThread& store, const ScanRange& range, const ScanWish& wish)
        : store(store), range(range), wish(wish) {}

    StoreThread& store;
    ScanRange range;
    ScanWish wish;
    std::function<bool(const core::Record&)> fits;
    std::move_only_function<void(base::Result<Scanned>)> done;
    Scanned result;
    std::size_t portion = portion_limit;

    [[nodiscard]] bool over() const {
        return range.after >= range.upto ||
               (wish.end == ScanWish::End::when_kept && result.kept.size() >= wish.count);
    }
    void go_on() {
        if (over()) return done(std::move(result));
        store.read_after(
            {range.generation, range.after}, portion,
            [self = shared_from_this()](const base::Result<Records>& read) { self->take(read); });
    }
    void take(const base::Result<Records>& read) {
        if (!read && read.error().kind == base::ErrorKind::corrupt) {
            // Ever fewer at a time, until the damaged one stands alone.
            if (portion == 1) {
                base::log_error(read.error().message);
                ++range.after;
            }
            portion = 1;
            return go_on();
        }
        if (!read) return done(std::unexpected(read.error()));
        if (read->empty()) return done(std::move(result));
        for (const auto& record : *read) {
            if (record.position.sequence > range.upto) break;
            range.after = record.position.sequence;
            if (over_after(record)) break;
        }
        if (read->back().position.sequence >= range.upto) range.after = range.upto;
        portion = portion_limit;
        go_on();
    }
    bool over_after(const core::StoredRecord& record) {
        if (!fits(record.record)) return false;
        ++result.fitting;
        if (result.fitting > wish.skip && result.kept.size() < wish.count) result.kept.push_back(record);
        return over();
    }
};

}  // namespace

void scan_records(StoreThread& store, const ScanRange& range, const ScanWish& wish,
                  std::function<bool(const core::Record&)> fits,
                  std::move_only_function<void(base::Result<Scanned>)> done) {
    auto scan = std::make_shared<Scan>(store, range, wish);
    scan->fits = std::move(fits);
    scan->done = std::move(done);
    scan->go_on();
}

}  // namespace sallyport::controller::dialect

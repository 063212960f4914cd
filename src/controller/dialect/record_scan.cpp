#include "controller/dialect/record_scan.hpp"

#include <utility>

namespace sallyport::controller::dialect {
namespace {

struct Scan : std::enable_shared_from_this<Scan> {
    Scan(StoreThread& store, const ports::RecordSearch& next, const ScanWish& wish)
        : store(store), next(next), wish(wish) {}

    StoreThread& store;
    ports::RecordSearch next;
    ScanWish wish;
    std::function<bool(const core::Record&)> fits;
    std::move_only_function<void(base::Result<Scanned>)> done;
    Scanned result;

    [[nodiscard]] bool over() const {
        return next.after.sequence >= next.upto ||
               (wish.end == ScanWish::End::when_kept && result.kept.size() >= wish.count);
    }
    void go_on() {
        if (over()) return done(std::move(result));
        store.search(next, [self = shared_from_this()](base::Result<ports::FoundRecords> found) {
            self->take(std::move(found));
        });
    }
    void take(base::Result<ports::FoundRecords> found) {
        if (!found) return done(std::unexpected(found.error()));
        for (auto& record : found->records) {
            if (!fits(record.record)) continue;
            ++result.fitting;
            if (result.fitting > wish.skip && result.kept.size() < wish.count)
                result.kept.push_back(std::move(record));
            if (over()) break;
        }
        next.after.sequence = found->searched;
        go_on();
    }
};

}  // namespace

void scan_records(StoreThread& store, const ports::RecordSearch& search, const ScanWish& wish,
                  std::function<bool(const core::Record&)> fits,
                  std::move_only_function<void(base::Result<Scanned>)> done) {
    auto scan = std::make_shared<Scan>(store, search, wish);
    scan->fits = std::move(fits);
    scan->done = std::move(done);
    scan->go_on();
}

}  // namespace sallyport::controller::dialect

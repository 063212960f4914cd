#include "controller/syslog_export.hpp"

#include <utility>

#include <fmt/core.h>
#include <sodium.h>

#include "base/log.hpp"

namespace sallyport::controller {

namespace {

constexpr std::size_t batch = 100;

/// Between half of it and all of it: a hundred controllers do not come back in the same instant.
std::chrono::milliseconds scattered(std::chrono::milliseconds pause) {
    const auto half = static_cast<std::uint32_t>(pause.count() / 2);
    return std::chrono::milliseconds{pause.count() - randombytes_uniform(half + 1)};
}

}  // namespace

SyslogExport::SyslogExport(boost::asio::io_context& loop, Controller& controller,
                           std::unique_ptr<ports::Collector> collector, codec::SyslogSource source,
                           const SyslogTiming& timing)
    : controller_(controller),
      collector_(std::move(collector)),
      source_(std::move(source)),
      timing_(timing),
      retry_(loop),
      settled_(loop),
      pause_(timing.first_retry) {
    collector_->on_lost = [this](const base::Error& why) { lost(why); };
    controller_.observe_records([this](const Records&) { next(); });
}

void SyslogExport::start() {
    source_.serial = controller_.serial();
    acknowledged_ = controller_.cursor(std::string(cursor_name)).value_or(core::RecordPosition{1, 0});
    started_ = true;
    open();
}

void SyslogExport::open() {
    stage_ = Stage::opening;
    collector_->open([this](const base::Status& status) { opened(status); });
}

void SyslogExport::opened(const base::Status& status) {
    if (!status) return lost(status.error());
    stage_ = Stage::open;
    walk_ = RecordWalk(acknowledged_);
    if (std::exchange(outage_said_, false)) base::log_notice("Records go to the syslog collector again.");
    next();
}

void SyslogExport::next() {
    if (!started_ || stage_ != Stage::open || busy_ || walk_.at() >= controller_.last()) return;
    busy_ = true;
    const auto asked = walk_.portion(batch);
    const auto from = walk_.at();
    controller_.store().read_after(from, asked, [this, from, asked](const base::Result<Records>& records) {
        busy_ = false;
        // Meanwhile the connection may have been lost, and another one begun where the cursor stands.
        if (stage_ != Stage::open || walk_.at() != from) return next();
        read(records, asked);
    });
}

void SyslogExport::read(const base::Result<Records>& records, std::size_t asked) {
    const auto before = walk_.at();
    switch (walk_.take(records, asked, controller_.last())) {
        case RecordWalk::Step::records: say_gap(before, records->front().position); return send(*records);
        case RecordWalk::Step::moved: return next();
        case RecordWalk::Step::ended: return;
        case RecordWalk::Step::failed:
            retry_.expires_after(timing_.first_retry);
            retry_.async_wait([this](const boost::system::error_code& error) {
                if (!error) next();
            });
    }
}

void SyslogExport::send(const Records& records) {
    std::string frames;
    for (const auto& record : records) frames += codec::syslog_frame(record, source_);
    busy_ = true;
    collector_->send(std::move(frames), [this, upto = records.back().position](const base::Status& status) {
        busy_ = false;
        if (!status) return lost(status.error());
        taken(upto);
        next();
    });
}

void SyslogExport::taken(core::RecordPosition position) {
    pause_ = timing_.first_retry;
    delivered_.push_back({position, std::chrono::steady_clock::now()});
    if (delivered_.size() == 1) settle();
}

/// Moves the cursor past what has been there for long enough, and comes back for the rest.
void SyslogExport::settle() {
    const auto now = std::chrono::steady_clock::now();
    std::optional<core::RecordPosition> upto;
    while (!delivered_.empty() && delivered_.front().at + timing_.settle <= now) {
        upto = delivered_.front().position;
        delivered_.pop_front();
    }
    if (upto) {
        acknowledged_ = *upto;
        controller_.acknowledge({std::string(cursor_name), *upto}, [](const base::Status& status) {
            if (!status) base::log_error("The cursor of syslog was not stored: " + status.error().message);
        });
    }
    if (delivered_.empty()) return;
    settled_.expires_at(delivered_.front().at + timing_.settle);
    settled_.async_wait([this](const boost::system::error_code& error) {
        if (!error) settle();
    });
}

void SyslogExport::lost(const base::Error& why) {
    stage_ = Stage::closed;
    settled_.cancel();
    delivered_.clear();
    if (!std::exchange(outage_said_, true))
        base::log_warning("The syslog collector is not reached, records wait for it: " + why.message);
    retry_.expires_after(scattered(pause_));
    pause_ = std::min(pause_ * 2, timing_.longest_retry);
    retry_.async_wait([this](const boost::system::error_code& error) {
        if (!error) open();
    });
}

void SyslogExport::say_gap(core::RecordPosition before, core::RecordPosition first) const {
    if (before.generation != first.generation || first.sequence == before.sequence + 1) return;
    base::log_warning(
        fmt::format("{} records did not reach the syslog collector: they were overwritten or "
                    "damaged before it could be reached.",
                    first.sequence - before.sequence - 1));
}

}  // namespace sallyport::controller

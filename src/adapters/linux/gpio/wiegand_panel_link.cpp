#include "adapters/linux/gpio/wiegand_panel_link.hpp"

#include <pthread.h>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/core.h>

#include "base/log.hpp"

namespace sallyport::adapters {

namespace wiegand = codec::wiegand;
using Clock = std::chrono::steady_clock;

WiegandPanelLink::WiegandPanelLink(boost::asio::io_context& loop, WiegandOutputs outputs,
                                   WiegandSending sending)
    : loop_(loop), outputs_(std::move(outputs)), sending_(std::move(sending)), thread_([this] { run(); }) {}

WiegandPanelLink::~WiegandPanelLink() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void WiegandPanelLink::start(const base::Secret&) {
    {
        const std::lock_guard lock(mutex_);
        serving_ = true;
    }
    wake_.notify_one();
}

void WiegandPanelLink::stop() {
    const std::lock_guard lock(mutex_);
    serving_ = false;
    frames_.clear();
}

base::Status WiegandPanelLink::tell(base::CardNumber card) {
    const auto frame = wiegand::encode(sending_.format, card);
    if (!frame) {
        return base::fail(base::ErrorKind::invalid, "card_too_long",
                          fmt::format("The format {} towards the panel has no room for the card.",
                                      sending_.format.name.view()));
    }
    auto status = enqueue(*frame);
    if (status && on_beep) on_beep(core::Signal::success);
    return status;
}

void WiegandPanelLink::tell(char key) {
    if (const auto burst = wiegand::encode_key(key, sending_.keys)) static_cast<void>(enqueue(*burst));
}

base::Status WiegandPanelLink::enqueue(const wiegand::Frame& frame) {
    {
        const std::lock_guard lock(mutex_);
        if (frames_.size() == frames_limit)
            return base::fail(base::ErrorKind::conflict, "busy", "Too much waits for the panel already.");
        frames_.push_back(frame);
    }
    wake_.notify_one();
    return {};
}

// ---------------------------------------------------------------- on the thread

void WiegandPanelLink::run() {
    ::pthread_setname_np(::pthread_self(), "wiegand out");
    std::unique_lock lock(mutex_);
    bool complained = false;
    while (!ended_) {
        wake_.wait(lock, [&] { return ended_ || (serving_ && (!open_ || !frames_.empty())); });
        if (ended_) return;
        std::optional<wiegand::Frame> frame;
        if (open_) {
            frame = frames_.front();
            frames_.pop_front();
        }
        lock.unlock();
        const auto status = frame ? send(*frame) : outputs_.open();
        open_ = status.has_value();
        if (!status && !std::exchange(complained, true)) base::log_error(status.error().message);
        if (status && !frame) {
            complained = false;
            boost::asio::post(loop_, [this] {
                if (on_light) on_light(core::Light::blue);
            });
        }
        lock.lock();
        if (!status) wake_.wait_for(lock, retry, [&] { return ended_; });
    }
}

base::Status WiegandPanelLink::send(const wiegand::Frame& frame) {
    auto next = Clock::now();
    for (auto bit = frame.length; bit-- > 0;) {
        std::this_thread::sleep_until(next);
        const auto line = (frame.bits >> bit & 1) != 0 ? wiegand::Line::d1 : wiegand::Line::d0;
        auto status = outputs_.set(line, core::Level::active);
        // From when it was there: a pulse that comes late is no shorter, and no nearer to the one after it.
        const auto begun = Clock::now();
        while (Clock::now() < begun + sending_.pulse) {
        }
        if (status) status = outputs_.set(line, core::Level::inactive);
        if (!status) return status;
        next = begun + sending_.interval;
    }
    std::this_thread::sleep_until(next + between_frames);
    return {};
}

}  // namespace sallyport::adapters

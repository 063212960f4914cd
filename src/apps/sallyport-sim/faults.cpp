#include "apps/sallyport-sim/faults.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "apps/sallyport-sim/simulated_controller.hpp"
#include "base/enum_text.hpp"

namespace sallyport::apps {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array all{Fault::loss, Fault::delay, Fault::restart, Fault::drift, Fault::hostile};
constexpr seconds stranger_stays{15};  ///< longer than half a frame may take

/// A frame of the protocol that announces more than it may.
constexpr std::string_view huge_frame(
    "\x20\0\0\0DHIP\0\0\0\0\0\0\0\0\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\0\0\0\0", 32);
constexpr std::string_view half_frame(
    "\x20\0\0\0DHIP\0\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0\x40\0\0\0\0\0\0\0{\"met", 37);

}  // namespace

base::Result<std::vector<Fault>> faults_from(std::string_view text) {
    if (text == "none") return std::vector<Fault>{};
    if (text == "all") return std::vector<Fault>(all.begin(), all.end());
    std::vector<Fault> kinds;
    while (!text.empty()) {
        const auto word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        const auto kind = base::enum_from<Fault>(word);
        if (!kind)
            return base::fail(base::ErrorKind::invalid, "invalid_arguments",
                              fmt::format("there is no fault '{}': give all, none, or some of loss, delay, "
                                          "restart, drift and hostile joined by commas",
                                          word));
        kinds.push_back(*kind);
    }
    return kinds;
}

Faults::Faults(boost::asio::io_context& loop, Fleet& fleet, ports::StreamDialler& dialler, std::uint64_t seed)
    : loop_(loop), fleet_(fleet), dialler_(dialler), random_(seed), counts_(all.size()), timer_(loop) {}

void Faults::befall(std::vector<Fault> kinds, double an_hour) {
    kinds_ = std::move(kinds);
    a_second_ = kinds_.empty() ? 0 : an_hour * static_cast<double>(fleet_.size()) / 3'600;
    next();
}

void Faults::next() {
    if (a_second_ <= 0) return timer_.cancel();
    const double pause = std::exponential_distribution<double>(a_second_)(random_);
    timer_.after(base::Duration{static_cast<std::int64_t>(pause * 1e6)}, [this] {
        happen();
        next();
    });
}

std::uint64_t Faults::count(Fault kind) const {
    return counts_[static_cast<std::size_t>(kind)];
}

std::int64_t Faults::between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random_);
}

void Faults::happen() {
    auto& at = *fleet_[random_() % fleet_.size()];
    const auto kind = kinds_[random_() % kinds_.size()];
    ++counts_[static_cast<std::size_t>(kind)];
    switch (kind) {
        case Fault::loss:
            for (const auto& link : at.links())
                link->hold(milliseconds{between(200, 15'000)}, Link::End::lost);
            break;
        case Fault::delay:
            for (const auto& link : at.links())
                link->hold(milliseconds{between(100, 4'000)}, Link::End::delivered);
            break;
        case Fault::restart: at.cut_power(); break;
        case Fault::drift: at.step_clock(milliseconds{between(-60'000, 60'000)}); break;
        case Fault::hostile: visit(at.address()); break;
    }
}

std::string Faults::nonsense() {
    switch (between(0, 3)) {
        case 0: return std::string(huge_frame);
        case 1: return std::string(half_frame);
        case 2: return {};
        default: break;
    }
    std::string bytes(static_cast<std::size_t>(between(1, 4'096)), '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
}

void Faults::visit(const ports::Endpoint& controller) {
    if (controller.port == 0) return;
    dialler_.dial(controller, nullptr, seconds{5},
                  [this, bytes = nonsense()](const base::Result<ports::StreamPtr>& stream) {
                      if (!stream) return;
                      if (!bytes.empty()) (*stream)->send(bytes);
                      // Whoever is not thrown out goes by himself.
                      auto stays = std::make_shared<controller::LoopTimer>(loop_);
                      stays->after(stranger_stays, [stays, stream = *stream] { stream->close(); });
                  });
}

}  // namespace sallyport::apps

#include "adapters/serial/osdp_panel_link.hpp"

#include <algorithm>
#include <utility>

#include <sodium.h>

#include "base/log.hpp"
#include "codec/osdp/card.hpp"
#include "codec/osdp/line.hpp"

namespace sallyport::adapters {

namespace osdp = codec::osdp;

namespace {

constexpr std::uint8_t cancel = 1;
constexpr std::uint8_t set_for_a_time = 2;
constexpr std::uint8_t set = 1;
constexpr std::uint8_t tone_off = 1;
constexpr base::Duration stale_after = std::chrono::seconds{2};

// What this product says of itself as a reader: function, compliance, count (annex B).
osdp::Capabilities capabilities() {
    return {{{3, 1, 0}, {4, 4, 1}, {5, 1, 1}, {8, 1, 0}, {9, 1, 0}, {16, 0, 1}}};
}

core::Light light_of(osdp::Colour on, osdp::Colour off) {
    switch (on) {
        case osdp::Colour::black: return core::Light::off;
        case osdp::Colour::red:
        case osdp::Colour::amber: return core::Light::red;
        case osdp::Colour::green: return core::Light::green;
        case osdp::Colour::blue:
        case osdp::Colour::magenta:
        case osdp::Colour::cyan:
        case osdp::Colour::white: break;
    }
    return off == on ? core::Light::blue : core::Light::blue_flashing;
}

}  // namespace

OsdpPanelLink::OsdpPanelLink(boost::asio::io_context& loop, const ports::Clock& real,
                             OsdpPanelOptions options)
    : real_(real), options_(std::move(options)), port_(loop, options_.device, options_.baud), timer_(loop) {
    port_.on_bytes = [this](osdp::ByteView bytes) { heard(bytes); };
    port_.on_state = [](const base::Status& status) {
        if (!status) base::log_error(status.error().message);
    };
}

void OsdpPanelLink::start(const base::Secret& secret) {
    osdp::PeripheralSettings settings;
    settings.address = options_.address;
    settings.key = osdp::key_from(secret);
    settings.identity = {{0x53, 0x50, 0x43}, 1, 1, options_.address, {1, 0, 0}};
    settings.capabilities = capabilities();
    settings.client = {0x53, 0x50, 0x43, 1, 1, 0, 0, options_.address};
    peripheral_.emplace(std::move(settings));
    if (!std::exchange(opened_, true)) port_.start();
}

bool OsdpPanelLink::connected() const {
    return peripheral_ && peripheral_->secured() && asked_ &&
           real_.monotonic() - *asked_ < osdp::Line::offline_after;
}

base::Status OsdpPanelLink::tell(base::CardNumber card) {
    if (peripheral_) peripheral_->tell(osdp::card_bits(card));
    return {};
}

void OsdpPanelLink::tell(char key) {
    const auto code = key == '*' ? 0x7F : key == '#' ? 0x0D : key;
    if (peripheral_) peripheral_->tell(osdp::Keys{0, {static_cast<std::uint8_t>(code)}});
}

void OsdpPanelLink::heard(osdp::ByteView bytes) {
    if (!peripheral_) return;
    // Nobody stands there any more: a panel that comes back must not open for a card of that time.
    if (asked_ && real_.monotonic() - *asked_ > stale_after) peripheral_->forget_events();
    osdp::Nonce random;
    randombytes_buf(random.data(), random.size());
    for (const auto& effect : peripheral_->handle(bytes, real_.monotonic(), random)) {
        if (const auto* answer = std::get_if<osdp::Peripheral::Transmit>(&effect)) {
            asked_ = real_.monotonic();
            port_.write(answer->bytes);
        } else if (const auto* fresh = std::get_if<osdp::Peripheral::KeyChanged>(&effect)) {
            if (on_key_taken) on_key_taken(osdp::secret_of(fresh->key));
        } else {
            apply(std::get<osdp::Peripheral::Apply>(effect).command);
        }
    }
}

void OsdpPanelLink::apply(const osdp::Command& command) {
    if (const auto* leds = std::get_if<osdp::SetLeds>(&command)) {
        for (const auto& order : leds->orders)
            if (order.led == 0) show(order);
    } else if (const auto* buzzer = std::get_if<osdp::SetBuzzer>(&command)) {
        if (buzzer->tone > tone_off && on_beep)
            on_beep(buzzer->count == 1 ? core::Signal::success : core::Signal::failure);
    }
}

void OsdpPanelLink::show(const osdp::LedOrder& order) {
    if (order.permanent == set)
        lasting_ = light_of(order.permanent_on_colour, order.permanent_off == 0 ? order.permanent_on_colour
                                                                                : order.permanent_off_colour);
    if (order.temporary == set_for_a_time) {
        timer_.expires_after(std::chrono::milliseconds{100} * order.timer);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (!error && on_light) on_light(lasting_);
        });
        const auto off = order.temporary_off == 0 ? order.temporary_on_colour : order.temporary_off_colour;
        if (on_light) on_light(light_of(order.temporary_on_colour, off));
        return;
    }
    if (order.temporary == cancel || order.permanent == set) timer_.cancel();
    if (on_light) on_light(lasting_);
}

}  // namespace sallyport::adapters

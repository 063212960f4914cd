#include "controller/registration.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <sodium.h>

#include "base/log.hpp"
#include "codec/dhip/message.hpp"

namespace sallyport::controller {

namespace json = boost::json;

namespace {

constexpr std::chrono::milliseconds first_pause{1'000};
constexpr std::chrono::milliseconds longest_pause{60'000};
constexpr std::chrono::milliseconds patience{10'000};
/// A connection that lasted this long was a good one, even if nobody has spoken on it.
constexpr base::Duration settled = std::chrono::minutes{1};
/// A platform may let an operator decide whether to speak to this device.
constexpr std::chrono::minutes first_word_patience{3};
constexpr std::size_t answer_limit = 16 << 10;

/// Content-Length of a head; 0 without one.
std::size_t body_length(std::string_view head) {
    constexpr std::string_view name = "\ncontent-length:";
    const auto same = [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
    };
    const auto found = std::ranges::search(head, name, same);
    if (found.empty()) return 0;
    auto text = head.substr(static_cast<std::size_t>(found.end() - head.begin()));
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::size_t length = 0;
    std::from_chars(text.data(), text.data() + text.size(), length);
    return std::min(length, answer_limit);
}

}  // namespace

Registration::Registration(boost::asio::io_context& loop, DeviceService& service,
                           ports::StreamDialler& dialler, const ports::Identity* own,
                           RegistrationTarget target)
    : service_(service),
      dialler_(dialler),
      own_(own),
      target_(std::move(target)),
      timer_(loop),
      pause_(first_pause) {
    timer_.after(std::chrono::milliseconds{0}, [this] { dial(); });
}

Registration::~Registration() = default;

void Registration::dial() {
    dialler_.dial(target_.platform, own_, patience,
                  [weak = std::weak_ptr(self_)](base::Result<ports::StreamPtr> stream) {
                      if (const auto self = weak.lock()) (*self)->dialled(std::move(stream));
                  });
}

void Registration::dialled(base::Result<ports::StreamPtr> stream) {
    if (!stream) {
        base::log_warning(fmt::format("The platform at {} is not reached: {}", text_of(target_.platform),
                                      stream.error().message));
        return dial_later();
    }
    connected_ = service_.real_now();
    introduce(*stream);
}

void Registration::introduce(const ports::StreamPtr& stream) {
    const json::object who{{"DevClass", service_.identity().model},
                           {"DeviceID", target_.id},
                           {"ServerIP", target_.platform.address},
                           {"SerialNo", service_.controller().serial()}};
    if (target_.form == RegistrationTarget::Form::frame) {
        stream->send(codec::dhip::encode_notification({0, "client.notifyRegister", who}));
        return hand_over(stream, Channel::tls);
    }
    const auto body = json::serialize(who);
    answer_.clear();
    introducing_ = stream;
    stream->on_received = [weak = std::weak_ptr(self_), raw = std::weak_ptr(stream)](std::string_view bytes) {
        const auto self = weak.lock();
        const auto open = raw.lock();
        if (self && open) (*self)->take_answer(open, bytes);
    };
    stream->on_closed = [weak = std::weak_ptr(self_)](const base::Error&) {
        if (const auto self = weak.lock()) (*self)->ended(Visited::by_nobody);
    };
    stream->send(
        fmt::format("POST /cgi-bin/api/autoRegist/connect HTTP/1.1\r\nHost: {}\r\n"
                    "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                    text_of(target_.platform), body.size(), body));
}

void Registration::take_answer(const ports::StreamPtr& stream, std::string_view bytes) {
    answer_ += bytes;
    const auto head = answer_.find("\r\n\r\n");
    if (head == std::string::npos && answer_.size() < answer_limit) return;
    const bool accepted = head != std::string::npos && answer_.starts_with("HTTP/1.") &&
                          answer_.size() > 12 && answer_.substr(8, 5) == " 200 ";
    if (!accepted) {
        base::log_warning(
            fmt::format("The platform at {} does not take this device.", text_of(target_.platform)));
        return stream->close();
    }
    // What stands in the answer's body is the platform's own business; what follows it is the conversation.
    const auto end = head + 4 + body_length(std::string_view(answer_).substr(0, head));
    if (answer_.size() < end && answer_.size() < answer_limit) return;
    const auto rest = answer_.substr(std::min(end, answer_.size()));
    stream->on_received = [weak = std::weak_ptr(self_), raw = std::weak_ptr(stream)](std::string_view bytes) {
        const auto self = weak.lock();
        const auto open = raw.lock();
        if (self && open) (*self)->listen(open, bytes);
    };
    timer_.after(first_word_patience, [raw = std::weak_ptr(stream)] {
        if (const auto open = raw.lock()) open->close();
    });
    if (!rest.empty()) listen(stream, rest);
}

/// What the platform says first tells which of the two it speaks: a frame begins with a space.
void Registration::listen(const ports::StreamPtr& stream, std::string_view first) {
    timer_.cancel();
    const std::string said(first);  // the callback that holds it may go
    if (target_.serve_http && !said.starts_with(' ')) {
        introducing_.reset();
        // It took the form and asks: who it is shows with each call.
        served_ = target_.serve_http(stream, said, [weak = std::weak_ptr(self_)] {
            if (const auto self = weak.lock()) (*self)->ended(Visited::by_somebody);
        });
        return;
    }
    hand_over(stream, Channel::clear);
    if (stream->on_received) stream->on_received(said);
}

// From here on it is a connection like any other: the platform asks, the device answers.
void Registration::hand_over(const ports::StreamPtr& stream, Channel channel) {
    introducing_.reset();
    service_.accept(
        stream, channel,
        [weak = std::weak_ptr(self_)](Visited visited) {
            if (const auto self = weak.lock()) (*self)->ended(visited);
        },
        Dialled::by_us);
}

// Where the platform has spoken to this device, however shortly, it is there and wants it: the pause is short
// again. It grows where nobody answers, or nobody logs in.
void Registration::ended(Visited visited) {
    introducing_.reset();
    served_.reset();
    const bool lasted = service_.real_now() - connected_ >= settled;
    if (visited == Visited::by_somebody || lasted) pause_ = first_pause;
    dial_later();
}

// Between half of the pause and all of it, so that a thousand devices do not come back at once.
void Registration::dial_later() {
    const auto half = static_cast<std::uint32_t>(pause_.count() / 2);
    timer_.after(std::chrono::milliseconds{half + randombytes_uniform(half + 1)}, [this] { dial(); });
    pause_ = std::min(pause_ * 2, longest_pause);
}

}  // namespace sallyport::controller

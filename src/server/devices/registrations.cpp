#include "server/devices/registrations.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/counted_address.hpp"
#include "base/log.hpp"
#include "codec/dhip/message.hpp"
#include "codec/dhip/reader.hpp"
#include "server/devices/device_login.hpp"

namespace sallyport::server {

namespace asio = boost::asio;

namespace {

constexpr std::size_t strangers_limit = 256;
constexpr std::size_t waiting_limit = 1'000;
constexpr std::size_t waiting_under_a_name = 8;
constexpr std::size_t introduction_bytes = 4 << 10;
constexpr std::chrono::seconds introduction_patience{10};
constexpr std::size_t word_bytes = 64;

}  // namespace

bool is_registration_id(std::string_view text) {
    const auto plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
               c == '_' || c == '.';
    };
    return !text.empty() && text.size() <= word_bytes && std::ranges::all_of(text, plain);
}

struct Registrations::Arrival {
    [[nodiscard]] Key key() const { return registered_as(device.id, device.fingerprint).address; }
    Arrival(asio::io_context& loop, ports::StreamPtr connected)
        : stream(std::move(connected)), decoder(introduction_bytes), patience(loop) {}
    ports::StreamPtr stream;
    codec::dhip::FrameDecoder decoder;
    asio::steady_timer patience;
    WaitingDevice device;
};

Registrations::Registrations(asio::io_context& loop, ports::StreamDialler& others, const ports::Clock& clock,
                             std::chrono::milliseconds refusals_told_every)
    : loop_(loop),
      others_(others),
      clock_(clock),
      refusals_told_every_(refusals_told_every),
      refusals_end_(loop) {}

Registrations::~Registrations() = default;

void Registrations::take(ports::StreamPtr stream) {
    auto arrival = std::make_shared<Arrival>(loop_, std::move(stream));
    auto& device = arrival->device;
    device.address = arrival->stream->peer_address();
    device.fingerprint = arrival->stream->peer_fingerprint();
    if (device.fingerprint.empty()) return arrival->stream->close();
    if (strangers_.size() >= strangers_limit && !make_room_for(device.address, strangers_))
        return arrival->stream->close();
    strangers_.push_back(arrival);
    const auto self = std::weak_ptr(self_);
    const auto weak = std::weak_ptr(arrival);
    arrival->stream->on_received = [self, weak](std::string_view bytes) {
        const auto here = self.lock();
        const auto open = weak.lock();
        if (here && open) (*here)->received(open, bytes);
    };
    arrival->stream->on_closed = [self, weak](const base::Error&) {
        const auto here = self.lock();
        const auto open = weak.lock();
        if (here && open) (*here)->drop(open);
    };
    arrival->patience.expires_after(introduction_patience);
    arrival->patience.async_wait([self, weak](const boost::system::error_code& error) {
        const auto here = self.lock();
        const auto open = weak.lock();
        if (!error && here && open) (*here)->drop(open);
    });
}

/// One frame says who it is; after that nobody is asked to say anything.
void Registrations::received(const std::shared_ptr<Arrival>& arrival, std::string_view bytes) {
    arrival->decoder.feed(bytes, {});
    auto frame = arrival->decoder.next();
    if (frame && !*frame) return;
    auto message = frame ? codec::dhip::decode_from_device(**frame)
                         : base::Result<std::variant<codec::dhip::Answer, codec::dhip::Notification>>(
                               std::unexpected(frame.error()));
    const auto* said = message ? std::get_if<codec::dhip::Notification>(&*message) : nullptr;
    const bool first = std::ranges::find(strangers_, arrival) != strangers_.end();
    if (!first || said == nullptr || said->method != "client.notifyRegister") return drop(arrival);
    codec::dhip::Fault fault;
    const codec::dhip::Reader params(said->params, "params", fault);
    auto& device = arrival->device;
    device.id = params["DeviceID"].text(word_bytes);
    device.model = params["DevClass"].present() ? params["DevClass"].text(word_bytes) : "";
    device.serial = params["SerialNo"].present() ? params["SerialNo"].text(word_bytes) : "";
    device.since = clock_.utc();
    if (fault || !is_registration_id(device.id)) return drop(arrival);
    arrival->patience.cancel();
    introduced(arrival);
}

/// When there is no room, one of the network that has the most goes, or else one of the address that has:
/// whoever opens many connections keeps only himself out, and his neighbours for as long as he has fewer
/// addresses than there are connections.
bool Registrations::make_room_for(const std::string& address, const Arrivals& among) {
    const auto make_room = [&](const auto& counted) {
        std::map<std::string, std::size_t> counts;
        for (const auto& one : among) ++counts[counted(one->device.address)];
        const auto most =
            std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
        if (most == counts.end() || most->second <= counts[counted(address)] + 1) return false;
        drop(std::shared_ptr(*std::ranges::find_if(
            among, [&](const auto& one) { return counted(one->device.address) == most->first; })));
        return true;
    };
    return make_room([](const std::string& one) { return base::counted_address(one); }) ||
           make_room([](const std::string& one) { return one; });
}

Registrations::Arrivals Registrations::arrived_as(const std::string& id) const {
    Arrivals all;
    for (auto at = arrived_.lower_bound(registered_as(id, {}).address);
         at != arrived_.end() && at->second->device.id == id; ++at)
        all.push_back(at->second);
    return all;
}

/// The device that is meant dials again within a second: what pushes it out of the list has to go on and on,
/// and who asks for its certificate gets it all the same.
void Registrations::make_room_under(const WaitingDevice& device) {
    const auto others = arrived_as(device.id);
    if (others.size() < waiting_under_a_name || make_room_for(device.address, others)) return;
    const auto longest =
        std::ranges::min_element(others, {}, [](const auto& one) { return one->device.since; });
    drop(std::shared_ptr(*longest));
}

bool Registrations::admitted(const Arrival& arrival) {
    const auto& device = arrival.device;
    if (const auto pinned = expected_.find(device.id); pinned != expected_.end())
        return pinned->second == device.fingerprint;
    if (arrived_.contains(arrival.key()) || callers_.contains(arrival.key())) return true;
    make_room_under(device);
    if (arrived_.size() < waiting_limit) return true;
    Arrivals unasked;
    for (const auto& [key, one] : arrived_)
        if (!expected_.contains(one->device.id)) unasked.push_back(one);
    return make_room_for(device.address, unasked);
}

void Registrations::introduced(const std::shared_ptr<Arrival>& arrival) {
    if (!admitted(*arrival)) return refuse(arrival);
    std::erase(strangers_, arrival);
    if (const auto caller = callers_.find(arrival->key()); caller != callers_.end()) {
        const auto done = std::move(caller->second.done);
        callers_.erase(caller);
        return done(arrival->stream);
    }
    // The same device again: its older connection is one that it has given up.
    const auto before = std::exchange(arrived_[arrival->key()], arrival);
    if (before) before->stream->close();
    tell();
}

void Registrations::refuse(const std::shared_ptr<Arrival>& arrival) {
    const auto& device = arrival->device;
    if (refusals_.note(device.address) == Refusals::Worth::a_line)
        base::log_warning(
            fmt::format("{} dials in as {} with the certificate {}: it was not let in, since this name has "
                        "another certificate here, or too many wait already.",
                        device.address, device.id, device.fingerprint));
    drop(arrival);
    if (std::exchange(refusals_begun_, true)) return;
    refusals_end_.expires_after(refusals_told_every_);
    refusals_end_.async_wait([self = std::weak_ptr(self_)](const boost::system::error_code& error) {
        const auto here = self.lock();
        if (!error && here) (*here)->tell_refusals();
    });
}

void Registrations::tell_refusals() {
    refusals_begun_ = false;
    if (const auto more = refusals_.end(); more > 0)
        base::log_warning(fmt::format("{} more connections of devices were not let in.", more));
}

void Registrations::drop(const std::shared_ptr<Arrival>& arrival) {
    std::erase(strangers_, arrival);
    arrival->patience.cancel();
    if (const auto found = arrived_.find(arrival->key());
        found != arrived_.end() && found->second == arrival) {
        arrived_.erase(found);
        tell();
    }
    arrival->stream->close();
}

void Registrations::expect(const std::string& id, const ports::Fingerprint& fingerprint) {
    expected_[id] = fingerprint;
    for (const auto& one : arrived_as(id))
        if (one->device.fingerprint != fingerprint) drop(one);
    tell();
}

void Registrations::forget(const std::string& id) {
    expected_.erase(id);
    tell();
}

void Registrations::dial(const ports::Endpoint& endpoint, const ports::Identity* own,
                         std::chrono::milliseconds timeout, Done done) {
    if (!dials_in(endpoint)) return others_.dial(endpoint, own, timeout, std::move(done));
    const Key& key = endpoint.address;
    if (const auto found = arrived_.find(key); found != arrived_.end()) {
        const auto stream = found->second->stream;
        arrived_.erase(found);
        tell();
        return done(stream);
    }
    auto& caller = callers_[key];
    if (caller.done)  // a newer call takes the place of an older one
        caller.done(base::fail(base::ErrorKind::unavailable, "not_registered", "Asked for again."));
    caller.done = std::move(done);
    caller.patience = std::make_unique<asio::steady_timer>(loop_, timeout);
    caller.patience->async_wait([self = std::weak_ptr(self_), key](const boost::system::error_code& error) {
        const auto here = self.lock();
        if (error || !here) return;
        auto late = (*here)->callers_.extract(key);
        if (!late.empty())
            late.mapped().done(base::fail(base::ErrorKind::unavailable, "not_registered",
                                          fmt::format("{} has not dialled in.", key)));
    });
}

/// Those who have a place here are not waiting for an operator.
void Registrations::tell() {
    std::vector<WaitingDevice> all;
    for (const auto& [key, arrival] : arrived_)
        if (!expected_.contains(arrival->device.id)) all.push_back(arrival->device);
    const std::lock_guard lock(mutex_);
    told_ = std::move(all);
}

std::vector<WaitingDevice> Registrations::waiting() const {
    const std::lock_guard lock(mutex_);
    return told_;
}

}  // namespace sallyport::server

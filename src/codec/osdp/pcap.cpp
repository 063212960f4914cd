#include "codec/osdp/pcap.hpp"

#include <algorithm>
#include <utility>

namespace sallyport::codec::osdp {

namespace {

constexpr std::size_t packet_header = 16;

void put(std::string& into, std::uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8) into.push_back(static_cast<char>(number >> shift));
}

}  // namespace

Pcap::Pcap(std::size_t limit) : limit_(limit) {
    put(file_, 0xA1B2'C3D4);
    put(file_, 0x0004'0002);  // version 2.4
    put(file_, 0);
    put(file_, 0);
    put(file_, 65'535);
    put(file_, link_type);
}

void Pcap::add(Direction direction, ByteView bytes, base::UtcTime at) {
    // A command follows a command when nobody answered; only a reply comes in pieces.
    if (direction != saying_ || direction == Direction::command) close_packet();
    if (full_) return;
    if (packet_.empty()) begun_ = at;
    saying_ = direction;
    const auto room = frame_limit - std::min(packet_.size(), frame_limit);
    const auto kept = bytes.first(std::min(bytes.size(), room));
    packet_.insert(packet_.end(), kept.begin(), kept.end());
}

std::string Pcap::take() {
    close_packet();
    return std::move(file_);
}

void Pcap::close_packet() {
    const auto packet = std::exchange(packet_, {});
    if (packet.empty() || full_) return;
    if (file_.size() + packet_header + packet.size() > limit_) {
        full_ = true;
        return;
    }
    put(file_, static_cast<std::uint32_t>(begun_.microseconds / 1'000'000));
    put(file_, static_cast<std::uint32_t>(begun_.microseconds % 1'000'000));
    put(file_, static_cast<std::uint32_t>(packet.size()));
    put(file_, static_cast<std::uint32_t>(packet.size()));
    file_.append(packet.begin(), packet.end());
}

}  // namespace sallyport::codec::osdp

#pragma once
// Frames of a line as a capture file for Wireshark: classic pcap, microseconds, link type 162 (USER15), which
// is what the OSDP dissector in use registers for. Bounded. A pure value.
#include <cstddef>
#include <string>

#include "base/time.hpp"
#include "codec/osdp/frame.hpp"

namespace sallyport::codec::osdp {

class Pcap {
  public:
    static constexpr std::uint32_t link_type = 162;

    /// `limit`: bytes of the whole file.
    explicit Pcap(std::size_t limit);

    /// Bytes of the line in the order in which they came; what one side says in pieces becomes one packet.
    void add(Direction, ByteView bytes, base::UtcTime at);
    /// Nothing more is taken.
    [[nodiscard]] bool full() const { return full_; }
    /// The file, with what has not become a whole packet yet.
    [[nodiscard]] std::string take();

  private:
    void close_packet();

    std::size_t limit_;
    std::string file_;
    Direction saying_ = Direction::command;
    Bytes packet_;
    base::UtcTime begun_;
    bool full_ = false;
};

}  // namespace sallyport::codec::osdp

#pragma once
// DHIP frames: 32 bytes of header, then JSON (docs/device-protocol.md, Frames).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"

namespace sallyport::codec::dhip {

inline constexpr std::size_t frame_header_bytes = 32;
inline constexpr std::size_t frame_body_limit = 16 << 20;
/// Enough for all but people, backups and updates, which administrators send.
inline constexpr std::size_t modest_body_limit = 1 << 20;
/// Enough for everything that is said before a login.
inline constexpr std::size_t stranger_body_limit = 64 << 10;
/// How long the rest of a begun frame may take.
inline constexpr base::Duration frame_patience = std::chrono::seconds{10};

struct Frame {
    std::uint32_t session = 0;
    std::uint32_t id = 0;
    std::string body;  ///< without the closing "\n"
    friend bool operator==(const Frame&, const Frame&) = default;
};

[[nodiscard]] std::string encode(const Frame&);

/// Cuts a stream of bytes into frames. After an error it stays broken: close the connection and record why.
class FrameDecoder {
  public:
    explicit FrameDecoder(std::size_t body_limit = frame_body_limit) : limit_(body_limit) {}

    void feed(std::string_view bytes, base::Instant now);
    /// The next whole frame; nothing until more bytes have come. Errors: `corrupt` "not_dhip", `limit`
    /// "frame_too_large".
    [[nodiscard]] base::Result<std::optional<Frame>> next();
    /// When the rest of a begun frame is overdue: close then. None between frames.
    [[nodiscard]] std::optional<base::Instant> next_deadline() const;
    /// For the next header on: a session that has logged in may say more.
    void set_body_limit(std::size_t bytes) { limit_ = bytes; }

  private:
    [[nodiscard]] base::Status check_header() const;

    std::size_t limit_;
    std::string waiting_;
    std::size_t taken_ = 0;  ///< bytes of `waiting_` that belong to frames already given
    base::Instant begun_;    ///< when the first byte of the unfinished frame came
    base::Instant last_fed_;
};

}  // namespace sallyport::codec::dhip

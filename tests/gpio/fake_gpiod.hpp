#pragma once
// The calls of libgpiod that adapters/linux/gpio uses, over chips that exist in this process only: linked in
// the library's place. Edges travel through real pipes, so that they come through Asio as the kernel's do.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace sallyport::tests::fake_gpiod {

/// Forgets every chip that was plugged in; for the beginning of a test.
void reset();
void plug_in(const std::string& chip, std::uint32_t lines);
/// Whoever has lines of it sees their descriptors end and all calls fail.
void pull_out(const std::string& chip);
/// From now on `gpiod_chip_open_lookup` fails with this error for the chip.
void refuse(const std::string& chip, int error);
/// Another program has the line, or gives it up again.
void occupy(const std::string& chip, std::uint32_t line);
void release(const std::string& chip, std::uint32_t line);

/// What the wire at an input has, 0 or 1, from this kernel time on. Gives an edge to whoever watches.
void drive(const std::string& chip, std::uint32_t line, int level, base::Instant at);
/// The same without an edge: the kernel's queue was full.
void drive_silently(const std::string& chip, std::uint32_t line, int level);
/// What the wire has.
[[nodiscard]] int level(const std::string& chip, std::uint32_t line);
struct Change {
    std::uint32_t line = 0;
    int level = 0;
    std::chrono::steady_clock::time_point at;
};
/// Of all outputs since the last reset, as they were set. From any thread.
[[nodiscard]] std::vector<Change> changes();
/// How the line was requested, libgpiod's flags; nullopt unless it is.
[[nodiscard]] std::optional<int> flags(const std::string& chip, std::uint32_t line);

}  // namespace sallyport::tests::fake_gpiod

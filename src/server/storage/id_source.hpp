#pragma once
// Ids of rows: 64 bits, positive, unique over all nodes, growing with time. From the high end: 41 bits of
// milliseconds since 2025-01-01T00:00:00Z (69 years), 10 bits of the node's number, 12 bits of a counter.
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "ports/clock.hpp"

namespace sallyport::server {

using Id = std::int64_t;

class IdSource {
  public:
    /// `clock` outlives this. `node` is 0-1,023.
    IdSource(const ports::Clock& clock, std::uint16_t node) : clock_(clock), node_(node) {}
    /// From any thread. Never falls back when the clock does; runs ahead of it when 4,096 are asked for in
    /// one millisecond.
    [[nodiscard]] Id next();

  private:
    const ports::Clock& clock_;
    const std::uint16_t node_;
    std::mutex mutex_;
    std::int64_t millisecond_ = 0;
    std::int64_t counter_ = 0;
};

/// As in JSON and paths: 1-20 digits. nullopt for anything else, also for what is above 63 bits.
[[nodiscard]] std::optional<Id> id_from(std::string_view text);
[[nodiscard]] inline std::string id_text(Id id) {
    return std::to_string(id);
}

}  // namespace sallyport::server

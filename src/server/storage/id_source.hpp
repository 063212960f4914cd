#pragma once
// Ids of rows: 64 bits, positive, unique over all nodes, growing with time. From the high end: 41 bits of
// milliseconds since 2025-01-01T00:00:00Z (69 years), 10 bits of the node's number, 12 bits of a counter. No
// clock makes one negative: one that runs too far ahead is not followed.
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "ports/clock.hpp"
#include "ports/database.hpp"

namespace sallyport::server {

using Id = std::int64_t;

class IdSource {
  public:
    /// `clock` outlives this. `node` is 0-1,023.
    IdSource(const ports::Clock& clock, std::uint16_t node) : clock_(clock), node_(node) {}
    /// From any thread. Never falls back when the clock does; runs ahead of it when 4,096 are asked for in
    /// one millisecond.
    [[nodiscard]] Id next();
    /// From here on no id is at or below `last`: events are handed on, and listed, by their ids, so that they
    /// grow over a restart too, also where the clock was set back. Once, before the first id. Error corrupt
    /// "ids_used_up": there is no id after it.
    [[nodiscard]] base::Status start_after(Id last);

  private:
    const ports::Clock& clock_;
    const std::uint16_t node_;
    std::mutex mutex_;
    std::int64_t millisecond_ = 0;
    std::int64_t counter_ = 0;
};

/// The highest id that was given out, 0 for none: of what is written without an audit line, and of the audit,
/// whose line gets its id after what it tells of.
[[nodiscard]] base::Result<Id> last_id(ports::Database& database);

/// As in JSON and paths: 1-20 digits. nullopt for anything else, also for what is above 63 bits.
[[nodiscard]] std::optional<Id> id_from(std::string_view text);
[[nodiscard]] inline std::string id_text(Id id) {
    return std::to_string(id);
}

}  // namespace sallyport::server

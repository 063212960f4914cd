#pragma once
// Multi-person groups (controller.md A7): a door that opens when people of up to four groups have come, one
// group after the other. Two-person rule: one group of which two are needed. Escort: visitors, then hosts.
//
// Choices that the specification leaves open:
// - All groups are needed, in their order; within a group any order does.
// - Each who is still missing has `window_s` from the one before; then all begin anew.
// - Somebody who has come already is told that more people are needed; somebody whose turn it is not, that
//   the order is wrong. Neither changes who has come.
// - Everybody's attempt is a record; the last one's is the grant, and is what uses are counted for. All who
//   came pass the reader.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace sallyport::core {

struct PeopleGroup {
    std::vector<base::UserId> people;  ///< 1-64
    std::int32_t needed = 1;           ///< of them, 1 to their number
    friend bool operator==(const PeopleGroup&, const PeopleGroup&) = default;
};

struct GroupRules {
    std::vector<PeopleGroup> groups;  ///< at most 4; none: everybody opens alone
    std::int32_t window_s = 20;       ///< 1-600
    friend bool operator==(const GroupRules&, const GroupRules&) = default;
};

/// What it means that a person comes.
enum class Arrival : std::uint8_t {
    completes,     ///< was the last one missing
    counts,        ///< further people are needed
    came_already,  ///< as before
    out_of_turn    ///< not of the group whose turn it is
};

/// Who has come so far at one door.
class Gathering {
  public:
    /// Changes nothing.
    [[nodiscard]] Arrival judge(const GroupRules&, const base::UserId&, base::Instant now) const;
    /// The person has come, as `judge` has said.
    void add(const GroupRules&, const base::UserId&, base::Instant now);
    /// Nobody is given up before `until`: an operator is asked about the last one.
    void wait_until(base::Instant until);
    void clear() { *this = {}; }
    /// What the person had when he came holds no more: all begin anew, if he was among them.
    void forget(const base::UserId&);
    /// In the order in which they came; nobody once their time is over.
    [[nodiscard]] std::span<const base::UserId> people(base::Instant now) const;

  private:
    [[nodiscard]] bool is_over(base::Instant now) const { return !until_ || now >= *until_; }

    std::vector<base::UserId> people_;
    std::size_t group_ = 0;      ///< whose turn it is
    std::int32_t of_group_ = 0;  ///< who came of it
    std::optional<base::Instant> until_;
};

}  // namespace sallyport::core

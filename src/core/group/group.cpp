#include "core/group/group.hpp"

#include <algorithm>

namespace sallyport::core {

Arrival Gathering::judge(const GroupRules& rules, const base::UserId& person, base::Instant now) const {
    const bool over = is_over(now);
    // The rules may have become fewer since the first one came.
    const std::size_t turn = over || group_ >= rules.groups.size() ? 0 : group_;
    if (!over && std::ranges::find(people_, person) != people_.end()) return Arrival::came_already;
    if (turn >= rules.groups.size()) return Arrival::completes;
    const PeopleGroup& group = rules.groups[turn];
    if (std::ranges::find(group.people, person) == group.people.end()) return Arrival::out_of_turn;
    const bool last_of_group = (over ? 0 : of_group_) + 1 >= group.needed;
    return last_of_group && turn + 1 == rules.groups.size() ? Arrival::completes : Arrival::counts;
}

void Gathering::add(const GroupRules& rules, const base::UserId& person, base::Instant now) {
    if (is_over(now) || group_ >= rules.groups.size()) clear();
    people_.push_back(person);
    until_ = now + std::chrono::seconds{rules.window_s};
    if (group_ >= rules.groups.size() || ++of_group_ < rules.groups[group_].needed) return;
    ++group_;
    of_group_ = 0;
}

std::span<const base::UserId> Gathering::people(base::Instant now) const {
    if (is_over(now)) return {};
    return people_;
}

void Gathering::forget(const base::UserId& person) {
    if (std::ranges::find(people_, person) != people_.end()) clear();
}

void Gathering::wait_until(base::Instant until) {
    if (until_) until_ = std::max(*until_, until);
}

}  // namespace sallyport::core

#include "controller/dialect/searches.hpp"

#include <algorithm>

namespace sallyport::controller::dialect {
namespace {

constexpr std::size_t searches_limit = 64;
constexpr base::Duration kept = std::chrono::minutes{10};
/// Tokens that clients are given stay below those of questions and of factories' instances.
constexpr std::uint32_t first_question = 0x4000'0000;

}  // namespace

std::uint32_t Searches::begin(Search search, base::Instant now) {
    const auto token = next_++;
    begin_at(token, std::move(search), now);
    return token;
}

void Searches::begin_at(std::uint32_t token, Search search, base::Instant now) {
    std::erase_if(searches_, [now](const auto& entry) { return entry.second.used + kept <= now; });
    if (searches_.size() >= searches_limit && !searches_.contains(token))
        searches_.erase(
            std::ranges::min_element(searches_, {}, [](const auto& entry) { return entry.second.used; }));
    search.used = now;
    searches_.insert_or_assign(token, std::move(search));
}

Search* Searches::find(std::uint32_t token, const std::string& account, base::Instant now) {
    const auto found = searches_.find(token);
    if (found == searches_.end() || found->second.account != account || found->second.used + kept <= now)
        return nullptr;
    found->second.used = now;
    return &found->second;
}

std::uint32_t Searches::token_of(const std::string& question) {
    if (questions_.size() >= 4 * searches_limit)
        std::erase_if(questions_, [this](const auto& entry) { return !searches_.contains(entry.second); });
    const auto [entry, fresh] = questions_.try_emplace(question, 0);
    if (fresh) entry->second = first_question + next_++;
    return entry->second;
}

}  // namespace sallyport::controller::dialect

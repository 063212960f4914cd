#include "core/access/spent_uses.hpp"

#include <array>
#include <string_view>

#include <fmt/format.h>
#include <sodium.h>

namespace sallyport::core {
namespace {

template <class Entry>
std::optional<SpentSeries> series_of(std::string_view who, const Entry& entry) {
    if (!entry.uses_left || !entry.uses_series.is_owners()) return std::nullopt;
    constexpr std::array<unsigned char, crypto_shorthash_KEYBYTES> zero_key{};
    const auto text = fmt::format("{}/{:X}", who, entry.uses_series.value);
    std::array<unsigned char, crypto_shorthash_BYTES> hash{};
    crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     zero_key.data());
    SpentSeries series{0, *entry.uses_left};
    for (std::size_t i = hash.size(); i-- > 0;) series.name = series.name << 8 | hash[i];
    return series;
}

}  // namespace

std::optional<SpentSeries> spent_series(const Person& person) {
    return series_of(person.user_id.view(), person);
}

// No user ID has a #.
std::optional<SpentSeries> spent_series(const PublicPassword& password) {
    return series_of(fmt::format("#{}", password.number), password);
}

void SpentUses::note(const SpentSeries& series) {
    const auto [at, is_new] = by_name_.try_emplace(series.name);
    if (!is_new) by_turn_.erase(at->second.turn);
    at->second = {series.uses_left, ++turns_};
    by_turn_.emplace(turns_, series.name);
    if (by_turn_.size() <= limit) return;
    by_name_.erase(by_turn_.begin()->second);
    by_turn_.erase(by_turn_.begin());
}

void SpentUses::spend(std::uint64_t name) {
    const auto found = by_name_.find(name);
    if (found != by_name_.end() && found->second.uses > 0) --found->second.uses;
}

void SpentUses::replace(std::vector<PublicPassword>& sent, const std::vector<PublicPassword>& held) {
    for (const PublicPassword& one : held)
        if (std::ranges::find(sent, one.number, &PublicPassword::number) == sent.end()) note(one);
    for (PublicPassword& one : sent) keep(one);
    keep_spent(sent, held);
}

std::vector<SpentSeries> SpentUses::all() const {
    std::vector<SpentSeries> series;
    series.reserve(by_turn_.size());
    for (const auto& [turn, name] : by_turn_) series.push_back({name, by_name_.at(name).uses});
    return series;
}

std::optional<std::uint32_t> SpentUses::left_of(std::uint64_t name) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) return std::nullopt;
    return found->second.uses;
}

}  // namespace sallyport::core

// The decision among 100,000 people, and from 30,000 to 1,000,000; what a person costs in memory.
// Figures: decision_p99_us, decision_1m_over_30k, decision_unknown_user_us, person_bytes.
#include <chrono>
#include <cstdlib>
#include <malloc.h>
#include <random>
#include <unordered_map>
#include <vector>

#include <benchmark/benchmark.h>
#include <fmt/core.h>
#include <sodium.h>

#include "core/access/decide.hpp"
#include "report.hpp"

namespace sallyport::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::int32_t hour = 3'600;
constexpr base::LocalDate today{20'605};  // Monday, 2026-06-01

base::UserId user_of(std::size_t person) {
    return *base::UserId::from(fmt::format("{}", 100'000'000 + person));
}

/// Spread over 32 bits, no two alike: an odd factor modulo 2^32 is a permutation.
base::CardNumber card_of(std::size_t person) {
    return {(person * 2'654'435'761U) & 0xFFFF'FFFFU};
}

std::string pin_of(std::size_t person) {
    return fmt::format("{:05}", person * 7 % 100'000);
}

/// 16 schedules of six periods a day under four holidays of 16 ranges each.
core::Calendar full_calendar() {
    core::Calendar calendar;
    for (int h = 0; h < 4; ++h) {
        auto& holiday = calendar.holidays.emplace_back();
        for (int r = 0; r < 16; ++r)
            holiday.dates.push_back({{today.days + 20 * r + h}, {today.days + 20 * r + h}});
        holiday.periods = {{6 * hour, 22 * hour}};
    }
    for (int s = 0; s < 16; ++s) {
        auto& schedule = calendar.schedules.emplace_back();
        schedule.holidays = {0, 1, 2, 3};
        for (auto& day : schedule.week) {
            for (int p = 0; p < 6; ++p) day.push_back({(4 * p) * hour + s, (4 * p + 3) * hour + s});
        }
    }
    return calendar;
}

/// Every rule that is there, on at each door, and almost always kept: they are looked at to the end.
core::Rules all_rules() {
    core::Rules rules;
    for (std::uint8_t door = 1; door <= 4; ++door) {
        auto& one = rules.doors.emplace_back();
        one.always_open = core::ScheduleIndex{1};
        one.unlock_periods.assign(4, {{14}, core::UnlockMode::card});
        one.first_card = core::FirstCardRule{{15}};
        one.verification_s = 20;
        // A group has 64 people at most: who may open alone is its last member.
        if (door == 1) one.groups.groups = {{{}, 1}};
        for (std::size_t i = 0; door == 1 && i < 64; ++i) one.groups.groups[0].people.push_back(user_of(i));
        rules.readers.push_back(
            {{static_cast<std::uint8_t>(2 * door - 1)}, {door}, core::Direction::entry, {{0}, {door}}});
        rules.areas.push_back({.number = {door}, .passback = core::Passback::hard});
        rules.interlocks.push_back({{0xF0U | 1U << (door - 1)}, core::Blocks::unlocked});
    }
    return rules;
}

/// Four doors, one for each unlock mode, with a schedule of their own.
core::Settings four_doors() {
    using enum core::UnlockMode;
    core::Settings settings;
    settings.duress = core::Duress::on;
    settings.doors.assign(4, {});
    settings.doors[0].unlock_mode = card;
    settings.doors[1].unlock_mode = card_and_pin;
    settings.doors[2].unlock_mode = user_and_pin;
    settings.doors[3].unlock_mode = card_or_user_and_pin;
    for (auto& door : settings.doors) door.schedule = {15};
    settings.rules = all_rules();
    return settings;
}

core::Person person_of(std::size_t number, const core::PinKey& key) {
    core::Person person;
    person.user_id = user_of(number);
    person.type = number % 50 == 0 ? core::UserType::vip : core::UserType::general;
    person.validity.to = {(std::int64_t{today.days} + 365) * 86'400'000'000};
    if (number % 10 == 0) person.uses_left = 100;
    person.pin = core::hash_pin(key, person.user_id, base::Secret(pin_of(number)));
    person.cards = {{card_of(number)}};
    person.rights = {{{0x3}, {static_cast<std::uint8_t>(number % 15)}},
                     {{0xC}, {static_cast<std::uint8_t>(number % 13)}},
                     {{number % 20 == 0 ? 0x1U : 0x10U}, {14}, core::RightKind::deny}};
    person.tag = {number + 1};
    return person;
}

struct Site {
    core::PinKey key;
    core::Roster roster;
    core::Settings settings = four_doors();
    core::Calendar calendar = full_calendar();
    base::Moment now;
    core::Positions positions;
    std::size_t people;

    explicit Site(std::size_t count)
        : roster(core::RosterLimits{.people = count, .cards_per_person = 1}), people(count) {
        now.local = {today, 12 * hour + 60, 0};
        now.utc = {std::int64_t{today.days} * 86'400'000'000 + (12 * hour + 60) * std::int64_t{1'000'000}};
        for (std::size_t i = 0; i < count; ++i) {
            if (!roster.upsert(person_of(i, key), key)) std::abort();
        }
    }
    /// Anti-passback knows where everybody is.
    void place_everyone() {
        for (std::size_t i = 0; i < people; ++i) positions.move(user_of(i), {core::outside, now.utc, 0, {}});
    }
    [[nodiscard]] core::Decision decide(const core::Attempt& attempt) const {
        const core::DoorsNow doors{{}, {}};
        core::DoorSituation situation;
        situation.blocked_by = core::blocker_of(attempt.door, settings.rules.interlocks, doors);
        situation.first_card = core::period_at(calendar, {15}, now.local, now.trust);
        return core::decide(attempt, {roster, settings, calendar, key, &positions}, situation, now);
    }
};

/// 40 % card alone (one in eight of them unknown), 30 % card + PIN, 30 % user ID + PIN; one PIN in ten is
/// wrong, one in fifty under duress.
core::Attempt any_attempt(std::mt19937_64& random, std::size_t people) {
    const std::size_t person = random() % people;
    const std::size_t dice = random() % 100;
    core::Attempt attempt;
    attempt.verification = core::Verification::granted;
    if (dice < 40) {
        attempt.method = core::Method::card;
        attempt.door = {static_cast<std::uint8_t>(dice % 2 == 0 ? 1 : 4)};
        attempt.card = card_of(dice < 5 ? people + person : person);
        return attempt;
    }
    attempt.method = dice < 70 ? core::Method::card_and_pin : core::Method::user_and_pin;
    attempt.door = {static_cast<std::uint8_t>(dice < 70 ? 2 : 3)};
    if (dice < 70)
        attempt.card = card_of(person);
    else
        attempt.user = user_of(person);
    std::string pin = pin_of(person);
    if (dice % 10 == 0) pin = "1";
    if (random() % 50 == 0) pin.back() = static_cast<char>('0' + (pin.back() - '0' + 1) % 10);
    attempt.pin = base::Secret(pin);
    return attempt;
}

std::vector<core::Attempt> attempts(std::size_t count, std::size_t people) {
    std::mt19937_64 random(1);
    std::vector<core::Attempt> result;
    result.reserve(count);
    for (std::size_t i = 0; i < count; ++i) result.push_back(any_attempt(random, people));
    return result;
}

template <class Call>
std::uint64_t nanoseconds(Call&& call) {
    const auto start = Clock::now();
    call();
    return static_cast<std::uint64_t>((Clock::now() - start).count());
}

void decision_p99() {
    constexpr std::size_t people = 100'000;
    Site site(people);
    site.place_everyone();
    std::unordered_map<std::uint64_t, std::uint32_t> bare;
    for (std::uint32_t i = 0; i < people; ++i) bare.emplace(card_of(i).value, i);
    const auto asked = attempts(500'000, people);
    Samples decisions(asked.size());
    Samples look_ups(asked.size());
    std::size_t granted = 0;
    std::mt19937_64 random(2);
    for (const core::Attempt& attempt : asked) {
        core::Decision decision;
        decisions.add(nanoseconds([&] { decision = site.decide(attempt); }));
        granted += decision.outcome == core::Outcome::granted ? 1 : 0;
        const std::uint64_t card = attempt.card ? attempt.card->value : card_of(random() % people).value;
        look_ups.add(nanoseconds([&] { benchmark::DoNotOptimize(bare.find(card)); }));
    }
    fmt::print("{:.1f} % granted\n",
               100.0 * static_cast<double>(granted) / static_cast<double>(asked.size()));
    decisions.print_histogram("decision, 100,000 people");
    look_ups.print_histogram("std::unordered_map::find, 100,000 cards");
    publish("decision_p99_us", decisions.percentile_us(0.99), "us", asked.size(),
            {"bare hash-table look-up of the same card, p99", look_ups.percentile_us(0.99)});
}

/// An unknown user ID and a wrong PIN must look alike from outside.
void unknown_user() {
    constexpr std::size_t people = 30'000;
    Site site(people);
    site.place_everyone();
    Samples unknown(100'000);
    Samples wrong(100'000);
    std::mt19937_64 random(3);
    core::Attempt attempt;
    attempt.method = core::Method::user_and_pin;
    attempt.door = {3};
    attempt.pin = base::Secret("1");
    for (int i = 0; i < 100'000; ++i) {
        attempt.user = user_of(people + random() % people);
        unknown.add(nanoseconds([&] { benchmark::DoNotOptimize(site.decide(attempt)); }));
        attempt.user = user_of(random() % people);
        wrong.add(nanoseconds([&] { benchmark::DoNotOptimize(site.decide(attempt)); }));
    }
    publish("decision_unknown_user_us", unknown.percentile_us(0.5), "us", unknown.count(),
            {"known user with a wrong PIN, p50", wrong.percentile_us(0.5)});
}

/// Means in nanoseconds, of the best round: other programs only ever add time.
struct Means {
    double decision = 1e9;  ///< the mix of attempts
    double card = 1e9;      ///< card alone
    double bare = 1e9;      ///< std::unordered_map::find
};

class Race {
  public:
    explicit Race(const Site& site) : site_(site), asked_(attempts(200'000, site.people)) {
        for (std::uint32_t i = 0; i < site.people; ++i) bare_.emplace(card_of(i).value, i);
        card_only_.door = {1};
    }
    void round() {
        best(means_.decision,
             [&](const core::Attempt& attempt) { benchmark::DoNotOptimize(site_.decide(attempt)); });
        best(means_.card, [&](const core::Attempt&) {
            card_only_.card = card_of(random_() % site_.people);
            benchmark::DoNotOptimize(site_.decide(card_only_));
        });
        best(means_.bare, [&](const core::Attempt&) {
            benchmark::DoNotOptimize(bare_.find(card_of(random_() % site_.people).value));
        });
    }
    [[nodiscard]] const Means& means() const { return means_; }

  private:
    template <class Call>
    void best(double& mean, Call&& call) {
        const auto total = nanoseconds([&] {
            for (const core::Attempt& attempt : asked_) call(attempt);
        });
        mean = std::min(mean, static_cast<double>(total) / static_cast<double>(asked_.size()));
    }

    const Site& site_;
    std::vector<core::Attempt> asked_;
    std::unordered_map<std::uint64_t, std::uint32_t> bare_;
    std::mt19937_64 random_{4};
    core::Attempt card_only_;
    Means means_;
};

/// Both sizes in turn, so that what else the machine does falls on both.
void from_30k_to(const Site& million) {
    Site site(30'000);
    site.place_everyone();
    Race small_race(site);
    Race large_race(million);
    for (int round = 0; round < 10; ++round) {
        small_race.round();
        large_race.round();
    }
    const Means& small = small_race.means();
    const Means& large = large_race.means();
    fmt::print(
        "means at 30,000 and 1,000,000 people: decision {:.0f} and {:.0f} ns, card alone {:.0f} and {:.0f} "
        "ns, bare look-up {:.0f} and {:.0f} ns\n",
        small.decision, large.decision, small.card, large.card, small.bare, large.bare);
    publish("decision_1m_over_30k", large.decision / small.decision, "x", 200'000, {"limit", 2});
    publish("decision_card_alone_1m_over_30k", large.card / small.card, "x", 200'000,
            {"bare hash-table look-up, 1,000,000 over 30,000", large.bare / small.bare});
}

std::size_t heap_in_use() {
    const struct mallinfo2 now = mallinfo2();
    return now.uordblks + now.hblkhd;
}

/// Returns whether the roster's own account of its memory agrees with the allocator's.
bool a_million() {
    constexpr std::size_t people = 1'000'000;
    const std::size_t before = heap_in_use();
    Site site(people);
    const auto measured = static_cast<double>(heap_in_use() - before);
    const auto told = static_cast<double>(site.roster.memory_bytes());
    site.place_everyone();
    const auto with_positions = static_cast<double>(heap_in_use() - before);
    fmt::print(
        "1,000,000 people with a card, a PIN and 3 rights each: the allocator says {:.0f} bytes, "
        "Roster::memory_bytes {:.0f}; with where everybody is for anti-passback {:.0f}\n",
        measured, told, with_positions);
    publish("person_bytes", std::max(with_positions, told) / static_cast<double>(people), "bytes", people,
            {"limit", 400});

    from_30k_to(site);
    return std::abs(measured - told) < 0.02 * measured;
}

void hash_one_pin(benchmark::State& state) {
    const core::PinKey key;
    const base::UserId user = user_of(1);
    const base::Secret pin("12345");
    for (auto _ : state) benchmark::DoNotOptimize(core::hash_pin(key, user, pin));
}
BENCHMARK(hash_one_pin);

void ask_one_schedule(benchmark::State& state) {
    const core::Calendar calendar = full_calendar();
    const base::LocalTime now{today, 23 * hour, 0};
    for (auto _ : state) {
        benchmark::DoNotOptimize(core::evaluate(calendar, {3}, now, base::ClockTrust::set));
    }
}
BENCHMARK(ask_one_schedule);

}  // namespace
}  // namespace sallyport::bench

int main(int argc, char** argv) {
    if (sodium_init() < 0) return 1;
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    sallyport::bench::decision_p99();
    sallyport::bench::unknown_user();
    if (!sallyport::bench::a_million()) {
        fmt::print("Roster::memory_bytes is more than 2 % away from what the allocator gave out.\n");
        return 1;
    }
    return 0;
}

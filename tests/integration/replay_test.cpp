// Whatever happens, a controller that starts anew from its store is the one that ran (design invariant
// "replaying the journal gives the same state"): what holds in memory and what is stored are changed in the
// same way.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "codec/dhip/record_json.hpp"
#include "codec/journal/journal.hpp"
#include "integration/door_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

/// What has to be the same after a restart.
struct Held {
    explicit Held(const DoorSite& site) {
        const auto& station = site.controller->station();
        for (std::uint8_t door = 1; door <= station.doors(); ++door)
            modes.push_back(site.controller->view({door}).mode);
        station.roster().for_each([&](const core::Person& person) {
            people[person.user_id] = person;
            return true;
        });
        public_passwords = station.roster().public_passwords();
        settings = station.settings();
        calendar = station.calendar();
    }
    std::vector<core::DoorMode> modes;
    std::map<base::UserId, core::Person> people;
    std::vector<core::PublicPassword> public_passwords;
    core::Settings settings;
    core::Calendar calendar;
};

class RandomLife {
  public:
    explicit RandomLife(std::uint32_t seed) : random_(seed), client_(owner_of(site)) {}

    void happen() {
        switch (any(6)) {
            case 0: guest(); break;
            case 1: plan(); break;
            case 2: site.controller->handle(core::CommandReceived{door(), mode(), "anna", {}}); break;
            case 3: site.post("/panel/keys", {{"door", door().value}, {"keys", typed()}}); break;
            default:
                site.post("/panel/card", {{"door", door().value}, {"reader", 1}, {"number", card()}});
                break;
        }
        site.post("/panel/clock", {{"advance_ms", 1'000 + any(40'000)}});
    }
    void come_to_rest() {
        site.run_until([&] { return site.store->idle(); });
    }
    DoorSite site{2};

  private:
    std::uint32_t any(std::uint32_t count) { return static_cast<std::uint32_t>(random_() % count); }
    base::DoorNumber door() { return {static_cast<std::uint8_t>(1 + any(2))}; }
    core::DoorCommand mode() { return static_cast<core::DoorCommand>(any(6)); }
    std::string card() { return "0000000" + std::to_string(1 + any(4)); }
    std::string typed() {
        const std::string menu = "#" + std::string(keypad_password) + "#";
        const std::string all[] = {menu + "4#" + std::to_string(1 + any(60)) + "#**",
                                   menu + "3#" + std::to_string(any(4)) + "#**",
                                   menu + "1#5" + std::to_string(any(4)) + "##1234#**",
                                   menu + "2#100" + std::to_string(1 + any(4)) + "#**", "777777#"};
        return all[any(5)];
    }
    void guest() {
        const auto number = std::to_string(1 + any(4));
        auto person = person_json("100" + number, "0000000" + number);
        person["uses"] = 5;
        person["uses_series"] = "000000000000000" + std::to_string(any(3));
        client_->ask("sallyport.updateRoster", {{"upsert", json::array{std::move(person)}}});
    }
    void plan() {
        client_->ask("sallyport.applyPlan",
                     {{"revision", 1 + any(100)},
                      {"zone", any(2) == 0 ? "Europe/Berlin" : "Asia/Tokyo"},
                      {"doors", json::array{json::object{{"number", door().value}, {"hold_s", 1 + any(60)}}}},
                      {"public_passwords", json::array{json::object{{"number", 1},
                                                                    {"code", "777777"},
                                                                    {"doors", {1, 2}},
                                                                    {"uses", 9},
                                                                    {"uses_series", "0000000000000001"}}}}});
    }
    std::mt19937 random_;
    std::unique_ptr<Client> client_;
};

void expect_whole_chain(DoorSite& site) {
    const auto last = site.memory.load()->last;
    const auto all = site.memory.read_after({last.generation, 0}, 100'000);
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), last.sequence);
    for (std::size_t i = 0; i < all->size(); ++i) {
        const auto& one = all->at(i);
        EXPECT_EQ(one.position.sequence, i + 1);
        EXPECT_EQ(one.hash,
                  codec::chain_hash(one.previous, codec::dhip::record_body(one.position, one.record)));
        if (i > 0) EXPECT_EQ(one.previous, all->at(i - 1).hash);
    }
}

}  // namespace

class Replay : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(Replay, a_controller_from_the_store_is_the_one_that_ran) {
    RandomLife life(GetParam());
    for (int i = 0; i < 60; ++i) life.happen();
    life.come_to_rest();
    const Held ran(life.site);
    life.site.post("/panel/power", json::object{});
    const Held again(life.site);
    EXPECT_EQ(again.modes, ran.modes);
    EXPECT_EQ(again.people, ran.people);
    EXPECT_EQ(again.public_passwords, ran.public_passwords);
    EXPECT_EQ(again.settings, ran.settings);
    EXPECT_EQ(again.calendar, ran.calendar);
    expect_whole_chain(life.site);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Replay, ::testing::Range(1U, 13U));

}  // namespace sallyport::tests

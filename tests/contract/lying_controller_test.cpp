// Controllers that lie or stall (platform.md V5, L1, G4): whatever one says, the platform stays up, names a
// cause, and once the controller is honest again nothing is lost, doubled or half-done. Both ways to speak,
// against the whole controller, whose frames are changed on their way (liar.hpp).
#include <set>

#include <gtest/gtest.h>

#include "base/enum_text.hpp"
#include "contract/driver_site.hpp"
#include "contract/liar.hpp"

namespace sallyport::tests {

using namespace std::chrono_literals;
using server::OfflineReason;
using server::Wire;

namespace {

class LyingController : public DriverSite {
  protected:
    LyingController() : DriverSite({.pauses_divided = 200, .answers_divided = 25}) {
        encrypted.lie = clear.lie = [this](const std::string& frame) { return liar(frame); };
    }
    ~LyingController() override { liar.be_honest(); }

    /// Somebody is added, somebody changes his card, somebody goes, and a card is shown.
    void change_something() {
        const auto number = 100 + round_;
        const auto user = std::to_string(5'000 + round_);
        const auto card = fmt::format("{:08X}", 0x1000 + round_);
        add_person(number, user, card);
        wanted_[user] = card;
        if (const auto before = std::to_string(4'999 + round_); round_ % 2 != 0 && wanted_.contains(before)) {
            wanted_[before] = fmt::format("{:08X}", 0x2000 + round_);
            stored.execute("UPDATE card SET number = '" + wanted_[before] +
                           "' WHERE person_id = " + std::to_string(number - 1));
        }
        if (const auto gone = std::to_string(4'997 + round_); wanted_.erase(gone) != 0)
            stored.execute("DELETE FROM permission_group_person WHERE person_id = " +
                           std::to_string(number - 3));
        ++round_;
        changed();
        show(card);
        shown_ += card + "\n";
    }
    [[nodiscard]] bool permissions_are_right() const {
        if (site.controller->station().roster().size() != wanted_.size() + 1) return false;
        for (const auto& [user, card] : wanted_) {
            const auto* there = person(user);
            if (there == nullptr || there->cards.size() != 1 || there->cards[0].number.text() != card ||
                there->rights.size() != 1)
                return false;
        }
        return true;
    }
    [[nodiscard]] std::string cards_told() {
        return stored.rows("SELECT card FROM event WHERE kind = 'access' ORDER BY id");
    }
    /// Nothing that is here is half-done.
    [[nodiscard]] bool is_in_step() {
        const auto entries = std::to_string(wanted_.size() + 1) + "\n";
        return online() && permissions_are_right() &&
               doors.find(door)->settings_state == server::IssueWord::issued &&
               stored.rows("SELECT count(*) FROM device_entry WHERE tag <> 0") == entries &&
               stored.rows("SELECT count(*) FROM device_entry") == entries &&
               stored.rows("SELECT count(*) FROM issue_failure") == "0\n" &&
               stored.rows("SELECT count(*) FROM keypad_removal") == "0\n" &&
               stored.rows("SELECT count(*) FROM door WHERE keypad IS NOT NULL") == "0\n";
    }
    /// Runs the loop as long as the controller lies, and keeps why it is said to be offline.
    void watch_it(std::chrono::milliseconds for_so_long) {
        const auto end = std::chrono::steady_clock::now() + for_so_long;
        while (std::chrono::steady_clock::now() < end) {
            site.loop.run_one_for(5ms);
            note_cause();
        }
    }
    void note_cause() {
        if (const auto seen = devices.observed(id); seen.reach == server::Reach::offline)
            causes_.insert(seen.reason);
    }
    /// Honest again; an account that was locked by answers to wrong challenges is open again after a while.
    void recover() {
        liar.be_honest();
        site.network.advance_to(site.network.monotonic() + 11min);
        devices.try_again(id);
        site.run_until([&] { return is_in_step(); });
    }
    /// What the controller's own list says, against what is here.
    void expect_each_record_once() {
        site.run_until(
            [&] { return std::ranges::count(cards_told(), '\n') >= std::ranges::count(shown_, '\n'); });
        EXPECT_EQ(stored.rows("SELECT count(*) FROM event_gap"), "0\n");
        EXPECT_EQ(stored.rows("SELECT count(*) FROM event"),
                  stored.rows("SELECT count(*) FROM (SELECT DISTINCT generation, sequence FROM event) AS e"));
        if (GetParam() == Wire::encrypted) {
            EXPECT_EQ(cards_told(), shown_);
            EXPECT_EQ(stored.rows("SELECT max(sequence) - min(sequence) + 1 FROM event"),
                      stored.rows("SELECT count(*) FROM event"));
            return;
        }
        std::string there;
        const auto list =
            site.get("/cgi-bin/recordFinder.cgi?action=find&name=AccessControlCardRec&count=4096");
        for (std::size_t at = 0; (at = list.find(".RecNo=", at)) != std::string::npos;) {
            at += 7;
            there += list.substr(at, list.find_first_of("\r\n", at) - at) + "\n";
        }
        EXPECT_EQ(stored.rows("SELECT sequence FROM event WHERE generation = 2 ORDER BY id"), there);
        EXPECT_EQ(stored.rows("SELECT count(*) FROM event WHERE generation > 3"), "0\n");
    }

    Liar liar{1};
    int round_ = 0;
    std::map<std::string, std::string> wanted_;  ///< cards of those besides 1001
    std::string shown_;
    std::set<OfflineReason> causes_;
};

constexpr Lie all_lies[] = {Lie::cut_short,    Lie::garbage,  Lie::stalled, Lie::other_id,
                            Lie::other_answer, Lie::refused,  Lie::twice,   Lie::other_type,
                            Lie::huge_number,  Lie::left_out, Lie::doubled, Lie::backwards};

/// Silence takes its time.
int frames_of(Lie lie) {
    return lie == Lie::stalled || lie == Lie::other_id ? 1 : 2;
}

INSTANTIATE_TEST_SUITE_P(EachWire, LyingController, ::testing::Values(Wire::encrypted, Wire::in_clear),
                         [](const auto& wire) { return std::string(base::text_of(wire.param)); });

}  // namespace

TEST_P(LyingController, a_lie_here_and_there_loses_nothing_and_doubles_nothing) {
    begin();
    for (int turn = 0; turn < 2; ++turn)
        for (const auto lie : all_lies) {
            SCOPED_TRACE(fmt::format("{} in turn {}", base::text_of(lie), turn));
            liar.lie(lie, frames_of(lie));
            change_something();
            if (turn % 2 == 1) line().cut();
            watch_it(40ms);
            recover();
            expect_each_record_once();
            if (HasFailure()) return;
        }
    EXPECT_GT(liar.told(), 30);
}

TEST_P(LyingController, records_that_are_bent_on_their_way_are_asked_for_again) {
    begin();
    liar.only = "\"sequence\":";
    if (GetParam() == Wire::in_clear) liar.only = "\"RecNo\":";
    for (int turn = 0; turn < 2; ++turn)
        for (const auto lie : {Lie::cut_short, Lie::stalled, Lie::other_type, Lie::huge_number, Lie::left_out,
                               Lie::doubled, Lie::backwards}) {
            SCOPED_TRACE(fmt::format("{} in turn {}", base::text_of(lie), turn));
            // Records that are written while it is away come as one page, or batch.
            line().reachable = false;
            line().cut();
            site.run_until([&] { return !online(); });
            for (int i = 0; i < 3; ++i) change_something();
            liar.lie(lie, frames_of(lie));
            line().reachable = true;
            site.run_until([&, before = liar.told()] { return liar.told() > before; });
            recover();
            expect_each_record_once();
            if (HasFailure()) return;
        }
}

TEST_P(LyingController, one_that_is_never_honest_is_offline_for_a_cause_that_says_what_to_do) {
    begin();
    const std::pair<Lie, OfflineReason> expected[] = {{Lie::cut_short, OfflineReason::protocol_error},
                                                      {Lie::garbage, OfflineReason::protocol_error},
                                                      {Lie::stalled, OfflineReason::timeout},
                                                      {Lie::other_id, OfflineReason::timeout},
                                                      {Lie::refused, OfflineReason::protocol_error}};
    for (const auto& [lie, cause] : expected) {
        SCOPED_TRACE(base::text_of(lie));
        liar.lie_always(lie);
        change_something();
        line().cut();
        site.run_until([&, reason = cause] {
            const auto seen = devices.observed(id);
            return seen.reach == server::Reach::offline && seen.reason == reason;
        });
        EXPECT_EQ(devices.get(id, {}).value().at("state"), "offline");
        recover();
        expect_each_record_once();
        if (HasFailure()) return;
    }
}

TEST_P(LyingController, numbers_to_which_nobody_comes_are_neither_taken_nor_counted_as_lost) {
    begin();
    change_something();  // at the first contact there is nothing to compare with
    recover();
    expect_each_record_once();
    liar.only = GetParam() == Wire::in_clear ? "\"RecNo\":" : "\"hash\":";
    for (const auto far : {std::uint64_t{5'000'000}, std::uint64_t{1} << 40, std::uint64_t{0}}) {
        SCOPED_TRACE(far);
        liar.far = far;
        liar.lie_always(Lie::far_number);
        change_something();
        watch_it(300ms);
        EXPECT_EQ(stored.rows("SELECT count(*) FROM event_gap"), "0\n");
        EXPECT_EQ(stored.rows("SELECT count(*) FROM event WHERE sequence > 1000 OR generation > 3"), "0\n");
        recover();
        expect_each_record_once();
        if (HasFailure()) return;
    }
    EXPECT_TRUE(causes_.contains(OfflineReason::records_leap));
}

TEST_P(LyingController, any_lie_at_any_time_is_survived) {
    begin();
    for (const auto lie : all_lies) {
        SCOPED_TRACE(base::text_of(lie));
        liar.lie_always(lie);
        change_something();
        watch_it(75ms);
        recover();
        if (HasFailure()) return;
    }
    EXPECT_FALSE(causes_.contains(OfflineReason::certificate_changed));
    EXPECT_FALSE(causes_.contains(OfflineReason::unreachable));
}

}  // namespace sallyport::tests

#pragma once
// A session with a controller that is played, and what it tells the rest of the server.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <gtest/gtest.h>

#include "server/devices/device_session.hpp"
#include "server/devices/fake_controller.hpp"

namespace sallyport::server {

/// As a controller has written it.
inline boost::json::object written(core::StoredRecord record) {
    record.hash =
        codec::dhip::chain_hash(record.previous, codec::dhip::record_body(record.position, record.record));
    return codec::dhip::to_json(record);
}

/// The rest of the server, in memory.
class Session : public ::testing::Test {
  protected:
    Session() {
        hooks.recognise = [this](std::string serial) -> boost::asio::awaitable<base::Status> {
            if (serial != meant) co_return std::unexpected(another_device(serial));
            co_return base::Status{};
        };
        hooks.online = [this](const DeviceStatus&) { online = true; };
        hooks.status_changed = [this](const DeviceStatus& status) { told_records = status.records; };
        hooks.offline = [this](OfflineReason why, const std::string& words) {
            online = false;
            last_words = words;
            reasons.push_back(why);
        };
        hooks.doors = [this](std::vector<codec::dhip::DoorState> seen) { doors = std::move(seen); };
        hooks.question = [this](const core::AskOperator& one) { asked.push_back(one.question); };
        hooks.question_over = [this](std::uint64_t question) { std::erase(asked, question); };
        hooks.store = [this](std::vector<core::StoredRecord> batch, auto done) {
            if (disk_full) return done(base::fail(base::ErrorKind::storage, "storage", "The disk is full."));
            for (auto& record : batch) stored.push_back(record.position.sequence);
            done(batch.back().position);
        };
        hooks.cursor = [this]() -> boost::asio::awaitable<base::Result<core::RecordPosition>> {
            co_return core::RecordPosition{1, stored.empty() ? 0 : stored.back()};
        };
        hooks.desired = [this]() -> boost::asio::awaitable<base::Result<Desired>> { co_return desired; };
        hooks.known = [this]() -> boost::asio::awaitable<base::Result<HeldRoster>> {
            co_return HeldRoster{known, removals};
        };
        hooks.replace_known = [this](KnownRoster all, base::UtcTime) -> boost::asio::awaitable<base::Status> {
            known = std::move(all);
            co_return base::Status{};
        };
        hooks.record_issued = [this](
                                  std::vector<KnownEntry> issued,
                                  std::vector<base::UserId> removed) -> boost::asio::awaitable<base::Status> {
            std::erase_if(known, [&](const KnownEntry& entry) {
                const auto same = [&](const KnownEntry& other) { return other.user_id == entry.user_id; };
                return std::ranges::find(removed, entry.user_id) != removed.end() ||
                       std::ranges::any_of(issued, same);
            });
            for (const auto& entry : issued) removals.erase(entry.user_id);
            for (const auto& user : removed) removals.erase(user);
            known.insert(known.end(), issued.begin(), issued.end());
            std::ranges::sort(known, {}, &KnownEntry::user_id);
            co_return base::Status{};
        };
        hooks.record_failures =
            [this](std::vector<EntryFailure> failed) -> boost::asio::awaitable<base::Status> {
            failures = std::move(failed);
            co_return base::Status{};
        };
        hooks.settings =
            [this](std::uint64_t revision,
                   std::vector<codec::dhip::DoorState> said) -> boost::asio::awaitable<base::Status> {
            settings.emplace_back(revision, said.empty() ? 0 : said[0].hold_s);
            co_return base::Status{};
        };
        hooks.plan_refused = [this](const base::Error& error) { refusals.push_back(error.code); };
        hooks.sending = [this](const Desired& plan) -> boost::asio::awaitable<base::Status> {
            sent.push_back(plan.revision);
            co_return base::Status{};
        };
        hooks.in_step = [this](const Desired&) -> boost::asio::awaitable<base::Status> {
            ++times_in_step;
            co_return base::Status{};
        };
        desired.revision = 5;
        desired.plan = {{"revision", 5}};
    }
    ~Session() override {
        if (session) session->stop();
        loop.run_for(std::chrono::milliseconds{100});
    }

    void want(const std::string& user, const std::string& card, std::uint64_t tag) {
        std::erase_if(desired.roster, [&](const auto& entry) { return entry.user_id.view() == user; });
        desired.roster.push_back(
            {*base::UserId::from(user),
             {tag},
             {{"user_id", user}, {"cards", {{{"number", card}}}}, {"tag", fmt::format("{:016X}", tag)}}});
        std::ranges::sort(desired.roster, {}, &DesiredEntry::user_id);
    }
    DriverParts parts() { return {loop, controller, controller, zones, "platform", pace}; }
    void start(const std::string& password = "green-door-73", const std::string& fingerprint = "AA:BB") {
        DeviceAddress address{{"127.0.0.1", 1}, "admin", base::Secret(password), fingerprint};
        session = std::make_shared<DeviceSession>(parts(), address, hooks);
        session->start();
    }
    /// Runs the loop until it is so; false after 10 s.
    bool until(const std::function<bool()>& so) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
        while (!so() && std::chrono::steady_clock::now() < end)
            loop.run_one_for(std::chrono::milliseconds{50});
        return so();
    }
    bool in_step(int times = 1) {
        return until([&] { return times_in_step >= times; });
    }
    /// What looking at the controller again comes to.
    base::Status look() {
        std::optional<base::Status> looked;
        boost::asio::co_spawn(loop, session->look_again(),
                              [&](std::exception_ptr, base::Status status) { looked = std::move(status); });
        EXPECT_TRUE(until([&] { return looked.has_value(); }));
        return looked.value_or(base::Status{});
    }
    void send_records(std::uint64_t first, std::uint64_t last) {
        boost::json::array records;
        for (auto n = first; n <= last; ++n) {
            core::StoredRecord record;
            record.position = {1, n};
            records.push_back(written(record));
        }
        controller.notify("client.notifyRecords", {{"records", std::move(records)}});
    }

    boost::asio::io_context loop;
    FakeController controller{loop};
    OnlyUtc zones;
    Pace pace;
    DeviceHooks hooks;
    std::shared_ptr<DeviceSession> session;
    Desired desired;
    KnownRoster known;
    KeypadRemovals removals;
    std::vector<EntryFailure> failures;
    std::vector<std::uint64_t> stored;
    std::vector<OfflineReason> reasons;
    std::vector<std::uint64_t> asked;
    std::string last_words;
    std::vector<codec::dhip::DoorState> doors;
    std::vector<std::pair<std::uint64_t, int>> settings;  ///< by which plan the first door is held how long
    std::vector<std::uint64_t> sent;
    std::string meant = "SP01";  ///< the serial number of the controller that was added
    bool online = false;
    DeviceStatus::Records told_records = DeviceStatus::Records::taken;
    bool disk_full = false;
    int times_in_step = 0;
    std::vector<std::string> refusals;  ///< of plans
};

}  // namespace sallyport::server

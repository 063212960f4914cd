#include "server/devices/native_driver.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "codec/dhip/plan_json.hpp"
#include "codec/dhip/question_json.hpp"
#include "codec/dhip/reader.hpp"
#include "codec/dhip/record_json.hpp"
#include "codec/x509/certificate_end.hpp"
#include "server/issue/keypad_settings.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;

namespace {

using codec::dhip::Fault;
using codec::dhip::Reader;

constexpr std::size_t entries_per_batch = 500;
constexpr std::size_t tags_per_page = 5'000;
/// More people than any controller holds: one that names more says what is not so.
constexpr int pages_of_tags = 40;
/// Records that may come before those of before are acknowledged (device-protocol.md, sallyport.attach).
constexpr std::size_t most_under_way = 2'000;

/// Whether what was sent is what the controller refused, rather than the session, the disk, or a keypad that
/// was quicker.
bool entry_at_fault(std::string_view error_name) {
    static constexpr std::string_view others[] = {
        "not_logged_in", "forbidden",      "roster_owned_by_other", "unknown_method",
        "busy",          "storage_failed", "not_initialised",       "settings_changed"};
    return std::find(std::begin(others), std::end(others), error_name) == std::end(others);
}

template <class Answer>
base::Status status_of(const base::Result<Answer>& answer) {
    if (!answer) return std::unexpected(answer.error());
    if (answer->error) return std::unexpected(refused(*answer->error));
    return {};
}

/// The doors as the plan sets them.
void take_over(const json::object& plan, std::vector<codec::dhip::DoorState>& doors) {
    const auto sent = codec::dhip::plan_from(plan);
    if (!sent) return;
    for (auto& door : doors) {
        const auto set = std::ranges::find(sent->doors, door.number, &codec::dhip::WireDoorSettings::number);
        if (set == sent->doors.end()) continue;
        door.hold_s = set->hold_s.value_or(door.hold_s);
        door.unlock_mode = set->unlock_mode.value_or(door.unlock_mode);
        door.detector = set->detector.value_or(door.detector);
        door.overtime_s = set->overtime_s.value_or(door.overtime_s);
    }
}

/// What the plan supposes that keypads have left as it was.
json::array made_from(const std::vector<codec::dhip::DoorState>& doors) {
    json::array seen;
    for (const auto& door : doors)
        seen.push_back(json::object{{"number", door.number.value},
                                    {"hold_s", door.hold_s},
                                    {"unlock_mode", base::text_of(door.unlock_mode)},
                                    {"detector", base::text_of(door.detector)},
                                    {"overtime_s", door.overtime_s}});
    return seen;
}

bool same_settings(const std::vector<codec::dhip::DoorState>& some,
                   const std::vector<codec::dhip::DoorState>& others) {
    return std::ranges::equal(some, others, {}, settings_of, settings_of);
}

}  // namespace

NativeDriver::NativeDriver(const DriverParts& parts, DeviceAddress address, DeviceHooks hooks)
    : loop_(parts.loop),
      dialler_(parts.dialler),
      pace_(parts.pace),
      manager_(parts.manager),
      address_(std::move(address)),
      hooks_(std::move(hooks)) {}

asio::awaitable<base::Status> NativeDriver::open() {
    heard_ = Heard::nothing;
    auto connected = co_await connect(
        loop_, dialler_, address_,
        [weak = weak_from_this()](const auto& notification) {
            if (auto self = weak.lock()) self->notified(notification);
        },
        pace_);
    if (!connected) co_return std::unexpected(connected.error());
    link_ = *connected;
    failed_.reset();
    if (auto done = co_await log_in(*link_, address_, session_key_); !done) co_return done;
    auto status = co_await identify(*link_);
    if (!status) co_return std::unexpected(status.error());
    status_ = std::move(*status);
    if (auto known = co_await hooks_.recognise(status_.said.serial); !known) co_return known;
    if (auto told = co_await ask_certificate(); !told) co_return told;
    co_return co_await claim(*link_, manager_);
}

asio::awaitable<base::Status> NativeDriver::learn() {
    auto status = co_await identify(*link_);
    if (!status) co_return std::unexpected(status.error());
    if (status->said.serial != status_.said.serial)
        co_return std::unexpected(another_device(status->said.serial));
    status->certificate_until = status_.certificate_until;
    status->records = status_.records;
    status_ = std::move(*status);
    co_return base::Status{};
}

/// For who is warned before it ends; one that does not say goes on without.
asio::awaitable<base::Status> NativeDriver::ask_certificate() {
    const auto answer = co_await link_->call("sallyport.certificate", {});
    if (!answer) co_return std::unexpected(answer.error());
    const auto* pem = answer->params.if_contains("certificate");
    if (pem == nullptr || !pem->is_string()) co_return base::Status{};
    if (const auto end = codec::x509::certificate_end(pem->get_string())) status_.certificate_until = *end;
    co_return base::Status{};
}

asio::awaitable<base::Status> NativeDriver::attach() {
    auto cursor = co_await hooks_.cursor();
    if (!cursor) co_return std::unexpected(cursor.error());
    taken_ = stored_ = *cursor;
    looked_ = {};
    stream_ = DeviceStatus::Records::taken;
    arrived_.clear();
    json::object params{{"manager", manager_}};
    if (cursor->sequence != 0) {
        params["after"] = {{"generation", cursor->generation}, {"sequence", cursor->sequence}};
    }
    heard_ = Heard::all;
    co_return status_of(co_await link_->call("sallyport.attach", std::move(params)));
}

asio::awaitable<base::Status> NativeDriver::keep_alive() {
    auto answer = co_await link_->call("global.keepAlive", {}, keep_alive_deadline);
    if (!answer) co_return std::unexpected(answer.error());
    if (stream_ == DeviceStatus::Records::waiting) co_return co_await attach();
    co_return base::Status{};
}

asio::awaitable<base::Status> NativeDriver::look() {
    if (auto learnt = co_await learn(); !learnt) co_return learnt;
    const auto before = std::exchange(looked_, {status_.said.last, stored_});
    // What it sent and is not stored yet, and what it sends after that only, is not its fault.
    const bool waits_for_us = stored_ < taken_;
    if (!waits_for_us && stored_ < before.last && stored_ == before.stored)
        co_return std::unexpected(
            not_understood("it has records, and has not sent them since it was looked at before"));
    hooks_.doors(status_.said.doors);
    co_return base::Status{};
}

asio::awaitable<base::Status> NativeDriver::converge() {
    // A keypad that is faster than the plan is told as a change of the doors, and the plan is refused.
    const auto seen = status_.said.doors;
    if (auto taken = co_await hooks_.settings(status_.said.revision, seen); !taken) co_return taken;
    auto desired = co_await hooks_.desired();
    if (!desired) co_return std::unexpected(desired.error());
    if (desired->revision != status_.said.revision) {
        if (auto noted = co_await hooks_.sending(*desired); !noted) co_return noted;
        auto plan = desired->plan;
        plan["made_from"] = made_from(seen);
        auto applied = status_of(co_await link_->long_call("sallyport.applyPlan", std::move(plan)));
        if (!applied) {
            if (entry_at_fault(applied.error().code) && !link_->lost()) hooks_.plan_refused(applied.error());
            // People come all the same, a lost card above all. With the plan before, a denial at unknown
            // times denies, and a right at unknown times opens nothing.
            if (auto brought = co_await bring_roster(*desired); !brought) co_return brought;
            co_return applied;
        }
        status_.said.revision = desired->revision;
        // Until it says otherwise: what it says from now on comes after this plan.
        take_over(desired->plan, status_.said.doors);
    }
    if (auto brought = co_await bring_roster(*desired); !brought) co_return brought;
    co_return co_await hooks_.in_step(*desired);
}

asio::awaitable<base::Status> NativeDriver::records_taken() {
    constexpr std::chrono::milliseconds step{50};
    asio::steady_timer wait(loop_);
    for (std::chrono::milliseconds left{20'000}; left.count() > 0 && !link_->lost(); left -= step) {
        const auto cursor = co_await hooks_.cursor();
        if (!cursor) co_return std::unexpected(cursor.error());
        if (*cursor >= status_.said.last) break;
        wait.expires_after(pace_.pause(step));
        co_await wait.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return base::Status{};
}

asio::awaitable<base::Result<HeldRoster>> NativeDriver::true_roster() {
    auto held = co_await hooks_.known();
    if (!held || digest_of(held->entries) == status_.said.digest) co_return held;
    // Somebody may be at the keypad at this moment: what is read has to be as it was at one time, and the
    // records up to that time have to be here.
    base::Result<KnownRoster> known;
    int attempts = 0;
    do {
        known = co_await read_tags();
        if (!known) co_return std::unexpected(known.error());
        if (auto learnt = co_await learn(); !learnt) co_return std::unexpected(learnt.error());
    } while (digest_of(*known) != status_.said.digest && ++attempts < 5);
    if (auto taken = co_await records_taken(); !taken) co_return std::unexpected(taken.error());
    if (auto kept = co_await hooks_.replace_known(*std::move(known), held->at); !kept)
        co_return std::unexpected(kept.error());
    co_return co_await hooks_.known();
}

asio::awaitable<base::Status> NativeDriver::forget_stale(const Desired& desired, const HeldRoster& held) {
    auto stale = stale_removals(desired.roster, held);
    if (stale.empty()) co_return base::Status{};
    co_return co_await hooks_.record_issued({}, std::move(stale));
}

asio::awaitable<base::Status> NativeDriver::send_removals(std::vector<base::UserId> remove,
                                                          std::vector<EntryFailure>& failures) {
    for (std::size_t from = 0; from < remove.size(); from += entries_per_batch) {
        const auto to = std::min(from + entries_per_batch, remove.size());
        std::vector<base::UserId> part(remove.begin() + static_cast<std::ptrdiff_t>(from),
                                       remove.begin() + static_cast<std::ptrdiff_t>(to));
        if (auto sent = co_await send_batch({}, std::move(part), failures); !sent) co_return sent;
    }
    co_return base::Status{};
}

asio::awaitable<base::Status> NativeDriver::bring_roster(const Desired& desired) {
    const auto known = co_await true_roster();
    if (!known) co_return std::unexpected(known.error());
    if (auto forgotten = co_await forget_stale(desired, *known); !forgotten) co_return forgotten;
    const auto missing = difference(desired.roster, *known);
    std::vector<EntryFailure> failures;
    std::vector<const DesiredEntry*> upsert = missing.upsert;
    std::vector<base::UserId> remove = missing.remove;
    // Two people may have exchanged their cards, and stand in different batches: a second round has them in
    // one. In a third they are taken out first; who is taken out is nowhere afterwards, so that comes last.
    for (int round = 0; round < 3 && !(upsert.empty() && remove.empty()); ++round) {
        failures.clear();
        if (auto sent = co_await send_removals(remove, failures); !sent) co_return sent;
        for (std::size_t from = 0; from < upsert.size(); from += entries_per_batch) {
            const auto count = std::min(entries_per_batch, upsert.size() - from);
            auto part = std::span<const DesiredEntry* const>(upsert).subspan(from, count);
            if (auto sent = co_await send_batch(part, {}, failures); !sent) co_return sent;
        }
        std::erase_if(upsert, [&](const DesiredEntry* entry) {
            return std::none_of(failures.begin(), failures.end(), [&](const EntryFailure& failure) {
                return failure.user_id == entry->user_id;
            });
        });
        remove.clear();
        if (round == 0) continue;
        for (const auto* entry : upsert) remove.push_back(entry->user_id);
    }
    if (status_.said.people_known == core::People::lost) {
        // Everybody has been sent who could be: it need not go by less than people any more.
        auto whole = status_of(co_await link_->long_call("sallyport.updateRoster", {{"whole", true}}));
        if (!whole) co_return whole;
        status_.said.people_known = core::People::known;
    }
    if (!missing.empty()) hooks_.status_changed(status_);
    // A thousand controllers in step should not keep the disk busy with saying so.
    if (recorded_failures_ == failures) co_return base::Status{};
    auto recorded = co_await hooks_.record_failures(failures);
    if (recorded) recorded_failures_ = std::move(failures);
    co_return recorded;
}

asio::awaitable<base::Result<KnownRoster>> NativeDriver::read_tags() {
    KnownRoster known;
    std::string after;
    int pages = 0;
    for (bool more = true; more;) {
        if (++pages > pages_of_tags)
            co_return base::fail(ErrorKind::limit, "protocol_error",
                                 "The controller names more people than any controller holds.");
        auto answer = co_await link_->call("sallyport.tags", {{"after", after}, {"limit", tags_per_page}});
        if (auto ok = status_of(answer); !ok) co_return std::unexpected(ok.error());
        Fault fault;
        const Reader said(answer->params, "tags", fault);
        said["tags"].each(tags_per_page, [&](const Reader& pair) {
            auto user = base::UserId::from(pair.at(0).text(31));
            if (!user) return pair.complain("has no user ID");
            known.push_back({*user, {pair.at(1).hex64()}});
        });
        const auto next = said["next"].present() ? std::string(said["next"].text(31)) : std::string{};
        if (fault) co_return std::unexpected(not_understood(fault->message));
        more = next > after;
        after = next;
    }
    std::sort(known.begin(), known.end(), [](const auto& a, const auto& b) { return a.user_id < b.user_id; });
    co_return known;
}

asio::awaitable<base::Status> NativeDriver::send_batch(std::span<const DesiredEntry* const> upsert,
                                                       std::vector<base::UserId> remove,
                                                       std::vector<EntryFailure>& failures) {
    json::object params;
    json::array people;
    for (const auto* entry : upsert) people.push_back(entry->person);
    json::array gone;
    for (const auto& user : remove) gone.emplace_back(user.view());
    params["upsert"] = std::move(people);
    params["remove"] = std::move(gone);
    auto answer = co_await link_->long_call("sallyport.updateRoster", std::move(params));
    if (!answer) co_return std::unexpected(answer.error());
    if (answer->error) {
        if (!entry_at_fault(answer->error->name) || upsert.empty())
            co_return std::unexpected(refused(*answer->error));
        if (upsert.size() == 1) {
            failures.push_back(
                {upsert[0]->user_id, upsert[0]->tag, answer->error->name, answer->error->message});
            co_return base::Status{};
        }
        const auto half = upsert.size() / 2;
        if (auto sent = co_await send_batch(upsert.first(half), {}, failures); !sent) co_return sent;
        co_return co_await send_batch(upsert.subspan(half), {}, failures);
    }
    Fault fault;
    const Reader said(answer->params, "answer", fault);
    status_.said.digest.value = said["digest"].hex64();
    status_.said.people = said["people"].count();
    if (fault) co_return std::unexpected(not_understood(fault->message));
    std::vector<KnownEntry> issued;
    for (const auto* entry : upsert) issued.push_back({entry->user_id, entry->tag});
    co_return co_await hooks_.record_issued(std::move(issued), std::move(remove));
}

void NativeDriver::notified(const codec::dhip::Notification& notification) {
    if (heard_ == Heard::nothing) return;
    if (notification.method == "client.notifyRecords") {
        take_records(notification);
    } else if (notification.method == "client.notifyDoors") {
        auto doors = codec::dhip::doors_from(notification.params);
        if (!doors) return;
        if (!same_settings(*doors, status_.said.doors) && on_drift) on_drift();
        status_.said.doors = *doors;
        hooks_.doors(std::move(*doors));
    } else if (notification.method == "client.notifyVerification") {
        if (const auto asked = codec::dhip::question_from(notification.params)) hooks_.question(*asked);
    } else if (notification.method == "client.notifyVerificationOver") {
        Fault fault;
        const auto question = Reader(notification.params, "over", fault)["question"].count();
        if (!fault) hooks_.question_over(question);
    }
}

void NativeDriver::take_records(const codec::dhip::Notification& notification) {
    if (stream_ == DeviceStatus::Records::waiting) return;
    auto records = codec::dhip::decode_records(notification.params);
    if (!records) return fail(not_understood(records.error().message));
    std::ranges::sort(*records, {}, &core::StoredRecord::position);
    if (const auto wrong = odd(*records, notification.params)) return fail(*wrong);
    if (!records->empty()) taken_ = std::max(taken_, records->back().position);
    arrived_.insert(arrived_.end(), std::make_move_iterator(records->begin()),
                    std::make_move_iterator(records->end()));
    if (arrived_.size() > most_under_way)
        return fail(not_understood("it goes on sending records while none is acknowledged"));
    if (storing_ == Storing::nothing) store_arrived();
}

void NativeDriver::store_arrived() {
    if (arrived_.empty()) return;
    storing_ = Storing::some;
    const bool keypad = std::ranges::any_of(arrived_, [](const core::StoredRecord& one) {
        return one.record.kind == core::RecordKind::keypad_admin;
    });
    hooks_.store(std::exchange(arrived_, {}),
                 [weak = weak_from_this(), keypad](base::Result<core::RecordPosition> stored) {
                     auto self = weak.lock();
                     if (!self) return;
                     self->storing_ = Storing::nothing;
                     if (!self->link_) return;
                     // Not stored means not acknowledged: it is sent again from the cursor on.
                     if (!stored && stored.error().kind == ErrorKind::storage)
                         return self->let_records_wait();
                     if (!stored) return self->fail(stored.error());
                     self->stored_ = *stored;
                     self->tell_records(DeviceStatus::Records::taken);
                     if (keypad && self->on_keypad) self->on_keypad();
                     self->acknowledge(*stored);
                     self->store_arrived();
                 });
}

void NativeDriver::let_records_wait() {
    stream_ = DeviceStatus::Records::waiting;
    arrived_.clear();
    tell_records(stream_);
}

void NativeDriver::tell_records(DeviceStatus::Records now) {
    if (std::exchange(status_.records, now) != now) hooks_.status_changed(status_);
}

std::optional<base::Error> NativeDriver::odd(const std::vector<core::StoredRecord>& records,
                                             const json::object& params) {
    std::string_view why;
    const auto* said = params.if_contains("records");
    if (said != nullptr && said->is_array() &&
        !std::ranges::all_of(said->get_array(), [](const json::value& one) {
            return one.is_object() && codec::dhip::is_intact(one.get_object());
        }))
        why = "a record is not as it was written";
    const auto& told = status_.said;
    auto before = taken_;
    for (const auto& [position, record, previous, hash] : records) {
        const auto next = position.generation == before.generation ? before.sequence + 1 : 1;
        const bool holds_it = position.generation == told.last.generation && next >= told.oldest;
        if (position.sequence > next && holds_it) why = "a record is left out";
        before = std::max(before, position);
    }
    if (why.empty()) return std::nullopt;
    odd_ = {taken_, odd_.after == taken_ ? odd_.times + 1 : 1};
    if (odd_.times > 2) return std::nullopt;
    return not_understood(why);
}

void NativeDriver::fail(base::Error why) {
    failed_ = std::move(why);
    close();
}

void NativeDriver::acknowledge(core::RecordPosition position) {
    asio::co_spawn(
        loop_,
        [link = link_, manager = manager_, position]() -> asio::awaitable<void> {
            co_await link->call(
                "sallyport.acknowledge",
                {{"manager", manager}, {"generation", position.generation}, {"sequence", position.sequence}});
        },
        asio::detached);
}

asio::awaitable<base::Result<json::object>> NativeDriver::call(std::string method, json::object params,
                                                               std::chrono::milliseconds deadline) {
    auto answer = co_await link_->call(std::move(method), std::move(params), deadline);
    if (auto done = status_of(answer); !done) co_return std::unexpected(done.error());
    co_return std::move(answer->params);
}

asio::awaitable<base::Status> NativeDriver::set_clock(base::UtcTime time) {
    co_return status_of(
        co_await link_->call("global.setCurrentTime", {{"time", time.microseconds / 1'000'000}}));
}

asio::awaitable<void> NativeDriver::wait(std::chrono::milliseconds at_most) {
    return link_->wait(at_most);
}

void NativeDriver::poke() {
    if (link_) link_->poke();
}

void NativeDriver::close() {
    if (link_) link_->close();
}

std::optional<base::Error> NativeDriver::lost() const {
    if (!link_) return base::Error{ErrorKind::unavailable, "closed", "There is no connection yet."};
    const auto lost = link_->lost();
    return lost && failed_ ? failed_ : lost;
}

asio::awaitable<base::Status> NativeDriver::command(std::uint8_t door, core::DoorCommand command,
                                                    std::string command_id, std::string by) {
    co_return status_of(co_await link_->call("sallyport.doorCommand", {{"door", door},
                                                                       {"command", base::text_of(command)},
                                                                       {"commandId", command_id},
                                                                       {"expiresInMs", 10'000},
                                                                       {"by", by}}));
}

}  // namespace sallyport::server

#include "sim/installation.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "controller/station_changes.hpp"
#include "sim/words.hpp"

namespace sallyport::sim {

namespace {

constexpr std::uint64_t records_limit = 2'000;
constexpr base::Duration retry = std::chrono::seconds{1};  // as the shell's
constexpr auto manager = "platform";

core::StationState state_of(ports::ControllerImage image, std::uint8_t doors) {
    core::StationState state;
    state.settings = std::move(image.settings);
    state.settings.doors.resize(doors);
    state.calendar = std::move(image.calendar);
    state.pin_key = image.pin_key;
    state.door_modes = std::move(image.door_modes);
    state.spent = std::move(image.spent);
    state.first_cards = std::move(image.first_cards);
    static_cast<void>(state.roster.set_public_passwords(std::move(image.public_passwords), state.pin_key));
    for (auto& person : image.people)
        static_cast<void>(state.roster.upsert(std::move(person), state.pin_key));
    for (const auto& one : image.positions) state.positions.move(one.user_id, one.position);
    return state;
}

}  // namespace

Installation::Installation(std::uint32_t seed, std::uint8_t doors, const ports::StoreWrite& first,
                           std::vector<std::string> secrets, Zone zone, base::UtcTime start_at)
    : disk_(seed),
      store_(records_limit),
      doors_(doors),
      zone_(std::move(zone)),
      invariants_(std::move(secrets)) {
    set_utc(start_at);
    check(store_.open().has_value(), "the store does not open");
    check(store_.commit({&first, 1}).has_value(), "the first settings are not stored");
    start();
}

std::vector<std::string> Installation::broken() const {
    std::vector<std::string> all = broken_;
    for (const auto* more : {&invariants_.broken(), &store_.broken()})
        all.insert(all.end(), more->begin(), more->end());
    return all;
}

void Installation::play(const core::StationEvent& event) {
    feed(event);
    if (!slow_) settle();
}

void Installation::wait(base::Duration time) {
    const base::Instant until = now_.instant + time;
    do {
        const auto deadline = station_->next_deadline();
        const base::Instant to = deadline ? std::clamp(*deadline, now_.instant, until) : until;
        const base::Duration by = to - now_.instant;
        now_.instant = to;
        set_utc(now_.utc + by);
        take(nullptr, station_->handle_timeout(now_));
        settle();
    } while (now_.instant < until);
}

void Installation::step_clock(base::Duration by) {
    set_utc(now_.utc + by);
    take(nullptr, station_->handle_timeout(now_));
    settle();
}

void Installation::change_people(const std::vector<core::Person>& upsert,
                                 const std::vector<base::UserId>& remove) {
    settle();
    ports::StoreWrite write;
    write.upsert = upsert;
    write.remove = remove;
    auto& note = write.records.emplace_back();
    note.kind = core::RecordKind::settings_changed;
    note.at = now_.utc;
    note.utc_offset_s = now_.local.utc_offset_s;
    const auto stored = store_.commit({&write, 1});
    note_health(stored ? base::Status{} : std::unexpected(stored.error()));
    if (!disk_.has_power()) return cut_power();
    if (!stored) return;
    tell(*stored);
    for (const auto& id : remove) station_->apply(core::RemovePerson{id});
    for (const auto& person : upsert) station_->apply(core::AddPerson{person});
    play(core::PolicyChanged{});
}

void Installation::acknowledge() {
    static_cast<void>(store_.acknowledge({manager, told_}));
    if (!disk_.has_power()) cut_power();
}

void Installation::cut_power() {
    queue_.clear();
    store_.close();
    disk_.cut_power_after(0);
    disk_.return_power();
    disk_.set_health(DiskHealth::works);
    disk_.fail_one_in(0);
    const auto opened = store_.open();
    check(opened.has_value(), opened ? "" : opened.error().message);
    ++restarts_;
    start();
}

/// As the shell does at each start.
void Installation::start() {
    auto image = store_.load();
    if (!image) return check(false, image.error().message);
    failing_ = false;
    door_modes_ = image->door_modes;
    station_.emplace(state_of(*std::move(image), doors_));
    hear_the_rest();
    feed(core::PoweredOn{});
    settle();
}

void Installation::feed(const core::StationEvent& event) {
    take(&event, station_->handle(event, now_));
}

void Installation::take(const core::StationEvent* event, const core::Effects& effects) {
    invariants_.see(*station_, event, effects, now_);
    for (const core::StationEffect& effect : effects) {
        if (on_words) on_words(words_of(effect));
        if (const auto* append = std::get_if<core::Append>(&effect)) {
            queue_.emplace_back().write.records.push_back(append->record);
        } else if (const auto* write = std::get_if<core::Write>(&effect)) {
            controller::take_modes(*write, door_modes_);
            queue_.push_back({controller::store_write(*write, door_modes_), *write});
        } else if (const auto* asked = std::get_if<core::AskOperator>(&effect)) {
            question_ = asked->question;
        }
    }
}

void Installation::settle() {
    settle_as_it_is();
    if (!disk_.has_power()) cut_power();
}

/// As controller/store_thread does: what waits is stored together; facts wait until the disk is well again,
/// and alone they are tried once in a while only.
void Installation::settle_as_it_is() {
    while (!queue_.empty() && worth_trying()) {
        std::vector<Job> group(std::move_iterator(queue_.begin()), std::move_iterator(queue_.end()));
        queue_.clear();
        std::vector<ports::StoreWrite> writes;
        for (auto& job : group) writes.push_back(std::move(job.write));
        const auto stored = store_.commit(writes);
        for (std::size_t i = 0; i < group.size(); ++i) group[i].write = std::move(writes[i]);
        if (!disk_.has_power()) return;
        const auto status = stored ? base::Status{} : std::unexpected(stored.error());
        if (stored) tell(*stored);
        answer(std::move(group), status);
        note_health(status);
        if (!stored) return;
    }
}

bool Installation::is_fact(const Job& job) {
    return !job.asked || controller::only_facts(*job.asked);
}

bool Installation::worth_trying() const {
    return !failing_ || now_.instant >= tried_ + retry ||
           std::ranges::any_of(queue_, [](const Job& job) { return !is_fact(job); });
}

void Installation::answer(std::vector<Job> group, const base::Status& status) {
    for (auto& job : group) {
        if (!status && is_fact(job)) {
            queue_.push_back(std::move(job));
            continue;
        }
        if (!job.asked) continue;
        if (status)
            for (const auto& change : job.asked->changes) station_->apply(change);
        feed(core::WriteDone{job.asked->write, status});
        // The rest of the group is stored; a station that starts anew waits for no answers.
        if (status && controller::restores_factory(*job.asked)) {
            queue_.clear();
            return start();
        }
    }
}

void Installation::note_health(const base::Status& status) {
    tried_ = now_.instant;
    if (failing_ == !status) return;
    failing_ = !status;
    feed(core::StorageChanged{failing_ ? core::Level::active : core::Level::inactive});
}

void Installation::tell(const std::vector<core::StoredRecord>& records) {
    for (const auto& record : records) {
        check(record.position.sequence == told_.sequence + 1,
              fmt::format("record {} was told after {}", record.position.sequence, told_.sequence));
        told_ = record.position;
    }
}

void Installation::hear_the_rest() {
    const auto rest = store_.read_after(told_, SIZE_MAX >> 1);
    if (!rest) return check(false, rest.error().message);
    tell(*rest);
}

void Installation::set_utc(base::UtcTime utc) {
    now_.utc = utc;
    now_.local = zone_(utc);
}

void Installation::check(bool holds, const std::string& sentence) {
    if (!holds) broken_.push_back(sentence);
}

}  // namespace sallyport::sim

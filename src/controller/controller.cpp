#include "controller/controller.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"
#include "controller/station_changes.hpp"

namespace sallyport::controller {

Controller::Controller(boost::asio::io_context& loop, ports::Clock& clock, const ports::TimeZones& zones,
                       ports::DoorIo& doors, StoreThread& store, const ControllerOptions& options)
    : clock_(clock), zones_(zones), doors_(doors), store_(store), options_(options), timer_(loop) {
    doors_.on_event = [this](const core::StationEvent& event, base::Instant since) { handle(event, since); };
    doors_.on_deadline = [this] { arm(); };
    store_.on_stored = [this](const Records& records) { stored(records); };
    store_.on_health = [this](const base::Status& status) {
        if (status) base::log_notice("The disk stores again.");
        if (!status) base::log_error(status.error().message);
        handle(core::StorageChanged{status ? core::Level::inactive : core::Level::active});
    };
}

void Controller::connect(ports::ReaderLink& link) {
    link.on_event = [this](const core::StationEvent& event, base::Instant since) { handle(event, since); };
    links_.push_back(&link);
}

core::StationState Controller::state_from(ports::ControllerImage& image) {
    core::StationState state{.roster = core::Roster(options_.roster),
                             .people = image.people_known,
                             .settings = std::move(image.settings),
                             .calendar = std::move(image.calendar),
                             .pin_key = image.pin_key,
                             .door_modes = image.door_modes,
                             .spent = std::move(image.spent),
                             .positions = {},
                             .first_cards = std::move(image.first_cards),
                             .power_on_codes = options_.power_on_codes,
                             .fallback = options_.fallback};
    // How many doors there are is said by the configuration: it knows the wires.
    state.settings.doors.resize(options_.doors);
    auto status = state.roster.set_public_passwords(std::move(image.public_passwords), state.pin_key);
    if (!status) base::log_error("Public passwords were left out: " + status.error().message);
    for (auto& person : image.people) {
        status = state.roster.upsert(std::move(person), state.pin_key);
        if (!status) base::log_error("A person was left out: " + status.error().message);
    }
    image.people = {};
    for (const auto& one : image.positions) state.positions.move(one.user_id, one.position);
    return state;
}

void Controller::start(ports::ControllerImage image, core::PoweredOn::Cause cause) {
    serial_ = image.serial;
    accounts_ = std::move(image.accounts);
    owner_ = std::move(image.owner);
    cursors_.clear();
    for (auto& cursor : image.cursors) cursors_[cursor.manager] = cursor.acknowledged;
    door_modes_ = image.door_modes;
    last_ = image.last;
    oldest_ = image.oldest_sequence;
    if (!image.chain_intact)
        base::log_error(fmt::format("The journal was changed or damaged at {}. Keep a copy of the database.",
                                    image.chain_fault));
    if (image.people_known == core::People::lost)
        base::log_error(
            "The people of this controller cannot be read, and their cards open nothing but where "
            "facility_fallback "
            "says so. The platform that owns them sends them again by itself; otherwise restore a backup. "
            "What could "
            "not be read is kept in the database.");
    station_.emplace(state_from(image));
    handle(core::PoweredOn{cause});
    doors_.report_inputs();
    for (auto* link : links_) link->report_state();
}

void Controller::restart(core::PoweredOn::Cause cause) {
    station_.reset();
    questions_.clear();
    timer_.cancel();
    for (auto& change : std::exchange(changes_, {}))
        change.done(base::fail(base::ErrorKind::unavailable, "restarting", "The controller restarts."));
    changing_ = false;
    if (on_restarted) on_restarted();
    changed();
    store_.load([this, cause](base::Result<ports::ControllerImage> image) {
        if (image) return start(*std::move(image), cause);
        base::log_error("The controller cannot read its store: " + image.error().message);
    });
}

base::Moment Controller::now() const {
    base::Moment moment{
        .instant = clock_.monotonic(), .utc = clock_.utc(), .local = {}, .trust = clock_.trust()};
    static const std::string fallback = "Etc/UTC";
    const auto local = zones_.local(station_ ? station_->settings().zone : fallback, moment.utc);
    if (local) {
        moment.local = *local;
    } else if (const auto utc = zones_.local(fallback, moment.utc)) {
        moment.local = *utc;
        moment.trust = base::ClockTrust::not_set;  // schedules must not be read in a wrong zone
    }
    return moment;
}

ports::ControllerImage Controller::configuration() const {
    ports::ControllerImage image;
    image.people.reserve(station_->roster().size());
    station_->roster().for_each([&image](const core::Person& person) {
        image.people.push_back(person);
        return true;
    });
    image.people_known = station_->people();
    image.public_passwords = station_->roster().public_passwords();
    image.settings = station_->settings();
    image.calendar = station_->calendar();
    image.pin_key = station_->pin_key();
    image.accounts = accounts_;
    image.owner = owner_;
    image.serial = serial_;
    return image;
}

core::DoorView Controller::view(base::DoorNumber door) const {
    if (station_) return station_->view(door, now());
    core::DoorView dark;
    dark.door = door;
    return dark;
}

void Controller::handle(const core::StationEvent& event) {
    handle(event, clock_.monotonic());
}

void Controller::handle(const core::StationEvent& event, base::Instant since) {
    if (!station_) return;
    if (reader_mode_ != nullptr && reader_mode_->takes(event)) return changed();
    take_effects(station_->handle(event, now()), since);
}

void Controller::handle_timeouts() {
    for (;;) {
        const auto due = next_deadline();
        const auto instant = clock_.monotonic();
        if (!due || *due > instant) break;
        const auto wires = doors_.next_deadline();
        if (wires && *wires <= *due) {
            doors_.handle_timeout(instant);
        } else {
            take_effects(station_->handle_timeout(now()), *due);
        }
    }
    arm();
}

void Controller::clock_changed() {
    if (station_) take_effects(station_->handle_timeout(now()), clock_.monotonic());
}

std::optional<base::Instant> Controller::next_deadline() const {
    if (!station_) return std::nullopt;
    const auto station = station_->next_deadline();
    const auto wires = doors_.next_deadline();
    if (!station || (wires && *wires < *station)) return wires;
    return station;
}

void Controller::arm() {
    const auto due = next_deadline();
    if (!due) {
        timer_.cancel();
        return;
    }
    timer_.after(std::max(base::Duration{}, *due - clock_.monotonic()), [this] { handle_timeouts(); });
}

// Two walks: no record is queued before the lock has moved.
void Controller::take_effects(core::Effects effects, base::Instant since) {
    for (const auto& effect : effects) show(effect, since);
    for (auto& effect : effects) store(std::move(effect));
    arm();
    changed();
}

void Controller::show(const core::StationEffect& effect, base::Instant since) {
    if (const auto* lock = std::get_if<core::SetLock>(&effect)) {
        doors_.set_lock(lock->door, lock->lock);
        if (lock->lock == core::Lock::released) latency_.add(clock_.monotonic() - since);
    } else if (const auto* light = std::get_if<core::SetLight>(&effect)) {
        if (reader_mode_ != nullptr && reader_mode_->hides(light->door)) return;
        show_light(light->door, light->light, light->keyboard);
    } else if (const auto* signal = std::get_if<core::ShowSignal>(&effect)) {
        if (reader_mode_ != nullptr && reader_mode_->hides(signal->door)) return;
        show_signal(signal->door, signal->signal);
    } else if (const auto* question = std::get_if<core::AskOperator>(&effect)) {
        questions_.insert_or_assign(question->question,
                                    OpenQuestion{*question, clock_.monotonic() + question->patience});
        if (on_question) on_question(*question);
    } else if (const auto* over = std::get_if<core::StopAsking>(&effect)) {
        questions_.erase(over->question);
        if (on_question_over) on_question_over(*over);
    }
}

std::vector<core::AskOperator> Controller::questions() const {
    std::vector<core::AskOperator> all;
    for (const auto& [number, open] : questions_) {
        auto& one = all.emplace_back(open.asked);
        one.patience = std::max(base::Duration{}, open.until - clock_.monotonic());
    }
    return all;
}

void Controller::accept_formats(const std::vector<core::CardFormat>& formats) {
    doors_.accept_formats(formats);
    for (auto* link : links_) link->accept_formats(formats);
}

void Controller::show_light(base::DoorNumber door, core::Light light, core::KeyboardLight keyboard) {
    doors_.set_light(door, light, keyboard);
    for (auto* link : links_) link->set_light(door, light, keyboard);
}

void Controller::show_signal(base::DoorNumber door, core::Signal signal) {
    doors_.show_signal(door, signal);
    for (auto* link : links_) link->show_signal(door, signal);
}

void Controller::store(core::StationEffect effect) {
    if (auto* append = std::get_if<core::Append>(&effect)) {
        note(std::move(append->record));
    } else if (auto* asked = std::get_if<core::Write>(&effect)) {
        write(std::move(*asked));
    }
}

void Controller::note(core::Record record) {
    ports::StoreWrite write;
    write.records.push_back(std::move(record));
    store_.keep(std::move(write));
}

void Controller::write(core::Write asked) {
    take_modes(asked, door_modes_);
    auto write = store_write(asked, door_modes_);
    auto done = [this, asked](const base::Result<Records>& stored) {
        written(asked, stored ? base::Status{} : std::unexpected(stored.error()));
    };
    if (only_facts(asked)) return store_.keep(std::move(write), std::move(done));
    ++asked_at_doors_;
    store_.change(std::move(write), [this, done = std::move(done)](const base::Result<Records>& stored) {
        --asked_at_doors_;
        done(stored);
        next_change();
    });
}

void Controller::written(const core::Write& asked, const base::Status& status) {
    if (!station_) return;
    if (status)
        for (const auto& change : asked.changes) station_->apply(change);
    handle(core::WriteDone{asked.write, status});
    if (status && restores_factory(asked)) restart(core::PoweredOn::Cause::started);
}

void Controller::change_policy(Prepare prepare, Done done) {
    changes_.push_back({std::move(prepare), std::move(done)});
    next_change();
}

void Controller::next_change() {
    while (!changing_ && asked_at_doors_ == 0 && !changes_.empty()) {
        auto next = std::move(changes_.front());
        changes_.pop_front();
        auto change = next.prepare();
        if (!change) {
            next.done(std::unexpected(change.error()));
            continue;
        }
        changing_ = true;
        auto write = change->write;
        store_.change(std::move(write), [this, change = *std::move(change), done = std::move(next.done)](
                                            const base::Result<Records>& stored) mutable {
            const base::Status status = stored ? base::Status{} : std::unexpected(stored.error());
            if (status) take_up(change);
            changing_ = false;
            done(status);
            next_change();
        });
    }
}

void Controller::take_up(PolicyChange& change) {
    if (!station_) return;
    if (change.write.accounts) accounts_ = *change.write.accounts;
    if (change.write.owner) owner_ = *change.write.owner;
    if (!change.take_up) return;
    change.take_up(*station_);
    handle(core::PolicyChanged{});
}

void Controller::acknowledge(const ports::Cursor& cursor, Done done) {
    store_.acknowledge(cursor, [this, cursor, done = std::move(done)](const base::Status& status) mutable {
        auto& known = cursors_[cursor.manager];
        if (status && known < cursor.acknowledged) known = cursor.acknowledged;
        done(status);
    });
}

std::optional<core::RecordPosition> Controller::cursor(const std::string& manager) const {
    const auto found = cursors_.find(manager);
    if (found == cursors_.end()) return std::nullopt;
    return found->second;
}

void Controller::stored(const Records& records) {
    last_ = records.back().position;
    if (oldest_ == 0) oldest_ = records.front().position.sequence;
    if (last_.sequence > options_.records_limit)
        oldest_ = std::max(oldest_, last_.sequence - options_.records_limit + 1);
    for (const auto& observer : record_observers_) observer(records);
}

void Controller::changed() {
    if (reader_mode_ != nullptr) reader_mode_->refresh();
    for (const auto& observer : observers_) observer();
}

}  // namespace sallyport::controller

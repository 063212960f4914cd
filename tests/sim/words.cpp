#include "sim/words.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/enum_text.hpp"

namespace sallyport::sim {

namespace {

template <class E>
std::string spaced(E value) {
    std::string text(base::text_of(value));
    std::ranges::replace(text, '_', ' ');
    return text;
}

std::string door_prefix(base::DoorNumber door) {
    return door.value <= 1 ? "" : fmt::format("door {}: ", door.value);
}

std::string headline(const core::Record& record) {
    if (record.kind == core::RecordKind::access) {
        if (record.result == core::AccessResult::granted) return "access granted";
        return fmt::format("access denied, {}", spaced(record.reason));
    }
    std::string text = spaced(record.kind);
    if (record.alarm) text = fmt::format("{} {}", text, spaced(*record.alarm));
    if (record.reason != core::Reason::none) text = fmt::format("{}, {}", text, spaced(record.reason));
    return text;
}

std::string line(const core::SetLock& effect) {
    const bool released = effect.lock == core::Lock::released;
    return door_prefix(effect.door) + (released ? "lock releases" : "lock locks");
}

std::string line(const core::SetLight& effect) {
    const bool lit = effect.keyboard == core::KeyboardLight::on;
    return fmt::format("{}light {}, keys {}", door_prefix(effect.door), spaced(effect.light),
                       lit ? "lit" : "dark");
}

std::string line(const core::ShowSignal& effect) {
    if (effect.signal == core::Signal::key) return door_prefix(effect.door) + "click";
    const int beeps = core::beeps_of(effect.signal);
    const std::string sound = beeps == 0 ? "silent" : fmt::format("{} beep{}", beeps, beeps == 1 ? "" : "s");
    return fmt::format("{}signal {}, {}", door_prefix(effect.door), spaced(effect.signal), sound);
}

std::string line(const core::Append& effect) {
    return "record: " + words_of(effect.record);
}

std::string words_of_change(const core::AddPerson& change) {
    return fmt::format("add person {}", change.person.user_id.view());
}
std::string words_of_change(const core::RemovePerson& change) {
    return fmt::format("remove person {}", change.user_id.view());
}
std::string words_of_change(const core::RemoveEveryone&) {
    return "remove everyone";
}
std::string words_of_change(const core::ChangeSettings&) {
    return "settings";
}
std::string words_of_change(const core::ChangeDoorMode& change) {
    return fmt::format("door {} is {}", change.door.value, spaced(change.mode));
}
std::string words_of_change(const core::CountUse& change) {
    return change.user_id ? fmt::format("one use of person {}", change.user_id->view())
                          : "one use of a public password";
}
std::string words_of_change(const core::MovePerson& change) {
    return fmt::format("person {} is in area {}", change.user_id.view(), change.position.area.value);
}
std::string words_of_change(const core::ForgetPosition& change) {
    if (const auto* person = std::get_if<base::UserId>(&change.whose))
        return fmt::format("person {} may be anywhere", person->view());
    return fmt::format("everybody in area {} may be anywhere",
                       std::get<core::AreaNumber>(change.whose).value);
}
std::string words_of_change(const core::BeginFirstCard& change) {
    return fmt::format("first card at door {} until {:02}:{:02}", change.door.value,
                       change.period.period.to_s / 3'600, change.period.period.to_s / 60 % 60);
}
std::string words_of_change(const core::RestoreFactory&) {
    return "factory defaults";
}
std::string words_of_change(const core::RestoreAdminPassword&) {
    return "factory admin password";
}

std::string line(const core::Write& effect) {
    std::vector<std::string> parts;
    for (const core::Change& change : effect.changes) {
        parts.push_back(std::visit([](const auto& what) { return words_of_change(what); }, change));
    }
    std::string text = fmt::format("store: {}", fmt::join(parts, ", "));
    for (const core::Record& record : effect.records) text += "\nrecord: " + words_of(record);
    return text;
}

std::string line(const core::AskOperator& effect) {
    core::Record record = effect.attempt;
    record.kind = core::RecordKind::access;
    record.result = core::AccessResult::granted;
    const std::string words = words_of(record);
    return fmt::format("asks an operator for {} s:{}",
                       std::chrono::duration_cast<std::chrono::seconds>(effect.patience).count(),
                       words.substr(words.find("granted:") + 8));
}

std::string line(const core::StopAsking&) {
    return "asks no longer";
}

}  // namespace

std::string words_of(const core::Record& record) {
    std::vector<std::string> parts;
    if (record.user_id) parts.push_back(fmt::format("person {}", record.user_id->view()));
    if (record.card) parts.push_back(fmt::format("card {}", record.card->text()));
    if (record.method != core::Method::none) parts.push_back(fmt::format("by {}", spaced(record.method)));
    if (record.reader.value != 0) parts.push_back(fmt::format("reader {}", record.reader.value));
    if (record.direction != core::Direction::none) parts.push_back(spaced(record.direction));
    if (record.flags.duress) parts.emplace_back("DURESS");
    if (record.flags.vip) parts.emplace_back("vip");
    if (record.flags.patrol) parts.emplace_back("patrol");
    if (record.flags.anti_passback) parts.emplace_back("ANTI-PASSBACK");
    if (record.flags.facility_only) parts.emplace_back("FACILITY ONLY");
    if (!record.detail.empty()) parts.push_back(fmt::format("\"{}\"", record.detail));
    const std::string head = door_prefix(record.door) + headline(record);
    return parts.empty() ? head : fmt::format("{}: {}", head, fmt::join(parts, ", "));
}

std::string words_of(const core::StationEffect& effect) {
    return std::visit([](const auto& what) { return line(what); }, effect);
}

}  // namespace sallyport::sim

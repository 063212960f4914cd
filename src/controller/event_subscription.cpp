#include "controller/event_subscription.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "codec/cgi/loose.hpp"
#include "codec/cgi/numbers.hpp"

namespace sallyport::controller {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

constexpr std::size_t codes_limit = 64;

std::int64_t epoch_of(const core::Record& record) {
    return record.at.microseconds / 1'000'000;
}

int door_index(const core::Record& record) {
    return record.door.value == 0 ? 0 : record.door.value - 1;
}

std::string text_of(const std::optional<base::CardNumber>& card) {
    return card ? card->text() : std::string();
}

std::string text_of(const std::optional<base::UserId>& user) {
    return user ? user->text() : std::string();
}

void add_code(std::vector<std::string>& codes, std::string_view text) {
    while (text.starts_with('[') || text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(']') || text.ends_with(' ')) text.remove_suffix(1);
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        if (end > 0) codes.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

}  // namespace

bool EventSubscription::wants(std::string_view code) const {
    return codes_.empty() || codes_.contains("All") || codes_.contains(code);
}

json::object card_record_json(const core::StoredRecord& stored, const core::Roster* roster) {
    const auto& record = stored.record;
    const auto* card = roster == nullptr || !record.card ? nullptr : roster->find_card(*record.card);
    const bool refused =
        record.result == core::AccessResult::denied ||
        (record.kind == core::RecordKind::remote_command && record.reason != core::Reason::none);
    return {{"RecNo", stored.position.sequence},
            {"CreateTime", epoch_of(record)},
            {"CardNo", text_of(record.card)},
            {"CardName", ""},
            {"CardType", card == nullptr ? 0 : cgi::card_type_number(card->type)},
            {"UserID", text_of(record.user_id)},
            {"Type", record.direction == core::Direction::exit ? "Exit" : "Entry"},
            {"Status", refused ? 0 : 1},
            {"Method", cgi::method_number(record)},
            {"Door", door_index(record)},
            {"ReaderID", std::to_string(record.reader.value)},
            {"ErrorCode", cgi::error_code(record)}};
}

json::object alarm_record_json(const core::StoredRecord& stored) {
    const auto& record = stored.record;
    const auto event = cgi::event_of(record).value_or(cgi::EventName{"AlarmLocal", "Start"});
    return {{"RecNo", stored.position.sequence},
            {"CreateTime", epoch_of(record)},
            {"Code", event.code},
            {"Action", event.action},
            {"SallyportAlarm", record.alarm ? base::text_of(*record.alarm) : std::string_view{}},
            {"Door", door_index(record)},
            {"ReaderID", std::to_string(record.reader.value)},
            {"CardNo", text_of(record.card)},
            {"UserID", text_of(record.user_id)}};
}

json::object event_json(const core::StoredRecord& stored, const core::Roster* roster) {
    const auto event = cgi::event_of(stored.record);
    if (!event) return {};
    json::object detail;
    if (cgi::is_card_record(stored.record)) {
        detail = card_record_json(stored, roster);
    } else if (cgi::is_alarm_record(stored.record)) {
        detail = alarm_record_json(stored);
    } else {
        detail = {{"RecNo", stored.position.sequence},
                  {"CreateTime", epoch_of(stored.record)},
                  {"Door", door_index(stored.record)},
                  {"Status", stored.record.kind == core::RecordKind::door_opened ? "Open" : "Close"}};
    }
    return {{"Action", event->action},
            {"Code", event->code},
            {"Index", door_index(stored.record)},
            {"Data", std::move(detail)}};
}

base::Result<EventSubscription> subscription_from(const json::object& params) {
    cgi::Fault fault;
    const cgi::Loose said(params, fault);
    std::vector<std::string> codes;
    said["codes"].each(codes_limit, [&](const cgi::Loose& code) { add_code(codes, code.text(1'024)); });
    // Clients name the codes of many kinds of devices; who knows none of ours would wait for nothing.
    const auto known = [](const std::string& code) { return code == "All" || cgi::is_event_code(code); };
    if (!codes.empty() && std::ranges::none_of(codes, known))
        said["codes"].complain(
            "names no event of this controller: All, AccessControl, DoorStatus, BreakIn ...");
    if (fault) return std::unexpected(*fault);
    return EventSubscription(codes);
}

}  // namespace sallyport::controller

#include "codec/dhip/record_json.hpp"

#include <algorithm>
#include <optional>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/enum_text.hpp"
#include "base/ids.hpp"
#include "codec/dhip/time_text.hpp"

namespace sallyport::codec::dhip {
namespace {

namespace json = boost::json;
void put_text(std::string& out, std::string_view name, std::string_view text) {
    fmt::format_to(std::back_inserter(out), ",\"{}\":{}", name, json::serialize(json::string_view(text)));
}

template <class E>
void put_word(std::string& out, std::string_view name, E value, E none) {
    if (value != none) fmt::format_to(std::back_inserter(out), ",\"{}\":\"{}\"", name, base::text_of(value));
}

void put_number(std::string& out, std::string_view name, std::int64_t value) {
    if (value != 0) fmt::format_to(std::back_inserter(out), ",\"{}\":{}", name, value);
}

void put_flags(std::string& out, const core::Flags& flags) {
    if (flags == core::Flags{}) return;
    out += ",\"flags\":[";
    const auto put = [&out](bool set, std::string_view word) {
        if (!set) return;
        if (out.back() != '[') out += ',';
        fmt::format_to(std::back_inserter(out), "\"{}\"", word);
    };
    put(flags.duress, "duress");
    put(flags.vip, "vip");
    put(flags.patrol, "patrol");
    out += ']';
}

void put_trace(std::string& out, const core::Trace& trace) {
    if (trace.empty()) return;
    out += ",\"trace\":[";
    for (const auto& step : trace) {
        if (out.back() != '[') out += ',';
        fmt::format_to(std::back_inserter(out), "[\"{}\",\"{}\",{}]", base::text_of(step.rule),
                       base::text_of(step.outcome), step.looked_at);
    }
    out += ']';
}

std::string hex_of(const core::ChainHash& hash) {
    return base::to_hex({reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()});
}

/// Reads members of one object and remembers the first that is wrong.
class Members {
  public:
    explicit Members(const json::object& object) : object_(object) {}

    template <class T>
    void number(std::string_view name, T& value) {
        const auto* member = object_.if_contains(name);
        if (member == nullptr) return;
        json::error_code error;
        value = member->to_number<T>(error);
        if (error) wrong(name);
    }
    template <class E>
    void word(std::string_view name, E& value) {
        const auto text = this->text(name);
        if (!text) return;
        const auto known = base::enum_from<E>(*text);
        if (known) value = *known;
        if (!known) wrong(name);
    }
    std::optional<std::string_view> text(std::string_view name) {
        const auto* member = object_.if_contains(name);
        if (member == nullptr) return std::nullopt;
        if (const auto* text = member->if_string()) return std::string_view(*text);
        wrong(name);
        return std::nullopt;
    }
    const json::array* array(std::string_view name) {
        const auto* member = object_.if_contains(name);
        if (member == nullptr) return nullptr;
        if (member->if_array() == nullptr) wrong(name);
        return member->if_array();
    }
    void wrong(std::string_view name) {
        if (!wrong_) wrong_ = name;
    }
    [[nodiscard]] const std::optional<std::string>& fault() const { return wrong_; }

  private:
    const json::object& object_;
    std::optional<std::string> wrong_;
};

void read_flags(Members& members, core::Flags& flags) {
    const auto* words = members.array("flags");
    if (words == nullptr) return;
    for (const auto& word : *words) {
        const auto* text = word.if_string();
        if (text != nullptr && *text == "duress") {
            flags.duress = true;
        } else if (text != nullptr && *text == "vip") {
            flags.vip = true;
        } else if (text != nullptr && *text == "patrol") {
            flags.patrol = true;
        } else {
            members.wrong("flags");
        }
    }
}

std::optional<core::TraceStep> step_from(const json::value& value) {
    const auto* parts = value.if_array();
    if (parts == nullptr || parts->size() != 3 || !parts->at(0).is_string() || !parts->at(1).is_string())
        return std::nullopt;
    const auto rule = base::enum_from<core::Rule>(parts->at(0).get_string());
    const auto outcome = base::enum_from<core::RuleOutcome>(parts->at(1).get_string());
    json::error_code error;
    const auto looked_at = parts->at(2).to_number<std::int32_t>(error);
    if (!rule || !outcome || error) return std::nullopt;
    return core::TraceStep{*rule, *outcome, looked_at};
}

void read_trace(Members& members, core::Trace& trace) {
    const auto* steps = members.array("trace");
    if (steps == nullptr) return;
    for (const auto& value : *steps) {
        const auto step = step_from(value);
        if (!step || !trace.push_back(*step)) return members.wrong("trace");
    }
}

void read_hash(Members& members, std::string_view name, core::ChainHash& hash) {
    const auto text = members.text(name);
    if (!text) return;
    const auto bytes = base::from_hex(*text);
    if (!bytes || bytes->size() != hash.bytes.size()) return members.wrong(name);
    std::ranges::copy(*bytes, hash.bytes.begin());
}

void read_who(Members& members, core::Record& record) {
    if (const auto text = members.text("user_id")) {
        record.user_id = base::UserId::from(*text);
        if (!record.user_id) members.wrong("user_id");
    }
    if (const auto text = members.text("card")) {
        record.card = base::CardNumber::from(*text);
        if (!record.card) members.wrong("card");
    }
    if (const auto text = members.text("detail")) record.detail = *text;
}

void read_alarm(Members& members, core::Record& record) {
    const auto text = members.text("alarm");
    if (!text) return;
    record.alarm = base::enum_from<core::Alarm>(*text);
    if (!record.alarm) members.wrong("alarm");
}

}  // namespace

std::string record_body(const core::RecordPosition& position, const core::Record& record) {
    std::string out = fmt::format("{{\"generation\":{},\"sequence\":{},\"at\":\"{}\"", position.generation,
                                  position.sequence, text_of(record.at));
    put_number(out, "utc_offset_s", record.utc_offset_s);
    fmt::format_to(std::back_inserter(out), ",\"kind\":\"{}\"", base::text_of(record.kind));
    put_number(out, "door", record.door.value);
    put_number(out, "reader", record.reader.value);
    put_word(out, "direction", record.direction, core::Direction::none);
    put_word(out, "result", record.result, core::AccessResult::none);
    put_word(out, "reason", record.reason, core::Reason::none);
    put_word(out, "method", record.method, core::Method::none);
    if (record.alarm) put_text(out, "alarm", base::text_of(*record.alarm));
    if (record.user_id) put_text(out, "user_id", record.user_id->view());
    if (record.card) put_text(out, "card", record.card->text());
    put_flags(out, record.flags);
    put_trace(out, record.trace);
    if (!record.detail.empty()) put_text(out, "detail", record.detail);
    out += '}';
    return out;
}

std::string record_json(const core::StoredRecord& stored) {
    std::string out = record_body(stored.position, stored.record);
    out.pop_back();
    fmt::format_to(std::back_inserter(out), ",\"previous\":\"{}\",\"hash\":\"{}\"}}", hex_of(stored.previous),
                   hex_of(stored.hash));
    return out;
}

base::Result<core::StoredRecord> record_from(std::string_view text) {
    json::error_code error;
    const auto value = json::parse(json::string_view(text), error);
    if (error || !value.is_object())
        return base::fail(base::ErrorKind::invalid, "invalid_record", "A record is not a JSON object.");
    Members members(value.get_object());
    core::StoredRecord stored;
    auto& record = stored.record;
    members.number("generation", stored.position.generation);
    members.number("sequence", stored.position.sequence);
    const auto at = utc_time_from(members.text("at").value_or(""));
    if (at) record.at = *at;
    if (!at) members.wrong("at");
    members.number("utc_offset_s", record.utc_offset_s);
    members.word("kind", record.kind);
    members.number("door", record.door.value);
    members.number("reader", record.reader.value);
    members.word("direction", record.direction);
    members.word("result", record.result);
    members.word("reason", record.reason);
    members.word("method", record.method);
    read_alarm(members, record);
    read_who(members, record);
    read_flags(members, record.flags);
    read_trace(members, record.trace);
    read_hash(members, "previous", stored.previous);
    read_hash(members, "hash", stored.hash);
    if (members.fault()) {
        return base::fail(base::ErrorKind::invalid, "invalid_record",
                          fmt::format("The record's member \"{}\" cannot be used.", *members.fault()));
    }
    return stored;
}

}  // namespace sallyport::codec::dhip

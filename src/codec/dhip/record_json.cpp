#include "codec/dhip/record_json.hpp"

#include <algorithm>
#include <limits>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <sodium.h>

#include "base/enum_text.hpp"
#include "codec/dhip/reader.hpp"
#include "codec/dhip/time_text.hpp"

namespace sallyport::codec::dhip {

namespace json = boost::json;

namespace {

constexpr std::size_t records_at_once = 2'000;

/// Appends `,"name":value`; the values here are words and numbers that need no escaping. In plain appends: of
/// all that is written this is written most often, and a format string would be read each time.
class BodyWriter {
  public:
    explicit BodyWriter(std::string& out) : out_(out) {}
    void number(std::string_view name, std::int64_t value) const {
        if (value == 0) return;
        begin(name);
        out_ += std::to_string(value);
    }
    void text(std::string_view name, std::string_view value) const {
        if (value.empty()) return;
        begin(name);
        out_ += '"';
        append(value);
        out_ += '"';
    }
    template <class E>
    void word(std::string_view name, E value) const {
        if (value != E{}) text(name, base::text_of(value));
    }
    void flags(const core::Flags& flags) const {
        if (flags == core::Flags{}) return;
        out_ += ",\"flags\":[";
        if (flags.duress) out_ += "\"duress\",";
        if (flags.vip) out_ += "\"vip\",";
        if (flags.patrol) out_ += "\"patrol\",";
        if (flags.anti_passback) out_ += "\"anti_passback\",";
        if (flags.facility_only) out_ += "\"facility_only\",";
        out_.back() = ']';
    }
    void trace(const core::Trace& trace) const {
        if (trace.empty()) return;
        out_ += ",\"trace\":[";
        for (const auto& step : trace) {
            out_ += "[\"";
            append(base::text_of(step.rule));
            out_ += "\",\"";
            append(base::text_of(step.outcome));
            out_ += "\",";
            out_ += std::to_string(step.looked_at);
            out_ += "],";
        }
        out_.back() = ']';
    }

  private:
    void begin(std::string_view name) const {
        out_ += ",\"";
        append(name);
        out_ += "\":";
    }
    void append(std::string_view text) const { out_.append(text.data(), text.size()); }
    std::string& out_;
};

std::string_view bytes_of(const core::ChainHash& hash) {
    return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

core::ChainHash hash_of(const Reader& digits) {
    core::ChainHash hash;
    if (digits.present()) std::ranges::copy(digits.hex_bytes(hash.bytes.size()), hash.bytes.begin());
    return hash;
}

core::RecordPosition read_position(const Reader& position) {
    const auto generation = position["generation"].integer(1, std::numeric_limits<std::uint32_t>::max());
    return {static_cast<std::uint32_t>(generation), position["sequence"].count()};
}

template <class E>
void read_word(const Reader& word, E& into) {
    if (word.present()) into = word.word<E>();
}

void read_place(const Reader& from, core::Record& record) {
    if (const auto door = from["door"]; door.present()) {
        record.door.value = static_cast<std::uint8_t>(door.integer(0, base::max_doors));
    }
    if (const auto reader = from["reader"]; reader.present()) {
        record.reader.value = static_cast<std::uint8_t>(reader.integer(0, 128));
    }
}

void read_who(const Reader& from, core::Record& record) {
    if (const auto user = from["user_id"]; user.present()) {
        record.user_id = base::UserId::from(user.text(64));
        if (!record.user_id) user.complain("has to be a user ID (1 to 31 of A-Z a-z 0-9 - _ .)");
    }
    if (const auto card = from["card"]; card.present()) {
        record.card = base::CardNumber::from(card.text(64));
        if (!record.card) card.complain("has to be a card number: 8 or 16 hexadecimal digits");
    }
}

void read_flags(const Reader& from, core::Flags& flags) {
    if (!from.present()) return;
    from.each(16, [&flags](const Reader& flag) {
        const auto word = flag.text(64);  // one that a later version adds is not understood, and harmless
        flags.duress |= word == "duress";
        flags.vip |= word == "vip";
        flags.patrol |= word == "patrol";
        flags.anti_passback |= word == "anti_passback";
        flags.facility_only |= word == "facility_only";
    });
}

void read_trace(const Reader& from, core::Trace& trace) {
    if (!from.present()) return;
    from.each(core::Trace::capacity(), [&trace](const Reader& step) {
        if (!step.has_elements(3)) return;
        const auto looked_at = step.at(2).integer(std::numeric_limits<std::int32_t>::min(),
                                                  std::numeric_limits<std::int32_t>::max());
        trace.push_back({step.at(0).word<core::Rule>(), step.at(1).word<core::RuleOutcome>(),
                         static_cast<std::int32_t>(looked_at)});
    });
}

core::StoredRecord read_record(const Reader& from) {
    core::StoredRecord stored{read_position(from), {}, hash_of(from["previous"]), hash_of(from["hash"])};
    auto& record = stored.record;
    record.at = from["at"].time();
    if (const auto offset = from["utc_offset_s"]; offset.present()) {
        record.utc_offset_s = static_cast<std::int32_t>(offset.integer(-86'400, 86'400));
    }
    record.kind = from["kind"].word<core::RecordKind>();
    read_place(from, record);
    read_word(from["direction"], record.direction);
    read_word(from["result"], record.result);
    read_word(from["reason"], record.reason);
    read_word(from["method"], record.method);
    if (const auto alarm = from["alarm"]; alarm.present()) record.alarm = alarm.word<core::Alarm>();
    read_who(from, record);
    read_flags(from["flags"], record.flags);
    read_trace(from["trace"], record.trace);
    if (const auto detail = from["detail"]; detail.present()) {
        record.detail = detail.text(record_detail_bytes);
    }
    return stored;
}

}  // namespace

std::string record_body(core::RecordPosition position, const core::Record& record) {
    std::string out = R"({"generation":)";
    out += std::to_string(position.generation);
    out += R"(,"sequence":)";
    out += std::to_string(position.sequence);
    out += R"(,"at":")";
    out += utc_text(record.at);
    out += '"';
    const BodyWriter writer(out);
    writer.number("utc_offset_s", record.utc_offset_s);
    writer.text("kind", base::text_of(record.kind));
    writer.number("door", record.door.value);
    writer.number("reader", record.reader.value);
    writer.word("direction", record.direction);
    writer.word("result", record.result);
    writer.word("reason", record.reason);
    writer.word("method", record.method);
    if (record.alarm) writer.text("alarm", base::text_of(*record.alarm));
    if (record.user_id) writer.text("user_id", record.user_id->view());
    if (record.card) writer.text("card", record.card->text());
    writer.flags(record.flags);
    writer.trace(record.trace);
    if (const auto detail = json_text(record.detail, record_detail_bytes); !detail.empty()) {
        out += ",\"detail\":";
        out += json::serialize(json::string_view(detail));
    }
    out += '}';
    return out;
}

std::string record_json(const core::StoredRecord& stored) {
    auto out = record_body(stored.position, stored.record);
    out.pop_back();
    out += R"(,"previous":")";
    out += base::to_hex(bytes_of(stored.previous));
    out += R"(","hash":")";
    out += base::to_hex(bytes_of(stored.hash));
    out += "\"}";
    return out;
}

json::object to_json(const core::StoredRecord& stored) {
    json::error_code error;
    auto value = json::parse(record_json(stored), error);
    return value.is_object() ? std::move(value.get_object()) : json::object{};
}

base::Result<core::StoredRecord> record_from(const json::value& value) {
    Fault fault;
    auto stored = read_record(Reader(value, "record", fault));
    if (fault) return std::unexpected(*std::move(fault));
    return stored;
}

base::Result<core::StoredRecord> record_from(std::string_view text) {
    json::error_code error;
    const auto value = json::parse(text, error);
    if (error) {
        return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                          "The record is not JSON: " + error.message() + ".");
    }
    return record_from(value);
}

std::optional<base::UtcTime> time_of_body(std::string_view body) {
    constexpr std::string_view before = R"(,"at":")";
    constexpr std::size_t longest_position = 80;
    const auto at = body.substr(0, longest_position).find(before);
    if (at == std::string_view::npos) return std::nullopt;
    const auto text = body.substr(at + before.size());
    return parse_utc(text.substr(0, text.find('"')));
}

base::Result<std::vector<core::StoredRecord>> decode_records(const json::object& params) {
    Fault fault;
    std::vector<core::StoredRecord> records;
    Reader(params, "params", fault)["records"].each(
        records_at_once, [&records](const Reader& record) { records.push_back(read_record(record)); });
    if (fault) return std::unexpected(*std::move(fault));
    return records;
}

core::ChainHash chain_hash(const core::ChainHash& previous, std::string_view body) {
    core::ChainHash hash;
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, hash.bytes.size());
    crypto_generichash_update(&state, previous.bytes.data(), previous.bytes.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(body.data()), body.size());
    crypto_generichash_final(&state, hash.bytes.data(), hash.bytes.size());
    return hash;
}

bool is_intact(const json::object& record) {
    Fault fault;
    const Reader from(record, "record", fault);
    const auto previous = hash_of(from["previous"]);
    const auto hash = hash_of(from["hash"]);
    if (fault) return false;
    json::object rest;
    for (const auto& [name, value] : record) {
        if (name != "previous" && name != "hash") rest.emplace(name, value);
    }
    return chain_hash(previous, json::serialize(rest)) == hash;
}

json::object to_json(core::RecordPosition position) {
    return {{"generation", position.generation}, {"sequence", position.sequence}};
}

base::Result<core::RecordPosition> position_from(const json::value& value) {
    Fault fault;
    const auto position = read_position(Reader(value, "position", fault));
    if (fault) return std::unexpected(*std::move(fault));
    return position;
}

}  // namespace sallyport::codec::dhip

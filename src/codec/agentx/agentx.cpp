#include "codec/agentx/agentx.hpp"

#include <algorithm>
#include <optional>

namespace sallyport::codec::agentx {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t with_context = 0x08;
constexpr std::uint8_t network_order = 0x10;
constexpr std::uint32_t internet[] = {1, 3, 6, 1};
constexpr std::size_t most_ids = 128;
constexpr std::uint8_t usual_priority = 127;

/// Types of values on the wire, and what stands for one that is not there.
enum Kind : std::uint16_t {
    integer = 2,
    octets = 4,
    gauge = 66,
    ticks = 67,
    counter = 70,
    no_object = 128,
    no_instance = 129,
    end_of_view = 130,
};
constexpr std::uint16_t not_writable = 17;
constexpr std::uint16_t general_error = 5;
constexpr std::uint8_t shutting_down = 5;

std::unexpected<base::Error> not_agentx() {
    return base::fail(base::ErrorKind::corrupt, "not_agentx", "This is no packet of AgentX.");
}

/// Reads in the byte order of the packet; once something is missing, only zeros.
class Reader {
  public:
    Reader(std::string_view bytes, bool is_network) : rest_(bytes), is_network_(is_network) {}
    [[nodiscard]] bool good() const { return good_; }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t two() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t four() { return number(4); }
    void skip(std::size_t count) {
        if (count > rest_.size()) good_ = false;
        rest_.remove_prefix(std::min(count, rest_.size()));
    }
    void skip_octets() {
        const std::size_t length = four();
        skip(length);
        skip((4 - length % 4) % 4);
    }
    Oid oid(Range::Start* from = nullptr) {
        const std::size_t count = byte();
        const auto prefix = byte();
        const auto include = byte();
        skip(1);
        if (from != nullptr && include != 0) *from = Range::Start::included;
        Oid id;
        if (prefix != 0) {
            id.assign(std::begin(internet), std::end(internet));
            id.push_back(prefix);
        }
        if (count + id.size() > most_ids || count * 4 > rest_.size()) good_ = false;
        for (std::size_t i = 0; good_ && i < count; ++i) id.push_back(four());
        return id;
    }

  private:
    std::uint32_t number(std::size_t size) {
        if (size > rest_.size()) good_ = false;
        if (!good_) return 0;
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < size; ++i)
            value = value << 8U | static_cast<unsigned char>(rest_[is_network_ ? i : size - 1 - i]);
        rest_.remove_prefix(size);
        return value;
    }
    std::string_view rest_;
    bool is_network_;
    bool good_ = true;
};

class Writer {
  public:
    void number(std::uint64_t value, int bytes) {
        for (int i = bytes - 1; i >= 0; --i)
            text_ += static_cast<char>(value >> 8U * static_cast<unsigned>(i));
    }
    void oid(const Oid& id) {
        number(id.size(), 1);
        number(0, 3);
        for (const auto one : id) number(one, 4);
    }
    void string(std::string_view text) {
        number(text.size(), 4);
        text_ += text;
        text_.append((4 - text.size() % 4) % 4, '\0');
    }
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

std::string packet(Type type, const Packet& of, const Writer& payload) {
    Writer whole;
    whole.number(version, 1);
    whole.number(static_cast<std::uint8_t>(type), 1);
    whole.number(network_order, 1);
    whole.number(0, 1);
    for (const auto part : {of.session, of.transaction, of.number}) whole.number(part, 4);
    whole.number(payload.text().size(), 4);
    return whole.text() + payload.text();
}

struct ValueWriter {
    Writer& out;
    void begin(Kind kind, const Oid& name) const {
        out.number(kind, 2);
        out.number(0, 2);
        out.oid(name);
    }
    void write(const Oid& name, const Value& value) const {
        std::visit([&](const auto& one) { put(name, one); }, value);
    }
    void put(const Oid& name, std::int32_t value) const {
        begin(integer, name);
        out.number(static_cast<std::uint32_t>(value), 4);
    }
    void put(const Oid& name, Gauge value) const {
        begin(gauge, name);
        out.number(value.value, 4);
    }
    void put(const Oid& name, Counter value) const {
        begin(counter, name);
        out.number(value.value, 8);
    }
    void put(const Oid& name, Ticks value) const {
        begin(ticks, name);
        out.number(value.hundredths, 4);
    }
    void put(const Oid& name, const std::string& value) const {
        begin(octets, name);
        out.string(value);
    }
};

/// Whether there is another instance of the same object.
bool has_object(const Tree& tree, Oid name) {
    if (!name.empty()) name.pop_back();
    const auto next = tree.lower_bound(name);
    return next != tree.end() && next->first.size() > name.size() &&
           std::equal(name.begin(), name.end(), next->first.begin());
}

void write_this(const ValueWriter& out, const Tree& tree, const Range& range) {
    const auto found = tree.find(range.start);
    if (found != tree.end()) return out.write(found->first, found->second);
    out.begin(has_object(tree, range.start) ? no_instance : no_object, range.start);
}

/// Moves the range behind what was written.
void write_next(const ValueWriter& out, const Tree& tree, Range& range) {
    const auto next =
        range.from == Range::Start::included ? tree.lower_bound(range.start) : tree.upper_bound(range.start);
    if (next == tree.end() || (!range.end.empty() && !(next->first < range.end)))
        return out.begin(end_of_view, range.start);
    out.write(next->first, next->second);
    range = {next->first, std::move(range.end), Range::Start::excluded};
}

void write_bulk(const ValueWriter& out, const Tree& tree, const Packet& asked) {
    auto ranges = asked.ranges;
    const auto once = std::min<std::size_t>(asked.non_repeaters, ranges.size());
    for (std::size_t i = 0; i < once; ++i) write_next(out, tree, ranges[i]);
    auto left = values_limit - std::min(values_limit, once);
    for (std::size_t turn = 0; turn < asked.repetitions; ++turn) {
        const auto several = ranges.size() - once;
        if (several == 0 || several > left) return;
        left -= several;
        for (std::size_t i = once; i < ranges.size(); ++i) write_next(out, tree, ranges[i]);
    }
}

Writer response(std::uint16_t error) {
    Writer payload;
    payload.number(0, 4);  // the master knows how long it runs
    payload.number(error, 2);
    payload.number(error == 0 ? 0 : 1, 2);
    return payload;
}

}  // namespace

base::Result<std::size_t> payload_size(std::string_view header) {
    if (header.size() != header_bytes || header[0] != version) return not_agentx();
    Reader reader(header, (static_cast<std::uint8_t>(header[2]) & network_order) != 0);
    reader.skip(16);
    const std::size_t size = reader.four();
    if (size > payload_limit || size % 4 != 0) return not_agentx();
    return size;
}

base::Result<Packet> parse(std::string_view header, std::string_view payload) {
    const auto size = payload_size(header);
    if (!size || payload.size() != *size) return not_agentx();
    const auto flags = static_cast<std::uint8_t>(header[2]);
    const bool is_network = (flags & network_order) != 0;
    Packet read;
    read.type = static_cast<Type>(header[1]);
    Reader head(header.substr(4), is_network);
    read.session = head.four();
    read.transaction = head.four();
    read.number = head.four();
    Reader body(payload, is_network);
    if (read.type == Type::response) {
        body.skip(4);
        read.error = body.two();
        return body.good() ? base::Result<Packet>(read) : not_agentx();
    }
    if (read.type != Type::get && read.type != Type::get_next && read.type != Type::get_bulk) return read;
    if ((flags & with_context) != 0) body.skip_octets();
    if (read.type == Type::get_bulk) {
        read.non_repeaters = body.two();
        read.repetitions = body.two();
    }
    while (body.good() && !body.at_end() && read.ranges.size() < values_limit) {
        Range range;
        range.start = body.oid(&range.from);
        range.end = body.oid();
        read.ranges.push_back(std::move(range));
    }
    if (!body.good() || !body.at_end()) return not_agentx();
    return read;
}

std::string open_packet(std::uint32_t number, std::uint8_t patience_s, const Oid& id,
                        std::string_view description) {
    Writer payload;
    payload.number(patience_s, 1);
    payload.number(0, 3);
    payload.oid(id);
    payload.string(description);
    return packet(Type::open, {.number = number}, payload);
}

std::string enrol_packet(std::uint32_t session, std::uint32_t number, const Oid& below) {
    Writer payload;
    payload.number(0, 1);  // as in the first packet
    payload.number(usual_priority, 1);
    payload.number(0, 2);
    payload.oid(below);
    return packet(Type::enrol, {.session = session, .number = number}, payload);
}

std::string close_packet(std::uint32_t session, std::uint32_t number) {
    Writer payload;
    payload.number(shutting_down, 1);
    payload.number(0, 3);
    return packet(Type::close, {.session = session, .number = number}, payload);
}

std::string answer(const Packet& asked, const Tree& tree) {
    auto payload = response(0);
    const ValueWriter out{payload};
    auto ranges = asked.ranges;
    switch (asked.type) {
        case Type::get:
            for (const auto& range : ranges) write_this(out, tree, range);
            break;
        case Type::get_next:
            for (auto& range : ranges) write_next(out, tree, range);
            break;
        case Type::get_bulk: write_bulk(out, tree, asked); break;
        case Type::test_set: payload = response(not_writable); break;
        case Type::clean_up_set:
        case Type::close:
        case Type::response: return {};
        case Type::open:
        case Type::enrol:
        case Type::commit_set:
        case Type::undo_set:
        case Type::ping:
        default: payload = response(general_error); break;  // the type came from outside
    }
    return packet(Type::response, asked, payload);
}

}  // namespace sallyport::codec::agentx

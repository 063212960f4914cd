#include "apps/wiring/wiring_file.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <fmt/ranges.h>

#include "base/ids.hpp"
#include "codec/wiegand/format_text.hpp"

namespace sallyport::apps {

namespace wiegand = codec::wiegand;
using adapters::Bias;
using adapters::Electrical;
using adapters::WiredDoor;
using adapters::WiredLine;
using adapters::WiredReader;

namespace {

constexpr std::uint32_t longest_offset = 1'023;
constexpr std::string_view device_folder = "/dev/";

using Words = std::vector<std::string_view>;

enum class Rest : std::uint8_t { open, closed };  ///< of a contact, while nothing is the matter

Electrical other(Electrical level) {
    return level == Electrical::high ? Electrical::low : Electrical::high;
}

Words split(std::string_view text) {
    Words words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

std::optional<std::uint32_t> number_in(std::string_view text) {
    std::uint32_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = !text.empty() && parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
    return whole && number <= longest_offset ? std::optional(number) : std::nullopt;
}

class WiringFile {
  public:
    explicit WiringFile(SettingsFile& file) : file_(file) {}

    adapters::WiredSite read() {
        read_formats();
        const auto doors = file_.tables("door");
        if (doors > base::max_doors)
            file_.complain("door.65", fmt::format("is one too many: {} doors at most", base::max_doors));
        adapters::WiredSite site;
        for (std::size_t i = 1; i <= doors; ++i) site.doors.push_back(read_door(fmt::format("door.{}.", i)));
        site.panel = read_panel();
        return site;
    }

  private:
    void read_formats();
    std::optional<adapters::WiredPanel> read_panel();
    const wiegand::Format* format_named(const std::string& key, const std::string& name);
    WiredDoor read_door(const std::string& door);
    void read_lock(const std::string& door, WiredDoor&);
    WiredReader read_reader(const std::string& reader);
    void choose_formats(const std::string& reader, std::vector<wiegand::Format>& into);

    /// The line, and the words after it that are one of `known`; nullopt where the file does not have it.
    std::optional<WiredLine> line(const std::string& key, Words& words, const Words& known);
    std::optional<WiredLine> output(const std::string& key);
    std::optional<WiredLine> pulses(const std::string& key);
    std::optional<WiredLine> pulses_out(const std::string& key);
    std::optional<WiredLine> input(const std::string& key, Rest usual);
    std::string_view one_of(const std::string& key, const Words& words, std::string_view usual,
                            std::string_view otherwise);
    Bias bias_in(const std::string& key, const Words& words, Bias usual);
    WiredLine needed(const std::string& table, const std::string& key, std::optional<WiredLine>);

    SettingsFile& file_;
    std::vector<wiegand::Format> formats_;     ///< the file's own, then all that are known
    std::map<std::string, std::string> used_;  ///< which key has a line
};

// ---------------------------------------------------------------- one line

std::optional<WiredLine> WiringFile::line(const std::string& key, Words& words, const Words& known) {
    const auto text = file_.text(key);
    if (!text) return std::nullopt;
    words = split(*text);
    const auto place = words.empty() ? std::string_view() : words.front();
    const auto colon = place.rfind(':');
    const auto offset = colon == std::string_view::npos ? std::nullopt : number_in(place.substr(colon + 1));
    if (!offset || colon == 0) {
        file_.complain(key, "has to be CHIP:LINE, such as \"gpiochip0:17\"");
        return std::nullopt;
    }
    auto chip = place.substr(0, colon);
    if (chip.starts_with(device_folder)) chip.remove_prefix(device_folder.size());
    WiredLine wired{std::string(chip), *offset, Electrical::high, Bias::as_is, key};
    const auto [first, is_new] = used_.emplace(fmt::format("{}:{}", chip, *offset), key);
    if (!is_new) file_.complain(key, fmt::format("is the same line as {}", first->second));
    words.erase(words.begin());
    Words recognised;  // of `known`: the text that they were found in ends here
    for (const auto word : words) {
        const auto found = std::ranges::find(known, word);
        if (found != known.end()) {
            recognised.push_back(*found);
        } else {
            file_.complain(key, fmt::format("has '{}' after the line, which is none of: {}", word,
                                            fmt::join(known, ", ")));
        }
    }
    words = std::move(recognised);
    return wired;
}

std::string_view WiringFile::one_of(const std::string& key, const Words& words, std::string_view usual,
                                    std::string_view otherwise) {
    const bool says_usual = std::ranges::find(words, usual) != words.end();
    const bool says_other = std::ranges::find(words, otherwise) != words.end();
    if (says_usual && says_other) file_.complain(key, fmt::format("is both {} and {}", usual, otherwise));
    return says_other ? otherwise : usual;
}

Bias WiringFile::bias_in(const std::string& key, const Words& words, Bias usual) {
    constexpr std::pair<std::string_view, Bias> known[] = {
        {"pull_up", Bias::pull_up}, {"pull_down", Bias::pull_down}, {"no_bias", Bias::off}};
    std::optional<Bias> bias;
    for (const auto& [word, meant] : known) {
        if (std::ranges::find(words, word) == words.end()) continue;
        if (bias) file_.complain(key, "can have one of pull_up, pull_down and no_bias only");
        bias = meant;
    }
    return bias.value_or(usual);
}

std::optional<WiredLine> WiringFile::output(const std::string& key) {
    Words words;
    auto wired = line(key, words, {"active_high", "active_low"});
    if (wired && one_of(key, words, "active_high", "active_low") == "active_low")
        wired->active = Electrical::low;
    return wired;
}

std::optional<WiredLine> WiringFile::pulses(const std::string& key) {
    Words words;
    auto wired = line(key, words, {"active_low", "active_high", "pull_up", "pull_down", "no_bias"});
    if (!wired) return std::nullopt;
    if (one_of(key, words, "active_low", "active_high") == "active_low") wired->active = Electrical::low;
    wired->bias = bias_in(key, words, wired->active == Electrical::low ? Bias::pull_up : Bias::pull_down);
    return wired;
}

std::optional<WiredLine> WiringFile::pulses_out(const std::string& key) {
    Words words;
    auto wired = line(key, words, {"active_low", "active_high"});
    if (wired && one_of(key, words, "active_low", "active_high") == "active_low")
        wired->active = Electrical::low;
    return wired;
}

/// A contact closes its circuit to ground and the line to low, unless the words say otherwise.
std::optional<WiredLine> WiringFile::input(const std::string& key, Rest usual) {
    Words words;
    auto wired = line(
        key, words,
        {"normally_open", "normally_closed", "closed_low", "closed_high", "pull_up", "pull_down", "no_bias"});
    if (!wired) return std::nullopt;
    const auto closed =
        one_of(key, words, "closed_low", "closed_high") == "closed_low" ? Electrical::low : Electrical::high;
    const auto rest = usual == Rest::open ? one_of(key, words, "normally_open", "normally_closed")
                                          : one_of(key, words, "normally_closed", "normally_open");
    wired->active = rest == "normally_open" ? closed : other(closed);
    wired->bias = bias_in(key, words, closed == Electrical::low ? Bias::pull_up : Bias::pull_down);
    return wired;
}

WiredLine WiringFile::needed(const std::string& table, const std::string& key,
                             std::optional<WiredLine> wired) {
    if (wired) return *std::move(wired);
    // A key that is there but wrong was complained about already, and the first complaint counts.
    file_.complain(table.substr(0, table.size() - 1), fmt::format("needs {} = \"CHIP:LINE\"", key));
    return {};
}

// ---------------------------------------------------------------- tables

void WiringFile::read_formats() {
    const auto count = file_.tables("wiegand_format");
    for (std::size_t i = 1; i <= count; ++i) {
        const auto table = fmt::format("wiegand_format.{}", i);
        const auto parities = file_.texts(table + ".parities");
        const auto name = file_.text(table + ".name").value_or("");
        const auto format = wiegand::format_from(name, file_.text(table + ".bits").value_or(""), parities);
        const auto known = [&](const wiegand::Format& other) { return other.name.view() == name; };
        if (!format) {
            file_.complain(table, format.error().message);
        } else if (wiegand::find_format(name) != nullptr || std::ranges::any_of(formats_, known)) {
            file_.complain(table, fmt::format("has the name {}, which another format has already", name));
        } else {
            formats_.push_back(*format);
        }
    }
    formats_.insert(formats_.end(), wiegand::formats().begin(), wiegand::formats().end());
}

std::optional<adapters::WiredPanel> WiringFile::read_panel() {
    const auto name = file_.text("reader_mode.wiegand");
    adapters::WiredPanel panel{pulses_out("reader_mode.d0"), pulses_out("reader_mode.d1"), {}};
    auto& sending = panel.sending;
    if (const auto pulse = file_.integer("reader_mode.pulse_us", 20, 100))
        sending.pulse = std::chrono::microseconds{*pulse};
    if (const auto interval = file_.integer("reader_mode.interval_us", 200, 20'000))
        sending.interval = std::chrono::microseconds{*interval};
    const auto bits = file_.integer("reader_mode.key_bits", 4, 8).value_or(4);
    if (bits != 4 && bits != 8) file_.complain("reader_mode.key_bits", "has to be 4 or 8");
    if (bits == 8) sending.keys = wiegand::KeyBurst::eight_bits;
    if (panel.d0.has_value() != panel.d1.has_value())
        file_.complain("reader_mode", "needs d0 and d1, two lines towards the panel");
    if (!name) {
        if (panel.d0)
            file_.complain("reader_mode", "needs wiegand = \"34-bit\", or another format, for its lines");
        return std::nullopt;
    }
    if (const auto* format = format_named("reader_mode.wiegand", *name)) sending.format = *format;
    return panel;
}

const wiegand::Format* WiringFile::format_named(const std::string& key, const std::string& name) {
    const auto found = std::ranges::find_if(
        formats_, [&](const wiegand::Format& format) { return format.name.view() == name; });
    if (found != formats_.end()) return &*found;
    Words known;
    for (const auto& format : formats_) known.push_back(format.name.view());
    file_.complain(key, fmt::format("has '{}', which is none of: {}", name, fmt::join(known, ", ")));
    return nullptr;
}

WiredDoor WiringFile::read_door(const std::string& door) {
    WiredDoor wired;
    wired.relay = needed(door, "relay", output(door + "relay"));
    read_lock(door, wired);
    const std::pair<const char*, std::pair<core::Input, Rest>> inputs[] = {
        {"contact", {core::Input::contact, Rest::closed}},
        {"exit_button", {core::Input::exit_button, Rest::open}},
        {"tamper", {core::Input::tamper, Rest::closed}},
        {"fire", {core::Input::fire, Rest::closed}},
        {"mains", {core::Input::mains, Rest::closed}},
        {"battery", {core::Input::battery, Rest::closed}}};
    for (const auto& [key, meant] : inputs)
        if (auto found = input(door + key, meant.second)) wired.inputs.push_back({meant.first, *found});
    const auto most = std::chrono::milliseconds{core::Debouncer::always_seen / std::chrono::milliseconds{1}};
    if (const auto settle = file_.integer(door + "debounce_ms", 0, most.count()))
        wired.debounce = std::chrono::milliseconds{*settle};
    const auto readers = file_.tables(door + "reader");
    for (std::size_t i = 1; i <= readers; ++i) {
        const auto reader = fmt::format("{}reader.{}.", door, i);
        if (i > readers_per_door_limit)
            file_.complain(reader.substr(0, reader.size() - 1), "is one too many: two readers a door");
        wired.readers.push_back(read_reader(reader));
        if (auto found = input(reader + "case", Rest::closed))
            wired.inputs.push_back({core::Input::reader_case, *found});
    }
    return wired;
}

/// A lock that opens when powered hangs on NO, one that opens without power on NC: both are then released by
/// the relay's being energised, and locked while the controller is off.
void WiringFile::read_lock(const std::string& door, WiredDoor& wired) {
    const auto kind = file_.text(door + "lock").value_or("fail_secure");
    const bool secure = kind == "fail_secure";
    if (!secure && kind != "fail_safe")
        file_.complain(door + "lock", "has to be fail_secure (locked without power) or fail_safe (open)");
    const auto terminal = file_.text(door + "lock_terminal").value_or(secure ? "NO" : "NC");
    if (terminal != "NO" && terminal != "NC")
        file_.complain(door + "lock_terminal",
                       "has to be NO or NC, the relay's terminal that feeds the lock");
    if (secure && terminal == "NC") {
        file_.complain(door + "lock_terminal",
                       "would feed a fail_secure lock, and open it, whenever the controller is off: take NO");
    }
    if (!secure && terminal == "NO") wired.relay.active = other(wired.relay.active);
}

WiredReader WiringFile::read_reader(const std::string& reader) {
    WiredReader wired;
    wired.d0 = needed(reader, "d0", pulses(reader + "d0"));
    wired.d1 = needed(reader, "d1", pulses(reader + "d1"));
    wired.led_green = output(reader + "led");
    wired.led_red = output(reader + "led_red");
    wired.led_blue = output(reader + "led_blue");
    wired.buzzer = output(reader + "buzzer");
    choose_formats(reader, wired.formats);
    return wired;
}

void WiringFile::choose_formats(const std::string& reader, std::vector<wiegand::Format>& into) {
    const auto names = file_.texts(reader + "formats");
    if (names.empty()) into = formats_;
    for (const auto& name : names) {
        const auto* found = format_named(reader + "formats", name);
        if (found == nullptr) continue;
        const auto same = std::ranges::find(into, found->length, &wiegand::Format::length);
        if (same != into.end()) {
            file_.complain(
                reader + "formats",
                fmt::format("has {} and {}, which both have {} bits: a reader can tell one of them",
                            same->name.view(), name, found->length));
        }
        into.push_back(*found);
    }
}

}  // namespace

adapters::WiredSite read_wiring(SettingsFile& file) {
    return WiringFile(file).read();
}

}  // namespace sallyport::apps

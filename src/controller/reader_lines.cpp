#include "controller/reader_lines.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <sodium.h>

#include "codec/wiegand/format_text.hpp"

namespace sallyport::controller {

using core::DetailName;
using core::DetailTerm;
using core::DetailValue;

namespace {

constexpr std::size_t key_bytes = 16;

base::Secret new_key() {
    std::string bytes(key_bytes, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return base::Secret(std::move(bytes));
}

std::vector<DetailValue> named(const ReaderName& name) {
    return {{DetailName::line, name.line}, {DetailName::address, int{name.address}}};
}

std::vector<DetailValue> with(std::vector<DetailValue> values, DetailValue one) {
    values.push_back(std::move(one));
    return values;
}

}  // namespace

void ReaderLines::add(ports::ReaderLine& line) {
    lines_.push_back(&line);
    controller_.connect(line);
    line.on_key_taken = [this, number = lines_.size()](std::uint8_t address, const base::Secret& key) {
        key_taken(number, address, key);
    };
    line.on_pairing_closed = [this, number = lines_.size()](std::uint8_t address) {
        const auto closed = reader({number, address});
        if (closed) note(&*closed, {DetailTerm::pairing_ended, named({number, address})});
    };
}

void ReaderLines::start(const ports::ControllerImage& image) {
    keys_ = image.reader_keys;
    formats_ = image.card_formats;
    if (!formats_.empty()) controller_.accept_formats(formats_);
    for (auto* line : lines_) {
        const auto speed = std::ranges::find(image.line_speeds, line->device(), &ports::LineSpeed::device);
        line->start(speed == image.line_speeds.end() ? 0 : speed->baud, keys_);
    }
}

base::Result<ports::ReaderLine*> ReaderLines::line(std::size_t number) const {
    if (number >= 1 && number <= lines_.size()) return lines_[number - 1];
    return base::fail(base::ErrorKind::not_found, "line_unknown",
                      fmt::format("There is no line {}: the configuration has {}.", number, lines_.size()));
}

base::Result<ports::LinkedReader> ReaderLines::reader(const ReaderName& name) const {
    const auto on = line(name.line);
    if (!on) return std::unexpected(on.error());
    for (auto& reader : (*on)->readers())
        if (reader.address == name.address) return reader;
    return base::fail(base::ErrorKind::not_found, "reader_unknown",
                      fmt::format("Line {} has no reader with the address {}.", name.line, name.address));
}

ports::ReaderKeys& ReaderLines::keys_of(const std::string& device, std::uint8_t address) {
    for (auto& keys : keys_)
        if (keys.device == device && keys.address == address) return keys;
    return keys_.emplace_back(ports::ReaderKeys{device, address, {}, {}});
}

core::Record ReaderLines::record(const ports::LinkedReader* about, const core::Detail& detail) const {
    const auto now = controller_.now();
    core::Record record;
    record.kind = core::RecordKind::settings_changed;
    record.at = now.utc;
    record.utc_offset_s = now.local.utc_offset_s;
    if (about != nullptr) {
        record.door = about->door;
        record.reader = about->number;
    }
    record.method = core::Method::remote;
    record.detail = core::written(detail);
    return record;
}

void ReaderLines::note(const ports::LinkedReader* about, const core::Detail& detail) {
    controller_.note(record(about, detail));
}

void ReaderLines::give_key(
    const ReaderName& name, const core::Detail& detail, Done done,
    std::move_only_function<base::Status(ports::ReaderLine&, const base::Secret&)> take) {
    const auto about = reader(name);
    if (!about) return done(std::unexpected(about.error()));
    auto& on = **line(name.line);
    auto keys = keys_of(on.device(), name.address);
    keys.pending = new_key();
    ports::StoreWrite write;
    write.reader_keys.push_back(keys);
    write.records.push_back(record(&*about, detail));
    controller_.store().change(std::move(write), [this, &on, name, about = *about, keys,
                                                  done = std::move(done),
                                                  take = std::move(take)](const auto& stored) mutable {
        if (!stored) return done(std::unexpected(stored.error()));
        keys_of(on.device(), about.address).pending = keys.pending;
        const auto status = take(on, keys.pending);
        if (!status)
            note(&about,
                 {DetailTerm::reader_key_refused, with(named(name), {DetailName::why, status.error().code})});
        done(status);
    });
}

void ReaderLines::pair(const ReaderName& name, base::Duration duration, const std::string& by, Done done) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(duration).count();
    auto values = with(with(named(name), {DetailName::minutes, minutes}), {DetailName::by, by});
    give_key(name, {DetailTerm::pairing_opened, std::move(values)}, std::move(done),
             [address = name.address, duration](ports::ReaderLine& on, const base::Secret& key) {
                 return on.open_pairing(address, key, duration);
             });
}

void ReaderLines::rotate_key(const ReaderName& name, const std::string& by, Done done) {
    const auto on = line(name.line);
    if (on && keys_of((*on)->device(), name.address).own.empty() && reader(name)) {
        return done(base::fail(base::ErrorKind::conflict, "reader_unpaired",
                               "The reader has no key of its own yet: pair it first."));
    }
    give_key(name, {DetailTerm::reader_key_given, with(named(name), {DetailName::by, by})}, std::move(done),
             [address = name.address](ports::ReaderLine& on_line, const base::Secret& key) {
                 return on_line.rotate_key(address, key);
             });
}

// A fact: the reader has it already.
void ReaderLines::key_taken(std::size_t number, std::uint8_t address, const base::Secret& key) {
    auto& on = *lines_[number - 1];
    auto& keys = keys_of(on.device(), address);
    keys.own = key;
    keys.pending.clear();
    ports::StoreWrite write;
    write.reader_keys.push_back(keys);
    const auto readers = on.readers();
    const auto about = std::ranges::find(readers, address, &ports::LinkedReader::address);
    if (about != readers.end())
        write.records.push_back(record(&*about, {DetailTerm::reader_key_taken, named({number, address})}));
    controller_.store().keep(std::move(write));
}

void ReaderLines::cancel_pairing(std::size_t number, const std::string& by, Done done) {
    const auto on = line(number);
    if (!on) return done(std::unexpected(on.error()));
    note(nullptr, {DetailTerm::pairing_cancelled, {{DetailName::line, number}, {DetailName::by, by}}});
    (*on)->close_pairing();
    done({});
}

void ReaderLines::change_baud(std::size_t number, std::uint32_t baud, const std::string& by, Done done) {
    const auto on = line(number);
    if (!on) return done(std::unexpected(on.error()));
    const auto from = (*on)->baud();
    auto changed = [this, on = *on, number, from, baud, by,
                    done = std::move(done)](const base::Status& status) mutable {
        if (!status) {
            note(nullptr, {DetailTerm::line_speed_refused,
                           {{DetailName::line, number},
                            {DetailName::to, baud},
                            {DetailName::by, by},
                            {DetailName::why, status.error().code}}});
            return done(status);
        }
        ports::StoreWrite write;
        write.line_speeds.push_back({on->device(), baud});
        write.records.push_back(record(nullptr, {DetailTerm::line_speed_changed,
                                                 {{DetailName::line, number},
                                                  {DetailName::from, from},
                                                  {DetailName::to, baud},
                                                  {DetailName::by, by}}}));
        controller_.store().change(
            std::move(write), [on, from, done = std::move(done)](const auto& kept) mutable {
                if (kept) return done({});
                // What would be forgotten at the next start must not be true until then.
                on->change_baud(from, [error = kept.error(), done = std::move(done)](
                                          const base::Status&) mutable { done(std::unexpected(error)); });
            });
    };
    (*on)->change_baud(baud, std::move(changed));
}

void ReaderLines::set_formats(std::vector<core::CardFormat> formats, const std::string& by, Done done) {
    if (const auto checked = codec::wiegand::formats_from(formats); !checked)
        return done(std::unexpected(checked.error()));
    ports::StoreWrite write;
    write.card_formats = formats;
    write.records.push_back(record(nullptr, {DetailTerm::card_formats_set,
                                             {{DetailName::count, formats.size()}, {DetailName::by, by}}}));
    controller_.store().change(std::move(write), [this, formats = std::move(formats),
                                                  done = std::move(done)](const auto& stored) mutable {
        if (!stored) return done(std::unexpected(stored.error()));
        formats_ = std::move(formats);
        controller_.accept_formats(formats_);
        done({});
    });
}

void ReaderLines::capture(std::size_t number, base::Duration duration, const std::string& by,
                          ports::ReaderLine::Captured done) {
    const auto on = line(number);
    if (!on) return done(std::unexpected(on.error()));
    note(nullptr, {DetailTerm::line_captured, {{DetailName::line, number}, {DetailName::by, by}}});
    (*on)->capture(duration, std::move(done));
}

}  // namespace sallyport::controller

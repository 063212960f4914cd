#include "apps/sallyport-door/osdp_lines.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "codec/osdp/card.hpp"

namespace sallyport::apps {

namespace {

base::Status check_online(const adapters::OsdpReaderLine& line, std::uint8_t address) {
    const auto readers = line.readers();
    const auto reader = std::ranges::find(readers, address, &ports::LinkedReader::address);
    if (reader != readers.end() && reader->state == ports::ReaderState::online) return {};
    return base::fail(
        base::ErrorKind::conflict, "reader_offline",
        "The reader is not in touch with the controller: pair it, or plug it in, and wait for it.");
}

}  // namespace

base::Result<OsdpLines> OsdpLines::open(boost::asio::io_context& loop, const ports::Clock& real,
                                        const ports::Clock& clock, const DoorOptions& options) {
    OsdpLines all;
    for (auto settings : options.osdp) {
        Line line;
        if (settings.device == played_device) {
            const auto number = all.lines_.size() + 1;
            // Its name for the store: a pseudo-terminal has another path at each start.
            adapters::SimulatedLineOptions played{
                .baud = settings.baud,
                .addresses = {},
                .memory = options.directory / fmt::format("played_readers_{}", number)};
            for (const auto& reader : settings.readers) played.addresses.push_back(reader.address);
            auto opened = adapters::SimulatedLine::open(std::move(played));
            if (!opened) return std::unexpected(opened.error());
            line.played = *std::move(opened);
            settings.name = fmt::format("{} {}", played_device, number);
            settings.device = line.played->device();
        }
        line.line = std::make_unique<adapters::OsdpReaderLine>(loop, real, clock, std::move(settings));
        all.lines_.push_back(std::move(line));
    }
    return all;
}

void OsdpLines::add_to(controller::ReaderLines& lines, adapters::SimulatedDoors* doors) {
    for (const auto& line : lines_) {
        lines.add(*line.line);
        if (line.played && doors != nullptr) play(line, *doors);
    }
}

void OsdpLines::play(const Line& line, adapters::SimulatedDoors& doors) {
    line.line->on_event = [&doors, tell = std::move(line.line->on_event)](const core::StationEvent& event,
                                                                          base::Instant since) {
        doors.heard(event);
        tell(event, since);
    };
    for (const auto& reader : line.line->readers()) {
        doors.add_reader({reader.door, reader.number,
                          [line = line.line.get(), far = line.played.get(),
                           address = reader.address](const codec::wiegand::Frame& frame) -> base::Status {
                              auto status = check_online(*line, address);
                              if (status) far->tell(address, codec::osdp::bits_of(frame));
                              return status;
                          },
                          [far = line.played.get(), address = reader.address](ports::ReaderFault fault) {
                              far->set_fault(address, fault);
                          }});
    }
}

}  // namespace sallyport::apps

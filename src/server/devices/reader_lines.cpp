#include "server/devices/reader_lines.hpp"

#include "base/ids.hpp"
#include "codec/dhip/reader.hpp"
#include "server/devices/device_login.hpp"

namespace sallyport::server {

using codec::dhip::Reader;

namespace {

std::optional<std::string> text_if_there(const Reader& member, std::size_t most) {
    if (!member.present()) return std::nullopt;
    return std::string(member.text(most));
}

ReaderOnLine reader_from(const Reader& said) {
    return {said["address"].integer(0, last_reader_address), said["reader"].integer(0, 255),
            said["door"].integer(0, base::max_doors),        said["direction"].word<core::Direction>(),
            said["state"].word<ports::ReaderState>(),        text_if_there(said["model"], 200)};
}

}  // namespace

base::Result<std::vector<LineOfReaders>> reader_lines_from(const boost::json::object& said) {
    codec::dhip::Fault fault;
    const Reader answer(said, "readers", fault);
    std::vector<LineOfReaders> lines;
    answer["lines"].each(most_reader_lines, [&](const Reader& one) {
        LineOfReaders line{one["line"].integer(1, most_reader_lines),
                           std::string(one["device"].text(200)),
                           one["baud"].integer(0, 1'000'000),
                           text_if_there(one["fault"], 500),
                           text_if_there(one["faultCode"], 64).value_or(""),
                           {}};
        one["readers"].each(8, [&](const Reader& reader) { line.readers.push_back(reader_from(reader)); });
        lines.push_back(std::move(line));
    });
    if (fault) return std::unexpected(not_understood(fault->message));
    return lines;
}

}  // namespace sallyport::server

#pragma once
// What a controller says of the readers on its lines, when `sallyport.readers.list` is asked.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "ports/reader_line.hpp"

namespace sallyport::server {

constexpr std::int64_t most_reader_lines = 64;
constexpr std::int64_t last_reader_address = 126;
constexpr std::int64_t most_pairing_minutes = 10;

struct ReaderOnLine {
    std::int64_t address = 0;
    std::int64_t number = 0;  ///< as in events
    std::int64_t door = 0;    ///< as the controller counts; 0: of none
    core::Direction direction{};
    ports::ReaderState state{};
    std::optional<std::string> model;
};

struct LineOfReaders {
    std::int64_t number = 0;  ///< from 1
    std::string device;
    std::int64_t baud = 0;
    std::optional<std::string> fault;  ///< why it does not work, in the controller's words
    std::string fault_code;            ///< of the fault; empty: it has none
    std::vector<ReaderOnLine> readers;
};

/// Error corrupt "protocol_error".
[[nodiscard]] base::Result<std::vector<LineOfReaders>> reader_lines_from(const boost::json::object&);

}  // namespace sallyport::server

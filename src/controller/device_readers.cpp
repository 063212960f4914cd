// The readers on lines of their own: state, pairing, keys, speed, captures (controller.md R2, R4).
#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "base/base64.hpp"
#include "base/enum_text.hpp"
#include "codec/dhip/reader.hpp"
#include "codec/wiegand/format_text.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"
#include "controller/reader_lines.hpp"

namespace sallyport::controller {

namespace dhip = codec::dhip;
namespace json = boost::json;

namespace {

constexpr std::int64_t lines_limit = 64;
constexpr std::int64_t last_address = 126;
constexpr std::size_t longest_format = 160;  ///< 64 bits, and spaces between them

json::object reader_json(const ports::LinkedReader& reader) {
    json::object object{{"address", reader.address},
                        {"reader", reader.number.value},
                        {"door", reader.door.value},
                        {"direction", base::text_of(reader.direction)},
                        {"state", base::text_of(reader.state)}};
    if (!reader.model.empty()) object["model"] = reader.model;
    return object;
}

json::object line_json(const ports::ReaderLine& line, std::size_t number) {
    json::array readers;
    for (const auto& reader : line.readers()) readers.push_back(reader_json(reader));
    json::object object{
        {"line", number}, {"device", line.device()}, {"baud", line.baud()}, {"readers", std::move(readers)}};
    if (const auto status = line.device_state(); !status) {
        object["fault"] = status.error().message;
        object["faultCode"] = status.error().code;
    }
    return object;
}

json::object format_json(const core::CardFormat& format) {
    json::object object{{"name", format.name}};
    if (format.bits.empty()) return object;
    object["bits"] = format.bits;
    object["parities"] = json::array(format.parities.begin(), format.parities.end());
    return object;
}

core::CardFormat format_from(const dhip::Reader& written) {
    core::CardFormat format{.name = std::string(written["name"].text(longest_format))};
    if (written["bits"].present()) format.bits = written["bits"].text(longest_format);
    if (!written["parities"].present()) return format;
    written["parities"].each(codec::wiegand::most_formats, [&](const dhip::Reader& parity) {
        format.parities.emplace_back(parity.text(longest_format));
    });
    return format;
}

ReaderName name_from(const dhip::Reader& params) {
    return {static_cast<std::size_t>(params["line"].integer(1, lines_limit)),
            static_cast<std::uint8_t>(params["address"].integer(0, last_address))};
}

}  // namespace

void DeviceSession::list_readers(const Request& request) {
    json::array lines;
    for (const auto* line : service_.reader_lines().all())
        lines.push_back(line_json(*line, lines.size() + 1));
    json::array formats;
    for (const auto& format : service_.reader_lines().formats()) formats.push_back(format_json(format));
    answer(request, {{"lines", std::move(lines)}, {"formats", std::move(formats)}});
}

void DeviceSession::pair_reader(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto name = name_from(params);
    const std::chrono::minutes window{params["minutes"].integer(1, 10)};
    if (fault) return refuse(request, *fault);
    service_.reader_lines().pair(name, window, caller_.account, finishing(request));
}

void DeviceSession::cancel_pairing(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto line = params["line"].integer(1, lines_limit);
    if (fault) return refuse(request, *fault);
    service_.reader_lines().cancel_pairing(static_cast<std::size_t>(line), caller_.account,
                                           finishing(request));
}

void DeviceSession::rotate_reader_key(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto name = name_from(params);
    if (fault) return refuse(request, *fault);
    service_.reader_lines().rotate_key(name, caller_.account, finishing(request));
}

void DeviceSession::set_line(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto line = params["line"].integer(1, lines_limit);
    const auto baud = params["baud"].integer(9'600, 230'400);
    if (fault) return refuse(request, *fault);
    if (!ports::is_line_speed(baud)) {
        return refuse(request, {base::ErrorKind::invalid, "invalid_parameter",
                                "params.baud has to be 9600, 19200, 38400, 57600, 115200 or 230400."});
    }
    service_.reader_lines().change_baud(static_cast<std::size_t>(line), static_cast<std::uint32_t>(baud),
                                        caller_.account, finishing(request));
}

void DeviceSession::set_formats(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    std::vector<core::CardFormat> formats;
    params["formats"].each(codec::wiegand::most_formats,
                           [&](const dhip::Reader& written) { formats.push_back(format_from(written)); });
    if (fault) return refuse(request, *fault);
    service_.reader_lines().set_formats(std::move(formats), caller_.account, finishing(request));
}

void DeviceSession::capture_line(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const auto line = params["line"].integer(1, lines_limit);
    const std::chrono::seconds duration{params["seconds"].integer(1, 60)};
    if (fault) return refuse(request, *fault);
    service_.reader_lines().capture(static_cast<std::size_t>(line), duration, caller_.account,
                                    while_open([this, request](base::Result<std::string> file) {
                                        if (!file) return refuse(request, file.error());
                                        answer(request, {{"pcap", base::to_base64(*file)}});
                                    }));
}

void DeviceSession::forget_panel(const Request& request) {
    auto* mode = service_.controller().reader_mode();
    if (mode == nullptr) {
        return refuse(request, {base::ErrorKind::not_found, "line_unknown",
                                "The controller has no line to a panel: configure reader_mode.device."});
    }
    mode->forget_panel(caller_.account, finishing(request));
}

}  // namespace sallyport::controller

#include "codec/dhip/discovery.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>

#include "codec/dhip/frame.hpp"
#include "codec/dhip/reader.hpp"

namespace sallyport::codec::dhip {

namespace json = boost::json;

namespace {

constexpr std::string_view search_method = "DHDiscover.search";
constexpr std::string_view announce_method = "client.notifyDevInfo";

std::unexpected<base::Error> not_dhip() {
    return base::fail(base::ErrorKind::corrupt, "not_dhip", "The datagram holds no DHIP message.");
}

/// The one frame that a datagram is.
std::optional<Frame> frame_in(std::string_view datagram) {
    if (datagram.size() > datagram_limit) return std::nullopt;
    FrameDecoder decoder(datagram_limit);
    decoder.feed(datagram, {});
    auto frame = decoder.next();
    if (!frame || decoder.next_deadline()) return std::nullopt;
    return *std::move(frame);
}

/// The JSON of a datagram with that method.
base::Result<json::object> message_in(std::string_view datagram, std::string_view method) {
    const auto frame = frame_in(datagram);
    if (!frame) return not_dhip();
    json::error_code error;
    auto value = json::parse(frame->body, error);
    if (error || !value.is_object()) return not_dhip();

    Fault fault;
    const auto said = Reader(value, "message", fault)["method"].text(128);
    if (fault) return not_dhip();
    if (said != method) {
        return base::fail(base::ErrorKind::forbidden, "refused",
                          fmt::format("{} is not served on the discovery port.", said));
    }
    return std::move(value.get_object());
}

std::string text_of(const Reader& from) {
    return from.present() ? std::string(from.text(256)) : std::string{};
}

std::uint16_t port_of(const Reader& from) {
    return from.present() ? static_cast<std::uint16_t>(from.integer(0, 65'535)) : 0;
}

}  // namespace

std::string encode(const Search& search) {
    return encode(Frame{0, 0,
                        json::serialize(json::object{{"method", search_method},
                                                     {"params", {{"mac", search.mac}, {"uni", 1}}}})});
}

std::string encode(const Announcement& device) {
    const json::object address{{"IPAddress", device.address},
                               {"SubnetMask", device.subnet_mask},
                               {"DefaultGateway", device.default_gateway}};
    const json::object described{{"DeviceType", device.device_type},
                                 {"SerialNo", device.serial},
                                 {"Version", device.version},
                                 {"IPv4Address", address},
                                 {"Port", device.port},
                                 {"HttpPort", device.http_port},
                                 {"Init", device.initialised == Initialised::yes ? 1 : 0},
                                 {"Fingerprint", device.fingerprint}};
    return encode(
        Frame{0, 0,
              json::serialize(json::object{{"method", announce_method},
                                           {"params", {{"mac", device.mac}, {"deviceInfo", described}}}})});
}

base::Result<Search> search_from(std::string_view datagram) {
    auto message = message_in(datagram, search_method);
    if (!message) return std::unexpected(message.error());
    Fault fault;
    const Reader from(*message, "message", fault);
    Search search;
    if (const auto params = from["params"]; params.present()) search.mac = text_of(params["mac"]);
    if (fault) return std::unexpected(*std::move(fault));
    return search;
}

base::Result<Request> datagram_request(std::string_view datagram) {
    const auto frame = frame_in(datagram);
    if (!frame) return not_dhip();
    return decode_request(*frame);
}

base::Result<Announcement> announcement_from(std::string_view datagram) {
    auto message = message_in(datagram, announce_method);
    if (!message) return std::unexpected(message.error());
    Fault fault;
    const Reader from(*message, "message", fault);
    const auto params = from["params"];
    // Some devices put the mac beside the method.
    const auto described = params["deviceInfo"];
    if (!described.present()) described.complain("has to be an object");
    Announcement device;
    device.mac = text_of(params["mac"]);
    if (device.mac.empty()) device.mac = text_of(from["mac"]);
    device.device_type = text_of(described["DeviceType"]);
    device.serial = text_of(described["SerialNo"]);
    device.version = text_of(described["Version"]);
    if (const auto address = described["IPv4Address"]; address.present()) {
        device.address = text_of(address["IPAddress"]);
        device.subnet_mask = text_of(address["SubnetMask"]);
        device.default_gateway = text_of(address["DefaultGateway"]);
    }
    device.port = port_of(described["Port"]);
    device.http_port = port_of(described["HttpPort"]);
    device.fingerprint = text_of(described["Fingerprint"]);
    if (const auto init = described["Init"]; init.present()) {
        device.initialised = init.integer(0, 1'000'000) == 1 ? Initialised::yes : Initialised::no;
    }
    if (fault) return std::unexpected(*std::move(fault));
    return device;
}

}  // namespace sallyport::codec::dhip

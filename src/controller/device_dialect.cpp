// The dialect's own small methods, as deployed clients know them.
#include "codec/dhip/reader.hpp"
#include "codec/dhip/time_text.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"

namespace sallyport::controller {

namespace dhip = codec::dhip;
namespace json = boost::json;

void DeviceSession::system_facts(const Request& request) {
    const auto& identity = service_.identity();
    const auto& serial = service_.controller().serial();
    if (request.method == "magicBox.getDeviceType") return answer(request, {{"type", identity.model}});
    if (request.method == "magicBox.getSerialNo") return answer(request, {{"sn", serial}});
    if (request.method == "magicBox.getSoftwareVersion")
        return answer(request, {{"version", json::object{{"Version", identity.firmware}}}});
    answer(request, {{"deviceType", identity.model}, {"serialNumber", serial}, {"updateSerial", serial}});
}

// Local time without a zone: "2026-03-29 01:59:50".
void DeviceSession::current_time(const Request& request) {
    const auto now = service_.controller().now();
    auto text = dhip::utc_text(now.utc + std::chrono::seconds{now.local.utc_offset_s});
    text[10] = ' ';
    answer(request, {{"time", text.substr(0, 19)}});
}

void DeviceSession::set_current_time(const Request& request) {
    dhip::Fault fault;
    const dhip::Reader params(request.params, "params", fault);
    const std::string said(params["time"].text(32));
    if (fault) return refuse(request, *fault);
    auto text = said;
    if (text.size() > 10) text[10] = 'T';
    const auto local = dhip::parse_utc(text + "Z");
    if (!local) {
        return refuse(request, {base::ErrorKind::invalid, "invalid_parameter",
                                "params.time has to be the local time, such as 2026-03-29 01:59:50."});
    }
    // The offset depends on the time that is looked for: the second look settles it but for the hour of a
    // change.
    auto utc = *local;
    for (int i = 0; i < 2; ++i) {
        const auto seen = service_.zones().local(service_.controller().station().settings().zone, utc);
        if (seen) utc = *local + std::chrono::seconds{-seen->utc_offset_s};
    }
    if (auto status = service_.civil_clock().set_utc(utc); !status) return refuse(request, status.error());
    service_.note(core::RecordKind::settings_changed,
                  {core::DetailTerm::clock_set, {{core::DetailName::by, account_->name}}});
    service_.controller().clock_changed();
    answer(request);
}

void DeviceSession::list_methods(const Request& request) {
    json::array names;
    for (const auto& method : methods()) names.push_back(json::string(method.name));
    answer(request, {{"method", std::move(names)}});
}

}  // namespace sallyport::controller

// Where the controller is reached, and its change of address (controller.md N2): inside TLS, and in the clear
// forms of `compatibility`; never on a network that the program was not told to own.
#include <algorithm>

#include "base/log.hpp"
#include "controller/device_service.hpp"
#include "controller/device_session.hpp"

namespace sallyport::controller {

namespace cgi = codec::cgi;

namespace {

/// For the answer to leave by the old address.
constexpr std::chrono::milliseconds farewell{500};
/// Of a controller that nobody has set up (K11).
const ports::NetworkAddress factory_address{"192.168.0.2", "255.255.255.0", "", ""};
constexpr std::size_t address_bytes = 64;

}  // namespace

ports::NetworkInterface DeviceService::interface() const {
    const auto all = network_ == nullptr ? std::vector<ports::NetworkInterface>{} : network_->interfaces();
    auto here = all.end();
    const auto owned = network_ == nullptr ? std::string() : network_->owned();
    if (!owned.empty()) here = std::ranges::find(all, owned, &ports::NetworkInterface::name);
    const auto& listens = identity_.listen.address;
    if (here == all.end()) here = std::ranges::find(all, listens, &ports::NetworkInterface::address);
    if (here != all.end()) return *here;
    if (listens == "0.0.0.0" && !all.empty()) return all.front();
    return {.name = owned, .address = listens, .subnet_mask = {}, .default_gateway = {}, .mac = {}};
}

ports::NetworkAddress DeviceService::wanted_address(const cgi::Loose& said) const {
    const auto now = interface();
    const auto or_else = [](const cgi::Loose& field, const std::string& present) {
        return field.value() == nullptr ? present : field.text(address_bytes);
    };
    return {or_else(said["IPAddress"], now.address), or_else(said["SubnetMask"], now.subnet_mask),
            or_else(said["DefaultGateway"], now.default_gateway),
            or_else(said["GatewayMac"], network_ == nullptr ? std::string() : network_->given().gateway_mac)};
}

base::Status DeviceService::check_address(const ports::NetworkAddress& wanted) const {
    if (network_ == nullptr || network_->owned().empty())
        return base::fail(
            base::ErrorKind::forbidden, "network_of_host",
            "The address of this controller is its host's: set it there, or let the program own "
            "an interface (network_interface in its configuration).");
    if (identity_.listen.address != "0.0.0.0" && identity_.listen.address != "::")
        return base::fail(base::ErrorKind::conflict, "conflict",
                          "The controller listens at one address alone: let it listen at 0.0.0.0 before its "
                          "address is changed.");
    return network_->check_change(wanted);
}

void DeviceService::change_address(const ports::NetworkAddress& wanted, const std::string& by) {
    note(core::RecordKind::settings_changed,
         {core::DetailTerm::table_set, {{core::DetailName::part, "Network"}, {core::DetailName::by, by}}});
    address_change_.after(farewell, [this, wanted] {
        if (auto status = network_->change(wanted); !status) return base::log_error(status.error().message);
        base::log_notice("The address is " + wanted.address + " from now on.");
    });
}

void DeviceService::reset_address(const Records& records) {
    const auto reset = [](const core::StoredRecord& stored) {
        return stored.record.kind == core::RecordKind::factory_reset;
    };
    if (std::ranges::none_of(records, reset) || !check_address(factory_address)) return;
    change_address(factory_address, {});
}

void DeviceSession::set_address(const Request& request) {
    cgi::Fault fault;
    const auto wanted = service_.wanted_address(cgi::Loose(request.params, fault));
    if (fault) return refuse(request, *fault);
    if (auto status = service_.check_address(wanted); !status) return refuse(request, status.error());
    service_.change_address(wanted, caller_.account);
    answer(request);
}

}  // namespace sallyport::controller

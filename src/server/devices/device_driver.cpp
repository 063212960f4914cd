#include "server/devices/device_driver.hpp"

#include "server/devices/clear_driver.hpp"
#include "server/devices/native_driver.hpp"

namespace sallyport::server {

std::shared_ptr<DeviceDriver> make_driver(const DriverParts& parts, DeviceAddress address,
                                          DeviceHooks hooks) {
    if (address.wire == Wire::in_clear)
        return std::make_shared<ClearDriver>(parts, std::move(address), std::move(hooks));
    return std::make_shared<NativeDriver>(parts, std::move(address), std::move(hooks));
}

}  // namespace sallyport::server

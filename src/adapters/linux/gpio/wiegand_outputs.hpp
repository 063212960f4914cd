#pragma once
// Two lines of GPIO chips as the outputs of a WiegandPanelLink.
#include "adapters/linux/gpio/wiegand_panel_link.hpp"
#include "adapters/linux/gpio/wiring.hpp"

namespace sallyport::adapters {

[[nodiscard]] WiegandOutputs gpio_outputs(const WiredLine& d0, const WiredLine& d1);

}  // namespace sallyport::adapters

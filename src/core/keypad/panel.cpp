#include "core/keypad/panel.hpp"

namespace sallyport::core {

int beeps_of(Signal signal) {
    switch (signal) {
        case Signal::success:
        case Signal::unlocked:
        case Signal::power_on: return 1;
        case Signal::next: return 2;
        case Signal::failure:
        case Signal::denied: return 3;
        case Signal::menu:
        case Signal::key: return 0;
    }
    return 0;
}

}  // namespace sallyport::core

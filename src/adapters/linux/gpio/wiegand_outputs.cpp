#include "adapters/linux/gpio/wiegand_outputs.hpp"

#include <array>

#include "adapters/linux/gpio/gpio_chip.hpp"

namespace sallyport::adapters {

namespace {

/// A handle of the kernel's for each line, so that neither shares anything with the lines of the doors, which
/// another thread uses.
struct Lines {
    explicit Lines(const std::array<WiredLine, 2>& wired) {
        for (std::size_t i = 0; i < wired.size(); ++i) {
            auto& chip = chips[i].emplace(loop, wired[i].chip);
            lines[i] = &chip.add(wired[i], GpioLine::Use::output);
            chip.on_failed = [this](const base::Error& error) { failure = std::unexpected(error); };
        }
    }
    base::Status open() {
        failure = {};
        for (auto& chip : chips) {
            if (chip->is_open()) continue;
            if (auto status = chip->open(); !status) return status;
        }
        return {};
    }
    base::Status set(codec::wiegand::Line line, core::Level level) {
        lines[line == codec::wiegand::Line::d0 ? 0 : 1]->set(level);
        return failure;
    }

    boost::asio::io_context loop;  ///< outputs have no events
    std::array<std::optional<GpioChip>, 2> chips;
    std::array<GpioLine*, 2> lines{};
    base::Status failure;
};

}  // namespace

WiegandOutputs gpio_outputs(const WiredLine& d0, const WiredLine& d1) {
    auto lines = std::make_shared<Lines>(std::array{d0, d1});
    return {[lines] { return lines->open(); },
            [lines](codec::wiegand::Line line, core::Level level) { return lines->set(line, level); }};
}

}  // namespace sallyport::adapters

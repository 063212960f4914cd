#include "gpio/fake_gpiod.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <gpiod.h>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

/// A wire and the line at its end.
struct Wire {
    int level = 0;
    bool occupied = false;
    bool requested = false;
    int type = 0;
    int flags = 0;
    std::array<int, 2> pipe{-1, -1};

    [[nodiscard]] int logical() const {
        return (flags & GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW) != 0 ? 1 - level : level;
    }
    void set_logical(int value) {
        level = (flags & GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW) != 0 ? 1 - value : value;
    }
    void close_pipe() {
        for (auto& end : pipe)
            if (end >= 0) ::close(std::exchange(end, -1));
    }
    void end_edges() {
        if (pipe[1] >= 0) ::close(std::exchange(pipe[1], -1));
    }
    void give_up() {
        requested = false;
        flags = 0;
        close_pipe();
    }
};

struct Machine {
    struct Chip {
        std::vector<Wire> wires;
        bool plugged = true;
        int refusal = 0;
    };
    std::map<std::string, Chip> chips;
};

/// Outputs may be another thread's.
struct Changes {
    std::mutex mutex;
    std::vector<sallyport::tests::fake_gpiod::Change> all;
};

Changes& changes_of_outputs() {
    static Changes changes;
    return changes;
}

Machine& machine() {
    static Machine all;
    return all;
}

Wire& wire(const std::string& chip, std::uint32_t line) {
    return machine().chips.at(chip).wires.at(line);
}

int failed(int error) {
    errno = error;
    return -1;
}

}  // namespace

// What libgpiod hands out.
struct gpiod_line {
    gpiod_chip* chip = nullptr;
    std::uint32_t offset = 0;
};
struct gpiod_chip {
    std::string name;
    std::list<gpiod_line> lines;

    [[nodiscard]] Wire* at(const gpiod_line& line) const {
        auto& chip = machine().chips.at(name);
        return chip.plugged ? &chip.wires.at(line.offset) : nullptr;
    }
};

extern "C" {

gpiod_chip* gpiod_chip_open_lookup(const char* name) {
    const auto found = machine().chips.find(name);
    if (found == machine().chips.end() || !found->second.plugged) {
        errno = ENOENT;
        return nullptr;
    }
    if (found->second.refusal != 0) {
        errno = found->second.refusal;
        return nullptr;
    }
    return std::make_unique<gpiod_chip>(gpiod_chip{name, {}}).release();
}

void gpiod_chip_close(gpiod_chip* chip) {
    for (const auto& line : chip->lines) {
        auto& wire = machine().chips.at(chip->name).wires.at(line.offset);
        if (wire.requested) wire.give_up();
    }
    const std::unique_ptr<gpiod_chip> gone(chip);
}

gpiod_line* gpiod_chip_get_line(gpiod_chip* chip, unsigned int offset) {
    if (offset >= machine().chips.at(chip->name).wires.size()) {
        errno = EINVAL;
        return nullptr;
    }
    return &chip->lines.emplace_back(chip, offset);
}

int gpiod_line_request(gpiod_line* line, const gpiod_line_request_config* config, int value) {
    auto* const wire = line->chip->at(*line);
    if (wire == nullptr) return failed(ENODEV);
    if (wire->occupied || wire->requested) return failed(EBUSY);
    wire->requested = true;
    wire->type = config->request_type;
    wire->flags = config->flags;
    if (wire->type == GPIOD_LINE_REQUEST_DIRECTION_OUTPUT) wire->set_logical(value);
    return 0;
}

int gpiod_line_event_get_fd(gpiod_line* line) {
    auto* const wire = line->chip->at(*line);
    if (wire == nullptr) return failed(ENODEV);
    if (wire->pipe[0] < 0 && ::pipe2(wire->pipe.data(), O_CLOEXEC) != 0) return -1;
    return wire->pipe[0];
}

int gpiod_line_event_read_fd_multiple(int descriptor, gpiod_line_event* events, unsigned int count) {
    const auto size = ::read(descriptor, events, count * sizeof(gpiod_line_event));
    if (size < 0) return -1;
    if (size == 0) return failed(ENODEV);
    return static_cast<int>(static_cast<std::size_t>(size) / sizeof(gpiod_line_event));
}

int gpiod_line_get_value(gpiod_line* line) {
    auto* const wire = line->chip->at(*line);
    return wire == nullptr ? failed(ENODEV) : wire->logical();
}

int gpiod_line_set_value(gpiod_line* line, int value) {
    auto* const wire = line->chip->at(*line);
    if (wire == nullptr) return failed(ENODEV);
    wire->set_logical(value);
    const std::lock_guard lock(changes_of_outputs().mutex);
    changes_of_outputs().all.push_back({line->offset, wire->level, std::chrono::steady_clock::now()});
    return 0;
}

}  // extern "C"

namespace sallyport::tests::fake_gpiod {

void reset() {
    for (auto& [name, chip] : machine().chips)
        for (auto& each : chip.wires) each.close_pipe();
    machine().chips.clear();
    const std::lock_guard lock(changes_of_outputs().mutex);
    changes_of_outputs().all.clear();
}

void plug_in(const std::string& name, std::uint32_t lines) {
    auto& chip = machine().chips[name];
    chip.plugged = true;
    chip.refusal = 0;
    chip.wires.resize(lines);
}

void pull_out(const std::string& name) {
    auto& chip = machine().chips.at(name);
    chip.plugged = false;
    for (auto& each : chip.wires) each.end_edges();
}

void refuse(const std::string& name, int error) {
    machine().chips.at(name).refusal = error;
}

void occupy(const std::string& chip, std::uint32_t line) {
    wire(chip, line).occupied = true;
}

void release(const std::string& chip, std::uint32_t line) {
    wire(chip, line).occupied = false;
}

void drive(const std::string& chip, std::uint32_t line, int level, base::Instant at) {
    auto& driven = wire(chip, line);
    if (driven.level == level) return;
    driven.level = level;
    if (driven.pipe[1] < 0) return;
    const bool rises = driven.logical() == 1;
    const bool both = driven.type == GPIOD_LINE_REQUEST_EVENT_BOTH_EDGES;
    const bool wanted = both || (driven.type == GPIOD_LINE_REQUEST_EVENT_RISING_EDGE && rises);
    if (!wanted) return;
    const auto microseconds = at.since_start.count();
    const gpiod_line_event event{
        {.tv_sec = microseconds / 1'000'000, .tv_nsec = microseconds % 1'000'000 * 1'000},
        rises ? GPIOD_LINE_EVENT_RISING_EDGE : GPIOD_LINE_EVENT_FALLING_EDGE};
    static_cast<void>(!::write(driven.pipe[1], &event, sizeof event));
}

void drive_silently(const std::string& chip, std::uint32_t line, int level) {
    wire(chip, line).level = level;
}

int level(const std::string& chip, std::uint32_t line) {
    return wire(chip, line).level;
}

std::vector<Change> changes() {
    const std::lock_guard lock(changes_of_outputs().mutex);
    return changes_of_outputs().all;
}

std::optional<int> flags(const std::string& chip, std::uint32_t line) {
    const auto& asked = wire(chip, line);
    return asked.requested ? std::optional(asked.flags) : std::nullopt;
}

}  // namespace sallyport::tests::fake_gpiod

#pragma once
// What the simulator was told on its command line.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "apps/sallyport-sim/faults.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "ports/transport.hpp"

namespace sallyport::apps {

/// Whether people come by the hour of the day, or as many at any time.
enum class Pace : std::uint8_t { by_the_hour, steady };

struct SimOptions {
    std::uint32_t controllers = 3;
    std::uint8_t doors = 1;  ///< of each controller
    std::uint64_t seed = 1;
    std::size_t records_limit = 60'000;  ///< of each controller's journal
    /// Of the first; each further one listens at the next port, and answers searches at the same number.
    ports::Endpoint listen{"127.0.0.1", 21'000};
    std::optional<ports::Endpoint> registration;  ///< dialled instead
    std::optional<ports::Endpoint> panel;         ///< the first controller's, the others at the next ports
    std::optional<ports::Endpoint> control;
    std::optional<base::Secret> password;  ///< of account admin; none: uninitialised
    std::filesystem::path directory;       ///< keeps the certificates; empty: new ones at each start
    double passages = 30;                  ///< an hour and controller, on the average of a working day
    Pace pace = Pace::by_the_hour;
    std::vector<Fault> faults;
    double faults_an_hour = 12;  ///< of each controller, on average
    std::uint32_t seconds = 0;   ///< to run; 0: until it is stopped
};

/// `--help` and the like: print and end with success.
struct Printed {
    std::string text;
};
using Invocation = std::variant<SimOptions, Printed>;

/// `invalid`: a sentence that names the argument. arguments[0] is the program.
[[nodiscard]] base::Result<Invocation> read_arguments(int count, const char* const* arguments);

}  // namespace sallyport::apps

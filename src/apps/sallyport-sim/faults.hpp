#pragma once
// What goes wrong at a simulated site, drawn from its seed.
#include <cstdint>
#include <memory>
#include <random>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/describe/enum.hpp>

#include "base/result.hpp"
#include "controller/loop.hpp"
#include "ports/clock.hpp"
#include "ports/transport.hpp"

namespace sallyport::apps {

class SimulatedController;
using Fleet = std::vector<std::unique_ptr<SimulatedController>>;

enum class Fault : std::uint8_t {
    loss,     ///< links go silent for a while, and then they are gone
    delay,    ///< links hold back all that they carry for a while
    restart,  ///< power is cut and returns: memory is lost, what was stored is there
    drift,    ///< a clock goes wrong by up to a minute more
    hostile   ///< a stranger connects, and says nonsense, half of something, or nothing
};
BOOST_DESCRIBE_ENUM(Fault, loss, delay, restart, drift, hostile)

/// "loss,restart", "all" or "none". `invalid` with a sentence.
[[nodiscard]] base::Result<std::vector<Fault>> faults_from(std::string_view);

/// All on the loop thread.
class Faults {
  public:
    /// All outlive it. `dialler`: a stranger's.
    Faults(boost::asio::io_context&, Fleet&, ports::StreamDialler& dialler, std::uint64_t seed);

    /// So many an hour at each controller, on average; none of no kind. What is under way ends by itself.
    void befall(std::vector<Fault> kinds, double an_hour);
    [[nodiscard]] std::uint64_t count(Fault) const;

  private:
    void next();
    void happen();
    void visit(const ports::Endpoint&);
    [[nodiscard]] std::string nonsense();
    [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t most);

    boost::asio::io_context& loop_;
    Fleet& fleet_;
    ports::StreamDialler& dialler_;
    std::mt19937_64 random_;
    std::vector<Fault> kinds_;
    double a_second_ = 0;
    std::vector<std::uint64_t> counts_;
    controller::LoopTimer timer_;
};

}  // namespace sallyport::apps

#pragma once
// The OSDP lines of the configuration, put together: serial ports, or lines that are played.
#include <memory>
#include <vector>

#include "adapters/serial/osdp_reader_line.hpp"
#include "adapters/sim/simulated_doors.hpp"
#include "adapters/sim/simulated_line.hpp"
#include "apps/sallyport-door/options.hpp"
#include "controller/reader_lines.hpp"

namespace sallyport::apps {

class OsdpLines {
  public:
    /// `real`: the machine's clock; `clock`: the controller's. Errors: those of SimulatedLine.
    [[nodiscard]] static base::Result<OsdpLines> open(boost::asio::io_context&, const ports::Clock& real,
                                                      const ports::Clock& clock, const DoorOptions&);

    /// Lines that are played get their readers at the front panel; null on real doors, which have neither.
    void add_to(controller::ReaderLines&, adapters::SimulatedDoors*);

  private:
    struct Line {
        std::unique_ptr<adapters::SimulatedLine> played;  ///< none for a real one
        std::unique_ptr<adapters::OsdpReaderLine> line;
    };
    static void play(const Line&, adapters::SimulatedDoors&);

    std::vector<Line> lines_;
};

}  // namespace sallyport::apps

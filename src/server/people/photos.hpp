#pragma once
// Photos of people (platform.md H1): one for each, kept apart from the rest and gone with the person. Any
// thread.
#include <stop_token>
#include <string>

#include "ports/clock.hpp"
#include "ports/picture_drawing.hpp"
#include "server/audit/audit.hpp"

namespace sallyport::server {

class Photos {
  public:
    /// All outlive this.
    Photos(ports::Database& database, const ports::Clock& clock, Audit& audit, ports::DrawPicture draw)
        : database_(database), clock_(clock), audit_(audit), draw_(std::move(draw)) {}

    /// A JPEG file. People of departments that are not `seen` are as if they were not there. Error not_found,
    /// also for who has none.
    [[nodiscard]] Answer<std::string> get(Id person, const Branches& seen) const;
    /// Takes as long as drawing does. Errors besides: those of `make_photo`.
    [[nodiscard]] Outcome set(Id person, std::string_view file, const Branches& seen, const Actor&);
    Outcome remove(Id person, const Branches& seen, const Actor&);
    /// Nothing is drawn any more: what is under way or comes later is refused with `stopping`.
    void stop() { stop_.request_stop(); }

  private:
    [[nodiscard]] base::Status note(ports::Connection&, Id person, const std::string& name,
                                    std::string_view what, const Actor&);

    ports::Database& database_;
    const ports::Clock& clock_;
    Audit& audit_;
    const ports::DrawPicture draw_;
    std::stop_source stop_;
};

}  // namespace sallyport::server

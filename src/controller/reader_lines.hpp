#pragma once
// The lines of readers that the controller has, as they are administered (controller.md R2, R4): pairing in a
// window, keys, speed, a look at the traffic, and the formats of cards, for wired readers too. Keys are made
// here and kept in the store; everything is recorded. All on the loop thread.
#include <functional>
#include <string>
#include <vector>

#include "controller/controller.hpp"
#include "core/record/detail.hpp"
#include "ports/reader_line.hpp"

namespace sallyport::controller {

/// A reader as somebody on the network names it.
struct ReaderName {
    std::size_t line = 1;      ///< from 1, in the order of the configuration
    std::uint8_t address = 0;  ///< on its line
};

class ReaderLines {
  public:
    using Done = ports::ReaderLine::Done;

    /// `controller` outlives it.
    explicit ReaderLines(Controller& controller) : controller_(controller) {}

    /// The controller serves the line from now on. It outlives this.
    void add(ports::ReaderLine&);
    /// Once, before the controller starts: the lines begin to speak.
    void start(const ports::ControllerImage&);

    [[nodiscard]] const std::vector<ports::ReaderLine*>& all() const { return lines_; }

    // `by`: who asks, for the record. Errors: `not_found` "line_unknown", "reader_unknown", those of
    // ports::ReaderLine, and those of the store.
    void pair(const ReaderName&, base::Duration, const std::string& by, Done);
    void cancel_pairing(std::size_t line, const std::string& by, Done);
    void rotate_key(const ReaderName&, const std::string& by, Done);
    void change_baud(std::size_t line, std::uint32_t baud, const std::string& by, Done);
    void capture(std::size_t line, base::Duration, const std::string& by, ports::ReaderLine::Captured);

    /// Of all readers of the controller, wired ones too; none: as configured.
    [[nodiscard]] const std::vector<core::CardFormat>& formats() const { return formats_; }
    /// Replaces them, as a whole and when it is durable. `invalid` "wiegand_format" with what is wrong.
    void set_formats(std::vector<core::CardFormat>, const std::string& by, Done);

  private:
    [[nodiscard]] base::Result<ports::ReaderLine*> line(std::size_t number) const;
    [[nodiscard]] base::Result<ports::LinkedReader> reader(const ReaderName&) const;
    [[nodiscard]] ports::ReaderKeys& keys_of(const std::string& device, std::uint8_t address);
    /// Stores `fresh` as the reader's pending key with a record; then `take` hands it to the line.
    void give_key(const ReaderName&, const core::Detail&, Done,
                  std::move_only_function<base::Status(ports::ReaderLine&, const base::Secret& fresh)> take);
    void key_taken(std::size_t line, std::uint8_t address, const base::Secret& key);
    void note(const ports::LinkedReader*, const core::Detail&);
    [[nodiscard]] core::Record record(const ports::LinkedReader*, const core::Detail&) const;

    Controller& controller_;
    std::vector<ports::ReaderLine*> lines_;
    std::vector<ports::ReaderKeys> keys_;
    std::vector<core::CardFormat> formats_;
};

}  // namespace sallyport::controller

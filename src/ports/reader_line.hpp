#pragma once
// A line of readers with keys of their own, as it is administered: pairing, keys, speed, a look at its
// traffic (controller.md R2, R4; readers.md). What is to outlive a restart is kept by the controller, which
// gives it back at the start. All on the loop thread.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe/enum.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "ports/reader_link.hpp"

namespace sallyport::ports {

enum class ReaderState : std::uint8_t {
    unpaired,  ///< has no key: not spoken to
    pairing,   ///< its window is open
    offline,   ///< has a key and does not answer, or answers with another one
    online
};
BOOST_DESCRIBE_ENUM(ReaderState, unpaired, pairing, offline, online)

struct LinkedReader {
    std::uint8_t address = 0;  ///< on its line
    base::ReaderNumber number;
    base::DoorNumber door;
    core::Direction direction = core::Direction::entry;
    ReaderState state = ReaderState::unpaired;
    std::string model;  ///< what it said of itself: vendor, model, firmware, serial; empty until it did
};

/// Keys are 16 bytes.
struct ReaderKeys {
    std::string device;  ///< of the line
    std::uint8_t address = 0;
    base::Secret own;      ///< empty: never paired
    base::Secret pending;  ///< made, and perhaps taken by the reader already; empty: none
};

class ReaderLine : public ReaderLink {
  public:
    static constexpr base::Duration longest_pairing = std::chrono::minutes{10};
    static constexpr base::Duration longest_capture = std::chrono::seconds{60};
    using Done = std::move_only_function<void(const base::Status&)>;
    using Captured = std::move_only_function<void(base::Result<std::string>)>;

    [[nodiscard]] virtual const std::string& device() const = 0;
    [[nodiscard]] virtual std::uint32_t baud() const = 0;
    /// `unavailable` with what is wrong with the device.
    [[nodiscard]] virtual base::Status device_state() const = 0;
    [[nodiscard]] virtual std::vector<LinkedReader> readers() const = 0;

    /// Begins to speak. `keys` of other lines are left alone; `baud` 0: as configured. Once.
    virtual void start(std::uint32_t baud, const std::vector<ReaderKeys>& keys) = 0;

    /// The default key is spoken to this reader only, until it has taken `key`, `duration` is over or another
    /// window is opened. `key` is stored as pending before. `not_found` "reader_unknown", `invalid`
    /// "weak_key".
    [[nodiscard]] virtual base::Status open_pairing(std::uint8_t address, const base::Secret& key,
                                                    base::Duration duration) = 0;
    virtual void close_pairing() = 0;
    /// A new key for a paired reader, as soon as it is online. Errors as above; `conflict` "reader_unpaired".
    [[nodiscard]] virtual base::Status rotate_key(std::uint8_t address, const base::Secret& key) = 0;
    /// Tells the readers that are online to go to another speed, and follows them. Taken only when all of
    /// them are online again at the new speed within 5 s; otherwise everything goes back: `conflict`
    /// "baud_refused". `conflict` "line_busy" while another change or a pairing window is under way,
    /// `invalid` "baud_unsupported" when the device cannot.
    virtual void change_baud(std::uint32_t baud, Done done) = 0;
    /// All bytes of the line for so long, as a pcap file of at most 1 MiB. `conflict` "line_busy" while
    /// another one or a pairing window, whose traffic would tell the new key, is open.
    virtual void capture(base::Duration, Captured done) = 0;

    /// The pending key is the reader's own now.
    std::function<void(std::uint8_t address, const base::Secret& key)> on_key_taken;
    std::function<void(std::uint8_t address)> on_pairing_closed;
};

/// 9,600 to 230,400, the speeds of the standard.
[[nodiscard]] constexpr bool is_line_speed(std::int64_t baud) {
    return baud == 9'600 || baud == 19'200 || baud == 38'400 || baud == 57'600 || baud == 115'200 ||
           baud == 230'400;
}

}  // namespace sallyport::ports

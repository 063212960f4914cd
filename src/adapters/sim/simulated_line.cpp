#include "adapters/sim/simulated_line.hpp"

#include <algorithm>
#include <fcntl.h>
#include <fstream>
#include <future>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <sodium.h>

#include "base/ids.hpp"

namespace sallyport::adapters {

namespace osdp = codec::osdp;
namespace asio = boost::asio;
using std::chrono::microseconds;

namespace {

/// As a UART gives them to its driver.
constexpr std::size_t piece = 8;
constexpr std::size_t shown_kept = 50;

microseconds wire_time(std::size_t bytes, std::uint32_t baud) {
    return microseconds{static_cast<std::int64_t>(bytes) * 10'000'000 / baud};
}

std::uint32_t baud_of(speed_t speed) {
    switch (speed) {
        case B9600: return 9'600;
        case B19200: return 19'200;
        case B38400: return 38'400;
        case B57600: return 57'600;
        case B115200: return 115'200;
        case B230400: return 230'400;
        default: return 0;
    }
}

osdp::Nonce random_nonce() {
    osdp::Nonce nonce;
    randombytes_buf(nonce.data(), nonce.size());
    return nonce;
}

}  // namespace

base::Result<std::unique_ptr<SimulatedLine>> SimulatedLine::open(SimulatedLineOptions options) {
    const auto failed = [] {
        return base::fail(
            base::ErrorKind::internal, "no_terminal",
            "The machine gives no pseudo-terminal for the simulated line: is /dev/pts mounted?");
    };
    const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0) return failed();
    std::array<char, 128> name{};
    const bool usable = ::grantpt(master) == 0 && ::unlockpt(master) == 0 &&
                        ::ptsname_r(master, name.data(), name.size()) == 0;
    const int slave = usable ? ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
    termios line{};
    if (slave < 0 || ::tcgetattr(slave, &line) != 0) {
        if (slave >= 0) ::close(slave);
        ::close(master);
        return failed();
    }
    ::cfmakeraw(&line);
    ::tcsetattr(slave, TCSANOW, &line);
    return std::unique_ptr<SimulatedLine>(new SimulatedLine(std::move(options), master, slave, name.data()));
}

SimulatedLine::SimulatedLine(SimulatedLineOptions options, int master, int slave, std::string device)
    : options_(std::move(options)),
      device_(std::move(device)),
      master_(loop_, master),
      slave_(loop_, slave),
      timer_(loop_) {
    for (const auto address : options_.addresses) readers_[address].baud = options_.baud;
    recall();
    for (auto& [address, reader] : readers_) switch_on(address, reader);
    thread_ = std::thread([this] { run(); });
}

SimulatedLine::~SimulatedLine() {
    loop_.stop();
    thread_.join();
}

void SimulatedLine::run() {
    ::pthread_setname_np(::pthread_self(), "played readers");
    // A wire has no slack: without this each piece of an answer comes 50 us late.
    ::prctl(PR_SET_TIMERSLACK, 1UL);
    read();
    loop_.run();
}

void SimulatedLine::read() {
    master_.async_read_some(asio::buffer(buffer_),
                            [this](const boost::system::error_code& error, std::size_t n) {
                                if (error) return;
                                heard(n);
                                read();
                            });
}

// The terminal passes bytes on at once: the wire is here. Readers begin to think when the last byte has
// arrived, not when this thread wakes up for it.
void SimulatedLine::heard(std::size_t count) {
    const auto baud = panel_baud();
    if (baud == 0) return;
    line_free_ = std::max(line_free_, std::chrono::steady_clock::now()) + wire_time(count, baud);
    osdp::Bytes bytes(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(count));
    at(line_free_,
       [this, bytes = std::move(bytes), arrived = line_free_, baud] { deliver(bytes, arrived, baud); });
}

std::uint32_t SimulatedLine::panel_baud() const {
    termios line{};
    if (::tcgetattr(const_cast<SimulatedLine*>(this)->slave_.native_handle(), &line) != 0) return 0;
    return baud_of(::cfgetospeed(&line));
}

void SimulatedLine::deliver(const osdp::Bytes& bytes, Time arrived, std::uint32_t baud) {
    const base::Instant instant{std::chrono::duration_cast<microseconds>(arrived.time_since_epoch())};
    for (auto& [address, reader] : readers_) {
        if (!reader.peripheral || reader.baud != baud) continue;
        carry_out(reader, reader.peripheral->handle(bytes, instant, random_nonce()), arrived, baud);
    }
}

void SimulatedLine::carry_out(Reader& reader, osdp::Peripheral::Effects effects, Time arrived,
                              std::uint32_t baud) {
    for (auto& effect : effects) {
        if (auto* answer = std::get_if<osdp::Peripheral::Transmit>(&effect)) {
            send(reader, std::move(answer->bytes), arrived + options_.answers_after, baud);
        } else if (const auto* fresh = std::get_if<osdp::Peripheral::KeyChanged>(&effect)) {
            reader.key = fresh->key;
            remember();
        } else if (const auto* apply = std::get_if<osdp::Peripheral::Apply>(&effect)) {
            if (const auto* line = std::get_if<osdp::SetLine>(&apply->command)) reader.baud = line->baud;
            reader.shown.push_back(apply->command);
            if (reader.shown.size() > shown_kept) reader.shown.erase(reader.shown.begin());
        }
    }
}

void SimulatedLine::send(const Reader& reader, osdp::Bytes bytes, Time begin, std::uint32_t baud) {
    dice_ = dice_ * 75 % 65'537;
    if (reader.fault == ports::ReaderFault::noisy && dice_ % 4 == 0) bytes[dice_ % bytes.size()] ^= 0x10;
    for (std::size_t from = 0; from < bytes.size(); from += piece) {
        const auto to = std::min(from + piece, bytes.size());
        osdp::Bytes part(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                         bytes.begin() + static_cast<std::ptrdiff_t>(to));
        at(begin + wire_time(to, baud), [this, part = std::move(part)] {
            static_cast<void>(::write(master_.native_handle(), part.data(), part.size()));
        });
    }
    line_free_ = begin + wire_time(bytes.size(), baud);
}

void SimulatedLine::switch_on(std::uint8_t address, Reader& reader) {
    osdp::PeripheralSettings settings;
    settings.address = address;
    settings.key = reader.key;
    settings.identity = {{0x53, 0x50, 0x52}, 1, 1, address, {1, 0, 0}};
    settings.client = {0x53, 0x50, 0x52, 1, 1, 0, 0, address};
    reader.peripheral.emplace(std::move(settings));
}

// ---------------------------------------------------------------- its own time

void SimulatedLine::at(Time when, std::function<void()> what) {
    due_.emplace(when, std::move(what));
    arm();
}

void SimulatedLine::arm() {
    if (due_.empty()) return;
    timer_.expires_at(due_.begin()->first);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        const auto now = std::chrono::steady_clock::now();
        while (!due_.empty() && due_.begin()->first <= now) {
            auto what = std::move(due_.begin()->second);
            due_.erase(due_.begin());
            what();
        }
        arm();
    });
}

// ---------------------------------------------------------------- from other threads

void SimulatedLine::tell(std::uint8_t address, osdp::Reply event) {
    asio::post(loop_, [this, address, event = std::move(event)] {
        const auto reader = readers_.find(address);
        if (reader != readers_.end() && reader->second.peripheral) reader->second.peripheral->tell(event);
    });
}

void SimulatedLine::set_fault(std::uint8_t address, ports::ReaderFault fault) {
    asio::post(loop_, [this, address, fault] {
        const auto found = readers_.find(address);
        if (found == readers_.end()) return;
        auto& reader = found->second;
        reader.fault = fault;
        if (fault == ports::ReaderFault::unplugged) reader.peripheral.reset();
        if (fault != ports::ReaderFault::unplugged && !reader.peripheral) switch_on(address, reader);
    });
}

std::vector<osdp::Command> SimulatedLine::shown(std::uint8_t address) {
    std::promise<std::vector<osdp::Command>> promise;
    auto future = promise.get_future();
    asio::post(loop_, [&] { promise.set_value(readers_[address].shown); });
    return future.get();
}

// ---------------------------------------------------------------- what a reader does not forget

// A line for each reader: its address and its key in hexadecimal digits.
void SimulatedLine::remember() const {
    if (options_.memory.empty()) return;
    std::ofstream file(options_.memory, std::ios::trunc);
    for (const auto& [address, reader] : readers_) {
        if (!reader.key) continue;
        const auto& key = reader.key->reveal();
        file << int{address} << ' ' << base::to_hex(std::string(key.begin(), key.end())) << '\n';
    }
}

void SimulatedLine::recall() {
    if (options_.memory.empty()) return;
    std::ifstream file(options_.memory);
    int address = 0;
    std::string digits;
    while (file >> address >> digits) {
        const auto reader = readers_.find(static_cast<std::uint8_t>(address));
        const auto bytes = base::from_hex(digits);
        osdp::Key::Bytes16 key{};
        if (reader == readers_.end() || !bytes || bytes->size() != key.size()) continue;
        std::ranges::copy(*bytes, key.begin());
        reader->second.key = osdp::Key(key);
    }
}

}  // namespace sallyport::adapters

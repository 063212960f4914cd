#include "adapters/linux/picture_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <fmt/core.h>

#include "base/log.hpp"

namespace sallyport::adapters {

namespace {

using Steady = std::chrono::steady_clock;
using ports::Undrawn;

class Descriptor {
  public:
    explicit Descriptor(int number = -1) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    void close() {
        if (number_ >= 0) ::close(std::exchange(number_, -1));
    }
    [[nodiscard]] int get() const { return number_; }

  private:
    int number_;
};

/// Rather than a pipe: whoever reads it cannot make anybody wait.
bool fill(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::lseek(file, 0, SEEK_SET) == 0;
}

/// 0, or what was wrong.
int start(const std::filesystem::path& program, const ports::PictureBounds& bounds, int input, int output,
          pid_t& child) {
    std::string words[] = {program.string(), std::to_string(bounds.side), std::to_string(bounds.bytes)};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    char* environment[] = {nullptr};
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO);
    const int failed = ::posix_spawn(&child, words[0].c_str(), &files, nullptr, arguments, environment);
    ::posix_spawn_file_actions_destroy(&files);
    return failed;
}

/// Nothing when there is more than `most`, or the end does not come in time.
std::optional<std::string> read_to_end(int pipe, std::size_t most, Steady::time_point deadline) {
    std::string bytes;
    std::array<char, 16'384> part{};
    while (bytes.size() <= most) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now());
        pollfd one{pipe, POLLIN, 0};
        if (left.count() <= 0) return std::nullopt;
        if (::poll(&one, 1, static_cast<int>(left.count())) <= 0) continue;
        const auto count = ::read(pipe, part.data(), part.size());
        if (count == 0) return bytes;
        if (count > 0) bytes.append(part.data(), static_cast<std::size_t>(count));
    }
    return std::nullopt;
}

int end_of(pid_t child) {
    int state = 0;
    while (::waitpid(child, &state, 0) < 0 && errno == EINTR) {
    }
    return state;
}

std::unexpected<Undrawn> failed(const std::string& why) {
    base::log_warning("A picture was not drawn. " + why);
    return std::unexpected(Undrawn::failed);
}

}  // namespace

ports::DrawPicture draw_by(std::filesystem::path program, std::chrono::milliseconds patience) {
    return [program = std::move(program), patience](
               std::string_view file, const ports::PictureBounds& bounds,
               const std::stop_token& stop) -> std::expected<std::string, Undrawn> {
        if (stop.stop_requested()) return std::unexpected(Undrawn::stopped);
        const auto deadline = Steady::now() + patience;
        const Descriptor input(::memfd_create("picture", MFD_CLOEXEC));
        int ends[2] = {-1, -1};
        if (input.get() < 0 || !fill(input.get(), file) || ::pipe2(ends, O_CLOEXEC) != 0)
            return failed(fmt::format("There is no room for it: {}.", std::strerror(errno)));
        const Descriptor answer(ends[0]);
        Descriptor output(ends[1]);
        pid_t child = 0;
        if (const int wrong = start(program, bounds, input.get(), output.get(), child); wrong != 0)
            return failed(fmt::format("{} cannot be started: {}.", program.string(), std::strerror(wrong)));
        output.close();
        std::optional<std::string> drawn;
        {
            const std::stop_callback end(stop, [child] { ::kill(child, SIGKILL); });
            drawn = read_to_end(answer.get(), bounds.bytes, deadline);
        }
        if (!drawn) ::kill(child, SIGKILL);
        const int state = end_of(child);
        if (!drawn) return failed("It took too long, or became too large.");
        if (stop.stop_requested()) return std::unexpected(Undrawn::stopped);
        if (WIFSIGNALED(state))
            return failed(fmt::format("The process was ended by signal {}.", WTERMSIG(state)));
        const int code = WEXITSTATUS(state);
        if (code == 0) return *std::move(drawn);
        for (const auto why : {Undrawn::no_picture, Undrawn::too_large, Undrawn::broken})
            if (code == static_cast<int>(why)) return std::unexpected(why);
        return failed(fmt::format("The process ended with {}.", code));
    };
}

}  // namespace sallyport::adapters

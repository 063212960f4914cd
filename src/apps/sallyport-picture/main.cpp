// sallyport-picture SIDE BYTES: reads one picture of a stranger from its input and writes it drawn anew, at
// most SIDE pixels long and BYTES large, to its output. The platform starts one for each picture, with
// nothing else open. Exit codes: 0 drawn, 2 wrong arguments, and those of ports::Undrawn.
#include <charconv>
#include <optional>
#include <unistd.h>

#include "adapters/drawing/drawing.hpp"
#include "apps/sallyport-picture/confinement.hpp"

namespace {

using namespace sallyport;
using ports::Undrawn;

std::optional<std::size_t> number_of(std::string_view text) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number == 0) return std::nullopt;
    return number;
}

/// One byte more than a picture may have shows that it has too many.
std::optional<std::string> read_input() {
    std::string file(ports::picture_file_bytes + 1, '\0');
    std::size_t count = 0;
    while (count < file.size()) {
        const auto more = ::read(STDIN_FILENO, file.data() + count, file.size() - count);
        if (more < 0) return std::nullopt;
        if (more == 0) break;
        count += static_cast<std::size_t>(more);
    }
    file.resize(count);
    return file;
}

bool write_output(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

int ended(Undrawn why) {
    return static_cast<int>(why);
}

}  // namespace

int main(int count, char** arguments) {
    const auto side = count == 3 ? number_of(arguments[1]) : std::nullopt;
    const auto bytes = count == 3 ? number_of(arguments[2]) : std::nullopt;
    if (!side || !bytes) return 2;
    if (!apps::confine_this_process()) return ended(Undrawn::failed);
    const auto file = read_input();
    if (!file) return ended(Undrawn::failed);
    const auto drawn = adapters::draw_picture(*file, {static_cast<unsigned>(*side), *bytes});
    if (!drawn) return ended(drawn.error());
    return write_output(*drawn) ? 0 : ended(Undrawn::failed);
}

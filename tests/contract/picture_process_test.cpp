// ports::DrawPicture by a process: that the process is confined before it reads, and what becomes of those
// that do not do as they should.
#include "adapters/linux/picture_process.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <future>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "contract/picture_drawing_contract.hpp"

namespace sallyport::tests {

using namespace std::chrono_literals;
using ports::Undrawn;

INSTANTIATE_TEST_SUITE_P(process, PictureDrawing,
                         testing::Values(DrawingImplementation{
                             "process",
                             [draw = adapters::draw_by(SALLYPORT_PICTURE)](auto file, auto& bounds) {
                                 return draw(file, bounds, {});
                             }}),
                         [](const auto& one) { return one.param.name; });

namespace {

constexpr ports::PictureBounds bounds{640, 100 * 1'024};

/// The program itself, reading from `input`.
pid_t started(int input) {
    std::string words[] = {SALLYPORT_PICTURE, "640", "100000"};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};
    char* environment[] = {nullptr};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = 0;
    EXPECT_EQ(posix_spawn(&child, words[0].c_str(), &files, nullptr, arguments, environment), 0);
    posix_spawn_file_actions_destroy(&files);
    return child;
}

std::string told(pid_t process, const std::string& file) {
    std::ifstream in("/proc/" + std::to_string(process) + "/" + file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// What follows `name` in a file of lines such as "Seccomp:\t2", without the blanks.
std::string value_of(const std::string& lines, const std::string& name) {
    const auto at = lines.find(name);
    if (at == std::string::npos) return "";
    std::istringstream rest(lines.substr(at + name.size()));
    std::string value;
    rest >> value;
    return value;
}

/// A program of the test's own instead of ours.
class OtherProgram {
  public:
    explicit OtherProgram(const std::string& script)
        : path_(std::filesystem::temp_directory_path() /
                ("sallyport-picture-" + std::to_string(::getpid()))) {
        std::ofstream(path_) << "#!/bin/sh\n" << script << "\n";
        std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
    }
    OtherProgram(const OtherProgram&) = delete;
    OtherProgram& operator=(const OtherProgram&) = delete;
    ~OtherProgram() { std::filesystem::remove(path_); }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

std::expected<std::string, Undrawn> drawn_by(const std::string& script,
                                             std::chrono::milliseconds patience = 10s) {
    const OtherProgram program(script);
    return adapters::draw_by(program.path(), patience)("picture", bounds, {});
}

}  // namespace

TEST(PictureProcess, is_confined_before_it_reads) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const auto child = started(ends[0]);
    ::close(ends[0]);
    // What starts the tests may have a filter of its own.
    const auto filters = [](pid_t process) { return value_of(told(process, "status"), "Seccomp_filters:"); };
    const auto one_more = std::to_string(std::stoi(filters(::getpid())) + 1);
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (filters(child) != one_more && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    const auto status = told(child, "status");
    EXPECT_EQ(value_of(status, "Seccomp_filters:"), one_more) << status;
    EXPECT_EQ(value_of(status, "Seccomp:"), "2");
    EXPECT_EQ(value_of(status, "NoNewPrivs:"), "1");
    const auto limits = told(child, "limits");
    EXPECT_EQ(value_of(limits, "Max open files"), "0") << limits;
    EXPECT_EQ(value_of(limits, "Max processes"), "0");
    EXPECT_EQ(value_of(limits, "Max file size"), "0");
    EXPECT_EQ(value_of(limits, "Max cpu time"), "5");
    EXPECT_EQ(value_of(limits, "Max address space"), std::to_string(512U << 20));
    ::close(ends[1]);
    int state = 0;
    EXPECT_EQ(::waitpid(child, &state, 0), child);
    EXPECT_EQ(WEXITSTATUS(state), static_cast<int>(Undrawn::no_picture)) << "nothing came";
}

TEST(PictureProcess, reads_no_more_than_a_picture_may_have) {
    const int zeros = ::open("/dev/zero", O_RDONLY | O_CLOEXEC);
    const auto child = started(zeros);
    int state = 0;
    EXPECT_EQ(::waitpid(child, &state, 0), child);
    ::close(zeros);
    EXPECT_EQ(WEXITSTATUS(state), static_cast<int>(Undrawn::too_large));
}

TEST(PictureProcess, has_nothing_but_the_picture_and_the_way_back) {
    const int other = ::open("/dev/null", O_RDONLY);  // what somebody forgot to close
    EXPECT_EQ(drawn_by("cat; echo \" $*\""), "picture 640 102400\n");
    EXPECT_EQ(drawn_by("ls /proc/$$/fd"), "0\n1\n10\n") << "10 is the script";
    EXPECT_EQ(drawn_by("tr '\\0' '\\n' </proc/$$/environ"), "");
    ::close(other);
}

TEST(PictureProcess, what_it_refuses_is_told) {
    EXPECT_EQ(drawn_by("exit 3").error(), Undrawn::no_picture);
    EXPECT_EQ(drawn_by("exit 4").error(), Undrawn::too_large);
    EXPECT_EQ(drawn_by("exit 5").error(), Undrawn::broken);
}

TEST(PictureProcess, one_that_fails_gives_nothing) {
    EXPECT_EQ(drawn_by("echo half; kill -KILL $$").error(), Undrawn::failed);
    EXPECT_EQ(drawn_by("echo half; exit 1").error(), Undrawn::failed);
    EXPECT_EQ(drawn_by("exec yes").error(), Undrawn::failed) << "no end to it";
    EXPECT_EQ(drawn_by("exec sleep 1000", 50ms).error(), Undrawn::failed);
    EXPECT_EQ(adapters::draw_by("/nowhere")("picture", bounds, {}).error(), Undrawn::failed);
}

TEST(PictureProcess, is_ended_by_the_wish_to_stop) {
    const auto begun =
        std::filesystem::temp_directory_path() / ("sallyport-picture-begun-" + std::to_string(::getpid()));
    const OtherProgram program("touch " + begun.string() + "; exec sleep 1000");
    const auto draw = adapters::draw_by(program.path(), 60s);
    std::stop_source stop;
    auto drawn = std::async(std::launch::async, [&] { return draw("picture", bounds, stop.get_token()); });
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!std::filesystem::exists(begun) && std::chrono::steady_clock::now() < deadline)
        std::this_thread::yield();
    stop.request_stop();
    EXPECT_EQ(drawn.get().error(), Undrawn::stopped) << "and not because it took too long";
    std::filesystem::remove(begun);
    EXPECT_EQ(draw("picture", bounds, stop.get_token()).error(), Undrawn::stopped);
    EXPECT_FALSE(std::filesystem::exists(begun)) << "not even begun";
}

}  // namespace sallyport::tests

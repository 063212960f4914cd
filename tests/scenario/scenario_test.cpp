// Plays each script of this folder and compares. `scenario_test --rewrite` writes what came instead; read the
// difference before you commit it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "scenario/script.hpp"

namespace {

enum class Purpose { compare, rewrite };
Purpose purpose = Purpose::compare;

const std::filesystem::path folder = SALLYPORT_SCENARIOS;

std::vector<std::filesystem::path> scripts() {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt") {
            found.push_back(entry.path());
        }
    }
    std::ranges::sort(found);
    return found;
}

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

class Scenario : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Scenario, happens_as_written) {
    const std::string script = read(GetParam());
    const auto played = sallyport::scenario::play(script);
    ASSERT_TRUE(played.has_value()) << played.error().message;
    if (purpose == Purpose::rewrite) {
        std::ofstream(GetParam()) << *played;
    } else {
        EXPECT_EQ(*played, script) << "run scenario_test --rewrite and read the difference";
    }
}

INSTANTIATE_TEST_SUITE_P(Scripts, Scenario, testing::ValuesIn(scripts()),
                         [](const auto& script) { return script.param.stem().string(); });

TEST(Script, says_which_line_it_cannot_read) {
    const auto bad = [](const std::string& script) {
        return sallyport::scenario::play(script).error().message;
    };
    EXPECT_EQ(bad("power on\ndance\n"), "line 2 \"dance\": there is no stimulus \"dance\"");
    EXPECT_EQ(bad("card\n"), "line 1 \"card\": the line ends where the card should stand");
    EXPECT_EQ(bad("wait 3\n"), "line 1 \"wait 3\": \"3\" is no time: write 500ms, 10s, 2min or 1h");
    EXPECT_EQ(bad("contact ajar\n"), "line 1 \"contact ajar\": \"ajar\" is neither open nor closed");
}

}  // namespace

int main(int count, char** arguments) {
    testing::InitGoogleTest(&count, arguments);
    if (count > 1 && std::string_view(arguments[1]) == "--rewrite") purpose = Purpose::rewrite;
    return RUN_ALL_TESTS();
}

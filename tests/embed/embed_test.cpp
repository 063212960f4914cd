#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "embedded/embed_sample.hpp"

namespace sallyport {
namespace {

std::string read_sample(const std::string& path) {
    std::ifstream file("tests/embed/sample/" + path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Embed, holds_every_file_with_its_exact_bytes) {
    ASSERT_EQ(embed_sample::files().size(), 4);
    for (const auto& file : embed_sample::files())
        EXPECT_EQ(file.bytes, read_sample(std::string(file.path))) << file.path;
}

TEST(Embed, names_the_content_type) {
    const auto type = [](std::string_view path) {
        return base::find_embedded(embed_sample::files(), path)->content_type;
    };
    EXPECT_EQ(type("index.html"), "text/html; charset=utf-8");
    EXPECT_EQ(type("assets/page.js"), "text/javascript; charset=utf-8");
    EXPECT_EQ(type("assets/bytes.bin"), "application/octet-stream");
}

TEST(Embed, finds_exact_paths_only) {
    EXPECT_EQ(base::find_embedded(embed_sample::files(), ""), nullptr);
    EXPECT_EQ(base::find_embedded(embed_sample::files(), "assets"), nullptr);
    EXPECT_EQ(base::find_embedded(embed_sample::files(), "/index.html"), nullptr);
    EXPECT_EQ(base::find_embedded(embed_sample::files(), "zzz"), nullptr);
}

TEST(Embed, etags_are_quoted_and_differ_with_the_bytes) {
    std::set<std::string_view> etags;
    for (const auto& file : embed_sample::files()) {
        EXPECT_TRUE(file.etag.starts_with('"') && file.etag.ends_with('"') && file.etag.size() == 22)
            << file.etag;
        etags.insert(file.etag);
    }
    EXPECT_EQ(etags.size(), embed_sample::files().size());
}

}  // namespace
}  // namespace sallyport

#include "base/secret.hpp"

#include <ostream>
#include <type_traits>

#include <gtest/gtest.h>

namespace sallyport::base {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

TEST(Secret, cannot_be_printed_or_become_text_unnoticed) {
    static_assert(!Printable<Secret>);
    static_assert(!std::is_convertible_v<Secret, std::string>);
    static_assert(!std::is_convertible_v<std::string, Secret>);
}

TEST(Secret, compares_by_content_and_is_empty_after_a_move) {
    Secret a{std::string("12345678901234567890")};
    Secret b{std::string("12345678901234567890")};
    EXPECT_TRUE(a.equals(b));
    Secret c = std::move(a);
    EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
    EXPECT_TRUE(c.equals(b));
    b.append('x');
    EXPECT_FALSE(c.equals(b));
}

}  // namespace sallyport::base

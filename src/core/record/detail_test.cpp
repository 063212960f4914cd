#include "core/record/detail.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/utf8.hpp"

namespace sallyport::core {
namespace {

template <class E>
rc::Gen<E> any_of() {
    std::vector<E> all;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto enumerator) { all.push_back(enumerator.value); });
    return rc::gen::elementOf(std::move(all));
}

/// Letters, what has to be escaped, control characters, and characters of two, three and four bytes.
rc::Gen<std::string> any_text(int longest) {
    const auto character = rc::gen::weightedElement<std::string>({{8, "a"},
                                                                  {2, "7"},
                                                                  {2, " "},
                                                                  {2, "\""},
                                                                  {2, "\\"},
                                                                  {1, "="},
                                                                  {1, "\n"},
                                                                  {1, std::string(1, '\0')},
                                                                  {1, "\x7F"},
                                                                  {2, "\xC3\xBC"},
                                                                  {2, "\xE9\x97\xA8"},
                                                                  {2, "\xF0\x9F\x9A\xAA"}});
    return rc::gen::exec([=] {
        std::string text;
        const int count = *rc::gen::inRange(0, longest + 1);
        for (int i = 0; i < count; ++i) text += *character;
        return text;
    });
}

rc::Gen<Detail> any_detail(int longest_value, int most_values) {
    return rc::gen::exec([=] {
        Detail detail{*any_of<DetailTerm>(), {}};
        const int count = *rc::gen::inRange(0, most_values + 1);
        for (int i = 0; i < count; ++i) {
            detail.values.emplace_back(*any_of<DetailName>(), *any_text(longest_value));
        }
        return detail;
    });
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = base::character_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

RC_GTEST_PROP(Detail, is_read_as_it_was_written, ()) {
    const Detail detail = *any_detail(10, 4);
    const auto text = written(detail);
    RC_ASSERT(text.size() <= longest_detail);
    RC_ASSERT(detail_from(text) == detail);
}

RC_GTEST_PROP(Detail, too_long_a_one_loses_the_ends_of_its_values, ()) {
    const Detail detail = *any_detail(400, 40);
    const auto text = written(detail);
    RC_ASSERT(text.size() <= longest_detail);
    RC_ASSERT(is_utf8(text));
    const auto back = detail_from(text);
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->term == detail.term);
    RC_ASSERT(back->values.size() <= detail.values.size());
    for (std::size_t i = 0; i < back->values.size(); ++i) {
        RC_ASSERT(back->values[i].name == detail.values[i].name);
        RC_ASSERT(detail.values[i].text.starts_with(back->values[i].text));
    }
}

RC_GTEST_PROP(Detail, any_bytes_as_a_value_become_text, (std::string bytes)) {
    const auto text = written({DetailTerm::commanded, {{DetailName::by, std::string_view(bytes)}}});
    RC_ASSERT(is_utf8(text));
    RC_ASSERT(detail_from(text).has_value());
}

RC_GTEST_PROP(Detail, what_is_read_is_written_alike, (std::string bytes)) {
    const auto text = *rc::gen::element(std::move(bytes), "setting_changed to=" + *any_text(5));
    if (const auto detail = detail_from(text)) RC_ASSERT(written(*detail) == text);
}

TEST(Detail, stands_bare_where_it_can) {
    EXPECT_EQ(written({DetailTerm::started, {}}), "started");
    EXPECT_EQ(written({DetailTerm::setting_changed,
                       {{DetailName::setting, "hold_s"}, {DetailName::to, 10}, {DetailName::from, 3}}}),
              "setting_changed setting=hold_s to=10 from=3");
    EXPECT_EQ(written({DetailTerm::login_refused,
                       {{DetailName::account, "Anna \"A\"\n"}, {DetailName::address, "fe80::1"}}}),
              R"(login_refused account="Anna \"A\"\x0a" address=fe80::1)");
    EXPECT_EQ(written({DetailTerm::commanded, {{DetailName::by, ""}}}), R"(commanded by="")");
}

TEST(Detail, two_long_values_share_the_room) {
    const std::string name(250, 'n');
    const auto back = detail_from(
        written({DetailTerm::roster_claimed, {{DetailName::manager, name}, {DetailName::by, name}}}));
    ASSERT_TRUE(back.has_value());
    ASSERT_EQ(back->values.size(), 2U);
    EXPECT_GT(back->values[0].text.size(), 130U);
    EXPECT_GT(back->values[1].text.size(), 130U);
}

TEST(Detail, only_what_is_written_is_read) {
    for (const std::string_view text :
         {"", "user added", "opened by=anna", "started ", "started  by=anna", "started age=3", "started by",
          "started by=", "started by=\"anna\"", "started by=\"an na", "started by=\"\\q\"",
          "started by=\"\\x41 \"", "started by=\"\\x0\"", "started by=\"\xC3 \"", "open by anna"}) {
        EXPECT_FALSE(detail_from(text).has_value()) << text;
    }
}

}  // namespace
}  // namespace sallyport::core

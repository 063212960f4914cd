#include "codec/cgi/parameters.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "codec/cgi/loose.hpp"

namespace sallyport::codec::cgi {

namespace json = boost::json;

namespace {

std::string read(std::string_view query) {
    const auto parameters = parse_query(query);
    if (!parameters) return parameters.error().code;
    const auto object = object_of(*parameters);
    return object ? json::serialize(*object) : object.error().code;
}

}  // namespace

TEST(CgiParameters, a_space_is_both_its_escape_and_a_plus) {
    EXPECT_EQ(read("a=1%202&b=1+2&c=1%2B2"), R"({"a":"1 2","b":"1 2","c":"1+2"})");
}

TEST(CgiParameters, an_escaped_separator_separates_nothing) {
    EXPECT_EQ(read("name=a%26action%3DopenDoor&b=%2526"), R"({"name":"a&action=openDoor","b":"%26"})");
    EXPECT_EQ(read("a%3Db=c"), R"({"a=b":"c"})");
    EXPECT_EQ(read("a=%0D%0AOK"), R"({"a":"\r\nOK"})");
}

TEST(CgiParameters, a_path_becomes_what_it_leads_to) {
    EXPECT_EQ(read("A[1].B=x&A[0].B=y&A[1].C[0][2]=z&n=1"),
              R"({"A":[{"B":"y"},{"B":"x","C":[[null,null,"z"]]}],"n":"1"})");
    EXPECT_EQ(read(""), "{}");
    EXPECT_EQ(read("&&a&="), R"({"a":""})");
}

TEST(CgiParameters, refuses_what_cannot_be_a_path) {
    for (const auto* query :
         {"a=%", "a=%zz", "a=%00", "a=%ff", "a[=1", "a[x]=1", "a[1024]=1", "a[-1]=1", "a[0]x=1", "a=1&a.b=2",
          "a.b=1&a=2", "a[0]=1&a.b=2", "[0]=1", ".a=1", "a.b.c.d.e.f.g.h.i=1", "a[0][0][0][0][0][0][0][0]=1"})
        EXPECT_EQ(read(query), "invalid_parameter") << query;
}

TEST(CgiParameters, an_answer_is_a_line_for_each_leaf) {
    const json::value answer{{"found", 1},
                             {"records", json::array{json::object{{"RecNo", 7}, {"CardNo", "04A1\r\nX=1"}}}},
                             {"on", true},
                             {"none", nullptr},
                             {"list", json::array{}}};
    EXPECT_EQ(lines_of(answer),
              "found=1\r\nrecords[0].RecNo=7\r\nrecords[0].CardNo=04A1  X=1\r\non=true\r\nnone=\r\n");
    EXPECT_EQ(lines_of(json::object{{"a\nb", json::object{{"c\r\nd", "e\nf"}}}}), "a b.c  d=e f\r\n");
    EXPECT_EQ(lines_of(json::array{json::object{{"Method", 1}}}, "table.AccessControl"),
              "table.AccessControl[0].Method=1\r\n");
}

TEST(CgiLoose, numbers_may_be_text_and_texts_numbers) {
    const json::object said{{"a", "12"}, {"b", 12}, {"c", "true"}, {"d", 0}, {"e", 3.0}, {"f", ""}};
    Fault fault;
    const Loose from(said, fault);
    EXPECT_EQ(from["a"].integer(0, 20), 12);
    EXPECT_EQ(from["b"].text(10), "12");
    EXPECT_TRUE(from["c"].yes_or_no());
    EXPECT_FALSE(from["d"].yes_or_no());
    EXPECT_EQ(from["e"].integer(0, 20), 3);
    EXPECT_FALSE(from["f"].present());
    EXPECT_FALSE(from["g"].present());
    EXPECT_EQ(from["g"].text(10), "");
    EXPECT_EQ(from.either("g", "a").integer(0, 20), 12);
    EXPECT_FALSE(fault);
    EXPECT_EQ(from["c"].integer(0, 20), 0);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->message, "c has to be a whole number from 0 to 20.");
}

TEST(CgiLoose, a_time_is_local_text_or_seconds_since_1970) {
    const json::object said{
        {"a", "2026-03-29 01:59:50"}, {"b", "1764180000"}, {"c", 1764180000}, {"d", "soon"}};
    Fault fault;
    const Loose from(said, fault);
    EXPECT_EQ(from["a"].time().wall, parse_wall("2026-03-29 01:59:50"));
    EXPECT_EQ(from["b"].time().epoch, 1'764'180'000);
    EXPECT_EQ(from["c"].time().epoch, 1'764'180'000);
    EXPECT_FALSE(fault);
    static_cast<void>(from["d"].time());
    EXPECT_TRUE(fault);
}

}  // namespace sallyport::codec::cgi

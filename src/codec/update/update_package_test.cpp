#include "codec/update/update_package.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace sallyport::codec {

namespace {

const auto keys = update_keys(base::Secret(std::string(32, '\7'))).value();
const UpdateHead head{"sallyport-door", "amd64", {0, 2, 0}, {0, 1, 0}, 0, {}};
const Installed installed{"sallyport-door", "amd64", {0, 1, 5}, {0, 1, 5}};

std::string package(std::string_view payload = "the program") {
    return sign_update(head, payload, keys).value();
}

std::string refused(std::string_view bytes, std::string_view key = keys.public_key) {
    const auto read = read_update(bytes, key);
    return read ? std::string() : read.error().code;
}

std::string not_for(UpdateHead offered, const Installed& machine = installed) {
    const auto status = check_update(offered, machine);
    return status ? std::string() : status.error().code;
}

}  // namespace

TEST(UpdatePackage, comes_through_with_its_payload) {
    const auto bytes = package();
    const auto read = read_update(bytes, keys.public_key);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->payload, "the program");
    EXPECT_EQ(read->head.version, head.version);
    EXPECT_EQ(read->head.minimum, head.minimum);
    EXPECT_EQ(read->head.size, 11U);
}

TEST(UpdatePackage, of_another_key_is_refused) {
    const auto other = update_keys(base::Secret(std::string(32, '\1'))).value();
    EXPECT_EQ(refused(package(), other.public_key), "update_signature");
    EXPECT_EQ(refused(package(), ""), "update_signature");
    EXPECT_FALSE(update_keys(base::Secret("short")));
}

TEST(UpdatePackage, that_is_cut_or_longer_or_none_is_refused) {
    const auto whole = package();
    for (std::size_t size = 0; size < whole.size(); ++size)
        ASSERT_EQ(refused(whole.substr(0, size)), "update_damaged") << size;
    EXPECT_EQ(refused(whole + "x"), "update_damaged");
    EXPECT_EQ(refused("!<arch>\ndebian-binary"), "update_damaged");
    EXPECT_EQ(refused(std::string(update_limit + 1, 'x')), "update_too_large");
    EXPECT_EQ(sign_update(head, std::string(update_limit, 'x'), keys).error().code, "update_too_large");
}

RC_GTEST_PROP(UpdatePackage, no_changed_byte_goes_through, ()) {
    auto bytes = package(*rc::gen::string<std::string>());
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] = static_cast<char>(bytes[at] ^ *rc::gen::inRange(1, 256));
    RC_ASSERT(!refused(bytes).empty());
}

TEST(UpdatePackage, that_is_not_newer_is_refused_for_ever) {
    EXPECT_EQ(not_for(head), "");
    EXPECT_EQ(not_for(head, {"sallyport-door", "amd64", {0, 2, 0}, {}}), "update_not_newer");
    EXPECT_EQ(not_for(head, {"sallyport-door", "amd64", {0, 3, 0}, {}}), "update_not_newer");
    // Somebody with root put an older one in place: updates do not go back for that.
    EXPECT_EQ(not_for(head, {"sallyport-door", "amd64", {0, 1, 0}, {0, 2, 0}}), "update_not_newer");
}

TEST(UpdatePackage, for_another_machine_or_too_far_ahead_is_refused) {
    EXPECT_EQ(not_for(head, {"sallyport-door", "arm64", {0, 1, 5}, {}}), "update_other_machine");
    EXPECT_EQ(not_for(head, {"sallyport", "amd64", {0, 1, 5}, {}}), "update_other_machine");
    EXPECT_EQ(not_for(head, {"sallyport-door", "amd64", {0, 0, 9}, {}}), "update_too_far");
}

TEST(Version, is_three_numbers) {
    EXPECT_EQ(Version::from("1.20.65535"), (Version{1, 20, 65'535}));
    EXPECT_EQ(Version::from("1.20.3")->text(), "1.20.3");
    EXPECT_LT(*Version::from("0.9.9"), *Version::from("0.10.0"));
    for (const auto* text :
         {"", "1", "1.2", "1.2.3.4", "1.2.3-1", "01.2.3", "1..3", "1.2.65536", "a.b.c", "1.2."})
        EXPECT_FALSE(Version::from(text)) << text;
}

}  // namespace sallyport::codec

#include "adapters/net/identity.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "adapters/net/tls.hpp"

namespace sallyport::adapters {
namespace {

namespace fs = std::filesystem;

const IdentitySubject door{"SP0123456789AB", {"localhost", "127.0.0.1", "::1"}};

class Identities : public testing::Test {
  protected:
    Identities() {
        auto pattern = (fs::temp_directory_path() / "identity-XXXXXX").string();
        directory = ::mkdtemp(pattern.data());
    }
    ~Identities() override { fs::remove_all(directory); }

    [[nodiscard]] std::string content(const char* name) const {
        std::ostringstream text;
        text << std::ifstream(directory / name).rdbuf();
        return text.str();
    }
    void write(const char* name, std::string_view text) const { std::ofstream(directory / name) << text; }

    fs::path directory;
};

TEST_F(Identities, are_made_once_and_kept) {
    const auto made = open_identity(directory / "new", door);
    ASSERT_TRUE(made) << made.error().message;
    const auto kept = open_identity(directory / "new", door);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->fingerprint, made->fingerprint);
    EXPECT_EQ(kept->certificate_pem, made->certificate_pem);
    EXPECT_TRUE(kept->key_pem.equals(made->key_pem));
    struct stat file{};
    ASSERT_EQ(::stat((directory / "new" / "key.pem").c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0600U);
}

TEST_F(Identities, have_the_fingerprint_of_sha_256) {
    const auto identity = make_identity(door);
    ASSERT_TRUE(identity);
    EXPECT_EQ(identity->fingerprint.size(), 32U * 3 - 1);
    EXPECT_EQ(identity->fingerprint.find_first_not_of("0123456789ABCDEF:"), std::string::npos);
    EXPECT_TRUE(make_tls_context(TlsSide::device, &*identity));
    EXPECT_NE(make_identity(door)->fingerprint, identity->fingerprint);
}

TEST_F(Identities, of_the_installation_are_taken_as_they_are) {
    const auto own = make_identity({"door.example", {}});
    write("certificate.pem", own->certificate_pem);
    write("key.pem", own->key_pem.reveal());
    EXPECT_EQ(open_identity(directory, door)->fingerprint, own->fingerprint);
}

TEST_F(Identities, keep_a_key_that_has_no_certificate_yet) {
    const auto own = make_identity(door);
    write("key.pem", own->key_pem.reveal());
    const auto opened = open_identity(directory, door);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(content("key.pem"), own->key_pem.reveal());
    EXPECT_EQ(open_identity(directory, door)->fingerprint, opened->fingerprint);
}

TEST_F(Identities, that_do_not_fit_are_refused_with_the_file_to_look_at) {
    const auto one = make_identity(door);
    const auto complaint = [this] { return open_identity(directory, door).error().message; };
    write("certificate.pem", one->certificate_pem);
    EXPECT_NE(complaint().find("key.pem holds no private key"), std::string::npos);
    write("key.pem", make_identity(door)->key_pem.reveal());
    EXPECT_NE(complaint().find("key.pem is not the key of certificate.pem"), std::string::npos);
    write("certificate.pem", "nothing");
    EXPECT_NE(complaint().find("certificate.pem holds no certificate"), std::string::npos);
    EXPECT_EQ(open_identity(directory, door).error().code, "invalid_identity");
}

TEST_F(Identities, say_when_the_disk_refuses) {
    write("file", "");
    const auto refused = open_identity(directory / "file", door);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, base::ErrorKind::storage);
}

TEST_F(Identities, refuse_a_name_that_no_certificate_can_carry) {
    EXPECT_EQ(make_identity({std::string(65, 'x'), {}}).error().code, "identity_not_made");
    EXPECT_TRUE(make_identity({"x", {"a,DNS:b", "", "host\n"}}));
}

}  // namespace
}  // namespace sallyport::adapters

#include "adapters/net/entrance.hpp"

#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "adapters/net/identity.hpp"
#include "adapters/net/own_identity.hpp"
#include "adapters/net/pem.hpp"
#include "codec/x509/fingerprints.hpp"

namespace sallyport::adapters {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using asio::ip::tcp;

const IdentitySubject site{"door.example", {"door.example", "10.0.0.7", "fd00::1"}};
constexpr std::int64_t year = std::int64_t{365} * 86'400 * 1'000'000;

base::UtcTime today() {
    return {std::chrono::duration_cast<base::Duration>(std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

class Today final : public ports::Clock {
  public:
    [[nodiscard]] base::Instant monotonic() const override { return {}; }
    [[nodiscard]] base::UtcTime utc() const override { return today(); }
    [[nodiscard]] base::ClockTrust trust() const override { return base::ClockTrust::set; }
    base::Status set_utc(base::UtcTime) override { return {}; }
};

class Hello final : public ports::HttpHandler {
  public:
    void handle(ports::HttpRequest, ports::Respond respond) override { respond({200, {}, "hello"}); }
    std::optional<ports::HttpResponse> refuse_websocket(const ports::HttpRequest&) override {
        return ports::HttpResponse{403, {}, ""};
    }
    void opened(const ports::HttpRequest&, ports::WebSocketPtr) override {}
};

TEST(OwnIdentity, is_taken_when_key_and_certificate_fit) {
    const auto made = make_identity(site);
    const auto taken = checked_identity(made->certificate_pem, made->key_pem, today());
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_EQ(taken->fingerprint, made->fingerprint);
    const auto facts = facts_of(*taken, ports::CertificateFacts::Origin::own);
    EXPECT_EQ(facts.subject, "CN = door.example");
    EXPECT_EQ(facts.names, (std::vector<std::string>{"door.example", "10.0.0.7", "fd00::1"}));
    EXPECT_LT(facts.valid_from, today());
    EXPECT_GT(facts.valid_to, today() + base::Duration{24 * year});
}

TEST(OwnIdentity, is_refused_with_a_sentence_that_says_why) {
    const auto one = make_identity(site);
    const auto other = make_identity(site);
    const auto code = [&](std::string certificate, const base::Secret& key, base::UtcTime now) {
        return checked_identity(std::move(certificate), key, now).error().code;
    };
    EXPECT_EQ(code("nothing", one->key_pem, today()), "certificate_unreadable");
    EXPECT_EQ(code(one->certificate_pem, base::Secret("nothing"), today()), "key_unreadable");
    EXPECT_EQ(code(one->certificate_pem, base::Secret(one->certificate_pem), today()), "key_unreadable");
    EXPECT_EQ(code(one->certificate_pem, other->key_pem, today()), "key_mismatch");
    EXPECT_EQ(code(other->certificate_pem + one->certificate_pem, one->key_pem, today()), "key_mismatch");
    EXPECT_EQ(code(one->certificate_pem, one->key_pem, today() + base::Duration{30 * year}),
              "certificate_expired");
    EXPECT_EQ(code(one->certificate_pem, one->key_pem, today() + base::Duration{-year}),
              "certificate_not_yet_valid");
    EXPECT_EQ(code(one->certificate_pem + "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                   one->key_pem, today()),
              "certificate_weak");
}

class Entrances : public testing::Test {
  protected:
    Entrances() {
        auto pattern = (fs::temp_directory_path() / "entrance-XXXXXX").string();
        directory = ::mkdtemp(pattern.data());
        made = *make_identity(site);
    }
    ~Entrances() override {
        if (thread.joinable()) {
            loop.stop();
            thread.join();
        }
        entrance->close();
        fs::remove_all(directory);
    }
    void open() {
        entrance = std::make_unique<HttpsEntrance>(loop, clock, directory, made);
        ASSERT_TRUE(entrance->open({"127.0.0.1", 0}, {}, hello));
        thread = std::jthread([this] { loop.run(); });
    }
    using Browser = asio::ssl::stream<tcp::socket>;
    std::unique_ptr<Browser> connect(asio::io_context& own) {
        asio::ssl::context context(asio::ssl::context::tls_client);
        auto browser = std::make_unique<Browser>(own, context);
        browser->next_layer().connect({asio::ip::make_address("127.0.0.1"), entrance->local().port});
        browser->handshake(Browser::client);
        return browser;
    }
    template <class Socket>
    static std::string ask(Socket& socket, const std::string& request) {
        asio::write(socket, asio::buffer(request));
        std::string answer;
        boost::system::error_code ended;
        asio::read_until(socket, asio::dynamic_buffer(answer), "\r\n\r\n", ended);
        return answer;
    }
    static std::string seen(Browser& browser) {
        return codec::x509::fingerprint_of(*SSL_get0_peer_certificate(browser.native_handle()));
    }

    asio::io_context loop;
    asio::executor_work_guard<asio::io_context::executor_type> busy = asio::make_work_guard(loop);
    Today clock;
    Hello hello;
    fs::path directory;
    ports::Identity made;
    std::unique_ptr<HttpsEntrance> entrance;
    std::jthread thread;
};

TEST_F(Entrances, show_another_certificate_at_once_and_keep_what_is_connected) {
    open();
    asio::io_context own;
    const auto before = connect(own);
    EXPECT_EQ(seen(*before), made.fingerprint);
    const auto other = make_identity(site);
    ASSERT_TRUE(entrance->use_certificate(other->certificate_pem, other->key_pem));
    EXPECT_EQ(seen(*connect(own)), other->fingerprint);
    EXPECT_NE(ask(*before, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").find("200"), std::string::npos);
    EXPECT_EQ(HttpsEntrance(loop, clock, directory, made).certificate().fingerprint, other->fingerprint)
        << "and after a restart";
    ASSERT_FALSE(entrance->use_certificate(
        "nothing", other->key_pem.reveal().empty() ? base::Secret() : other->key_pem));
    EXPECT_EQ(seen(*connect(own)), other->fingerprint) << "what is refused changes nothing";
    ASSERT_TRUE(entrance->drop_certificate());
    EXPECT_EQ(seen(*connect(own)), made.fingerprint);
}

TEST_F(Entrances, use_the_first_certificate_when_the_own_one_is_broken) {
    std::ofstream(directory / "own.pem") << "nothing";
    open();
    EXPECT_EQ(entrance->certificate().fingerprint, made.fingerprint);
}

TEST_F(Entrances, lead_from_a_port_in_clear_to_the_page_and_do_nothing_else) {
    open();
    const auto https = std::to_string(entrance->local().port);
    asio::io_context own;
    tcp::acceptor somebody(own, {asio::ip::make_address("127.0.0.1"), 0});
    EXPECT_EQ(entrance->redirect_from(somebody.local_endpoint().port()).error().code, "port_in_use");
    const auto port = somebody.local_endpoint().port();
    somebody.close();
    ASSERT_TRUE(entrance->redirect_from(port));
    const auto answer = [&](const std::string& request) {
        tcp::socket socket(own);
        socket.connect({asio::ip::make_address("127.0.0.1"), port});
        return ask(socket, request);
    };
    const auto get = [&](const std::string& host) {
        return answer("GET /people?q=a%20b HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    };
    EXPECT_NE(get("door.example:80").find("308"), std::string::npos);
    EXPECT_NE(get("door.example").find("Location: https://door.example:" + https + "/people?q=a%20b\r\n"),
              std::string::npos);
    EXPECT_NE(get("[fd00::1]:80").find("Location: https://[fd00::1]:" + https + "/"), std::string::npos);
    EXPECT_NE(get("evil.example/x").find("400"), std::string::npos);
    EXPECT_NE(answer("POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").find("308"),
              std::string::npos);
    ASSERT_TRUE(entrance->redirect_from(std::nullopt));
}

}  // namespace
}  // namespace sallyport::adapters

#pragma once
// A platform in this process on a real database, without sockets: calls go straight to its HTTP handler.
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <gtest/gtest.h>

#include "adapters/sqlite/database.hpp"
#include "server/platform/platform.hpp"

namespace sallyport::tests {

/// A clock that stands still until it is moved.
class StandingClock final : public ports::Clock {
  public:
    [[nodiscard]] base::Instant monotonic() const override { return {base::Duration{microseconds_.load()}}; }
    [[nodiscard]] base::UtcTime utc() const override { return {microseconds_ + jumped_}; }
    [[nodiscard]] base::ClockTrust trust() const override { return base::ClockTrust::set; }
    base::Status set_utc(base::UtcTime time) override {
        return jumped_ = time.microseconds - microseconds_, base::Status{};
    }
    void advance(base::Duration by) { microseconds_ += by.count(); }
    /// The calendar's time only.
    void jump(base::Duration by) { jumped_ += by.count(); }

  private:
    std::atomic<std::int64_t> microseconds_{1'774'745'990'000'000};
    std::atomic<std::int64_t> jumped_{0};
};

/// Knows Etc/UTC and Europe/Berlin.
class TwoZones final : public ports::TimeZones {
  public:
    [[nodiscard]] base::Result<base::LocalTime> local(const std::string& zone, base::UtcTime) const override;
};

/// The thread on which sessions with controllers live.
struct DeviceLoop {
    /// Before the platform goes: what its sessions still wait for is never resumed.
    void halt() {
        io.stop();
        if (thread.joinable()) thread.join();
    }
    ~DeviceLoop() { halt(); }
    boost::asio::io_context io;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy =
        boost::asio::make_work_guard(io);
    std::jthread thread{[this] { io.run(); }};
};

/// A database in which something happens in between: what others do while a call is under way.
class HookedDatabase final : public ports::Database {
  public:
    explicit HookedDatabase(std::unique_ptr<ports::Database> database) : database_(std::move(database)) {}
    /// Once, on the thread that writes next, before it does.
    void before_next_write(std::function<void()> hook) { set(before_write_, std::move(hook)); }
    /// Once, on the thread that reads next, when it has read and does not know yet what.
    void after_next_read(std::function<void()> hook) { set(after_read_, std::move(hook)); }
    enum class Readable { yes, no };
    void set_readable(Readable readable) { readable_ = readable; }

    void write(Work work, Done done, std::chrono::milliseconds deadline) override;
    base::Status read(const std::function<base::Status(ports::Connection&)>& work,
                      std::chrono::milliseconds deadline) override;
    [[nodiscard]] base::Status health() const override { return database_->health(); }
    [[nodiscard]] std::size_t waiting() const override { return database_->waiting(); }

  private:
    void set(std::function<void()>& to, std::function<void()> hook);
    void run(std::function<void()>& hook);

    std::unique_ptr<ports::Database> database_;
    std::mutex mutex_;
    std::function<void()> before_write_;
    std::function<void()> after_read_;
    std::atomic<Readable> readable_ = Readable::yes;
};

/// A network on which nobody answers.
class NoNetwork final : public ports::StreamDialler {
  public:
    void dial(const ports::Endpoint&, const ports::Identity*, std::chrono::milliseconds,
              std::function<void(base::Result<ports::StreamPtr>)> done) override {
        done(base::fail(base::ErrorKind::unavailable, "unreachable", "Nobody is there."));
    }
};

/// Keeps what is posted, and answers 200 unless it was told otherwise.
class FakePoster final : public ports::HttpPoster {
  public:
    void post(ports::HttpPost post, std::chrono::milliseconds, Done done) override;
    /// So many posts in all, or fewer when they do not come within ten seconds.
    [[nodiscard]] std::vector<ports::HttpPost> posts(std::size_t count);
    /// From now on.
    void answer(base::Result<int> answer);

  private:
    std::mutex mutex_;
    std::condition_variable posted_;
    std::vector<ports::HttpPost> posts_;
    base::Result<int> answer_ = 200;
};

/// Keeps the mails that it takes; it takes all unless it was told otherwise.
class FakeMailServer {
  public:
    struct Mail {
        std::string to;
        std::string text;  ///< as a reader sees it
    };
    [[nodiscard]] ports::SendMail sender();
    /// So many in all that were taken, or fewer when they do not come within ten seconds.
    [[nodiscard]] std::vector<Mail> mails(std::size_t count);
    /// Whether so many were tried in all, within ten seconds.
    [[nodiscard]] bool tried(std::size_t count);
    /// From now on.
    void answer(base::Status answer);

  private:
    std::mutex mutex_;
    std::condition_variable sent_;
    std::vector<Mail> mails_;
    std::size_t tried_ = 0;
    base::Status answer_;
};

/// Ports that nobody listens to.
class NoEntrance final : public ports::Entrance {
  public:
    [[nodiscard]] ports::CertificateFacts certificate() const override { return facts; }
    base::Result<ports::CertificateFacts> use_certificate(std::string certificate, base::Secret) override {
        if (certificate == "bad") return base::fail(base::ErrorKind::invalid, "key_mismatch", "They differ.");
        facts.fingerprint = certificate;
        facts.origin = ports::CertificateFacts::Origin::own;
        return facts;
    }
    base::Result<ports::CertificateFacts> drop_certificate() override { return facts = {}; }
    base::Status redirect_from(std::optional<std::uint16_t> port) override {
        if (port == 9'999) return base::fail(base::ErrorKind::conflict, "port_in_use", "9999 is in use.");
        redirect = port;
        return {};
    }
    [[nodiscard]] std::optional<ports::Endpoint> redirects_at() const override {
        return redirect ? std::optional(ports::Endpoint{"127.0.0.1", *redirect}) : std::nullopt;
    }
    ports::CertificateFacts facts;
    std::optional<std::uint16_t> redirect;
};

struct Reply {
    int status = 0;
    boost::json::value body;
    std::string text;
    std::vector<std::pair<std::string, std::string>> headers;
    [[nodiscard]] std::string header(std::string_view name) const;
    [[nodiscard]] std::string code() const;
    /// "field:code" of each error.
    [[nodiscard]] std::vector<std::string> fields() const;
};

class PlatformTest : public testing::Test {
  protected:
    PlatformTest() : PlatformTest(adapters::SqliteOptions{}) {}
    explicit PlatformTest(const adapters::SqliteOptions&);
    ~PlatformTest() override;

    /// Opens the database and the platform again, as after a restart.
    void restart();
    struct From {
        std::string peer = "127.0.0.1";
        std::vector<std::pair<std::string, std::string>> headers;
    };
    /// With the token of the session that `set_up` or `sign_in` opened last.
    Reply call(const std::string& method, const std::string& path_and_query);
    Reply call(const std::string& method, const std::string& path_and_query, const boost::json::value& body);
    Reply call_from(const From&, const std::string& method, const std::string& path_and_query,
                    const std::string& body = {});
    [[nodiscard]] From signed_in() const;
    void set_up();
    /// A value of what `call` answered with `status`, or a failed test.
    boost::json::object must(int status, const Reply&);

    std::filesystem::path place_;
    adapters::SqliteOptions options_;
    server::PasswordCost password_cost_{.operations = 1, .memory = 8'192};
    StandingClock clock_;
    TwoZones zones_;
    NoNetwork network_;
    FakePoster poster_;
    FakeMailServer mail_server_;
    NoEntrance entrance_;
    /// Gives a picture back as it is, unless it was told otherwise.
    ports::DrawPicture draw_picture_ = [](std::string_view file, const ports::PictureBounds&,
                                          const std::stop_token&) { return std::string(file); };
    std::unique_ptr<ports::TableFiles> tables_;
    std::unique_ptr<HookedDatabase> database_;
    std::unique_ptr<DeviceLoop> device_loop_;
    std::unique_ptr<server::Platform> platform_;
    std::string token_;
};

/// The same, already set up, and signed in as the administrator.
class SetUpPlatformTest : public PlatformTest {
  protected:
    void SetUp() override { set_up(); }
};

/// With the controllers 1 Lobby (its doors are 21 Front and 22 Rear) and 2 Hall (23 Gate), which nobody
/// reaches.
class TwoControllers : public SetUpPlatformTest {
  protected:
    void SetUp() override;
};

}  // namespace sallyport::tests

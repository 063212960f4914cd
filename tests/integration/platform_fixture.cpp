#include "integration/platform_fixture.hpp"

#include <future>
#include <random>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "adapters/net/networks.hpp"
#include "adapters/tables/tables.hpp"
#include "base/base64.hpp"
#include "embedded/platform_schema.hpp"
#include "server/storage/migrate.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

constexpr base::EmbeddedFile page[] = {{"index.html", "text/html; charset=utf-8", "<p>page</p>", "\"1\""}};

/// "a=1&b=2", without escapes.
std::vector<std::pair<std::string, std::string>> query_of(const std::string& path_and_query) {
    std::vector<std::pair<std::string, std::string>> query;
    auto at = path_and_query.find('?');
    while (at != std::string::npos) {
        const auto end = path_and_query.find('&', at + 1);
        const auto pair = path_and_query.substr(at + 1, end - at - 1);
        const auto equals = pair.find('=');
        query.emplace_back(pair.substr(0, equals),
                           equals == std::string::npos ? "" : pair.substr(equals + 1));
        at = end;
    }
    return query;
}

}  // namespace

base::Result<base::LocalTime> TwoZones::local(const std::string& zone, base::UtcTime) const {
    if (zone == "Etc/UTC" || zone == "Europe/Berlin") return base::LocalTime{};
    return base::fail(base::ErrorKind::invalid, "unknown_zone", "There is no such zone.");
}

void HookedDatabase::set(std::function<void()>& to, std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    to = std::move(hook);
}

void HookedDatabase::run(std::function<void()>& hook) {
    std::function<void()> once;
    {
        const std::lock_guard lock(mutex_);
        once = std::exchange(hook, nullptr);
    }
    if (once) once();
}

void HookedDatabase::write(Work work, Done done, std::chrono::milliseconds deadline) {
    run(before_write_);
    database_->write(std::move(work), std::move(done), deadline);
}

base::Status HookedDatabase::read(const std::function<base::Status(ports::Connection&)>& work,
                                  std::chrono::milliseconds deadline) {
    if (readable_ == Readable::no)
        return base::fail(base::ErrorKind::timeout, "database_timeout", "Everybody reads.");
    auto status = database_->read(work, deadline);
    run(after_read_);
    return status;
}

void FakePoster::post(ports::HttpPost post, std::chrono::milliseconds, Done done) {
    base::Result<int> answer;
    {
        const std::lock_guard lock(mutex_);
        posts_.push_back(std::move(post));
        answer = answer_;
    }
    posted_.notify_all();
    done(answer);
}

std::vector<ports::HttpPost> FakePoster::posts(std::size_t count) {
    std::unique_lock lock(mutex_);
    posted_.wait_for(lock, std::chrono::seconds{10}, [&] { return posts_.size() >= count; });
    return posts_;
}

void FakePoster::answer(base::Result<int> answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
}

ports::SendMail FakeMailServer::sender() {
    return [this](const ports::MailServer&, const ports::OutgoingMail& mail,
                  const std::stop_token&) -> base::Status {
        const std::lock_guard lock(mutex_);
        ++tried_;
        if (answer_) {
            std::string digits = mail.message.substr(mail.message.find("\r\n\r\n") + 4);
            std::erase_if(digits, [](char c) { return c == '\r' || c == '\n'; });
            mails_.push_back({mail.to, base::from_base64(digits).value_or("")});
        }
        sent_.notify_all();
        return answer_;
    };
}

std::vector<FakeMailServer::Mail> FakeMailServer::mails(std::size_t count) {
    std::unique_lock lock(mutex_);
    sent_.wait_for(lock, std::chrono::seconds{10}, [&] { return mails_.size() >= count; });
    return mails_;
}

bool FakeMailServer::tried(std::size_t count) {
    std::unique_lock lock(mutex_);
    return sent_.wait_for(lock, std::chrono::seconds{10}, [&] { return tried_ >= count; });
}

void FakeMailServer::answer(base::Status answer) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(answer);
}

std::string Reply::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return "";
}

std::string Reply::code() const {
    const auto* object = body.if_object();
    if (object == nullptr || !object->contains("code")) return "";
    return json::value_to<std::string>(object->at("code"));
}

std::vector<std::string> Reply::fields() const {
    std::vector<std::string> all;
    const auto* object = body.if_object();
    if (object == nullptr || !object->contains("errors")) return all;
    for (const auto& error : object->at("errors").as_array())
        all.push_back(json::value_to<std::string>(error.at("field")) + ":" +
                      json::value_to<std::string>(error.at("code")));
    return all;
}

PlatformTest::PlatformTest(const adapters::SqliteOptions& options)
    : place_(std::filesystem::temp_directory_path() / fmt::format("sallyport-{:x}", std::random_device{}())),
      options_(options) {
    std::filesystem::create_directory(place_);
    tables_ = adapters::make_table_files(place_);
    restart();
}

PlatformTest::~PlatformTest() {
    device_loop_->halt();
    platform_.reset();
    database_.reset();
    std::filesystem::remove_all(place_);
}

void PlatformTest::restart() {
    if (device_loop_) device_loop_->halt();
    platform_.reset();
    database_.reset();
    database_ =
        std::make_unique<HookedDatabase>(adapters::open_sqlite(place_ / "platform.db", options_).value());
    const auto migrated =
        server::migrate(*database_, server::migrations_of(platform_schema::files()), clock_.utc());
    if (!migrated) throw std::runtime_error(migrated.error().message);
    device_loop_ = std::make_unique<DeviceLoop>();
    platform_ = std::make_unique<server::Platform>(server::PlatformPorts{
        .database = *database_,
        .clock = clock_,
        .zones = zones_,
        .page = page,
        .sealer = server::Sealer::open(place_ / "secret.key").value(),
        .device_loop = device_loop_->io,
        .dialler = network_,
        .clear_dialler = network_,
        .open_search_socket = nullptr,
        .entrance = entrance_,
        .admission_of = adapters::admission_of,
        .tables = *tables_,
        .draw_picture = [this](std::string_view file, const auto& bounds,
                               const auto& stop) { return draw_picture_(file, bounds, stop); },
        .search_everywhere = {},
        .poster = &poster_,
        .send_mail = mail_server_.sender(),
        .password_cost = password_cost_});
    const auto loaded = platform_->load();
    if (!loaded) throw std::runtime_error(loaded.error().message);
}

Reply PlatformTest::call_from(const From& from, const std::string& method, const std::string& path_and_query,
                              const std::string& body) {
    ports::HttpRequest request;
    request.method = method;
    request.path = path_and_query.substr(0, path_and_query.find('?'));
    request.query = query_of(path_and_query);
    request.headers = from.headers;
    request.body = body;
    request.peer_address = from.peer;
    std::promise<ports::HttpResponse> answered;
    platform_->handler().handle(
        std::move(request), [&](ports::HttpResponse response) { answered.set_value(std::move(response)); });
    auto response = answered.get_future().get();
    while (response.next && response.body.size() < response.length) {
        std::promise<std::string> part;
        response.next([&](std::string bytes) { part.set_value(std::move(bytes)); });
        response.body += part.get_future().get();
    }
    Reply reply{response.status, nullptr, response.body, response.headers};
    boost::system::error_code failed;
    reply.body = json::parse(response.body, failed);
    return reply;
}

PlatformTest::From PlatformTest::signed_in() const {
    From from;
    if (!token_.empty()) from.headers.emplace_back("authorization", "Bearer " + token_);
    return from;
}

Reply PlatformTest::call(const std::string& method, const std::string& path_and_query) {
    return call_from(signed_in(), method, "/api/v1" + path_and_query);
}

Reply PlatformTest::call(const std::string& method, const std::string& path_and_query,
                         const json::value& body) {
    return call_from(signed_in(), method, "/api/v1" + path_and_query, json::serialize(body));
}

void PlatformTest::set_up() {
    const auto reply =
        call("POST", "/setup", json::value{{"password", "correct-horse-7"}, {"language", "en"}});
    ASSERT_EQ(reply.status, 200) << reply.text;
    token_ = json::value_to<std::string>(reply.body.at("token"));
}

json::object PlatformTest::must(int status, const Reply& reply) {
    EXPECT_EQ(reply.status, status) << reply.text;
    return reply.body.is_object() ? reply.body.get_object() : json::object();
}

void TwoControllers::SetUp() {
    SetUpPlatformTest::SetUp();
    const auto done = ports::write_to(*database_, [](ports::Connection& c) -> base::Status {
        return c.script(
            "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, "
            "serial, model, firmware, created_at) VALUES "
            "(1, 'Lobby', '10.0.0.9', 37777, 'admin', x'00', 'ab', 'given', 'SP1', 'm', 'f', 0), "
            "(2, 'Hall', '10.0.0.8', 37777, 'admin', x'00', 'ab', 'given', 'SP2', 'm', 'f', 0);"
            "INSERT INTO door (id, device_id, number, name, hold_s, unlock_mode, detector, overtime_s, "
            "duress) VALUES (21, 1, 1, 'Front', 3, 'card', 1, 60, 0), (22, 1, 2, 'Rear', 3, 'card', 1, "
            "60, 0), (23, 2, 1, 'Gate', 3, 'card', 1, 60, 0);");
    });
    ASSERT_TRUE(done);
    restart();
}

}  // namespace sallyport::tests

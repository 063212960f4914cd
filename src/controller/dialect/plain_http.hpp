#pragma once
// The plain HTTP of the dialect (controller.md N5): CGI with Digest, and JSON at /RPC2_Login and /RPC2. Both
// call the methods of the service's table. Only there with `compatibility`.
#include <map>
#include <memory>
#include <string>

#include "codec/dhip/message.hpp"
#include "controller/device_service.hpp"
#include "controller/dialect/digest_nonces.hpp"
#include "controller/event_subscription.hpp"

namespace sallyport::controller::dialect {

/// All on the loop thread. The service outlives it.
class PlainHttp final : public ports::HttpHandler {
  public:
    PlainHttp(boost::asio::io_context&, DeviceService&);
    ~PlainHttp() override;
    PlainHttp(const PlainHttp&) = delete;
    PlainHttp& operator=(const PlainHttp&) = delete;

    void handle(ports::HttpRequest, ports::Respond) override;
    std::optional<ports::HttpResponse> refuse_websocket(const ports::HttpRequest&) override;
    void opened(const ports::HttpRequest&, ports::WebSocketPtr) override {}
    [[nodiscard]] std::optional<ports::HttpResponse> complaint(int status,
                                                               std::string_view sentence) const override;
    /// Heartbeats that are due, and sessions that have been silent for three keep-alives; called every
    /// second.
    void check_patience();

  private:
    /// Of JSON over HTTP.
    struct Session {
        std::string address;
        std::string account;  ///< empty: only challenged so far
        std::string challenged;
        std::string random;
        base::Instant heard;
        std::optional<EventSubscription> events;
        ConfigWatch::Names config;
    };
    struct Listener {
        enum class Form : std::uint8_t { multipart, json_lines };
        ports::BodyStreamPtr stream;
        std::optional<EventSubscription> events;
        ConfigWatch::Names config;
        Form form = Form::multipart;
        std::string account;
        std::uint32_t session = 0;
        base::Duration heartbeat{};
        base::Instant said;
        std::shared_ptr<ConfigWatch::Listener> watch{};
    };

    // plain_http.cpp
    void tick();
    /// With the streams that they have opened.
    void end_sessions(const std::function<bool(const Session&)>& meant);
    [[nodiscard]] base::Status check_origin(const ports::HttpRequest&) const;

    // cgi_http.cpp
    void handle_cgi(ports::HttpRequest, ports::Respond);
    [[nodiscard]] base::Result<Caller> caller_of(const ports::HttpRequest&);
    [[nodiscard]] bool comes_new(const std::string& account, const std::string& address);
    [[nodiscard]] ports::HttpResponse challenge(std::string_view why);
    void attach(const ports::HttpRequest&, const Caller&, ports::Respond);
    void attach_config(const ports::HttpRequest&, const Caller&, ports::Respond);
    void open_parts(const ports::HttpRequest&, Listener, ports::Respond);

    // rpc2_http.cpp
    void handle_rpc2(const ports::HttpRequest&, ports::Respond);
    void run_rpc2(const codec::dhip::Request&, const ports::HttpRequest&, ports::Respond);
    [[nodiscard]] base::Result<Reply> login(const codec::dhip::Request&, const ports::HttpRequest&,
                                            std::uint32_t& session);
    [[nodiscard]] base::Result<Reply> answer_challenge(Session&, const std::string& account,
                                                       const base::Secret& answer);
    [[nodiscard]] base::Result<Reply> run_own(const codec::dhip::Request&, Session&);
    [[nodiscard]] bool end_oldest_stranger();
    [[nodiscard]] Session* session_of(std::uint32_t number, const std::string& address);
    void listen(const ports::HttpRequest&, ports::Respond);

    // http_events.cpp
    /// Answers with a stream of events that goes on; refused when too many are open.
    void stream_events(Listener, std::string content_type, ports::Respond);
    void add_listener(Listener);
    void records_stored(const Records&);
    void config_changed(std::uint64_t listener, const std::string& name, const boost::json::value& table);
    void tell(Listener&, const boost::json::object& event, std::string_view method,
              boost::json::object params);
    void account_changed(const std::string&);
    void say(Listener&, std::string part);

    DeviceService& service_;
    DigestNonces nonces_{base::Secret(new_session_key())};
    std::map<std::string, base::Instant> present_;  ///< with Digest: when an account last called from where
    std::map<std::uint32_t, Session> sessions_;
    std::uint64_t strays_ = 0;  ///< calls with a session that is not there
    std::uint64_t next_listener_ = 1;
    std::map<std::uint64_t, Listener> listeners_;
    LoopTimer timer_;
    std::shared_ptr<PlainHttp*> self_ = std::make_shared<PlainHttp*>(this);  ///< callbacks find it gone
};

}  // namespace sallyport::controller::dialect

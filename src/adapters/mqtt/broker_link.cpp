#include "adapters/mqtt/broker_link.hpp"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <mutex>
#include <sys/socket.h>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/core.h>

#include "adapters/mqtt/bytes_read.hpp"
#include "adapters/net/tls.hpp"

namespace sallyport::adapters {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using base::ErrorKind;
using boost::system::error_code;
using ports::OutsideError;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::seconds good_bye{1};
constexpr int keep_alive_s = 20;
constexpr int turn_ms = 200;
/// Commands are words; a broker that keeps to the rules sends nothing longer, of another it is not looked at.
constexpr std::uint32_t longest_packet = 65'536;
/// Of one packet, by when the connection is ended: what TLS adds, and what comes with it, is less.
constexpr std::int64_t longest_taken = 2 * longest_packet;
/// The kernel holds no more of it: between two reads a broker that floods has to be waited for. What holds
/// four times as much is filled again while it is read, on a busy machine.
constexpr int receive_buffer = 16'384;
constexpr int subscription =
    MQTT_SUB_OPT_NO_LOCAL | MQTT_SUB_OPT_RETAIN_AS_PUBLISHED | MQTT_SUB_OPT_SEND_RETAIN_ALWAYS;

class Link final : public ports::BrokerLink {
  public:
    Link(ports::Broker broker, ports::BrokerCallbacks callbacks)
        : broker_(std::move(broker)), callbacks_(std::move(callbacks)) {
        static std::once_flag once;
        std::call_once(once, [] { mosquitto_lib_init(); });
        handle_ = mosquitto_new(broker_.client.c_str(), true, this);
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link() override {
        thread_.request_stop();
        thread_.join();
        if (handle_ != nullptr) mosquitto_destroy(handle_);
    }

    base::Result<int> publish(const ports::MqttMessage& message) override {
        int number = 0;
        const int qos = message.arrival == ports::MqttMessage::Arrival::at_least_once ? 1 : 0;
        const bool keeps = message.keeping == ports::MqttMessage::Keeping::retained;
        const int code =
            mosquitto_publish(handle_, &number, message.topic.c_str(),
                              static_cast<int>(message.payload.size()), message.payload.data(), qos, keeps);
        if (code == MOSQ_ERR_SUCCESS) return number;
        return not_taken(code);
    }
    base::Status listen(const std::string& pattern) override {
        const int code = mosquitto_subscribe_v5(handle_, nullptr, pattern.c_str(), 0, subscription, nullptr);
        if (code == MOSQ_ERR_SUCCESS) return {};
        return not_taken(code);
    }

  private:
    static std::unexpected<base::Error> not_taken(int code) {
        if (code == MOSQ_ERR_INVAL || code == MOSQ_ERR_MALFORMED_UTF8 || code == MOSQ_ERR_PAYLOAD_SIZE)
            return base::fail(ErrorKind::invalid, "bad_topic", "This is no topic or message of MQTT.");
        return base::fail(ErrorKind::unavailable, "connection_lost", "There is no connection to the broker.");
    }
    static Link& of(void* self) { return *static_cast<Link*>(self); }

    base::Status prepare() {
        if (handle_ == nullptr)
            return base::fail(ErrorKind::internal, "no_memory", "The client could not be made.");
        mosquitto_int_option(handle_, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
        mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1);
        mosquitto_threaded_set(handle_, true);
        if (!broker_.account.empty() || broker_.password) {
            // The library wants an end to the text; it keeps a copy of its own.
            const base::Secret password(broker_.password ? std::string(broker_.password->reveal()) : "");
            mosquitto_username_pw_set(handle_, broker_.account.c_str(),
                                      broker_.password ? password.reveal().data() : nullptr);
        }
        if (broker_.will) {
            const auto& will = *broker_.will;
            mosquitto_will_set(handle_, will.topic.c_str(), static_cast<int>(will.payload.size()),
                               will.payload.data(), 1, true);
        }
        if (auto secured = secure(); !secured) return secured;
        hook_up();
        bound_packets();
        return {};
    }

    base::Status secure() {
        if (broker_.trust.how == ports::ServerTrust::How::clear) return {};
        auto context = make_checking_context(broker_.trust, broker_.at.address);
        if (!context) return std::unexpected(context.error());
        context_ = *std::move(context);
        mosquitto_void_option(handle_, MOSQ_OPT_SSL_CTX, context_->native_handle());
        mosquitto_int_option(handle_, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
        return {};
    }

    /// The library takes what a CONNECT says besides only with the call that waits for the network. Without a
    /// host that one keeps it and connects nothing; broker_link_test.cpp looks for it on the wire.
    void bound_packets() {
        mosquitto_property* properties = nullptr;
        mosquitto_property_add_int32(&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, longest_packet);
        (void)mosquitto_connect_bind_v5(handle_, nullptr, broker_.at.port, keep_alive_s, nullptr, properties);
        mosquitto_property_free_all(&properties);
    }

    void hook_up() {
        mosquitto_connect_v5_callback_set(
            handle_, [](mosquitto*, void* self, int code, int, const mosquitto_property*) {
                of(self).answered(code);
            });
        mosquitto_publish_v5_callback_set(
            handle_, [](mosquitto*, void* self, int number, int, const mosquitto_property*) {
                of(self).callbacks_.taken(number);
            });
        mosquitto_message_v5_callback_set(
            handle_, [](mosquitto*, void* self, const mosquitto_message* message, const mosquitto_property*) {
                of(self).heard(*message);
            });
        mosquitto_log_callback_set(handle_, [](mosquitto*, void* self, int level, const char* text) {
            if (level == MOSQ_LOG_ERR) of(self).said_ = text;
            // "Client NAME received PUBLISH ...": the library says so of each whole packet.
            if (std::strstr(text, " received ") != nullptr) of(self).whole_until_ = of(self).taken_in();
        });
    }

    /// Bytes that the library has read from the socket.
    [[nodiscard]] std::int64_t taken_in() const {
        return bytes_read_from(mosquitto_socket(handle_)).value_or(whole_until_);
    }

    void answered(int code) {
        if (code == 0) {
            open_ = true;
            return callbacks_.opened();
        }
        if (code == MQTT_RC_BAD_USERNAME_OR_PASSWORD || code == MQTT_RC_NOT_AUTHORIZED ||
            code == MQTT_RC_BANNED) {
            refused_ = {ErrorKind::forbidden, "login_refused",
                        "The broker refuses the name or the password. Correct them, or allow this account "
                        "there."};
        } else if (code == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION || code < 128) {
            refused_ = {ErrorKind::unavailable, "no_mqtt5",
                        "The broker does not speak MQTT 5. Update it: Mosquitto does since version 1.6."};
        } else {
            const std::string why = mosquitto_reason_string(code);
            refused_ = {ErrorKind::unavailable, "refused",
                        fmt::format("The broker refuses the connection ({}).", why), why};
        }
    }

    void heard(const mosquitto_message& message) {
        if (std::strlen(message.topic) + static_cast<std::size_t>(message.payloadlen) > longest_packet)
            return;
        const auto* bytes = static_cast<const char*>(message.payload);
        callbacks_.heard(
            {message.topic,
             bytes == nullptr ? std::string()
                              : std::string(bytes, static_cast<std::size_t>(message.payloadlen)),
             message.retain ? ports::MqttMessage::Keeping::retained : ports::MqttMessage::Keeping::passing});
    }

    /// The library does not notice when a connection for TLS is refused.
    ports::OutsideResult<void> reach(const std::stop_token& stop) const {
        if (!context_) return {};
        asio::io_context loop;
        tcp::resolver resolver(loop);
        error_code failed;
        const auto found = resolver.resolve(broker_.at.address, std::to_string(broker_.at.port), failed);
        if (failed) return std::unexpected(error_of(MOSQ_ERR_EAI));
        tcp::socket socket(loop);
        std::optional<error_code> outcome;
        asio::async_connect(socket, found, [&](error_code error, const tcp::endpoint&) { outcome = error; });
        const auto deadline = Steady::now() + patience;
        while (!outcome && !stop.stop_requested() && Steady::now() < deadline)
            loop.run_for(std::chrono::milliseconds{turn_ms});
        if (!outcome) return std::unexpected(silent());
        if (!*outcome) return {};
        return std::unexpected(not_reached(outcome->message()));
    }
    OutsideError too_large() const {
        return {ErrorKind::limit, "packet_too_large",
                fmt::format("{} sends a packet of more than {} bytes, which it was asked not to.", where(),
                            longest_packet)};
    }
    OutsideError silent() const {
        return {ErrorKind::timeout, "timeout", fmt::format("{} did not answer in 10 s.", where())};
    }

    void run(const std::stop_token& stop) {
        if (auto ready = prepare(); !ready) return callbacks_.lost(ready.error());
        if (auto reached = reach(stop); !reached) return callbacks_.lost(reached.error());
        const auto& host = broker_.at.address;
        int code = mosquitto_connect_async(handle_, host.c_str(), broker_.at.port, keep_alive_s);
        int number = errno;
        (void)::setsockopt(mosquitto_socket(handle_), SOL_SOCKET, SO_RCVBUF, &receive_buffer,
                           sizeof receive_buffer);
        const auto deadline = Steady::now() + patience;
        while (code == MOSQ_ERR_SUCCESS && !stop.stop_requested()) {
            code = mosquitto_loop(handle_, turn_ms, 1);
            number = errno;
            if (taken_in() - whole_until_ > longest_taken) return callbacks_.lost(too_large());
            if (open_ || Steady::now() < deadline) continue;
            return callbacks_.lost(silent());
        }
        if (!stop.stop_requested()) return callbacks_.lost(refused_ ? *refused_ : error_of(code, number));
        const auto last = Steady::now() + good_bye;
        mosquitto_disconnect(handle_);
        while (code == MOSQ_ERR_SUCCESS && Steady::now() < last) code = mosquitto_loop(handle_, turn_ms, 1);
    }

    std::string where() const { return ports::text_of(broker_.at); }

    /// `number`: errno as the library left it.
    OutsideError error_of(int code, int number = 0) const {
        if (open_)
            return {ErrorKind::unavailable, "connection_lost", "The connection to the broker was lost."};
        if (code == MOSQ_ERR_TLS || code == MOSQ_ERR_TLS_HANDSHAKE ||
            said_.find("OpenSSL") != std::string::npos)
            return {ErrorKind::corrupt, "tls_failed",
                    fmt::format("The certificate is not good for {}, or no TLS connection came about ({}).",
                                broker_.at.address, openssl_said()),
                    openssl_said()};
        if (code == MOSQ_ERR_EAI || code == MOSQ_ERR_LOOKUP)
            return {ErrorKind::unavailable, "unreachable",
                    fmt::format("No address is known for {}.", broker_.at.address)};
        return not_reached(code == MOSQ_ERR_ERRNO && number != 0 ? std::generic_category().message(number)
                                                                 : mosquitto_strerror(code));
    }
    OutsideError not_reached(const std::string& why) const {
        return {ErrorKind::unavailable, "refused", fmt::format("{} cannot be reached ({}).", where(), why),
                why};
    }
    /// "certificate verify failed" of "OpenSSL Error[0]: error:0A000086:SSL routines::certificate ...".
    std::string openssl_said() const { return said_.substr(said_.rfind(':') + 1); }

    const ports::Broker broker_;
    const ports::BrokerCallbacks callbacks_;
    TlsContext context_;
    mosquitto* handle_ = nullptr;
    std::atomic<bool> open_ = false;
    std::optional<OutsideError> refused_;
    std::string said_;
    std::int64_t whole_until_ = 0;  ///< of the bytes taken in: the packets to here are whole
    std::jthread thread_;           ///< the last
};

}  // namespace

std::unique_ptr<ports::BrokerLink> open_broker(ports::Broker broker, ports::BrokerCallbacks callbacks) {
    return std::make_unique<Link>(std::move(broker), std::move(callbacks));
}

}  // namespace sallyport::adapters

#include "adapters/net/stream_http.hpp"

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "adapters/net/http_text.hpp"

namespace sallyport::adapters {

namespace {

constexpr std::size_t head_limit = 16 << 10;
constexpr std::size_t body_limit = 1 << 20;

std::string_view take_line(std::string_view& text) {
    const auto end = text.find("\r\n");
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
    return line;
}

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

/// Everything but the body; nothing for what is no request of HTTP/1.1.
std::optional<ports::HttpRequest> request_from(std::string_view head) {
    const auto first = take_line(head);
    const auto method_end = first.find(' ');
    const auto target_end = first.rfind(' ');
    if (method_end == std::string_view::npos || target_end <= method_end) return std::nullopt;
    if (!first.substr(target_end + 1).starts_with("HTTP/1.")) return std::nullopt;
    ports::HttpRequest request;
    request.method = first.substr(0, method_end);
    request.target = first.substr(method_end + 1, target_end - method_end - 1);
    auto target = parse_target(request.target);
    if (!target) return std::nullopt;
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    while (!head.empty()) {
        const auto line = take_line(head);
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return std::nullopt;
        std::string name(line.substr(0, colon));
        for (auto& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        request.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
    }
    return request;
}

/// None for a length that is not understood, or a body that says its length in another way.
std::optional<std::size_t> body_length(const ports::HttpRequest& request) {
    if (!request.header("transfer-encoding").empty()) return std::nullopt;
    const auto text = request.header("content-length");
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (!text.empty() && (error != std::errc{} || end != text.data() + text.size())) return std::nullopt;
    return length;
}

class Served : public std::enable_shared_from_this<Served> {
  public:
    Served(ports::StreamPtr stream, ports::HttpHandler& handler, std::function<void()> ended)
        : stream_(std::move(stream)), handler_(handler), ended_(std::move(ended)) {}

    void start(std::string_view first) {
        stream_->on_received = [weak = weak_from_this()](std::string_view bytes) {
            if (const auto self = weak.lock()) self->received(bytes);
        };
        stream_->on_closed = [weak = weak_from_this()](const base::Error&) {
            if (const auto self = weak.lock()) self->closed();
        };
        received(first);
    }

  private:
    class Body final : public ports::BodyStream {
      public:
        explicit Body(std::weak_ptr<Served> connection) : connection_(std::move(connection)) {}
        ~Body() override { end(); }
        bool send(std::string part) override {
            const auto connection = connection_.lock();
            return connection && connection->stream_->send(std::move(part));
        }
        void close() override { end(); }

      private:
        void end() {
            if (const auto connection = connection_.lock()) connection->stream_->close();
        }
        std::weak_ptr<Served> connection_;
    };

    void received(std::string_view bytes) {
        buffer_ += bytes;
        if (buffer_.size() > head_limit + body_limit) return complain(413, "The request is too long.");
        serve();
    }

    /// Not by recursion: a peer may send many requests at once.
    void serve() {
        if (std::exchange(serving_, true)) return;
        for (bool more = true; more && !answering_;) more = serve_one();
        serving_ = false;
    }

    /// Whether a whole request was there.
    bool serve_one() {
        const auto head_end = buffer_.find("\r\n\r\n");
        if (head_end == std::string::npos) {
            if (buffer_.size() > head_limit) complain(431, "The headers of the request are too long.");
            return false;
        }
        auto request = request_from(std::string_view(buffer_).substr(0, head_end));
        const auto length = request ? body_length(*request) : std::nullopt;
        if (!length) complain(400, "The request is not valid HTTP/1.1.");
        if (length && *length > body_limit) complain(413, "The body of the request is too long.");
        const auto begin = head_end + 4;
        if (answering_ || buffer_.size() - begin < *length) return false;
        request->body = buffer_.substr(begin, *length);
        buffer_.erase(0, begin + *length);
        request->peer_address = stream_->peer_address();
        answering_ = true;
        handler_.handle(*std::move(request), [weak = weak_from_this()](ports::HttpResponse response) {
            if (const auto self = weak.lock()) self->answer(std::move(response));
        });
        return true;
    }

    void answer(ports::HttpResponse response) {
        const auto go_on = std::exchange(response.go_on, nullptr);
        stream_->send(
            answer_text(response, Persistence::keep_alive, go_on ? AnswerBody::goes_on : AnswerBody::sent));
        if (go_on) {
            auto body = std::make_shared<Body>(weak_from_this());
            going_ = body;
            return go_on(std::move(body));
        }
        answering_ = false;
        serve();
    }

    void complain(int status, std::string_view sentence) {
        auto own = handler_.complaint(status, sentence);
        stream_->send(answer_text(own ? *std::move(own) : problem(status, "bad_request", sentence),
                                  Persistence::close, AnswerBody::sent));
        answering_ = true;
        stream_->close();
    }

    void closed() {
        if (const auto open = going_.lock())
            if (const auto told = std::exchange(open->on_closed, nullptr)) told();
        if (const auto ended = std::exchange(ended_, nullptr)) ended();
    }

    ports::StreamPtr stream_;
    ports::HttpHandler& handler_;
    std::function<void()> ended_;
    std::string buffer_;
    bool answering_ = false;  ///< or nothing more is served
    bool serving_ = false;
    std::weak_ptr<ports::BodyStream> going_;
};

}  // namespace

std::shared_ptr<void> serve_http(const ports::StreamPtr& stream, std::string_view first,
                                 ports::HttpHandler& handler, std::function<void()> ended) {
    auto served = std::make_shared<Served>(stream, handler, std::move(ended));
    served->start(first);
    return served;
}

}  // namespace sallyport::adapters

#include "controller/device_session.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/log.hpp"
#include "controller/device_service.hpp"

namespace sallyport::controller {

namespace dhip = codec::dhip;

namespace {

constexpr std::size_t waiting_limit = 64;
constexpr base::Duration login_patience = std::chrono::seconds{30};
constexpr base::Duration silence = std::chrono::seconds{3 * 60};

}  // namespace

const std::vector<DeviceSession::Method>& DeviceSession::methods() {
    static const std::vector<Method> all{
        {"global.login", Right::anybody, &DeviceSession::login},
        {"sallyport.initialise", Right::anybody, &DeviceSession::initialise},
        {"global.keepAlive", Right::session, &DeviceSession::keep_alive},
        {"global.logout", Right::session, &DeviceSession::logout},
        {"eventManager.attach", Right::operating, &DeviceSession::attach_events},
        {"eventManager.detach", Right::operating, &DeviceSession::detach_events},
        {"configManager.attach", Right::viewer, &DeviceSession::attach_config},
        {"configManager.detach", Right::viewer, &DeviceSession::detach_config},
        {"sallyport.setAddress", Right::admin, &DeviceSession::set_address},
        {"sallyport.status", Right::viewer, &DeviceSession::status},
        {"sallyport.records", Right::viewer, &DeviceSession::records},
        {"sallyport.attach", Right::operating, &DeviceSession::attach},
        {"sallyport.acknowledge", Right::operating, &DeviceSession::acknowledge},
        {"sallyport.doorCommand", Right::operating, &DeviceSession::door_command},
        {"sallyport.verify", Right::operating, &DeviceSession::verify},
        {"sallyport.pardon", Right::operating, &DeviceSession::pardon},
        {"sallyport.resetArea", Right::operating, &DeviceSession::reset_area},
        {"sallyport.readers.list", Right::viewer, &DeviceSession::list_readers},
        {"sallyport.readers.pair", Right::admin, &DeviceSession::pair_reader},
        {"sallyport.readers.cancelPairing", Right::admin, &DeviceSession::cancel_pairing},
        {"sallyport.readers.rotateKey", Right::admin, &DeviceSession::rotate_reader_key},
        {"sallyport.readers.setLine", Right::admin, &DeviceSession::set_line},
        {"sallyport.readers.setFormats", Right::admin, &DeviceSession::set_formats},
        {"sallyport.readers.capture", Right::admin, &DeviceSession::capture_line},
        {"sallyport.readers.forgetPanel", Right::admin, &DeviceSession::forget_panel},
        {"sallyport.claim", Right::admin, &DeviceSession::claim},
        {"sallyport.backup", Right::admin, &DeviceSession::backup},
        {"sallyport.restore", Right::admin, &DeviceSession::restore},
        {"sallyport.stageUpdate", Right::admin, &DeviceSession::stage_update},
        {"sallyport.applyPlan", Right::owner, &DeviceSession::apply_plan},
        {"sallyport.tags", Right::owner, &DeviceSession::tags},
        {"sallyport.updateRoster", Right::owner, &DeviceSession::update_roster},
    };
    return all;
}

DeviceSession::DeviceSession(DeviceService& service, ports::StreamPtr stream, std::uint32_t number,
                             Channel channel, Dialled dialled)
    : service_(service),
      stream_(std::move(stream)),
      number_(number),
      dialled_(dialled),
      decoder_(dhip::stranger_body_limit),
      opened_(service.real_now()),
      heard_(opened_) {
    caller_.address = stream_->peer_address();
    caller_.session = number_;
    caller_.channel = channel;
}

void DeviceSession::start() {
    stream_->on_received = while_open([this](std::string_view bytes) { received(bytes); });
    stream_->on_closed = while_open([this](const base::Error&) {
        closed_ = true;
        service_.forget(number_);
    });
}

std::optional<base::Instant> DeviceSession::unknown_since() const {
    if (!caller_.account.empty() || dialled_ == Dialled::by_us) return std::nullopt;
    return opened_;
}

void DeviceSession::close() {
    if (closed_) return;
    closed_ = true;
    stream_->close();
}

void DeviceSession::close_because(std::string_view why) {
    if (closed_) return;
    base::log_warning(fmt::format("The connection from {} was closed: {}", stream_->peer_address(), why));
    close();
    service_.forget(number_);
}

void DeviceSession::check_patience() {
    const auto now = service_.real_now();
    if (const auto overdue = decoder_.next_deadline(); overdue && *overdue <= now)
        return close_because("half a frame came, and the rest did not follow within 10 s.");
    if (caller_.account.empty() && dialled_ == Dialled::by_them && now - opened_ > login_patience)
        return close_because("nobody logged in within 30 s.");
    if (now - heard_ > silence) close_because("nothing was heard for three keep-alive intervals.");
}

void DeviceSession::received(std::string_view bytes) {
    const auto self = shared_from_this();
    heard_ = service_.real_now();
    decoder_.feed(bytes, heard_);
    while (!closed_) {
        auto frame = decoder_.next();
        if (!frame) return close_because(frame.error().message);
        if (!*frame) return;
        take_frame(**frame);
    }
}

void DeviceSession::take_frame(const dhip::Frame& frame) {
    auto request = dhip::decode_request(frame);
    if (request) return dispatch(*request);
    if (request.error().kind == base::ErrorKind::corrupt) return close_because(request.error().message);
    Request unread;
    unread.id = frame.id;
    ++waiting_;
    refuse(unread, request.error());
}

void DeviceSession::dispatch(const Request& request) {
    ++waiting_;
    if (waiting_ > waiting_limit) {
        return refuse(request, {base::ErrorKind::limit, "busy",
                                fmt::format("{} requests wait already: wait for an answer.", waiting_limit)});
    }
    if (auto status = check_channel(caller_, request.method); !status) return refuse(request, status.error());
    const auto method = std::ranges::find(methods(), std::string_view(request.method), &Method::name);
    if (method == methods().end()) return run_shared(request);
    const auto status = check_right(service_.controller(), caller_, method->right);
    if (!status) return refuse(request, status.error());
    if (!service_.controller().running()) {
        return refuse(request, {base::ErrorKind::unavailable, "busy",
                                "The controller is starting: try again in a moment."});
    }
    (this->*method->handler)(request);
}

void DeviceSession::run_shared(const Request& request) {
    Request
        asked;  // without the params: a PIN among them does not stay in memory while the disk is waited for
    asked.id = request.id;
    service_.methods().run(service_.controller(), {request.method, request.params, request.object, caller_},
                           while_open([this, asked](base::Result<Reply> reply) {
                               if (!reply) return refuse(asked, reply.error());
                               --waiting_;
                               if (closed_) return;
                               stream_->send(dhip::encode_answer({number_, asked.id, std::move(reply->result),
                                                                  std::move(reply->params), std::nullopt,
                                                                  std::move(reply->list)}));
                           }));
}

base::Status DeviceSession::check_claimant(std::string_view manager) {
    const bool printable =
        std::ranges::none_of(manager, [](unsigned char c) { return c < ' ' || c == 0x7F; });
    if (!manager.empty() && manager.front() != '@' && printable) return {};
    return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                      "params.manager is empty, begins with '@', or has control characters in it.");
}

void DeviceSession::answer(const Request& request, Params params) {
    --waiting_;
    if (closed_) return;
    dhip::Answer answer;
    answer.session = number_;
    answer.id = request.id;
    answer.params = std::move(params);
    stream_->send(dhip::encode_answer(answer));
}

void DeviceSession::refuse(const Request& request, const base::Error& error) {
    --waiting_;
    if (closed_) return;
    auto answer = dhip::refusal(request, dhip::device_error(error));
    answer.session = number_;
    stream_->send(dhip::encode_answer(answer));
}

void DeviceSession::finish(const Request& request, const base::Status& status, Params params) {
    if (status) return answer(request, std::move(params));
    refuse(request, status.error());
}

void DeviceSession::notify(std::string_view method, Params params) {
    if (closed_) return;
    dhip::Notification notification;
    notification.session = number_;
    notification.method = method;
    notification.params = std::move(params);
    stream_->send(dhip::encode_notification(notification));
}

void DeviceSession::doors_changed(const std::vector<dhip::DoorState>& doors) {
    if (streaming_) notify("client.notifyDoors", {{"doors", dhip::to_json(doors)}});
}

void DeviceSession::account_changed(const std::string& account, std::uint32_t by_session) {
    if (caller_.account != account || number_ == by_session) return;
    close_because(fmt::format("the account {} was changed.", account));
}

}  // namespace sallyport::controller

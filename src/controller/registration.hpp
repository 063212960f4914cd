#pragma once
// Active registration (controller.md N3): the device dials the platform, says who it is, and then the roles
// reverse: the platform logs in on the same connection. Never given up: after a second it is tried again, and
// after up to a minute where nobody has answered or logged in.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "controller/device_service.hpp"
#include "ports/transport.hpp"

namespace sallyport::controller {

struct RegistrationTarget {
    ports::Endpoint platform;
    std::string id;  ///< by which the platform knows the device
    /// What comes first: a frame inside TLS, or a form over plain HTTP (with `compatibility`).
    enum class Form : std::uint8_t { frame, http } form = Form::frame;
    /// Takes over a connection on which the platform speaks HTTP after the form, with what it has said
    /// already, until what it returns is dropped; calls back once when it is over. None: only frames are
    /// answered.
    std::function<std::shared_ptr<void>(const ports::StreamPtr&, std::string_view first,
                                        std::function<void()> ended)>
        serve_http{};
};

/// All on the loop thread. Service and dialler outlive it.
class Registration {
  public:
    /// `own`: the device's certificate, which the platform knows it by; null in clear. Dials from now on.
    Registration(boost::asio::io_context&, DeviceService&, ports::StreamDialler&, const ports::Identity* own,
                 RegistrationTarget);
    ~Registration();
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

  private:
    void dial();
    void dialled(base::Result<ports::StreamPtr>);
    void introduce(const ports::StreamPtr&);
    void take_answer(const ports::StreamPtr&, std::string_view bytes);
    void listen(const ports::StreamPtr&, std::string_view first);
    void hand_over(const ports::StreamPtr&, Channel);
    void ended(Visited);
    void dial_later();

    DeviceService& service_;
    ports::StreamDialler& dialler_;
    const ports::Identity* own_;
    RegistrationTarget target_;
    LoopTimer timer_;
    std::chrono::milliseconds pause_;
    base::Instant connected_;
    ports::StreamPtr introducing_;  ///< the answer to the form is waited for
    std::shared_ptr<void> served_;  ///< the platform speaks HTTP
    std::string answer_;
    std::shared_ptr<Registration*> self_ = std::make_shared<Registration*>(this);  ///< callbacks find it gone
};

}  // namespace sallyport::controller

#pragma once
// The platform's port: HTTPS with a certificate that may be replaced, and a port in clear that leads to it.
#include <filesystem>
#include <memory>
#include <mutex>

#include "base/result.hpp"
#include "ports/clock.hpp"
#include "ports/entrance.hpp"

namespace boost::asio {
class io_context;
}

namespace sallyport::adapters {

class HttpsEntrance final : public ports::Entrance {
  public:
    /// `made` is the certificate of the first start. `loop`, `clock` outlive this; own.pem of `directory`
    /// wins over `made` unless it is broken, which is logged.
    HttpsEntrance(boost::asio::io_context& loop, const ports::Clock& clock, std::filesystem::path directory,
                  ports::Identity made);
    ~HttpsEntrance() override;

    /// Serves from now on. Once. Errors as those of make_http_server.
    [[nodiscard]] base::Status open(const ports::Endpoint&, const ports::HttpLimits&, ports::HttpHandler&);
    [[nodiscard]] ports::Endpoint local() const;
    /// Takes no more requests.
    void stop();
    /// Closes what is open. On the loop's only thread, or when it does not run, and before the handler goes.
    void close();

    [[nodiscard]] ports::CertificateFacts certificate() const override;
    base::Result<ports::CertificateFacts> use_certificate(std::string certificate_pem,
                                                          base::Secret key_pem) override;
    base::Result<ports::CertificateFacts> drop_certificate() override;
    base::Status redirect_from(std::optional<std::uint16_t> port) override;
    [[nodiscard]] std::optional<ports::Endpoint> redirects_at() const override;

  private:
    class Redirect;
    using Server = std::shared_ptr<ports::HttpServer>;
    [[nodiscard]] base::Result<ports::CertificateFacts> shows();
    void let_go(Server);

    boost::asio::io_context& loop_;
    const ports::Clock& clock_;
    const std::filesystem::path directory_;
    const ports::Identity made_;
    mutable std::mutex mutex_;
    std::optional<ports::Identity> own_;
    std::unique_ptr<Redirect> redirect_;
    Server https_;
    Server http_;
};

}  // namespace sallyport::adapters

#include "adapters/net/tls.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/impl/src.hpp>

#include "codec/x509/fingerprints.hpp"

namespace sallyport::adapters {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

namespace {

base::Status use(ssl::context& context, const ports::Identity& identity) {
    const auto key = identity.key_pem.reveal();
    error_code error;
    context.use_certificate_chain(boost::asio::buffer(identity.certificate_pem), error);
    if (!error)
        context.use_private_key(boost::asio::buffer(key.data(), key.size()), ssl::context::pem, error);
    if (!error) return {};
    return base::fail(base::ErrorKind::corrupt, "invalid_identity",
                      "The certificate and its key cannot be used together: replace both, or remove both to "
                      "have new ones made.");
}

void accept_only_well_known_strength(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    // Of TLS 1.2 what has forward secrecy and authenticates what it encrypts (RFC 9325, 4.2).
    SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    // Nobody is there to type a password for a key.
    SSL_CTX_set_default_passwd_cb(context, [](char*, int, int, void*) { return 0; });
}

}  // namespace

base::Result<TlsContext> make_tls_context(TlsSide side, const ports::Identity* identity) {
    const auto method = side == TlsSide::caller ? ssl::context::tls_client : ssl::context::tls_server;
    auto context = std::make_shared<ssl::context>(method);
    auto* native = context->native_handle();
    accept_only_well_known_strength(native);
    if (identity != nullptr) {
        if (const auto used = use(*context, *identity); !used) return std::unexpected(used.error());
    }
    if (side == TlsSide::device) {
        // The certificate has to come in each handshake, so nothing is resumed.
        SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(native, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(native, 0);
    }
    if (side == TlsSide::browser) {
        SSL_CTX_set_verify(native, SSL_VERIFY_NONE, nullptr);
    } else {
        SSL_CTX_set_verify(native, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
    }
    return context;
}

base::Result<TlsContext> make_checking_context(const ports::ServerTrust& trust, const std::string& host) {
    auto context = make_tls_context(TlsSide::caller, nullptr);
    if (!context) return context;
    error_code failed;
    const bool is_given = trust.how == ports::ServerTrust::How::given;
    if (is_given)
        (*context)->add_certificate_authority(boost::asio::buffer(trust.authorities_pem), failed);
    else
        (*context)->set_default_verify_paths(failed);
    if (failed && is_given)
        return base::fail(base::ErrorKind::invalid, "authority_unreadable",
                          "This holds no certificate in PEM that can be read.");
    if (failed)
        return base::fail(base::ErrorKind::corrupt, "tls_failed",
                          "The machine's certificates of authorities cannot be read.");
    auto* native = (*context)->native_handle();
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
    auto* checks = SSL_CTX_get0_param(native);
    if (X509_VERIFY_PARAM_set1_ip_asc(checks, host.c_str()) != 1)
        X509_VERIFY_PARAM_set1_host(checks, host.c_str(), host.size());
    // Whoever gives a server's own certificate means that one, whoever has signed it.
    if (is_given) X509_VERIFY_PARAM_set_flags(checks, X509_V_FLAG_PARTIAL_CHAIN);
    return context;
}

ports::Fingerprint peer_fingerprint(SSL* connection) {
    const auto* certificate = SSL_get0_peer_certificate(connection);
    return certificate == nullptr ? ports::Fingerprint{} : codec::x509::fingerprint_of(*certificate);
}

}  // namespace sallyport::adapters

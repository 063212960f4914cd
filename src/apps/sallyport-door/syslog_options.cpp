#include "apps/sallyport-door/syslog_options.hpp"

#include <algorithm>
#include <unistd.h>

#include <fmt/core.h>

namespace sallyport::apps {

namespace {

/// As typed.
struct Given {
    explicit Given(SettingsFile& file)
        : collector(file.text("syslog.collector")),
          transport(file.text("syslog.transport")),
          fingerprint(file.text("syslog.fingerprint")),
          authority(file.text("syslog.authority")),
          host(file.text("syslog.host")),
          card_numbers(file.text("syslog.card_numbers")) {}

    std::optional<std::string> collector;
    std::optional<std::string> transport;
    std::optional<std::string> fingerprint;
    std::optional<std::string> authority;
    std::optional<std::string> host;
    std::optional<std::string> card_numbers;
};

std::string name_of_this_machine() {
    std::string name(256, '\0');
    if (::gethostname(name.data(), name.size() - 1) != 0) return {};
    name.resize(name.find('\0'));
    return name;
}

/// TLS with something to compare, or in the clear by word: never in the clear by what was left out.
adapters::CollectorTrust trust_of(SettingsFile& file, const Given& given) {
    const auto transport = given.transport.value_or("tls");
    if (transport == "tcp") {
        if (given.fingerprint || given.authority)
            file.complain("syslog.transport",
                          "is tcp, which shows no certificate: leave out fingerprint and "
                          "authority, or choose tls");
    } else if (transport != "tls") {
        file.complain("syslog.transport", fmt::format("has to be tls or tcp, not '{}'", transport));
    } else if (given.fingerprint.has_value() == given.authority.has_value()) {
        file.complain("syslog.collector",
                      "needs one of syslog.fingerprint and syslog.authority, to know its certificate by");
    } else if (given.fingerprint) {
        const auto pinned = ports::fingerprint_from(*given.fingerprint);
        if (!pinned)
            file.complain("syslog.fingerprint",
                          "has to be SHA-256, as 'openssl x509 -fingerprint -sha256' prints it");
        return adapters::PinnedCertificate{pinned.value_or("")};
    } else {
        const auto status = adapters::check_authority(*given.authority);
        if (!status) file.complain("syslog.authority", "cannot be used: " + status.error().message);
        return adapters::PinnedAuthority{*given.authority};
    }
    return adapters::InTheClear{};
}

}  // namespace

std::optional<SyslogOptions> take_syslog(SettingsFile& file) {
    const Given given(file);
    if (!given.collector) {
        for (const auto* key : {"transport", "fingerprint", "authority", "host", "card_numbers"})
            if (const auto name = fmt::format("syslog.{}", key); file.text(name))
                file.complain(name, "means nothing without syslog.collector");
        return std::nullopt;
    }
    SyslogOptions syslog;
    const auto collector = ports::parse_endpoint(*given.collector);
    if (!collector || collector->port == 0) {
        file.complain("syslog.collector", "has to be ADDR:PORT, such as 192.0.2.10:6514");
        return std::nullopt;
    }
    syslog.collector = *collector;
    syslog.trust = trust_of(file, given);
    syslog.source.host = given.host.value_or(name_of_this_machine());
    const auto cards = given.card_numbers.value_or("hidden");
    if (cards != "hidden" && cards != "shown")
        file.complain("syslog.card_numbers", fmt::format("has to be hidden or shown, not '{}'", cards));
    if (cards == "shown") syslog.source.cards = codec::CardNumbers::shown;
    return syslog;
}

}  // namespace sallyport::apps

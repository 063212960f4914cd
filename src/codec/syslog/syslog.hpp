#pragma once
// A record as a message of syslog (RFC 5424), framed by counting its bytes (RFC 6587 3.4.1, RFC 5425 4.3).
//
// What a program wants stands in the structured data "sallyport@32473" under the words of
// docs/device-protocol.md; what a person reads is the text after it. (32473 is the enterprise number that
// RFC 5612 keeps for products without one of their own.)
#include <string>
#include <utility>
#include <vector>

#include "core/record/record.hpp"

namespace sallyport::codec {

/// A card's number lets one copy the card: a collector of logs need not have it.
enum class CardNumbers : std::uint8_t { hidden, shown };

struct SyslogSource {
    std::string host;    ///< up to 255 printable ASCII characters; others become '_'; empty: none
    std::string serial;  ///< of the controller
    CardNumbers cards = CardNumbers::hidden;
};

/// What any other program of ours says.
struct SyslogText {
    enum Severity : std::uint8_t { alert = 1, warning = 4, notice = 5, informational = 6 };
    Severity severity = informational;
    base::UtcTime at{};
    std::string host{};                                        ///< as in SyslogSource
    std::string program{};                                     ///< up to 48 printable ASCII characters
    std::string kind{};                                        ///< up to 32 of them
    std::vector<std::pair<std::string, std::string>> facts{};  ///< words and values; empty ones are left out
    std::string text{};                                        ///< UTF-8
};
/// Facility 10, with the length in front.
[[nodiscard]] std::string syslog_frame(const SyslogText&);

/// Facility 10 (security), severity by what happened: 1 for intrusion, duress and fire, 4 for other alarms
/// and for lost records, 5 for a refusal, 6 for the rest.
[[nodiscard]] std::string syslog_message(const core::StoredRecord&, const SyslogSource&);
/// The message with its length in front.
[[nodiscard]] std::string syslog_frame(const core::StoredRecord&, const SyslogSource&);

}  // namespace sallyport::codec

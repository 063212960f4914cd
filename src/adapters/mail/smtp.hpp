#pragma once
// ports::SendMail with libcurl: a connection for each mail (decision 0022).
#include "ports/mail_transport.hpp"

namespace sallyport::adapters {

[[nodiscard]] ports::OutsideResult<void> send_by_smtp(const ports::MailServer&, const ports::OutgoingMail&,
                                                      const std::stop_token&);

}  // namespace sallyport::adapters

#pragma once
// A certificate of the installation's own, with its key, in place of the one that was made at the first
// start.
#include <filesystem>
#include <optional>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/entrance.hpp"

namespace sallyport::adapters {

/// Errors as those of ports::Entrance::use_certificate.
[[nodiscard]] base::Result<ports::Identity> checked_identity(std::string certificate_pem,
                                                             base::Secret key_pem, base::UtcTime now);
/// Of an identity that was checked or made here.
[[nodiscard]] ports::CertificateFacts facts_of(const ports::Identity&, ports::CertificateFacts::Origin);

/// Key and certificate stand in one file, own.pem (mode 0600): there is no moment at which they do not fit.
[[nodiscard]] base::Status keep_own_identity(const std::filesystem::path& directory, const ports::Identity&);
/// None when there is no such file. An expired one is still used: browsers say so, and the page is there.
/// corrupt "invalid_identity" when it holds no certificate and its key.
[[nodiscard]] base::Result<std::optional<ports::Identity>> own_identity(
    const std::filesystem::path& directory);
[[nodiscard]] base::Status remove_own_identity(const std::filesystem::path& directory);

}  // namespace sallyport::adapters

#pragma once
// The certificate that a program shows: EC P-256, self-signed, made at the first start or the installation's
// own.
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "ports/transport.hpp"

namespace sallyport::adapters {

struct IdentitySubject {
    std::string common_name;         ///< at most 64 bytes
    std::vector<std::string> names;  ///< host names and numeric addresses for browsers to compare
};

/// A new key and a certificate for 25 years.
[[nodiscard]] base::Result<ports::Identity> make_identity(const IdentitySubject&);

/// certificate.pem and key.pem (mode 0600) of `directory`; what is missing is made, a certificate for a key
/// that is there included. `storage` where the disk refuses, `corrupt` where they do not fit each other: the
/// message names the file.
[[nodiscard]] base::Result<ports::Identity> open_identity(const std::filesystem::path& directory,
                                                          const IdentitySubject&);

/// When the first certificate of the file stops being good. `corrupt` "no_certificate" naming the file.
[[nodiscard]] base::Result<base::UtcTime> certificate_end(const std::filesystem::path& file);

}  // namespace sallyport::adapters

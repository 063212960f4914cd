#include "adapters/net/pem.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <fmt/core.h>
#include <openssl/err.h>
#include <openssl/pem.h>

namespace sallyport::adapters {

using base::ErrorKind;

namespace {

std::unexpected<base::Error> disk_refused(const std::filesystem::path& path, int code) {
    return base::fail(
        ErrorKind::storage, "identity_not_written",
        fmt::format("{} cannot be written: {}.", path.string(), std::generic_category().message(code)));
}

base::Status write_through(int file, const std::filesystem::path& path, std::string_view content) {
    while (!content.empty()) {
        const auto count = ::write(file, content.data(), content.size());
        if (count < 0 && errno != EINTR) return disk_refused(path, errno);
        if (count > 0) content.remove_prefix(static_cast<std::size_t>(count));
    }
    if (::fsync(file) != 0) return disk_refused(path, errno);
    return {};
}

}  // namespace

base::Status write_file(const std::filesystem::path& path, std::string_view content, mode_t mode) {
    const auto unfinished = std::filesystem::path(path) += ".new";
    const int file = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0) return disk_refused(unfinished, errno);
    const auto done = ::fchmod(file, mode) == 0 ? write_through(file, unfinished, content)
                                                : base::Status(disk_refused(unfinished, errno));
    ::close(file);
    if (!done) return done;
    if (::rename(unfinished.c_str(), path.c_str()) != 0) return disk_refused(path, errno);
    return {};
}

base::UtcTime time_of(const ASN1_TIME* time) {
    const std::unique_ptr<ASN1_TIME, Freed<ASN1_TIME_free>> epoch(ASN1_TIME_set(nullptr, 0));
    int days = 0;
    int seconds = 0;
    if (ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1) return {};
    return {(std::int64_t{days} * 86'400 + seconds) * 1'000'000};
}

std::string written(const Memory& memory) {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(memory.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

Key key_in(std::string_view pem) {
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const auto no_password = [](char*, int, int, void*) { return 0; };
    Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_password, nullptr));
    ERR_clear_error();
    return key;
}

Certificate certificate_in(std::string_view pem) {
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    return certificate;
}

}  // namespace sallyport::adapters

#pragma once
// What the platform writes to people, in their language ("en", "zh").
#include <string>
#include <string_view>

namespace sallyport::server {

struct Letter {
    std::string subject;
    std::string text;
};

/// That mail works; `host` is where the platform runs.
[[nodiscard]] Letter test_letter(std::string_view language, std::string_view host);

}  // namespace sallyport::server

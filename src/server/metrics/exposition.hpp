#pragma once
// Figures as Prometheus reads them: its text format, version 0.0.4. Pure.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sallyport::server {

class Exposition {
  public:
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";
    using Labels = std::vector<std::pair<std::string_view, std::string>>;

    /// Begins a family: its samples follow. `type` is counter, gauge or histogram.
    void family(std::string_view name, std::string_view type, std::string_view help);
    void sample(std::string_view name, const Labels&, double value);
    /// A family of one sample without labels.
    void single(std::string_view name, std::string_view type, std::string_view help, double value);
    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    std::string text_;
};

}  // namespace sallyport::server

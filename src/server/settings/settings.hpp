#pragma once
// Settings of the whole site. Any thread.
#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "ports/clock.hpp"
#include "server/audit/audit.hpp"
#include "server/storage/change.hpp"

namespace sallyport::server {

struct SettingsPatch {
    std::optional<std::string> time_zone;
    std::optional<std::string> language;
};

class Settings {
  public:
    /// All outlive this. `local_zone` is the machine's own, for what was never set.
    Settings(ports::Database& database, Audit& audit, const ports::Clock& clock,
             const ports::TimeZones& zones, std::string local_zone)
        : database_(database),
          audit_(audit),
          clock_(clock),
          zones_(zones),
          local_zone_(std::move(local_zone)) {}
    OnChange on_change;

    /// As in GET /settings.
    [[nodiscard]] Answer<boost::json::object> get() const;
    [[nodiscard]] Answer<boost::json::object> change(const SettingsPatch&, const Actor&);
    /// Whether such a zone is known: otherwise a problem of the field.
    [[nodiscard]] Outcome check_zone(const std::string& zone) const;

    [[nodiscard]] base::Result<std::string> time_zone() const;
    /// None before set-up.
    [[nodiscard]] base::Result<std::optional<std::string>> language() const;
    /// What controllers know this installation by: made once, and kept.
    [[nodiscard]] base::Result<std::string> installation_id();
    [[nodiscard]] const std::string& local_zone() const { return local_zone_; }

  private:
    [[nodiscard]] base::Result<std::optional<std::string>> read(std::string_view name) const;

    ports::Database& database_;
    Audit& audit_;
    const ports::Clock& clock_;
    const ports::TimeZones& zones_;
    const std::string local_zone_;
};

}  // namespace sallyport::server

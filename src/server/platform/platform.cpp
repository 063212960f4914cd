#include "server/platform/platform.hpp"

#include "server/api/sessions_api.hpp"
#include "server/api/system_api.hpp"

namespace sallyport::server {

Platform::Platform(PlatformPorts outside)
    : ports_(std::move(outside)),
      ids_(ports_.clock, ports_.node),
      audit_(ports_.database, ids_, ports_.clock),
      sessions_(ports_.database, ids_, ports_.clock),
      accounts_(ports_.database, ids_, ports_.clock, audit_, sessions_, ports_.password_cost),
      settings_(ports_.database, audit_, ports_.clock, ports_.zones, ports_.local_zone),
      workers_(ports_.workers),
      api_(std::make_unique<Api>(operations(), accounts_, sessions_, live_, workers_, ports_.page)) {}

Operations Platform::operations() {
    Operations all;
    const auto add = [&](Operations group) { std::ranges::move(group, std::back_inserter(all)); };
    add(system_operations(accounts_, settings_, [this] { return state(); }));
    add(session_operations(accounts_, sessions_));
    return all;
}

std::string_view Platform::state() const {
    if (api_->stopping()) return "stopping";
    return ports_.database.health() ? "ok" : "storage_failed";
}

base::Status Platform::load() {
    if (auto loaded = sessions_.load(); !loaded) return loaded;
    return accounts_.load();
}

void Platform::sweep() {
    live_.sweep([this](Id session) { return sessions_.stands(session); });
}

void Platform::stop() {
    api_->stop();
    live_.close_all("The platform is shutting down.");
}

}  // namespace sallyport::server

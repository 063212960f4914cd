#include "server/settings/settings.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include "base/ids.hpp"

namespace sallyport::server {

namespace json = boost::json;
using base::Status;
using ports::Connection;

namespace {

Status store(Connection& connection, std::string_view name, std::string_view value) {
    const auto stored = connection.execute(
        "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = "
        "excluded.value",
        {name, value});
    if (!stored) return std::unexpected(stored.error());
    return {};
}

}  // namespace

base::Result<std::optional<std::string>> Settings::read(std::string_view name) const {
    const auto rows = ports::read_from(database_, [&](Connection& connection) {
        return connection.query("SELECT value FROM setting WHERE name = $1", {name});
    });
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return std::optional<std::string>();
    return rows->front().text(0);
}

base::Result<std::string> Settings::time_zone() const {
    auto stored = read("time_zone");
    if (!stored) return std::unexpected(stored.error());
    return std::move(*stored).value_or(local_zone_);
}

base::Result<std::optional<std::string>> Settings::language() const {
    return read("language");
}

base::Result<std::string> Settings::installation_id() {
    const auto stored = read("installation_id");
    if (!stored) return std::unexpected(stored.error());
    if (*stored) return **stored;
    std::string bytes(8, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    const auto made = base::to_hex(bytes);
    const auto kept = ports::write_to(
        database_, [&](Connection& connection) { return store(connection, "installation_id", made); });
    if (!kept) return std::unexpected(kept.error());
    return made;
}

Answer<json::object> Settings::get() const {
    const auto zone = time_zone();
    if (!zone) return std::unexpected(zone.error());
    const auto words = language();
    if (!words) return std::unexpected(words.error());
    return json::object{
        {"time_zone", *zone}, {"language", words->value_or("en")}, {"version", SALLYPORT_VERSION}};
}

Outcome Settings::check_zone(const std::string& zone) const {
    if (zones_.local(zone, clock_.utc())) return {};
    return wrong_field(
        "time_zone", "choice",
        fmt::format("There is no time zone \"{}\". Use an IANA name such as Europe/Berlin.", zone));
}

Answer<json::object> Settings::change(const SettingsPatch& patch, const Actor& actor) {
    if (patch.time_zone)
        if (auto known = check_zone(*patch.time_zone); !known) return std::unexpected(known.error());
    const auto before = get();
    if (!before) return before;
    auto after = *before;
    if (patch.time_zone) after["time_zone"] = *patch.time_zone;
    if (patch.language) after["language"] = *patch.language;
    const auto changed = changes(*before, after);
    if (changed.none()) return after;
    const auto stored = ports::write_to(database_, [&](Connection& connection) -> Status {
        Status outcome;
        if (patch.time_zone) outcome = store(connection, "time_zone", *patch.time_zone);
        if (outcome && patch.language) outcome = store(connection, "language", *patch.language);
        if (!outcome) return outcome;
        return audit_.append(connection, actor, "settings.changed", std::nullopt, &changed.before,
                             &changed.after);
    });
    if (!stored) return std::unexpected(stored.error());
    if (on_change) on_change({Changed::site, {}});
    return after;
}

}  // namespace sallyport::server

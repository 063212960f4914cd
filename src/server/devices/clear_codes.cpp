#include "server/devices/clear_codes.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "codec/cgi/civil_text.hpp"
#include "codec/cgi/record_rows.hpp"
#include "ports/wall_time.hpp"
#include "server/devices/clear_calls.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

json::object row_of(const codec::dhip::WirePublicPassword& password, const ports::TimeZones& zones,
                    const std::string& zone) {
    const auto wall = [&](base::UtcTime at) { return cgi::WallTime{ports::wall_seconds(zones, zone, at)}; };
    const auto& [from, to] = password.validity;
    const auto first =
        from == base::beginning_of_time ? cgi::earliest : std::clamp(wall(from), cgi::earliest, cgi::latest);
    const auto last = to == base::end_of_time
                          ? cgi::latest
                          : std::clamp({wall(to).seconds - 1}, cgi::earliest, cgi::latest);
    json::array doors;
    for (std::uint8_t i = 0; i < base::max_doors; ++i)
        if (password.doors.contains(base::DoorNumber{static_cast<std::uint8_t>(i + 1)}))
            doors.emplace_back(i);
    return {{"UserID", std::to_string(password.number)},     {"OpenDoorPassword", password.code.reveal()},
            {"ValidCounts", password.uses_left.value_or(0)}, {"ValidDateStart", cgi::compact_text(first)},
            {"ValidDateEnd", cgi::compact_text(last)},       {"Doors", std::move(doors)}};
}

}  // namespace

asio::awaitable<base::Status> ClearCodes::bring(Conversation& link,
                                                const std::vector<codec::dhip::WirePublicPassword>& passwords,
                                                Plan plan, std::string zone) {
    json::array rows;
    for (const auto& password : passwords) rows.push_back(row_of(password, zones_, zone));
    base::Secret wanted(json::serialize(rows));
    if (plan == Plan::in_place && there_.empty()) there_ = wanted;  // brought before this program was started
    if (there_.reveal() == wanted.reveal()) co_return base::Status{};
    there_.clear();
    const auto table = co_await make_object(link, "RecordUpdater.factory.instance",
                                            {{"name", "AccessControlCustomPassword"}});
    if (!table && is_refusal(table.error()) && rows.empty()) co_return base::Status{};
    if (!table) co_return std::unexpected(table.error());
    const auto cleared = co_await ask(link, "RecordUpdater.clear", {}, *table);
    if (!cleared) co_return std::unexpected(cleared.error());
    for (auto& row : rows) {
        const auto taken = co_await ask(link, "RecordUpdater.insert", {{"record", std::move(row)}}, *table);
        if (!taken) co_return std::unexpected(taken.error());
    }
    there_ = std::move(wanted);
    co_return base::Status{};
}

}  // namespace sallyport::server

// Any bytes as what a client of the plain dialect sends before anybody is trusted: a query, an Authorization,
// the JSON of a call. What is read keeps its bounds and is written again as lines without a break in them.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#ifdef SALLYPORT_FUZZING
// The packaged library is not instrumented: its source is built into the target.
#include <boost/json/src.hpp>
#endif

#include "codec/cgi/civil_text.hpp"
#include "codec/cgi/digest.hpp"
#include "codec/cgi/loose.hpp"
#include "codec/cgi/parameters.hpp"
#include "codec/cgi/record_rows.hpp"
#include "codec/dhip/message.hpp"

namespace {

using namespace sallyport;
namespace cgi = codec::cgi;

void require(bool condition) {
    if (!condition) std::abort();
}

/// Reads every member as everything that it might be.
void read_all(const cgi::Loose& value, int depth) {
    if (depth > 4) return;
    require(value.text(64).size() <= 64);
    const auto number = value.integer(-5, 5);
    require(number >= -5 && number <= 5);
    static_cast<void>(value.yes_or_no());
    const auto when = value.time();
    if (when.wall) require(cgi::parse_wall(cgi::wall_text(*when.wall)) == when.wall);
    value.each(16, [&](const cgi::Loose& element) { read_all(element, depth + 1); });
    for (const auto* name : {"UserID", "record", "condition", "Doors"})
        if (value.is_object()) read_all(value[name], depth + 1);
}

/// The same bytes as rows of a controller's tables, as a manager reads them.
void read_rows(const boost::json::object& object) {
    const auto access = cgi::access_row_from(object);
    if (access) require(access->number > 0);
    const auto alarm = cgi::alarm_row_from(object);
    if (alarm) require(alarm->number > 0);
    const auto user = cgi::user_row_from(object);
    if (user) require(user->from >= cgi::earliest && user->to <= cgi::latest);
    static_cast<void>(cgi::card_row_from(object));
}

void read_object(const boost::json::object& object) {
    read_rows(object);
    for (const auto& member : object) {
        cgi::Fault fault;
        read_all(cgi::Loose(object, fault)[member.key()], 0);
        if (fault) require(fault->message.size() > 10);
    }
    const auto lines = cgi::lines_of(object);
    for (std::size_t at = 0; (at = lines.find('\n', at)) != std::string::npos; ++at)
        require(at > 0 && lines[at - 1] == '\r');
}

void take_query(std::string_view text) {
    const auto parameters = cgi::parse_query(text);
    if (!parameters) return;
    if (const auto object = cgi::object_of(*parameters)) read_object(*object);
}

void take_authorization(std::string_view text) {
    const auto said = cgi::credentials_from(text);
    if (!said) return;
    require(said->response.size() == 32 && !said->user.empty());
    require(!cgi::fits(*said, "GET", base::Secret("0123456789ABCDEF0123456789ABCDEF")) ||
            said->response.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos);
}

void take_call(std::string_view text) {
    boost::json::error_code error;
    auto value = boost::json::parse(text, error);
    if (error || !value.is_object()) return;
    const auto request = codec::dhip::request_from(std::move(value.get_object()));
    if (request) read_object(request->params);
}

void take_period(std::string_view text) {
    const auto line = cgi::parse_period(text);
    if (!line) return;
    require(line->period.from_s < line->period.to_s && line->period.to_s <= core::seconds_per_day);
    require(cgi::parse_period(cgi::period_text(line->period))->period == line->period);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    take_query(text);
    take_authorization(text);
    take_call(text);
    take_period(text);
    return 0;
}

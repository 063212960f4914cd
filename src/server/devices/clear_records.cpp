#include "server/devices/clear_records.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "server/devices/clear_calls.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using base::ErrorKind;

namespace {

constexpr std::uint64_t rows_per_page = 500;
/// Of the alarms that are here, how many are looked at again to know which go on.
constexpr std::uint64_t alarms_again = 200;
constexpr int odd_times_most = 2;

std::string_view table_of(RecordList list) {
    return list == RecordList::access ? "AccessControlCardRec" : "AccessControlAlarmRecord";
}

base::Result<codec::cgi::RecordRow> row_from(RecordList list, const json::value& row) {
    return list == RecordList::access ? codec::cgi::access_row_from(row) : codec::cgi::alarm_row_from(row);
}

const json::array* rows_of(const json::object& page) {
    const auto* rows = page.if_contains("records");
    return rows == nullptr ? nullptr : rows->if_array();
}

}  // namespace

asio::awaitable<base::Status> ClearRecords::begin(Conversation& link) {
    heard_.reset();
    for (auto& list : lists_) {
        auto cursor = co_await hooks_.cursor(list.list);
        if (!cursor) co_return std::unexpected(cursor.error());
        list.cursor = *cursor;
        list.place = List::Place::unknown;
        const auto finder =
            co_await make_object(link, "RecordFinder.factory.create", {{"name", table_of(list.list)}});
        if (!finder && !is_refusal(finder.error())) co_return std::unexpected(finder.error());
        list.finder = finder.value_or(0);
    }
    if (lists_[0].finder == 0)
        co_return base::fail(ErrorKind::conflict, "protocol_error",
                             "The controller does not give its records to this account. Use one that may "
                             "search records.");
    co_return base::Status{};
}

void ClearRecords::heard_of(std::int64_t seconds) {
    heard_ = std::min(heard_.value_or(seconds), seconds);
}

asio::awaitable<base::Status> ClearRecords::fetch(Conversation& link) {
    const auto heard = std::exchange(heard_, std::nullopt);
    for (auto& list : lists_) {
        if (list.finder == 0) continue;
        auto done = co_await fetch_list(link, list, heard);
        // Numbers that are smaller than those that are here: the list began anew.
        if (done && list.place == List::Place::unknown) done = co_await fetch_list(link, list, heard);
        if (!done) co_return done;
    }
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearRecords::fetch_list(Conversation& link, List& list,
                                                       std::optional<std::int64_t> heard) {
    const bool has_some = list.cursor.position.sequence != 0;
    list.last = has_some ? List::Last::to_come : List::Last::met;
    if (list.place == List::Place::unknown && list.list == RecordList::access) went_on_ = false;
    if (list.place == List::Place::known && has_some) {
        const auto last = list.cursor.at.microseconds / 1'000'000;
        co_return co_await read_since(link, list, std::min(heard.value_or(last), last));
    }
    const auto offset = co_await locate(link, list);
    if (!offset) co_return std::unexpected(offset.error());
    const bool again = list.list == RecordList::alarms;
    const auto back = list.size > alarms_again ? list.size - alarms_again : 0;
    auto read = co_await read_from(link, list, again ? std::min(*offset, back) : *offset);
    if (read) list.place = List::Place::known;
    co_return read;
}

void ClearRecords::begin_anew(List& list) {
    list.cursor = {{next_generation(list.cursor.position.generation), 0}, {}};
    list.last = List::Last::met;
}

asio::awaitable<base::Result<std::uint64_t>> ClearRecords::locate(Conversation& link, List& list) {
    const auto counted =
        co_await ask(link, "RecordFinder.getQuerySize", {{"condition", json::object()}}, list.finder);
    if (!counted) co_return std::unexpected(counted.error());
    list.size = count_in(*counted, "count", 0);
    const auto started =
        co_await ask(link, "RecordFinder.startFind", {{"condition", json::object()}}, list.finder);
    if (!started) co_return std::unexpected(started.error());
    if (list.size == 0) co_return 0;
    const auto here = list.cursor.position.sequence;
    if (here == 0) co_return 0;
    std::uint64_t low = 0;  // of the first record with a greater number: not before it, and not after `high`
    std::uint64_t high = list.size;
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        const auto row = co_await row_at(link, list, middle);
        if (!row) co_return std::unexpected(row.error());
        if (*row && (*row)->number <= here)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) {
        list.last = List::Last::gone;  // it was overwritten
        co_return 0;
    }
    const auto anew = co_await begins_anew(link, list, low - 1);
    if (!anew) co_return std::unexpected(anew.error());
    if (!*anew && list.list == RecordList::access) went_on_ = true;
    if (!*anew) co_return low - 1;
    begin_anew(list);
    co_return 0;
}

/// The last row that has no greater number is not the record that was taken over last, but an older one at
/// the end of the list, or another one.
asio::awaitable<base::Result<bool>> ClearRecords::begins_anew(Conversation& link, const List& list,
                                                              std::uint64_t offset) {
    for (int asked = 0; asked < 2; ++asked) {
        const auto row = co_await row_at(link, list, offset);
        if (!row) co_return std::unexpected(row.error());
        const auto here = list.cursor.position.sequence;
        const bool is_last = offset + 1 == list.size;
        const bool anew = *row && ((*row)->number == here ? (*row)->record.at != list.cursor.at
                                                          : (*row)->number < here && is_last);
        if (!anew) co_return false;
    }
    co_return true;
}

asio::awaitable<base::Result<std::optional<ClearRecords::Row>>> ClearRecords::row_at(Conversation& link,
                                                                                     const List& list,
                                                                                     std::uint64_t offset) {
    const auto page =
        co_await ask(link, "RecordFinder.doSeekFind", {{"offset", offset}, {"count", 1}}, list.finder);
    if (!page) co_return std::unexpected(page.error());
    const auto* rows = rows_of(*page);
    if (rows == nullptr || rows->empty()) co_return std::optional<Row>{};  // the list turned over meanwhile
    auto row = row_from(list.list, rows->front());
    if (!row) co_return std::unexpected(row.error());
    co_return std::optional(*std::move(row));
}

asio::awaitable<base::Status> ClearRecords::read_from(Conversation& link, List& list, std::uint64_t offset) {
    for (std::size_t found = rows_per_page; found == rows_per_page; offset += found) {
        const auto page = co_await ask(link, "RecordFinder.doSeekFind",
                                       {{"offset", offset}, {"count", rows_per_page}}, list.finder);
        if (!page) co_return std::unexpected(page.error());
        const auto taken = co_await take(list, *page);
        if (!taken) co_return std::unexpected(taken.error());
        found = *taken;
    }
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearRecords::read_since(Conversation& link, List& list, std::int64_t seconds) {
    const auto started = co_await ask(link, "RecordFinder.startFind",
                                      {{"condition", json::object{{"StartTime", seconds}}}}, list.finder);
    if (!started) co_return std::unexpected(started.error());
    for (std::size_t found = rows_per_page; found == rows_per_page;) {
        const auto page = co_await ask(link, "RecordFinder.doFind", {{"count", rows_per_page}}, list.finder);
        if (!page) co_return std::unexpected(page.error());
        const auto taken = co_await take(list, *page);
        if (!taken) co_return std::unexpected(taken.error());
        found = *taken;
    }
    // It is found by number then: a clock was set, or the list was overwritten.
    if (list.last == List::Last::to_come) list.place = List::Place::unknown;
    co_return base::Status{};
}

bool ClearRecords::goes_on(List& list, const std::vector<Row>& rows) {
    const auto here = list.cursor.position.sequence;
    for (const auto& row : rows) {
        if (row.number == here && row.record.at == list.cursor.at) list.last = List::Last::met;
        if (row.number > here && list.last == List::Last::to_come) return false;
    }
    return true;
}

base::Result<std::vector<ClearRecords::Row>> ClearRecords::believed(List& list, const json::object& page) {
    std::vector<Row> rows;
    const auto& said = *rows_of(page);
    bool odd = count_in(page, "found", said.size()) != said.size();
    for (const auto& one : said) {
        auto row = row_from(list.list, one);
        odd = odd || !row || (!rows.empty() && row->number <= rows.back().number);
        if (row) rows.push_back(*std::move(row));  // without a number nothing tells it from another
    }
    std::ranges::sort(rows, {}, &Row::number);
    const auto doubled = std::ranges::unique(rows, {}, &Row::number);
    rows.erase(doubled.begin(), doubled.end());
    odd = !goes_on(list, rows) || odd;
    if (!odd) return rows;
    if (list.place == List::Place::known) return std::vector<Row>();  // it is looked for by number at once
    const auto what = std::hash<std::string>{}(json::serialize(said));
    list.odd_times = what == list.odd ? list.odd_times + 1 : 1;
    list.odd = what;
    if (list.odd_times > odd_times_most) return rows;
    return std::unexpected(not_understood("a list of records contradicts itself."));
}

asio::awaitable<base::Result<std::size_t>> ClearRecords::take(List& list, const json::object& page) {
    const auto* said = rows_of(page);
    if (said == nullptr || said->empty()) co_return 0;
    const auto rows = believed(list, page);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty() && std::exchange(list.place, List::Place::unknown) == List::Place::known) co_return 0;
    std::vector<core::StoredRecord> records;
    for (auto row : *rows) {
        row.record.utc_offset_s = hooks_.utc_offset_s(row.record.at);
        if (list.list == RecordList::alarms) hooks_.alarm(row.record);
        if (row.number <= list.cursor.position.sequence) continue;
        core::StoredRecord record;
        record.position = {list.cursor.position.generation, row.number};
        record.record = std::move(row.record);
        records.push_back(std::move(record));
    }
    if (!records.empty()) {
        const bool whole = list.last == List::Last::met;
        auto cursor = co_await hooks_.store(list.list, whole ? Continuity::whole : Continuity::broken,
                                            std::move(records));
        if (!cursor) co_return std::unexpected(cursor.error());
        list.cursor = *cursor;
        list.last = List::Last::met;
    }
    co_return said->size();
}

}  // namespace sallyport::server

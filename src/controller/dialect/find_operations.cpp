// Searches: RecordFinder over records and tables, AccessUser and AccessCard by token.
#include <algorithm>
#include <array>
#include <span>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "codec/cgi/numbers.hpp"
#include "controller/dialect/operations.hpp"
#include "controller/event_subscription.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

constexpr std::int64_t count_default = 1'024;
constexpr std::int64_t count_limit = 4'096;
constexpr std::int64_t offset_limit = 100'000'000;
constexpr std::size_t scan_portion = 500;

bool is_records(std::string_view name) {
    return name == "AccessControlCardRec" || name == "AccessControlAlarmRecord";
}

std::span<const std::string_view> conditions_of(std::string_view table) {
    static constexpr std::array<std::string_view, 4> all{"UserID", "CardNo", "StartTime", "EndTime"};
    if (is_records(table)) return all;
    if (table == "AccessControlCustomPassword") return {};
    return std::span(all).first(table == "AccessUser" ? 1 : 2);
}

base::Error no_search() {
    return {base::ErrorKind::not_found, "not_found",
            "There is no such search, or it was left alone for ten minutes: begin again (startFind)."};
}

}  // namespace

void Operations::add_finds() {
    add("RecordFinder.factory.create", Right::operating, &Operations::make_instance);
    add("RecordFinder.factory.instance", Right::operating, &Operations::make_instance);
    add("RecordFinder.destroy", Right::operating, &Operations::destroy_instance);
    add("RecordFinder.find", Right::operating, &Operations::find_at_once);
    add("RecordFinder.startFind", Right::operating, &Operations::start_record_find);
    add("RecordFinder.doFind", Right::operating, &Operations::go_on_finding);
    add("RecordFinder.doSeekFind", Right::operating, &Operations::seek);
    add("RecordFinder.getQuerySize", Right::operating, &Operations::query_size);
    add("RecordFinder.stopFind", Right::operating, &Operations::stop_record_find);
}

// What is searched for: the table, by the instance or by its name, and the condition, which CGI writes in
// parts.
base::Result<Search> Operations::search_of(const Call& call) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    Search search;
    search.account = call.caller.account;
    search.upper = controller().last();
    search.name = params["name"].text(64);
    if (call.object != 0) {
        const auto* instance = instance_of(call, "RecordFinder");
        if (instance == nullptr) return std::unexpected(no_search());
        search.name = instance->name;
    }
    if (params["condition"].is_object()) search.condition = params["condition"].value()->get_object();
    for (const auto* name : {"StartTime", "EndTime"})
        if (const auto* value = call.params.if_contains(name)) search.condition[name] = *value;
    const bool known = is_records(search.name) || search.name == "AccessControlCard" ||
                       search.name == "AccessControlCustomPassword";
    if (!known)
        return base::fail(base::ErrorKind::invalid, "invalid_parameter",
                          fmt::format("There is no table {}: AccessControlCardRec, AccessControlAlarmRecord, "
                                      "AccessControlCard and AccessControlCustomPassword can be searched.",
                                      codec::dhip::json_text(search.name, 64)));
    auto checked = condition_of(search);
    if (!checked) return std::unexpected(checked.error());
    if (fault) return std::unexpected(*fault);
    return search;
}

base::Result<Condition> Operations::condition_of(const Search& search) {
    cgi::Fault fault;
    const cgi::Loose said(search.condition, fault);
    Condition condition;
    const auto moment = [&](const cgi::Loose& member, std::int64_t later_s) {
        const auto when = member.time();
        return when.wall ? time_.utc_of({when.wall->seconds + later_s})
                         : base::UtcTime{(when.epoch + later_s) * 1'000'000};
    };
    if (said["StartTime"].present()) condition.times.from = moment(said["StartTime"], 0);
    if (said["EndTime"].present())
        condition.times.to = moment(said["EndTime"], 1);  // the dialect's end is included
    if (said["CardNo"].present()) condition.card = read_card_number(said["CardNo"]);
    if (said["UserID"].present()) condition.user = read_user_id(said["UserID"]);
    // What is not looked at would find too much, and the asker would not know.
    const auto known = conditions_of(search.name);
    for (const auto& [name, value] : search.condition) {
        if (!said[name].present() || std::ranges::find(known, std::string_view(name)) != known.end())
            continue;
        said[name].complain(
            known.empty() ? std::string("is asked for, and this table has no conditions")
                          : fmt::format("is no condition here: {} can be asked for", fmt::join(known, ", ")));
    }
    if (fault) return std::unexpected(*fault);
    return condition;
}

bool Condition::fits(const core::Record& record) const {
    return (!card || record.card == card) && (!user || record.user_id == user);
}

void Operations::find_at_once(const Call& call, Answer answer) {
    auto search = search_of(call);
    if (!search) return answer(std::unexpected(search.error()));
    cgi::Fault fault;
    const auto said = cgi::Loose(call.params, fault)["count"];
    const auto count = said.present() ? said.integer(1, count_limit) : count_default;
    if (fault) return answer(std::unexpected(*fault));
    const auto shared = std::make_shared<Search>(*std::move(search));
    read_page(shared, 0, static_cast<std::size_t>(count), Total::counted,
              [answer = std::move(answer)](base::Result<Page> page) mutable {
                  if (!page) return answer(std::unexpected(page.error()));
                  const auto found = page->rows.size();
                  answer(Reply{
                      {{"totalCount", page->total}, {"found", found}, {"records", std::move(page->rows)}}});
              });
}

void Operations::query_size(const Call& call, Answer answer) {
    auto search = search_of(call);
    if (!search) return answer(std::unexpected(search.error()));
    read_page(std::make_shared<Search>(*std::move(search)), 0, 0, Total::counted,
              [answer = std::move(answer)](base::Result<Page> page) mutable {
                  if (!page) return answer(std::unexpected(page.error()));
                  answer(Reply{{{"count", page->total}}});
              });
}

void Operations::start_record_find(const Call& call, Answer answer) {
    auto search = search_of(call);
    if (!search) return answer(std::unexpected(search.error()));
    if (call.object == 0)
        return answer(base::fail(base::ErrorKind::invalid, "invalid_parameter",
                                 "Ask RecordFinder.factory.create for an object first."));
    instance_searches_[call.object] = searches_.begin(*std::move(search), service_.real_now());
    answer(Reply{});
}

void Operations::go_on_finding(const Call& call, Answer answer) {
    cgi::Fault fault;
    const auto count = cgi::Loose(call.params, fault)["count"];
    const auto wanted = count.present() ? count.integer(1, count_limit) : count_default;
    if (fault) return answer(std::unexpected(*fault));
    const auto token = token_of_instance(call);
    const auto* search = searches_.find(token, call.caller.account, service_.real_now());
    if (search == nullptr) return answer(std::unexpected(no_search()));
    read_on(call, token, search->next, static_cast<std::size_t>(wanted), "records", std::move(answer));
}

// Without an object the same question is the same search, until it is asked from the beginning.
void Operations::seek(const Call& call, Answer answer) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    const auto offset = params["offset"].present() ? params["offset"].integer(0, offset_limit) : 0;
    const auto count = params["count"].present() ? params["count"].integer(1, count_limit) : count_default;
    if (fault) return answer(std::unexpected(*fault));
    auto token = token_of_instance(call);
    if (call.object == 0) {
        auto search = search_of(call);
        if (!search) return answer(std::unexpected(search.error()));
        token = searches_.token_of(fmt::format("{}|{}|{}|{}", call.caller.account, call.caller.address,
                                               search->name, json::serialize(search->condition)));
        if (offset == 0 || searches_.find(token, call.caller.account, service_.real_now()) == nullptr)
            searches_.begin_at(token, *std::move(search), service_.real_now());
    }
    read_on(call, token, static_cast<std::size_t>(offset), static_cast<std::size_t>(count), "records",
            std::move(answer));
}

std::uint32_t Operations::token_of_instance(const Call& call) const {
    const auto found = instance_searches_.find(call.object);
    return found == instance_searches_.end() || instance_of(call, "RecordFinder") == nullptr ? 0
                                                                                             : found->second;
}

void Operations::stop_record_find(const Call& call, Answer answer) {
    searches_.end(token_of_instance(call));
    instance_searches_.erase(call.object);
    answer(Reply{});
}

// A page of a search that goes on; what it learns about its end is kept for the next one.
void Operations::read_on(const Call& call, std::uint32_t token, std::size_t offset, std::size_t count,
                         std::string rows_name, Answer answer) {
    const auto account = call.caller.account;
    const auto* search = searches_.find(token, account, service_.real_now());
    if (search == nullptr) return answer(std::unexpected(no_search()));
    const auto copy = std::make_shared<Search>(*search);
    read_page(copy, offset, count, Total::not_counted,
              [this, copy, token, account, offset, rows_name = std::move(rows_name),
               answer = std::move(answer)](base::Result<Page> page) mutable {
                  if (!page) return answer(std::unexpected(page.error()));
                  const auto found = page->rows.size();
                  if (auto* open = searches_.find(token, account, service_.real_now())) {
                      open->sequences = copy->sequences;
                      open->keys = copy->keys;
                      open->next = offset + found;
                  }
                  json::object params{{"found", found}};
                  params[rows_name] = std::move(page->rows);
                  answer(Reply{std::move(params)});
              });
}

void Operations::read_page(std::shared_ptr<Search> search, std::size_t offset, std::size_t count, Total total,
                           std::move_only_function<void(base::Result<Page>)> done) {
    if (!is_records(search->name)) return done(table_page(*search, offset, count));
    const auto condition = condition_of(*search);
    if (!condition) return done(std::unexpected(condition.error()));
    const auto [rows, after] = search->sequences.before(offset);
    const bool cards = search->name == "AccessControlCardRec";
    const ports::RecordSearch range{
        {search->upper.generation, after}, search->upper.sequence, condition->times, scan_portion};
    const ScanWish wish{offset - rows, count,
                        total == Total::counted ? ScanWish::End::when_counted : ScanWish::End::when_kept};
    auto fits = [cards, condition = *condition](const core::Record& record) {
        return (cards ? cgi::is_card_record(record) : cgi::is_alarm_record(record)) && condition.fits(record);
    };
    scan_records(
        controller().store(), range, wish, std::move(fits),
        [this, search, offset, cards, done = std::move(done)](base::Result<Scanned> read) mutable {
            if (!read) return done(std::unexpected(read.error()));
            Page page;
            page.total = read->fitting;
            const auto* roster = controller().running() ? &station().roster() : nullptr;
            for (const auto& record : read->kept)
                page.rows.push_back(cards ? card_record_json(record, roster) : alarm_record_json(record));
            if (!read->kept.empty())
                search->sequences.add(offset + read->kept.size(), read->kept.back().position.sequence);
            done(std::move(page));
        });
}

// The rows of a table in the order of their keys, from the nearest end that is known on.
base::Result<Page> Operations::table_page(Search& search, std::size_t offset, std::size_t count) {
    const auto condition = condition_of(search);
    if (!condition) return std::unexpected(condition.error());
    const auto [known_rows, after] = search.keys.before(offset);
    std::vector<TableRow> rows;
    Page page;
    for_each_row(search.name, *condition, [&](TableRow row) {
        ++page.total;
        if (known_rows == 0 || row.key > after) rows.push_back(std::move(row));
    });
    const auto skip = std::min(offset - known_rows, rows.size());
    const auto end = skip + std::min(count, rows.size() - skip);
    std::ranges::partial_sort(rows, rows.begin() + static_cast<std::ptrdiff_t>(end), {}, &TableRow::key);
    for (std::size_t i = skip; i < end; ++i) page.rows.push_back(row_json(search.name, rows[i]));
    if (end > skip) search.keys.add(offset + (end - skip), rows[end - 1].key);
    return page;
}

void Operations::for_each_row(std::string_view table, const Condition& condition,
                              const std::function<void(TableRow)>& visit) {
    const auto& roster = station().roster();
    if (table == "AccessControlCustomPassword") {
        for (const auto& password : roster.public_passwords())
            visit({fmt::format("{:010}", password.number), nullptr, nullptr, &password});
        return;
    }
    roster.for_each([&](const core::Person& person) {
        if (condition.user && person.user_id != *condition.user) return true;
        const std::string key(person.user_id.view());
        if (table == "AccessUser" ||
            (table == "AccessControlCard" && person.cards.empty() && !condition.card))
            visit({key, &person, nullptr, nullptr});
        if (table == "AccessUser") return true;
        for (const auto& card : person.cards)
            if (!condition.card || card.number == *condition.card)
                visit({fmt::format("{} {:016X}", key, card.number.value), &person, &card, nullptr});
        return true;
    });
}

json::object Operations::row_json(std::string_view table, const TableRow& row) {
    if (row.password != nullptr) return password_row(*row.password, words());
    if (table == "AccessUser") return user_json(*row.person, words());
    if (table == "AccessCard") return card_json(*row.person, *row.card);
    return card_row(*row.person, row.card, words());
}

void Operations::start_find(const Call& call, Answer answer) {
    cgi::Fault fault;
    const auto said = cgi::Loose(call.params, fault).either("Condition", "condition");
    Search search;
    search.account = call.caller.account;
    search.name = call.method.substr(0, call.method.find('.'));
    if (said.is_object()) search.condition = said.value()->get_object();
    auto first = table_page(search, 0, 0);
    if (!first) return answer(std::unexpected(first.error()));
    const auto total = first->total;
    const auto token = searches_.begin(std::move(search), service_.real_now());
    answer(Reply{{{"Token", token}, {"Total", total}, {"Caps", multi_limit}}});
}

void Operations::do_find(const Call& call, Answer answer) {
    cgi::Fault fault;
    const cgi::Loose params(call.params, fault);
    const auto token = static_cast<std::uint32_t>(params["Token"].integer(1, UINT32_MAX));
    const auto* search = fault ? nullptr : searches_.find(token, call.caller.account, service_.real_now());
    const auto offset = params["Offset"].present()
                            ? params["Offset"].integer(0, offset_limit)
                            : static_cast<std::int64_t>(search == nullptr ? 0 : search->next);
    const auto count = params["Count"].present() ? params["Count"].integer(1, multi_limit)
                                                 : static_cast<std::int64_t>(multi_limit);
    if (fault) return answer(std::unexpected(*fault));
    read_on(call, token, static_cast<std::size_t>(offset), static_cast<std::size_t>(count), "Info",
            std::move(answer));
}

void Operations::stop_find(const Call& call, Answer answer) {
    cgi::Fault fault;
    const auto token =
        static_cast<std::uint32_t>(cgi::Loose(call.params, fault)["Token"].integer(1, UINT32_MAX));
    if (fault) return answer(std::unexpected(*fault));
    if (searches_.find(token, call.caller.account, service_.real_now()) != nullptr) searches_.end(token);
    answer(Reply{});
}

}  // namespace sallyport::controller::dialect

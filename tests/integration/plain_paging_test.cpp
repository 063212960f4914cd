// Pages of a search in every form that there is: frames inside TLS, JSON over HTTP, both versions of CGI.
// While records are written, people come and go, the ring turns over and the clock is set, none loses or
// repeats what was there from its first page to its last (controller.md N5).
#include <algorithm>
#include <ostream>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "integration/plain_site.hpp"

namespace sallyport::tests {

namespace json = boost::json;

namespace {

using Keys = std::vector<std::string>;

/// What a table is asked for.
struct Question {
    std::string table;
    json::object condition{};
    std::string key;  ///< the member by which a row is known
};

std::string text_of(const json::value& value) {
    return value.is_string() ? std::string(value.as_string())
                             : std::to_string(value.to_number<std::int64_t>());
}

Keys keys_of(const json::array& rows, const std::string& key) {
    Keys keys;
    for (const auto& row : rows) keys.push_back(text_of(row.at(key)));
    return keys;
}

/// A form in which a search goes on from page to page.
class Pages {
  public:
    virtual ~Pages() = default;
    virtual void begin(const Question&) = 0;
    /// Up to so many rows; none at the end.
    virtual Keys next(int count) = 0;
};

/// Request and answer of JSON, whatever carries them.
using Asked =
    std::function<json::object(const std::string& method, json::object params, std::uint32_t object)>;

/// An object of RecordFinder that goes on by itself.
class Finder final : public Pages {
  public:
    explicit Finder(Asked ask) : ask_(std::move(ask)) {}
    void begin(const Question& question) override {
        question_ = question;
        object_ = ask_("RecordFinder.factory.create", {{"name", question.table}}, 0)
                      .at("result")
                      .to_number<std::uint32_t>();
        ask_("RecordFinder.startFind", {{"condition", question.condition}}, object_);
    }
    Keys next(int count) override {
        return keys_of(
            ask_("RecordFinder.doFind", {{"count", count}}, object_).at("params").at("records").as_array(),
            question_.key);
    }

  private:
    Asked ask_;
    Question question_;
    std::uint32_t object_ = 0;
};

/// The same without an object: each page is asked for by its offset.
class Seeker final : public Pages {
  public:
    explicit Seeker(Asked ask) : ask_(std::move(ask)) {}
    void begin(const Question& question) override {
        question_ = question;
        offset_ = 0;
    }
    Keys next(int count) override {
        auto keys = keys_of(ask_("RecordFinder.doSeekFind",
                                 {{"name", question_.table},
                                  {"condition", question_.condition},
                                  {"offset", offset_},
                                  {"count", count}},
                                 0)
                                .at("params")
                                .at("records")
                                .as_array(),
                            question_.key);
        offset_ += keys.size();
        return keys;
    }

  private:
    Asked ask_;
    Question question_;
    std::size_t offset_ = 0;
};

/// CGI, version 1.
class CgiSeeker final : public Pages {
  public:
    explicit CgiSeeker(PlainSite& site) : site_(site) {}
    void begin(const Question& question) override {
        question_ = question;
        offset_ = 0;
    }
    Keys next(int count) override {
        auto target = fmt::format("/cgi-bin/recordFinder.cgi?action=doSeekFind&name={}&offset={}&count={}",
                                  question_.table, offset_, count);
        for (const auto& [name, value] : question_.condition)
            target += fmt::format("&{}={}", std::string(name), text_of(value));
        const auto answer = site_.get(target);
        Keys keys;
        for (;; ++offset_) {
            const auto name = fmt::format("records[{}].{}=", keys.size(), question_.key);
            const auto at = answer.find(name);
            if (at == std::string::npos) return keys;
            const auto from = at + name.size();
            keys.push_back(answer.substr(from, answer.find("\r\n", from) - from));
        }
    }

  private:
    PlainSite& site_;
    Question question_;
    std::size_t offset_ = 0;
};

/// AccessUser and AccessCard by a token.
class Tokens final : public Pages {
  public:
    explicit Tokens(Asked ask) : ask_(std::move(ask)) {}
    void begin(const Question& question) override {
        question_ = question;
        offset_ = 0;
        token_ = ask_(question.table + ".startFind", {{"Condition", question.condition}}, 0)
                     .at("params")
                     .at("Token")
                     .to_number<std::uint32_t>();
    }
    Keys next(int count) override {
        auto keys = keys_of(
            ask_(question_.table + ".doFind", {{"Token", token_}, {"Offset", offset_}, {"Count", count}}, 0)
                .at("params")
                .at("Info")
                .as_array(),
            question_.key);
        offset_ += keys.size();
        return keys;
    }

  private:
    Asked ask_;
    Question question_;
    std::uint32_t token_ = 0;
    std::size_t offset_ = 0;
};

struct Form {
    std::string name;
    std::shared_ptr<Pages> pages;
    friend std::ostream& operator<<(std::ostream& out, const Form& form) { return out << form.name; }
};

/// A site, whoever owns its roster, and every form of a search.
struct PagedSite {
    explicit PagedSite(std::uint64_t records_limit = 60'000) : site(1, records_limit), owner(owner_of(site)) {
        site.rpc2_login();
        tls.login(password);
        const Asked frames = [this](auto method, auto params, auto object) {
            return tls.request(method, std::move(params), object);
        };
        const Asked rpc2 = [this](auto method, auto params, auto object) {
            return site.rpc2(method, std::move(params), object);
        };
        const Asked cgi2 = [this](auto method, auto params, auto) {
            const auto dot = method.find('.');
            const auto target =
                fmt::format("/cgi-bin/{}.cgi?action={}", method.substr(0, dot), method.substr(dot + 1));
            return json::object{{"params", json::parse(site.get(target, json::serialize(params)))}};
        };
        finders = {{"frames, doFind", std::make_shared<Finder>(frames)},
                   {"frames, doSeekFind", std::make_shared<Seeker>(frames)},
                   {"RPC2, doFind", std::make_shared<Finder>(rpc2)},
                   {"RPC2, doSeekFind", std::make_shared<Seeker>(rpc2)},
                   {"CGI 1", std::make_shared<CgiSeeker>(site)}};
        tokens = {{"frames", std::make_shared<Tokens>(frames)},
                  {"RPC2", std::make_shared<Tokens>(rpc2)},
                  {"CGI 2", std::make_shared<Tokens>(cgi2)}};
    }
    PlainSite site;
    std::unique_ptr<Client> owner;
    Client tls{site};
    std::vector<Form> finders;
    std::vector<Form> tokens;
};

/// Takes all pages; `meanwhile` happens between them.
Keys all_pages(Pages& pages, const Question& question, int longest, const std::function<void()>& meanwhile) {
    Keys seen;
    pages.begin(question);
    for (;;) {
        const auto page = pages.next(*rc::gen::inRange(1, longest));
        if (page.empty()) return seen;
        seen.insert(seen.end(), page.begin(), page.end());
        meanwhile();
    }
}

void expect_once(const Keys& seen, const std::set<std::string>& always, const std::set<std::string>& ever) {
    for (const auto& key : always) RC_ASSERT(std::ranges::count(seen, key) == 1);
    for (const auto& key : seen) RC_ASSERT(std::ranges::count(seen, key) == 1 && ever.contains(key));
}

constexpr std::int64_t second_us = 1'000'000;

/// Cards at the reader, of which a few are no card records; the clock is set now and then.
class Visits {
  public:
    explicit Visits(PlainSite& site) : site_(site) {}
    void happen(int count) {
        for (int i = 0; i < count; ++i) {
            if (*rc::gen::inRange(0, 10) == 0) now_s_ = *rc::gen::inRange<std::int64_t>(0, 500);
            core::Record record;
            record.at = {now_s_++ * second_us + 999'999};
            record.kind = i % 3 == 0 ? core::RecordKind::login : core::RecordKind::access;
            record.result = core::AccessResult::denied;
            record.reason = core::Reason::unknown_card;
            site_.controller->note(record);
        }
        site_.run_until([&] { return site_.store->idle(); });
    }
    /// Of the card records that are kept now, up to a sequence.
    [[nodiscard]] std::set<std::string> kept(const base::TimeSpan& times, std::uint64_t upto) {
        std::set<std::string> sequences;
        for (const auto& [position, record, previous, hash] : site_.memory.read_after({1, 0}, 1'000).value())
            if (record.kind == core::RecordKind::access && position.sequence <= upto &&
                times.contains(record.at))
                sequences.insert(std::to_string(position.sequence));
        return sequences;
    }

  private:
    PlainSite& site_;
    std::int64_t now_s_ = 100;
};

void page_through_records(PagedSite& paged, Pages& pages) {
    Visits visits(paged.site);
    visits.happen(*rc::gen::inRange(1, 200));
    Question question{"AccessControlCardRec", {}, "RecNo"};
    base::TimeSpan times;
    if (*rc::gen::arbitrary<bool>()) {
        const auto from_s = *rc::gen::inRange<std::int64_t>(0, 400);
        const auto to_s = from_s + *rc::gen::inRange<std::int64_t>(0, 200);
        question.condition = {{"StartTime", from_s}, {"EndTime", to_s}};
        times = {{from_s * second_us}, {(to_s + 1) * second_us}};
    }
    const auto upto = paged.site.controller->last().sequence;
    const auto there = visits.kept(times, upto);
    std::set<std::string> always = there;
    const auto seen = all_pages(pages, question, 30, [&] { visits.happen(*rc::gen::inRange(0, 20)); });
    const auto left = visits.kept(times, upto);
    std::erase_if(always, [&](const auto& key) { return !left.contains(key); });
    expect_once(seen, always, there);
    for (std::size_t i = 1; i < seen.size(); ++i) RC_ASSERT(std::stoull(seen[i - 1]) < std::stoull(seen[i]));
}

void page_through_people(PagedSite& paged, Pages& pages, const Question& question) {
    auto& owner = *paged.owner;
    const auto card = [](int number) { return fmt::format("{:08X}", 0xA000 + number); };
    const auto id = [](int number) { return std::to_string(1'000 + number); };
    const auto key = [&](int number) { return question.key == "CardNo" ? card(number) : id(number); };
    const auto upsert = [&](int number) {
        owner.ask("sallyport.updateRoster", {{"upsert", json::array{person_json(id(number), card(number))}}});
    };
    std::set<std::string> always;
    std::set<std::string> ever;
    owner.ask("AccessUser.removeAll");
    for (int i = 0; i < 40; ++i) ever.insert(key(i));
    for (int i = 0; i < 40; i += 2) {
        upsert(i);
        always.insert(key(i));
    }
    const auto seen = all_pages(pages, question, 8, [&] {
        const auto number = *rc::gen::inRange(0, 40);
        if (number % 2 == 1) return upsert(number);
        owner.ask("sallyport.updateRoster", {{"remove", json::array{id(number)}}});
        always.erase(key(number));
    });
    expect_once(seen, always, ever);
}

}  // namespace

TEST(PlainPaging, never_loses_or_repeats_a_record_while_the_ring_turns_over_and_the_clock_is_set) {
    PagedSite paged(120);
    EXPECT_TRUE(rc::check([&] {
        const auto form = *rc::gen::elementOf(paged.finders);
        RC_TAG(form.name);
        page_through_records(paged, *form.pages);
    }));
}

TEST(PlainPaging, never_loses_or_repeats_a_person_or_a_card) {
    PagedSite paged;
    EXPECT_TRUE(rc::check([&] {
        const auto form = *rc::gen::elementOf(paged.tokens);
        const auto table = *rc::gen::element<std::string>("AccessUser", "AccessCard");
        RC_TAG(form.name + " " + table);
        page_through_people(paged, *form.pages, {table, {}, table == "AccessUser" ? "UserID" : "CardNo"});
    }));
    EXPECT_TRUE(rc::check([&] {
        const auto form = *rc::gen::elementOf(paged.finders);
        RC_TAG(form.name);
        page_through_people(paged, *form.pages, {"AccessControlCard", {}, "CardNo"});
    }));
}

}  // namespace sallyport::tests

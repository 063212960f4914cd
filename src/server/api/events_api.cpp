#include "base/ids.hpp"
#include "core/access/reason.hpp"
#include "core/record/record.hpp"
#include "server/api/answers.hpp"
#include "server/api/exports_api.hpp"
#include "server/api/lists_api.hpp"
#include "server/rights/card_numbers.hpp"

namespace sallyport::server {

namespace {

constexpr std::size_t most_ids = 100;
constexpr std::size_t most_words = 32;

bool sees_card_numbers(const Call& call) {
    return server::sees_card_numbers(call.session->account.rights);
}

/// `hide` for each of the items, where the caller may not see card numbers.
Answer<boost::json::object> as_seen(Answer<boost::json::object> list, const Call& call,
                                    void (*hide)(boost::json::object&)) {
    if (list && !sees_card_numbers(call))
        for (auto& item : list->at("items").as_array()) hide(item.as_object());
    return list;
}

void hide_card(boost::json::object& event) {
    event["card"] = nullptr;
}

void hide_cards(boost::json::object& entry) {
    for (const auto* state : {"before", "after"})
        if (auto* said = entry[state].if_object()) said->erase("cards");
}

Answer<Reply> list_events(const Events& events, const Tree& departments, const Call& call) {
    Parameters parameters(call.request.query);
    const auto filter = read_event_filter(parameters, departments);
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    if (auto allowed = check_event_filter(filter, call); !allowed) return std::unexpected(allowed.error());
    return ok_or_problem(as_seen(events.list(filter, call.part, page), call, hide_card));
}

Answer<Reply> get_event(const Events& events, const Call& call) {
    auto event = events.get(call.id(), call.part);
    if (event && !sees_card_numbers(call)) hide_card(*event);
    return ok_or_problem(std::move(event));
}

Answer<Reply> count_events(const Events& events, const Tree& departments, const Call& call) {
    Parameters parameters(call.request.query);
    const auto filter = read_event_filter(parameters, departments);
    const auto buckets = parameters.integer("buckets", 1, 200).value_or(60);
    for (const auto* name : {"from", "to"})
        if (!parameters.sent(name)) parameters.wrong(name, "missing", "This parameter is missing.");
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    if (auto allowed = check_event_filter(filter, call); !allowed) return std::unexpected(allowed.error());
    return ok_or_problem(events.histogram(filter, call.part, buckets));
}

/// What the contract takes for an action: words of small letters and '_' around one dot.
bool is_action(std::string_view text) {
    const auto dot = text.find('.');
    return dot != std::string_view::npos && dot > 0 && dot + 1 < text.size() &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string_view::npos &&
           text.find('.', dot + 1) == std::string_view::npos;
}

Answer<Reply> list_audit(const Audit& audit, const Call& call) {
    Parameters parameters(call.request.query);
    AuditFilter filter;
    filter.account = parameters.text("account", 32);
    filter.action = parameters.text("action", 65);
    if (filter.action && !is_action(*filter.action))
        parameters.wrong("action", "pattern", "An action looks like person.added.");
    filter.from = parameters.time("from");
    filter.to = parameters.time("to");
    filter.part = parameters.text("q", 64);
    // Values name what lies in other parts of the site, and cards; both are hidden from others.
    if (sees_card_numbers(call) && call.part.whole()) filter.also = AuditFilter::Also::in_values;
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    auto entries = audit.list(filter, call.part, call.session->account.name, page);
    return ok_or_problem(as_seen(std::move(entries), call, hide_cards));
}

}  // namespace

Outcome check_event_filter(const EventFilter& filter, const Call& call) {
    if (!filter.card || sees_card_numbers(call)) return {};
    return refuse(base::ErrorKind::forbidden, "forbidden",
                  "Events of a card are for those who may see people. Ask an administrator for the right "
                  "\"people: view\".");
}

EventFilter read_event_filter(Parameters& parameters, const Tree& departments) {
    EventFilter filter;
    filter.devices = parameters.ids("device", most_ids);
    filter.doors = parameters.ids("door", most_ids);
    filter.people = parameters.ids("person", most_ids);
    const auto branches = parameters.ids("department", most_ids);
    const auto below = departments.below(branches);
    filter.departments.assign(below.begin(), below.end());
    // One that is not there has no events, and is not the same as none asked for.
    if (below.empty() && !branches.empty()) filter.departments = {-1};
    if (const auto card = parameters.text("card", 64)) {
        const auto number = base::CardNumber::from(*card);
        if (!number) parameters.wrong("card", "pattern", "A card number has 1 to 16 hexadecimal digits.");
        filter.card = number.value_or(base::CardNumber()).text();
    }
    filter.kinds = parameters.words<core::RecordKind>("kind", most_words);
    const auto results = parameters.words<core::AccessResult>("result", 1);
    if (!results.empty()) filter.result = results.front();
    filter.reasons = parameters.words<core::Reason>("reason", most_words);
    filter.from = parameters.time("from");
    filter.to = parameters.time("to");
    if (filter.from && filter.to && *filter.to <= *filter.from)
        parameters.wrong("to", "order", "The end must be after the start.");
    return filter;
}

Operations event_operations(Events& events, const Tree& departments, Turns& turns) {
    return {
        {"GET", "/events", may(Function::events, Level::view), Body::none,
         turns.in_turn([&](Call& call) { return list_events(events, departments, call); })},
        {"GET", "/events/histogram", may(Function::events, Level::view), Body::none,
         turns.in_turn([&](Call& call) { return count_events(events, departments, call); })},
        {"GET", "/events/{id}", may(Function::events, Level::view), Body::none,
         at_once([&](Call& call) { return get_event(events, call); })},
    };
}

Operations audit_operations(Audit& audit, Turns& turns) {
    return {
        {"GET", "/audit", may(Function::audit, Level::view), Body::none,
         turns.in_turn([&](Call& call) { return list_audit(audit, call); })},
    };
}

}  // namespace sallyport::server

// AccessUser.* and AccessCard.*: people and cards in lists. All of a list or nothing.
#include <algorithm>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "controller/dialect/operations.hpp"
#include "controller/roster_update.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

/// What `read` makes of each element of a list that has to be there.
template <class Read>
auto listed(const Call& call, std::string_view name, std::string_view of, Read read)
    -> base::Result<std::vector<std::invoke_result_t<Read, const cgi::Loose&>>> {
    cgi::Fault fault;
    const auto list = cgi::Loose(call.params, fault)[name];
    std::vector<std::invoke_result_t<Read, const cgi::Loose&>> all;
    if (!list.present()) list.complain(fmt::format("has to be a list of {}", of));
    list.each(multi_limit, [&](const cgi::Loose& one) { all.push_back(read(one)); });
    if (fault) return std::unexpected(*fault);
    return all;
}

base::Error nobody(const base::UserId& user) {
    return {base::ErrorKind::not_found, "not_found", fmt::format("There is no user {}.", user.view())};
}

}  // namespace

void Operations::add_roster() {
    for (const auto* kind : {"AccessUser", "AccessCard"}) {
        const std::string name = kind;
        const bool users = name == "AccessUser";
        add(name + ".insertMulti", Right::admin,
            users ? &Operations::insert_users : &Operations::insert_cards);
        add(name + ".updateMulti", Right::admin,
            users ? &Operations::update_users : &Operations::update_cards);
        add(name + ".removeMulti", Right::admin,
            users ? &Operations::remove_users : &Operations::remove_cards);
        add(name + ".removeAll", Right::admin,
            users ? &Operations::remove_all_users : &Operations::remove_all_cards);
        add(name + ".list", Right::operating, users ? &Operations::list_users : &Operations::list_cards);
        add(name + ".startFind", Right::operating, &Operations::start_find);
        add(name + ".doFind", Right::operating, &Operations::do_find);
        add(name + ".stopFind", Right::operating, &Operations::stop_find);
    }
}

base::Status Operations::check_owner(const Call& call) {
    const auto& owner = controller().owner().manager;
    if (owner.empty() || call.caller.claimed == owner) return {};
    return base::fail(
        base::ErrorKind::conflict, "roster_owned_by_other",
        fmt::format("The roster belongs to {}: people and schedules are changed there.", owner));
}

void Operations::change_roster(const Call& call, Edit edit, Answer answer, Reply reply) {
    Call by;  // without the params: PINs do not stay in memory while the disk is waited for
    by.caller = call.caller;
    auto prepare = [this, by, edit = std::move(edit)]() mutable -> base::Result<PolicyChange> {
        if (!controller().running())
            return base::fail(base::ErrorKind::unavailable, "busy", "The controller is starting.");
        if (auto status = check_owner(by); !status) return std::unexpected(status.error());
        auto update = edit(station().roster());
        if (!update) return std::unexpected(update.error());
        for (auto& person : update->upsert) person.person.tag = {};  // as from the keypad: no owner knows it
        auto change = prepare_roster_update(controller(), *update);
        if (!change) return std::unexpected(change.error());
        const bool removal = update->upsert.empty();
        change->write.records.push_back(record_of(
            by, core::RecordKind::settings_changed,
            {removal ? core::DetailTerm::people_removed : core::DetailTerm::people_set,
             {{core::DetailName::count, removal ? update->remove.size() : update->upsert.size()}}}));
        return change;
    };
    controller().change_policy(std::move(prepare), [answer = std::move(answer), reply = std::move(reply)](
                                                       const base::Status& status) mutable {
        if (!status) return answer(std::unexpected(status.error()));
        answer(std::move(reply));
    });
}

void Operations::insert_users(const Call& call, Answer answer) {
    write_users(call, Existing::refused, std::move(answer));
}

void Operations::update_users(const Call& call, Answer answer) {
    write_users(call, Existing::required, std::move(answer));
}

void Operations::write_users(const Call& call, Existing existing, Answer answer) {
    const auto ids =
        listed(call, "UserList", "users", [](const cgi::Loose& one) { return read_user_id(one["UserID"]); });
    if (!ids) return answer(std::unexpected(ids.error()));
    auto edit = [this, params = call.params,
                 existing](const core::Roster& roster) -> base::Result<codec::dhip::RosterUpdate> {
        codec::dhip::RosterUpdate update;
        cgi::Fault wrong;
        cgi::Loose(params, wrong)["UserList"].each(multi_limit, [&](const cgi::Loose& one) {
            const auto id = read_user_id(one["UserID"]);
            const auto* known = roster.find(id);
            if (known == nullptr && existing == Existing::required) wrong = nobody(id);
            if (known != nullptr && existing == Existing::refused)
                wrong = base::Error{base::ErrorKind::conflict, "conflict",
                                    fmt::format("User {} is there already: use updateMulti.", id.view())};
            if (wrong) return;
            auto& wire = update.upsert.emplace_back();
            wire.person = known == nullptr ? new_person(id) : *known;
            take_user_fields(one, words(), wire.person, wire.pin);
        });
        if (wrong) return std::unexpected(*wrong);
        return update;
    };
    change_roster(call, std::move(edit), std::move(answer));
}

core::Person Operations::new_person(const base::UserId& id) {
    core::Person person;
    person.user_id = id;
    person.rights = {{core::DoorSet::all()}};
    return person;
}

void Operations::remove_users(const Call& call, Answer answer) {
    auto ids = listed(call, "UserIDList", "user IDs", read_user_id);
    if (!ids) return answer(std::unexpected(ids.error()));
    codec::dhip::RosterUpdate update;
    update.remove = *std::move(ids);
    change_roster(
        call, [update = std::move(update)](const core::Roster&) { return update; }, std::move(answer));
}

void Operations::remove_all_users(const Call& call, Answer answer) {
    change_roster(
        call,
        [](const core::Roster& roster) -> base::Result<codec::dhip::RosterUpdate> {
            codec::dhip::RosterUpdate update;
            roster.for_each([&](const core::Person& person) {
                update.remove.push_back(person.user_id);
                return true;
            });
            return update;
        },
        std::move(answer));
}

void Operations::list_users(const Call& call, Answer answer) {
    const auto ids = listed(call, "UserIDList", "user IDs", read_user_id);
    if (!ids) return answer(std::unexpected(ids.error()));
    json::array users;
    for (const auto& id : *ids)
        if (const auto* person = station().roster().find(id)) users.push_back(user_json(*person, words()));
    answer(Reply{{{"UserList", std::move(users)}}});
}

void Operations::insert_cards(const Call& call, Answer answer) {
    write_cards(call, Existing::refused, std::move(answer));
}

void Operations::update_cards(const Call& call, Answer answer) {
    write_cards(call, Existing::required, std::move(answer));
}

void Operations::write_cards(const Call& call, Existing existing, Answer answer) {
    const auto numbers = listed(call, "CardList", "cards",
                                [](const cgi::Loose& one) { return read_card_number(one["CardNo"]); });
    if (!numbers) return answer(std::unexpected(numbers.error()));
    auto edit = [params = call.params,
                 existing](const core::Roster& roster) -> base::Result<codec::dhip::RosterUpdate> {
        cgi::Fault wrong;
        std::map<base::UserId, core::Person> changed;
        cgi::Loose(params, wrong)["CardList"].each(multi_limit, [&](const cgi::Loose& one) {
            const auto number = read_card_number(one["CardNo"]);
            const auto* holder = roster.find(number);
            if (holder == nullptr && existing == Existing::required)
                one["CardNo"].complain("is nobody's card");
            if (holder != nullptr && existing == Existing::refused)
                one["CardNo"].complain("is somebody's card already: use updateMulti");
            if (wrong) return;
            const bool named = one["UserID"].present();
            const auto id = named || holder == nullptr ? read_user_id(one["UserID"]) : holder->user_id;
            if (holder != nullptr && holder->user_id != id)
                one["UserID"].complain("is another user than the card's: remove the card there first");
            const auto* person = roster.find(id);
            if (person == nullptr) one["UserID"].complain("is nobody's user ID: insert the user first");
            if (wrong) return;
            auto& edited = changed.try_emplace(id, *person).first->second;
            auto card = std::ranges::find(edited.cards, number, &core::Card::number);
            if (card == edited.cards.end()) card = edited.cards.insert(card, core::Card{number});
            take_card_fields(one, *card);
        });
        if (wrong) return std::unexpected(*wrong);
        codec::dhip::RosterUpdate update;
        for (auto& [id, person] : changed) update.upsert.push_back({std::move(person), std::nullopt});
        return update;
    };
    change_roster(call, std::move(edit), std::move(answer));
}

void Operations::remove_cards(const Call& call, Answer answer) {
    auto numbers = listed(call, "CardNoList", "card numbers", read_card_number);
    if (!numbers) return answer(std::unexpected(numbers.error()));
    take_cards_away(
        call,
        [numbers = *std::move(numbers)](const core::Card& card) {
            return std::ranges::find(numbers, card.number) != numbers.end();
        },
        std::move(answer));
}

void Operations::remove_all_cards(const Call& call, Answer answer) {
    take_cards_away(call, [](const core::Card&) { return true; }, std::move(answer));
}

void Operations::take_cards_away(const Call& call, std::function<bool(const core::Card&)> meant,
                                 Answer answer) {
    change_roster(
        call,
        [meant = std::move(meant)](const core::Roster& roster) -> base::Result<codec::dhip::RosterUpdate> {
            codec::dhip::RosterUpdate update;
            roster.for_each([&](const core::Person& person) {
                if (std::ranges::none_of(person.cards, meant)) return true;
                auto& edited =
                    update.upsert.emplace_back(codec::dhip::WirePerson{person, std::nullopt}).person;
                std::erase_if(edited.cards, meant);
                return true;
            });
            return update;
        },
        std::move(answer));
}

void Operations::list_cards(const Call& call, Answer answer) {
    cgi::Fault fault;
    json::array cards;
    const cgi::Loose params(call.params, fault);
    const auto& roster = station().roster();
    params["CardNoList"].each(multi_limit, [&](const cgi::Loose& one) {
        const auto number = read_card_number(one);
        const auto* person = roster.find(number);
        if (person != nullptr) cards.push_back(card_json(*person, *roster.find_card(number)));
    });
    params["UserIDList"].each(multi_limit, [&](const cgi::Loose& one) {
        const auto* person = roster.find(read_user_id(one));
        if (person == nullptr) return;
        for (const auto& card : person->cards) cards.push_back(card_json(*person, card));
    });
    if (!params["CardNoList"].present() && !params["UserIDList"].present())
        params["CardNoList"].complain("has to be a list of card numbers, or UserIDList one of user IDs");
    if (fault) return answer(std::unexpected(*fault));
    answer(Reply{{{"CardList", std::move(cards)}}});
}

}  // namespace sallyport::controller::dialect

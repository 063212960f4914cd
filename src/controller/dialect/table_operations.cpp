// RecordUpdater.*: rows of AccessControlCard and AccessControlCustomPassword, one at a time.
#include <algorithm>

#include <fmt/core.h>

#include "controller/dialect/operations.hpp"

namespace sallyport::controller::dialect {

namespace cgi = codec::cgi;
namespace json = boost::json;

namespace {

base::Error no_row(std::uint64_t number) {
    return {base::ErrorKind::not_found, "not_found", fmt::format("There is no record {}.", number)};
}

struct Row {
    const core::Person* person = nullptr;
    const core::Card* card = nullptr;
};

Row find_row(const core::Roster& roster, std::uint64_t number) {
    if (const auto* card = roster.find_card(base::CardNumber{number}))
        return {roster.find(base::CardNumber{number}), card};
    Row found;
    roster.for_each([&](const core::Person& person) {
        if (person.cards.empty() && row_number(person, nullptr) == number) found = {&person, nullptr};
        for (const auto& card : person.cards)
            if (row_number(person, &card) == number) found = {&person, &card};
        return found.person == nullptr;
    });
    return found;
}

}  // namespace

void Operations::add_tables() {
    add("RecordUpdater.factory.instance", Right::admin, &Operations::make_instance);
    add("RecordUpdater.factory.create", Right::admin, &Operations::make_instance);
    add("RecordUpdater.destroy", Right::admin, &Operations::destroy_instance);
    add("RecordUpdater.insert", Right::admin, &Operations::write_row);
    add("RecordUpdater.insertEx", Right::admin, &Operations::write_row);
    add("RecordUpdater.update", Right::admin, &Operations::write_row);
    add("RecordUpdater.remove", Right::admin, &Operations::write_row);
    add("RecordUpdater.clear", Right::admin, &Operations::write_row);
    add("RecordUpdater.get", Right::operating, &Operations::get_row);
}

base::Result<std::string> Operations::table_of(const Call& call) {
    cgi::Fault fault;
    auto name = cgi::Loose(call.params, fault)["name"].text(64);
    if (const auto* instance = instance_of(call, "RecordUpdater")) name = instance->name;
    if (name == "AccessControlCard" || name == "AccessControlCustomPassword") return name;
    return base::fail(
        base::ErrorKind::invalid, "invalid_parameter",
        fmt::format("There is no table {}: AccessControlCard and AccessControlCustomPassword can be "
                    "changed.",
                    codec::dhip::json_text(name, 64)));
}

void Operations::write_row(const Call& call, Answer answer) {
    const auto table = table_of(call);
    if (!table) return answer(std::unexpected(table.error()));
    const auto verb = call.method.substr(call.method.find('.') + 1);
    cgi::Fault fault;
    const auto said = cgi::Loose(call.params, fault).either("recno", "RecNo");
    const bool by_number = verb == "update" || verb == "remove";
    const auto number = by_number ? static_cast<std::uint64_t>(said.integer(0, INT64_MAX)) : 0;
    if (fault) return answer(std::unexpected(*fault));
    if (*table == "AccessControlCustomPassword") return write_password(call, verb, number, std::move(answer));
    if (verb == "clear") return remove_all_users(call, std::move(answer));
    if (verb == "remove") return remove_card_row(call, number, std::move(answer));
    write_card_row(call, by_number ? std::optional(number) : std::nullopt, std::move(answer));
}

void Operations::get_row(const Call& call, Answer answer) {
    const auto table = table_of(call);
    cgi::Fault fault;
    const auto said = cgi::Loose(call.params, fault).either("recno", "RecNo");
    const auto number = static_cast<std::uint64_t>(said.integer(0, INT64_MAX));
    if (!table) return answer(std::unexpected(table.error()));
    if (fault) return answer(std::unexpected(*fault));
    const auto& roster = station().roster();
    if (*table == "AccessControlCustomPassword") {
        for (const auto& password : roster.public_passwords())
            if (password.number == number)
                return answer(Reply{{{"record", password_row(password, words())}}});
        return answer(std::unexpected(no_row(number)));
    }
    const auto [person, card] = find_row(roster, number);
    if (person == nullptr) return answer(std::unexpected(no_row(number)));
    answer(Reply{{{"record", card_row(*person, card, words())}}});
}

// A row is a card and its holder: a new one makes the person, or gives a known one a further card.
void Operations::write_card_row(const Call& call, std::optional<std::uint64_t> number, Answer answer) {
    cgi::Fault fault;
    const auto said = cgi::Loose(call.params, fault)["record"];
    if (!said.is_object()) said.complain("has to be an object");
    const bool has_card = said["CardNo"].present();
    const auto card = has_card ? read_card_number(said["CardNo"]) : base::CardNumber{};
    // Some clients give cards only: the holder is then called like the card.
    const auto id = said["UserID"].present() ? read_user_id(said["UserID"])
                    : has_card               ? base::UserId::from(card.text()).value_or(base::UserId{})
                                             : base::UserId{};
    if (!number && id.empty()) said["UserID"].complain("has to be there, or CardNo");
    if (fault) return answer(std::unexpected(*fault));
    auto edit = [this, record = *said.value(), number, has_card, card,
                 id](const core::Roster& roster) -> base::Result<codec::dhip::RosterUpdate> {
        cgi::Fault wrong;
        const json::object around{{"record", record}};
        const auto row = cgi::Loose(around, wrong)["record"];
        const auto known = number ? find_row(roster, *number) : Row{roster.find(id), nullptr};
        if (number && known.person == nullptr) return std::unexpected(no_row(*number));
        if (number && row["UserID"].present() && known.person->user_id != id)
            row["UserID"].complain("cannot be changed: remove the record and insert another");
        if (!number && has_card && roster.find_card(card) != nullptr)
            row["CardNo"].complain("is somebody's card already");
        codec::dhip::RosterUpdate update;
        auto& wire = update.upsert.emplace_back();
        wire.person = known.person == nullptr ? new_person(id) : *known.person;
        auto& cards = wire.person.cards;
        auto at = known.card == nullptr ? cards.end()
                                        : std::ranges::find(cards, known.card->number, &core::Card::number);
        if (at == cards.end() && has_card) at = cards.insert(at, core::Card{});
        if (at != cards.end() && has_card) at->number = card;
        if (at != cards.end()) take_card_fields(row, *at);
        take_user_fields(row, words(), wire.person, wire.pin);
        if (cards.empty() && !wire.pin && !wire.person.pin)
            row["CardNo"].complain("has to be there, or Password: nobody could enter with neither");
        if (wrong) return std::unexpected(*wrong);
        return update;
    };
    core::Person person;
    person.user_id = id;
    const core::Card given{card};
    const auto row = row_number(person, has_card ? &given : nullptr);
    change_roster(call, std::move(edit), std::move(answer),
                  number ? Reply{} : Reply{{{"RecNo", row}, {"recno", row}}});
}

// The last row of a person takes the person away.
void Operations::remove_card_row(const Call& call, std::uint64_t number, Answer answer) {
    change_roster(
        call,
        [number](const core::Roster& roster) -> base::Result<codec::dhip::RosterUpdate> {
            const auto [person, card] = find_row(roster, number);
            if (person == nullptr) return std::unexpected(no_row(number));
            codec::dhip::RosterUpdate update;
            if (person->cards.size() <= 1) {
                update.remove.push_back(person->user_id);
                return update;
            }
            auto& edited = update.upsert.emplace_back(codec::dhip::WirePerson{*person, std::nullopt}).person;
            std::erase_if(edited.cards,
                          [gone = card->number](const core::Card& one) { return one.number == gone; });
            return update;
        },
        std::move(answer));
}

void Operations::write_password(const Call& call, const std::string& verb, std::uint64_t number,
                                Answer answer) {
    auto given = std::make_shared<std::uint64_t>(number);
    Call by;
    by.caller = call.caller;
    auto prepare = [this, by, verb, number, given, params = call.params]() -> base::Result<PolicyChange> {
        if (!controller().running())
            return base::fail(base::ErrorKind::unavailable, "busy", "The controller is starting.");
        if (auto status = check_owner(by); !status) return std::unexpected(status.error());
        auto passwords = station().roster().public_passwords();
        cgi::Fault fault;
        const auto row = cgi::Loose(params, fault)["record"];
        auto at = std::ranges::find(passwords, number, &core::PublicPassword::number);
        if ((verb == "update" || verb == "remove") && at == passwords.end())
            return std::unexpected(no_row(number));
        if (verb == "clear") {
            passwords.clear();
        } else if (verb == "remove") {
            passwords.erase(at);
        } else {
            if (verb != "update") {
                std::uint32_t next = 1;
                for (const auto& one : passwords) next = std::max(next, one.number + 1);
                at = passwords.insert(passwords.end(), core::PublicPassword{});
                at->number = next;
                *given = next;
            }
            if (!row.is_object()) row.complain("has to be an object");
            take_password_fields(row, words(), *at);
            if (verb != "update" || row["OpenDoorPassword"].present())
                at->code =
                    core::hash_public_password(station().pin_key(), read_digits(row["OpenDoorPassword"]));
        }
        if (fault) return std::unexpected(*fault);
        return passwords_change(by, std::move(passwords));
    };
    controller().change_policy(
        std::move(prepare), [given, verb, answer = std::move(answer)](const base::Status& status) mutable {
            if (!status) return answer(std::unexpected(status.error()));
            answer(verb.starts_with("insert") ? Reply{{{"RecNo", *given}, {"recno", *given}}} : Reply{});
        });
}

base::Result<PolicyChange> Operations::passwords_change(const Call& by,
                                                        std::vector<core::PublicPassword> passwords) {
    auto& roster = station().roster();
    const auto& key = station().pin_key();
    auto before = roster.public_passwords();
    auto status = roster.set_public_passwords(passwords, key);
    if (!status) return std::unexpected(status.error());
    static_cast<void>(roster.set_public_passwords(std::move(before), key));
    PolicyChange change;
    change.write.public_passwords = passwords;
    change.write.records.push_back(
        record_of(by, core::RecordKind::settings_changed,
                  {core::DetailTerm::public_passwords_set, {{core::DetailName::count, passwords.size()}}}));
    change.take_up = [passwords = std::move(passwords)](core::Station& holder) {
        holder.set_public_passwords(passwords);
    };
    return change;
}

}  // namespace sallyport::controller::dialect

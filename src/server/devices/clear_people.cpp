#include "server/devices/clear_people.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>

#include "codec/cgi/numbers.hpp"
#include "codec/dhip/person_json.hpp"
#include "ports/wall_time.hpp"
#include "server/devices/clear_calls.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
namespace json = boost::json;
using codec::cgi::UserRow;

namespace {

/// An entry that was changed there: any tag but the one that was sent, and but 0, which is the keypad's.
core::EntryTag drifted(core::EntryTag sent) {
    return {sent.value == 1 ? 2 : sent.value ^ 1};
}

const KnownEntry* find(const KnownRoster& known, const base::UserId& user) {
    const auto found = std::ranges::lower_bound(known, user, {}, &KnownEntry::user_id);
    return found == known.end() || found->user_id != user ? nullptr : &*found;
}

/// `uses`: also how often the person may enter, which begins anew.
enum class Uses : std::uint8_t { left_alone, sent };
json::object user_json(const ClearPerson& person, Uses uses) {
    json::array doors;
    json::array times;
    for (const auto& [door, schedule] : person.row.rights) {
        doors.emplace_back(door);
        times.emplace_back(schedule);
    }
    json::object user{{"UserID", person.row.user_id.view()},
                      {"UserType", static_cast<int>(person.row.type)},
                      {"UserStatus", person.row.type == core::UserType::blocklist ? 1 : 0},
                      {"Authority", 2},
                      {"Doors", std::move(doors)},
                      {"TimeSections", std::move(times)},
                      {"ValidFrom", codec::cgi::wall_text(person.row.from)},
                      {"ValidTo", codec::cgi::wall_text(person.row.to)}};
    if (!person.pin.empty()) user["Password"] = person.pin.reveal();
    // For a guest no use left is none; for others nothing said is no limit.
    const int no_limit = person.row.type == core::UserType::guest ? -1 : 0;
    if (uses == Uses::sent) user["UseTime"] = person.uses ? json::value(*person.uses) : json::value(no_limit);
    return user;
}

json::object card_json(const base::UserId& user, const core::Card& card) {
    return {{"CardNo", card.number.text()},
            {"UserID", user.view()},
            {"CardType", codec::cgi::card_type_number(card.type)},
            {"CardStatus", codec::cgi::card_status_bits(card.status)}};
}

/// Whether an entry is what the controller refused, rather than the session, the account or the disk.
bool entry_at_fault(const base::Error& error) {
    static constexpr std::string_view others[] = {
        "device_wrong_password", "forbidden",           "roster_owned_by_other", "unknown_method", "busy",
        "storage_failed",        "device_uninitialised"};
    return is_refusal(error) && std::ranges::find(others, error.code) == std::end(others);
}

/// `elements` in lists of at most `batch`.
asio::awaitable<base::Status> send_lists(Conversation& link, std::string method, std::string member,
                                         json::array elements, std::size_t batch) {
    for (std::size_t from = 0; from < elements.size(); from += batch) {
        const auto to = std::min(from + batch, elements.size());
        json::array part(elements.begin() + from, elements.begin() + to);
        const auto taken = co_await ask(link, method, {{member, std::move(part)}});
        if (!taken) co_return std::unexpected(taken.error());
    }
    co_return base::Status{};
}

/// The doors, each with its schedule, and what was left out.
void take_rights(const core::Person& person, std::size_t doors, ClearPerson& result) {
    bool leaves_out = false;
    std::set<int> denied;
    for (const auto& right : person.rights) {
        for (std::size_t i = 0; i < doors; ++i) {
            if (!right.doors.contains(base::DoorNumber{static_cast<std::uint8_t>(i + 1)})) continue;
            const auto door = static_cast<int>(i);
            if (right.kind != core::RightKind::deny) {
                result.row.rights.emplace(door, right.schedule.value);
                continue;
            }
            denied.insert(door);
            leaves_out = leaves_out || right.schedule != core::always;
        }
    }
    std::erase_if(result.row.rights, [&](const auto& right) { return denied.contains(right.first); });
    if (leaves_out)
        result.short_of = EntryFailure{
            person.user_id, result.entry->tag, "denial_by_schedule",
            "This controller cannot deny a door at some times only: the person is denied it at all times."};
}

/// Until when: no later than the last of the rights, since they have no ends of their own there.
base::UtcTime end_of(const core::Person& person) {
    auto last = person.validity.to;
    base::UtcTime rights = base::beginning_of_time;
    for (const auto& right : person.rights) {
        if (right.kind == core::RightKind::deny) continue;
        rights = std::max(rights, right.end.never() ? base::end_of_time : right.end.time());
    }
    return person.rights.empty() ? last : std::min(last, rights);
}

}  // namespace

base::Result<ClearPerson> clear_person(const DesiredEntry& entry, std::size_t doors,
                                       const ports::TimeZones& zones, const std::string& zone) {
    auto wire = codec::dhip::person_from(entry.person);
    if (!wire) return std::unexpected(wire.error());
    ClearPerson result;
    result.entry = &entry;
    result.sent_as = entry.tag;
    result.row.user_id = entry.user_id;
    result.row.type = wire->person.type;
    const auto wall = [&](base::UtcTime at) {
        return codec::cgi::WallTime{ports::wall_seconds(zones, zone, at)};
    };
    using codec::cgi::earliest;
    using codec::cgi::latest;
    if (const auto from = wire->person.validity.from; from != base::beginning_of_time)
        result.row.from = std::clamp(wall(from), earliest, latest);
    if (const auto to = end_of(wire->person); to != base::end_of_time)
        result.row.to = std::clamp({wall(to).seconds - 1}, earliest, latest);
    take_rights(wire->person, doors, result);
    result.cards = wire->person.cards;
    if (wire->pin) result.pin = *std::move(wire->pin);
    result.row.pin = result.pin.empty() ? UserRow::Pin::none : UserRow::Pin::some;
    result.uses = wire->person.uses_left;
    return result;
}

asio::awaitable<base::Status> ClearPeople::look(Conversation& link) {
    if (!held_) co_return base::Status{};
    std::size_t cards = 0;
    for (const auto& [user, held] : *held_) cards += held.cards.size();
    const auto users_there = co_await list_size(link, "AccessUser");
    if (!users_there) co_return std::unexpected(users_there.error());
    const auto cards_there = co_await list_size(link, "AccessCard");
    if (!cards_there) co_return std::unexpected(cards_there.error());
    if (*users_there != held_->size() || *cards_there != cards) forget();
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearPeople::read_back(Conversation& link) {
    constexpr int attempts = 3;  // somebody may be at the keypad at this moment
    base::Status read;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        read = co_await read_once(link);
        if (read || read.error().code != "protocol_error") break;
    }
    co_return read;
}

asio::awaitable<base::Status> ClearPeople::read_once(Conversation& link) {
    std::map<base::UserId, Held> there;
    // Whoever has a user ID that cannot be one here was never sent from here.
    auto read = co_await read_list(link, "AccessUser", "UserID", [&](const json::value& said) {
        if (const auto row = codec::cgi::user_row_from(said)) there[row->user_id].row = *row;
    });
    if (!read) co_return read;
    read = co_await read_list(link, "AccessCard", "CardNo", [&](const json::value& said) {
        const auto row = codec::cgi::card_row_from(said);
        const auto holder = row ? there.find(row->user_id) : there.end();
        if (holder != there.end()) holder->second.cards[row->card.number] = row->card;
    });
    if (!read) co_return read;
    held_ = std::move(there);
    co_return base::Status{};
}

bool ClearPeople::fits(const Held& held, const ClearPerson& wanted) const {
    if (!held.row.same_as(wanted.row) || held.cards.size() != wanted.cards.size()) return false;
    if (held.row.pin != UserRow::Pin::untold && held.row.pin != wanted.row.pin) return false;
    return std::ranges::all_of(wanted.cards, [&](const core::Card& card) {
        const auto found = held.cards.find(card.number);
        return found != held.cards.end() && found->second == card;
    });
}

std::vector<base::UserId> ClearPeople::missing(const KnownRoster& sent) const {
    std::vector<base::UserId> missing;
    for (const auto& entry : sent)
        if (entry.tag.value != 0 && !held_->contains(entry.user_id)) missing.push_back(entry.user_id);
    return missing;
}

asio::awaitable<base::Result<std::vector<base::UserId>>> ClearPeople::deleted_there(Conversation& link,
                                                                                    const KnownRoster& sent) {
    const auto from_here = static_cast<std::size_t>(
        std::ranges::count_if(sent, [](const KnownEntry& entry) { return entry.tag.value != 0; }));
    // Whoever deletes at a keypad deletes one after the other. When most are missing, it lost them.
    const auto are_some = [&](std::size_t count) { return count == 1 || count * 2 <= from_here; };
    auto gone = missing(sent);
    if (gone.empty() || !are_some(gone.size()) || !co_await records_go_on_())
        co_return std::vector<base::UserId>();
    if (auto read = co_await read_back(link); !read) co_return std::unexpected(read.error());
    const auto still = missing(sent);
    std::erase_if(gone,
                  [&](const base::UserId& user) { return std::ranges::find(still, user) == still.end(); });
    co_return gone;
}

asio::awaitable<base::Result<HeldRoster>> ClearPeople::read_both(Conversation& link) {
    auto known = co_await hooks_.known();
    if (!known || held_) co_return known;
    read_at_ = known->at;
    read_is_told_ = false;
    if (auto read = co_await read_back(link); !read) co_return std::unexpected(read.error());
    auto gone = co_await deleted_there(link, known->entries);
    if (!gone) co_return std::unexpected(gone.error());
    if (gone->empty()) co_return known;
    if (auto noted = co_await hooks_.deleted_there(*std::move(gone)); !noted)
        co_return std::unexpected(noted.error());
    co_return co_await hooks_.known();
}

asio::awaitable<base::Result<ClearPeople::Compared>> ClearPeople::compare(Conversation& link,
                                                                          const Desired& desired,
                                                                          const Target& target) {
    Compared compared;
    compared.people.reserve(desired.roster.size());
    for (const auto& entry : desired.roster) {
        auto person = clear_person(entry, target.doors, zones_, target.zone);
        if (!person) co_return std::unexpected(person.error());
        compared.people.push_back(*std::move(person));
    }
    auto known = co_await read_both(link);
    if (!known) co_return std::unexpected(known.error());
    auto wanted = compared.people.begin();
    std::vector<KnownEntry> back;
    for (const auto& [user, held] : *held_) {
        const auto* sent = find(known->entries, user);
        auto tag = sent == nullptr ? core::EntryTag{} : sent->tag;
        while (wanted != compared.people.end() && wanted->row.user_id < user) ++wanted;
        const bool is_wanted = wanted != compared.people.end() && wanted->row.user_id == user;
        if (is_wanted && tag == wanted->entry->tag && !fits(held, *wanted)) tag = drifted(tag);
        // Somebody added there again what had been deleted, or the list was not whole.
        const auto removal = known->removals.find(user);
        if (is_wanted && sent == nullptr && removal != known->removals.end() &&
            removal->second == wanted->entry->tag && fits(held, *wanted))
            back.push_back({user, tag = removal->second});
        compared.known.entries.push_back({user, tag});
    }
    if (!read_is_told_ || compared.known.entries != known->entries) {
        if (auto kept = co_await hooks_.replace_known(compared.known.entries, read_at_); !kept)
            co_return std::unexpected(kept.error());
        read_is_told_ = true;
        // Of those that are new too.
        known = co_await hooks_.known();
        if (!known) co_return std::unexpected(known.error());
    }
    compared.known.removals = std::move(known->removals);
    if (auto taken = co_await take_barred_cards(compared.known); !taken)
        co_return std::unexpected(taken.error());
    auto stale = stale_removals(desired.roster, compared.known);
    if (!stale.empty() || !back.empty())
        if (auto kept = co_await hooks_.record_issued(std::move(back), std::move(stale)); !kept)
            co_return std::unexpected(kept.error());
    compared.missing = difference(desired.roster, compared.known);
    co_return compared;
}

asio::awaitable<base::Status> ClearPeople::take_barred_cards(HeldRoster& known) {
    std::vector<KeypadCard> cards;
    for (const auto& entry : known.entries)
        if (entry.tag.value == 0)
            for (const auto& [number, card] : held_->at(entry.user_id).cards)
                cards.push_back({entry.user_id, number});
    if (cards.empty()) co_return base::Status{};
    const auto barred = co_await hooks_.barred_by_card(std::move(cards));
    if (!barred) co_return std::unexpected(barred.error());
    for (const auto& user : *barred) known.removals[user] = {};
    co_return base::Status{};
}

bool ClearPeople::narrow(ClearPerson& person, const KnownRoster& sent) const {
    const auto held = held_->find(person.row.user_id);
    if (held == held_->end()) return false;
    const auto left_out = std::erase_if(
        person.row.rights, [&](const auto& right) { return !held->second.row.rights.contains(right); });
    // What was left out comes with the plan: until then the entry is not there.
    if (left_out != 0) person.sent_as = drifted(person.entry->tag);
    const auto* before = find(sent, person.row.user_id);
    return before == nullptr || before->tag != person.sent_as || !fits(held->second, person);
}

asio::awaitable<base::Status> ClearPeople::bring(Conversation& link, const Desired& desired,
                                                 const Target& target, Extent extent) {
    auto brought = co_await bring_difference(link, desired, target, extent);
    // It may have taken what it did not answer for.
    if (!brought) forget();
    co_return brought;
}

asio::awaitable<base::Status> ClearPeople::bring_difference(Conversation& link, const Desired& desired,
                                                            const Target& target, Extent extent) {
    auto compared = co_await compare(link, desired, target);
    if (!compared) co_return std::unexpected(compared.error());
    if (auto removed = co_await remove(link, compared->missing.remove, target.batch); !removed)
        co_return removed;
    std::vector<const ClearPerson*> upsert;
    std::vector<EntryFailure> failures;
    auto next = compared->missing.upsert.begin();
    for (auto& person : compared->people) {
        if (person.short_of) failures.push_back(*person.short_of);
        if (next == compared->missing.upsert.end() || *next != person.entry) continue;
        ++next;
        if (extent == Extent::whole || narrow(person, compared->known.entries)) upsert.push_back(&person);
    }
    auto cleared = co_await clear_the_way(link, upsert, compared->known.entries, target.batch);
    if (!cleared) co_return cleared;
    const std::span<const ClearPerson* const> all(upsert);
    for (std::size_t from = 0; from < all.size(); from += target.batch) {
        const auto part = all.subspan(from, std::min(target.batch, all.size() - from));
        if (auto sent = co_await send(link, part, compared->known.entries, target.batch, failures); !sent)
            co_return sent;
    }
    if (recorded_failures_ == failures) co_return base::Status{};
    if (!failures.empty()) forget();  // what is refused may not be as it seemed
    auto recorded = co_await hooks_.record_failures(failures);
    if (recorded) recorded_failures_ = std::move(failures);
    co_return recorded;
}

asio::awaitable<base::Status> ClearPeople::remove(Conversation& link, std::vector<base::UserId> users,
                                                  std::size_t batch) {
    std::vector<base::CardNumber> cards;
    for (const auto& user : users)
        if (const auto held = held_->find(user); held != held_->end())
            for (const auto& [number, card] : held->second.cards) cards.push_back(number);
    if (auto gone = co_await remove_cards(link, std::move(cards), batch); !gone) co_return gone;
    for (std::size_t from = 0; from < users.size(); from += batch) {
        const auto to = std::min(from + batch, users.size());
        std::vector<base::UserId> part(users.begin() + static_cast<std::ptrdiff_t>(from),
                                       users.begin() + static_cast<std::ptrdiff_t>(to));
        json::array list;
        for (const auto& user : part) list.emplace_back(user.view());
        const auto gone = co_await ask(link, "AccessUser.removeMulti", {{"UserIDList", std::move(list)}});
        if (!gone) co_return std::unexpected(gone.error());
        for (const auto& user : part) held_->erase(user);
        if (auto noted = co_await hooks_.record_issued({}, std::move(part)); !noted) co_return noted;
    }
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearPeople::remove_cards(Conversation& link,
                                                        std::vector<base::CardNumber> numbers,
                                                        std::size_t batch) {
    json::array list;
    for (const auto& number : numbers) list.emplace_back(number.text());
    auto gone = co_await send_lists(link, "AccessCard.removeMulti", "CardNoList", std::move(list), batch);
    if (!gone) co_return gone;
    for (auto& [user, held] : *held_)
        for (const auto& number : numbers) held.cards.erase(number);
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearPeople::clear_the_way(Conversation& link,
                                                         const std::vector<const ClearPerson*>& upsert,
                                                         const KnownRoster& sent, std::size_t batch) {
    std::map<base::CardNumber, base::UserId> holders;
    for (const auto& [user, held] : *held_)
        for (const auto& [number, card] : held.cards) holders[number] = user;
    std::set<base::CardNumber> cards;
    std::vector<base::UserId> again;
    for (const auto* person : upsert) {
        for (const auto& card : person->cards)
            if (const auto at = holders.find(card.number);
                at != holders.end() && at->second != person->row.user_id)
                cards.insert(card.number);
        const auto held = held_->find(person->row.user_id);
        if (held == held_->end()) continue;
        for (const auto& [number, card] : held->second.cards)
            if (std::ranges::find(person->cards, number, &core::Card::number) == person->cards.end())
                cards.insert(number);
        // An empty PIN leaves the one that is there. Where it is not told there may be one, unless the same
        // was sent last.
        const auto pin = held->second.row.pin;
        const auto* last = find(sent, person->row.user_id);
        const bool is_same = last != nullptr && last->tag == drifted(person->entry->tag);
        if (person->pin.empty() && (pin == UserRow::Pin::some || (pin == UserRow::Pin::untold && !is_same)))
            again.push_back(person->row.user_id);
    }
    auto done = co_await remove_cards(link, {cards.begin(), cards.end()}, batch);
    if (!done) co_return done;
    co_return co_await remove(link, std::move(again), batch);
}

asio::awaitable<base::Status> ClearPeople::send(Conversation& link,
                                                std::span<const ClearPerson* const> people,
                                                const KnownRoster& known, std::size_t batch,
                                                std::vector<EntryFailure>& failures) {
    auto sent = co_await send_users(link, people, known);
    if (sent) sent = co_await send_cards(link, people, batch);
    if (!sent) {
        if (!entry_at_fault(sent.error())) co_return sent;
        if (people.size() == 1) {
            const auto& entry = *people[0]->entry;
            failures.push_back({entry.user_id, entry.tag, sent.error().code, sent.error().message});
            co_return base::Status{};
        }
        const auto half = people.size() / 2;
        sent = co_await send(link, people.first(half), known, batch, failures);
        if (!sent) co_return sent;
        co_return co_await send(link, people.subspan(half), known, batch, failures);
    }
    std::vector<KnownEntry> issued;
    for (const auto* person : people) issued.push_back({person->row.user_id, person->sent_as});
    co_return co_await hooks_.record_issued(std::move(issued), {});
}

asio::awaitable<base::Status> ClearPeople::send_users(Conversation& link,
                                                      std::span<const ClearPerson* const> people,
                                                      const KnownRoster& known) {
    std::vector<const ClearPerson*> fresh;
    std::vector<const ClearPerson*> there;
    for (const auto* person : people)
        (held_->contains(person->row.user_id) ? there : fresh).push_back(person);
    for (const auto* part : {&fresh, &there}) {
        if (part->empty()) continue;
        json::array users;
        for (const auto* person : *part) {
            // Who was changed there keeps what is left of his uses.
            const auto* sent = find(known, person->row.user_id);
            const bool same = part == &there && sent != nullptr && sent->tag == drifted(person->entry->tag);
            users.push_back(user_json(*person, same ? Uses::left_alone : Uses::sent));
        }
        const auto* method = part == &fresh ? "AccessUser.insertMulti" : "AccessUser.updateMulti";
        const auto taken = co_await ask(link, method, {{"UserList", std::move(users)}});
        if (!taken) co_return std::unexpected(taken.error());
        for (const auto* person : *part) (*held_)[person->row.user_id].row = person->row;
    }
    co_return base::Status{};
}

asio::awaitable<base::Status> ClearPeople::send_cards(Conversation& link,
                                                      std::span<const ClearPerson* const> people,
                                                      std::size_t batch) {
    json::array inserted;
    json::array updated;
    for (const auto* person : people) {
        const auto& held = held_->at(person->row.user_id).cards;
        for (const auto& card : person->cards) {
            const auto there = held.find(card.number);
            if (there == held.end())
                inserted.push_back(card_json(person->row.user_id, card));
            else if (there->second != card)
                updated.push_back(card_json(person->row.user_id, card));
        }
    }
    auto sent = co_await send_lists(link, "AccessCard.updateMulti", "CardList", std::move(updated), batch);
    if (!sent) co_return sent;
    sent = co_await send_lists(link, "AccessCard.insertMulti", "CardList", std::move(inserted), batch);
    if (!sent) co_return sent;
    for (const auto* person : people)
        for (const auto& card : person->cards) held_->at(person->row.user_id).cards[card.number] = card;
    co_return base::Status{};
}

}  // namespace sallyport::server

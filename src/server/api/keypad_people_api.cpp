#include "server/api/keypad_people_api.hpp"

#include "server/api/answers.hpp"
#include "server/api/person_body.hpp"

namespace sallyport::server {

namespace {

Answer<Reply> list(const KeypadPeople& people, const Devices& devices, const Call& call) {
    const auto page = only_page(call);
    if (!page) return std::unexpected(page.error());
    if (auto seen = devices.get(call.id(), call.part); !seen) return std::unexpected(seen.error());
    return ok_or_problem(people.list(call.id(), call.part.departments, *page));
}

Answer<Reply> settle(KeypadPeople& people, const Devices& devices, FoundCodes& found, const Call& call) {
    auto how = KeypadDecision::put_back;
    const auto patch = read_body(call, Sent::anything, [&](Fields& fields, std::vector<FieldError>& errors) {
        const auto word = fields.choice("decision", {"adopt", "put_back"}, Need::required);
        if (word) how = base::enum_from<KeypadDecision>(*word).value_or(how);
        return how == KeypadDecision::adopt ? read_adopted(fields, errors) : read_named(fields);
    });
    if (!patch) return std::unexpected(patch.error());
    if (auto seen = devices.get(call.id(), call.part); !seen) return std::unexpected(seen.error());
    // Whoever was added at a keypad opens all doors there.
    if (auto whole = devices.check_whole(call.id(), call.part.areas); !whole)
        return std::unexpected(whole.error());
    if (!patch->user_id)
        return nothing_or_problem(people.put_all_back(call.id(), call.part.departments, call.actor()));
    return nothing_or_problem(found.counted(
        call.actor(), [&] { return people.settle(call.id(), how, *patch, call.part, call.actor()); }));
}

Answer<Reply> try_again(KeypadPeople& people, Devices& devices, const Call& call) {
    const auto person = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.nullable_id("person_id").value_or(std::nullopt);
    });
    if (!person) return std::unexpected(person.error());
    if (auto seen = devices.get(call.id(), call.part); !seen) return std::unexpected(seen.error());
    auto done = people.try_again(call.id(), *person, call.part.departments, call.actor());
    if (done) devices.try_again(call.id());
    return nothing_or_problem(std::move(done));
}

}  // namespace

Operations keypad_people_operations(KeypadPeople& people, Devices& devices, FoundCodes& found) {
    return {
        {"GET", "/devices/{id}/keypad-people", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return list(people, devices, call); })},
        {"POST", "/devices/{id}/keypad-people", may(Function::people, Level::edit), Body::object,
         at_once([&](Call& call) { return settle(people, devices, found, call); })},
        {"POST", "/devices/{id}/issue-retries", may(Function::permissions, Level::edit), Body::object,
         at_once([&](Call& call) { return try_again(people, devices, call); })},
    };
}

}  // namespace sallyport::server

#include "base/ids.hpp"
#include "server/api/answers.hpp"
#include "server/api/lists_api.hpp"
#include "server/api/person_body.hpp"

namespace sallyport::server {

namespace {

Answer<Reply> list_people(const People& people, const Call& call) {
    Parameters parameters(call.request.query);
    PeopleFilter filter;
    filter.part = parameters.text("q", 64);
    filter.group = parameters.id("group");
    filter.department = parameters.id("department");
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return ok_or_problem(people.list(filter, call.part.departments, page));
}

Answer<Reply> add_person(People& people, FoundCodes& found, const Call& call) {
    const auto patch = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>& errors) {
        return read_person(fields, errors, Need::required);
    });
    if (!patch) return std::unexpected(patch.error());
    const auto add = [&] { return people.add(*patch, call.part.departments, call.actor()); };
    return created_or_problem(patch->user_id ? found.counted(call.actor(), add) : add());
}

Answer<Reply> change_person(People& people, FoundCodes& found, const Call& call) {
    const auto patch = read_body(call, Sent::something, [](Fields& fields, std::vector<FieldError>& errors) {
        return read_person(fields, errors, Need::optional);
    });
    if (!patch) return std::unexpected(patch.error());
    const auto change = [&] { return people.change(call.id(), *patch, call.part.departments, call.actor()); };
    return ok_or_problem(patch->user_id ? found.counted(call.actor(), change) : change());
}

Answer<Reply> remove_person(People& people, const Call& call) {
    Parameters parameters(call.request.query);
    const auto data = parameters.words<AfterRemoval>("personal_data", 1);
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    const auto what = data.empty() ? std::nullopt : base::enum_from<AfterRemoval>(data.front());
    return nothing_or_problem(
        people.remove(call.id(), what.value_or(AfterRemoval::keep), call.part, call.actor()));
}

Answer<Reply> list_former_people(const FormerPeople& former, const Call& call) {
    Parameters parameters(call.request.query);
    const auto part = parameters.text("q", 64);
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return ok_or_problem(former.list(part, call.part.departments, page));
}

Answer<Reply> list_cards(const Cards& cards, const Call& call) {
    Parameters parameters(call.request.query);
    CardFilter filter;
    filter.part = parameters.text("q", 64);
    const auto status = parameters.words<CardStatus>("status", 1);
    if (!status.empty()) filter.status = base::enum_from<CardStatus>(status.front());
    const auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    return ok_or_problem(cards.list(filter, call.part.departments, page));
}

Answer<Reply> get_card(const Cards& cards, const Call& call) {
    const auto number = base::CardNumber::from(call.path.at(0));
    if (!number) return no_such("card");
    return ok_or_problem(cards.get(number->text(), call.part.departments));
}

Answer<Reply> get_photo(const Photos& photos, const Call& call) {
    Parameters parameters(call.request.query);
    (void)parameters.id("tag");  // for caches only
    if (auto read = parameters.finish(); !read) return std::unexpected(read.error());
    auto photo = photos.get(call.id(), call.part.departments);
    if (!photo) return std::unexpected(photo.error());
    Reply reply;
    reply.raw = {"image/jpeg", *std::move(photo)};
    return reply;
}

Problem too_many_photos() {
    Problem problem({base::ErrorKind::limit, "photos_waiting",
                     "Too many photos of this account are being made. Try again when they are done."});
    problem.retry_after_s = 5;
    return problem;
}

/// Drawing takes long: it has threads of its own, and nobody waits for them who does something else.
void set_photo(Photos& photos, Workers& drawing, Shares& shares, Call call, Finish finish) {
    auto share = shares.take(call.session->account.id);
    if (!share) return finish(std::unexpected(too_many_photos()));
    auto shared = std::make_shared<Finish>(std::move(finish));
    Workers::Task task = [&photos, call = std::move(call), shared, share = std::move(share)]() mutable {
        auto stored = photos.set(call.id(), call.request.body, call.part.departments, call.actor());
        share.reset();  // before its answer is there, which the next one may follow
        (*shared)(nothing_or_problem(stored));
    };
    if (drawing.post(task) == Workers::Taken::full)
        (*shared)(refuse(base::ErrorKind::unavailable, "busy",
                         "Too many photos are waiting. Try again in a moment."));
}

}  // namespace

Operations people_operations(People& people, FormerPeople& former, const Cards& cards, Photos& photos,
                             Workers& drawing, Shares& shares, FoundCodes& found) {
    return {
        {"GET", "/former-people", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return list_former_people(former, call); })},
        {"DELETE", "/former-people/{id}", may(Function::people, Level::edit), Body::none,
         at_once([&](Call& call) {
             return nothing_or_problem(former.erase(call.id(), call.part.departments, call.actor()));
         })},
        {"GET", "/people/{id}/photo", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return get_photo(photos, call); })},
        {"PUT", "/people/{id}/photo", may(Function::people, Level::edit), Body::none,
         [&](Call call, Finish finish) {
             set_photo(photos, drawing, shares, std::move(call), std::move(finish));
         },
         ports::picture_file_bytes},
        {"DELETE", "/people/{id}/photo", may(Function::people, Level::edit), Body::none,
         at_once([&](Call& call) {
             return nothing_or_problem(photos.remove(call.id(), call.part.departments, call.actor()));
         })},
        {"GET", "/cards", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return list_cards(cards, call); })},
        {"GET", "/cards/{id}", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return get_card(cards, call); })},
        {"GET", "/people", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return list_people(people, call); })},
        {"POST", "/people", may(Function::people, Level::edit), Body::object,
         at_once([&](Call& call) { return add_person(people, found, call); })},
        {"GET", "/people/{id}", may(Function::people, Level::view), Body::none,
         at_once([&](Call& call) { return ok_or_problem(people.get(call.id(), call.part.departments)); })},
        {"PATCH", "/people/{id}", may(Function::people, Level::edit), Body::object,
         at_once([&](Call& call) { return change_person(people, found, call); })},
        {"DELETE", "/people/{id}", may(Function::people, Level::edit), Body::none,
         at_once([&](Call& call) { return remove_person(people, call); })},
    };
}

}  // namespace sallyport::server

#include <algorithm>
#include <iterator>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/api/answers.hpp"
#include "server/api/lists_api.hpp"
#include "server/api/person_body.hpp"
#include "server/api/responses.hpp"

namespace sallyport::server {

namespace {

Importer importer(const Call& call) {
    return {call.actor(), call.session->account.id, call.session->id};
}

Answer<Reply> open_import(Imports& imports, const Call& call) {
    const auto existing = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        return fields.choice("existing", {"refuse", "change"}, Need::required);
    });
    if (!existing) return std::unexpected(existing.error());
    return created_or_problem(imports.open(*base::enum_from<Existing>(**existing), importer(call)));
}

/// Each row with its own faults, so that the others are looked at all the same. Answers with the faults.
Answer<boost::json::array> fill(Imports& imports, Id id, const Call& call) {
    std::vector<FieldError> faults;
    std::vector<std::optional<PersonPatch>> rows;
    const auto read = read_body(call, Sent::anything, [&](Fields& fields, std::vector<FieldError>&) {
        const auto* list = fields.list("people", 1, Imports::rows_per_call, Need::required);
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
            const auto path = fmt::format("people.{}", i);
            const auto before = faults.size();
            const auto* object = (*list)[i].if_object();
            auto& row = rows.emplace_back();
            if (object == nullptr) {
                faults.push_back({path, "type", "This must be an object."});
                continue;
            }
            Fields one(*object, faults, path);
            row = read_row(one, faults);
            one.finish();
            if (faults.size() != before) row.reset();
        }
        return true;
    });
    if (!read) return std::unexpected(read.error());
    auto more = imports.fill(id, std::move(rows), call.part.departments, importer(call));
    if (!more) return std::unexpected(more.error());
    std::ranges::move(*more, std::back_inserter(faults));
    boost::json::array told;
    for (const auto& fault : faults) told.push_back(field_json(fault));
    return told;
}

Answer<Reply> fill_import(Imports& imports, const Call& call) {
    auto faults = fill(imports, call.id(), call);
    if (!faults) return std::unexpected(faults.error());
    return ok(boost::json::object{{"faults", *std::move(faults)}});
}

/// An import of new people with its rows in one call: what it answers is the preview.
Answer<Reply> open_batch(Imports& imports, const Call& call) {
    const auto rows = read_body(call, Sent::anything, [](Fields& fields, std::vector<FieldError>&) {
        const auto* list = fields.list("people", 1, Imports::rows_per_call, Need::required);
        for (std::size_t i = 0; list != nullptr && i < list->size(); ++i)
            if (!(*list)[i].is_object())
                fields.wrong(fmt::format("people.{}", i), "type", "This must be an object.");
        return true;
    });
    if (!rows) return std::unexpected(rows.error());
    const auto opened = imports.open(Existing::refuse, importer(call));
    if (!opened) return std::unexpected(opened.error());
    const auto id = id_from(opened->at("id").as_string()).value_or(0);
    auto faults = fill(imports, id, call);
    if (!faults) return std::unexpected(faults.error());
    auto filled = imports.get(id, importer(call));
    if (!filled) return std::unexpected(filled.error());
    return created(boost::json::object{{"import", *std::move(filled)}, {"faults", *std::move(faults)}});
}

}  // namespace

Operations import_operations(Imports& imports, FoundCodes& found) {
    const auto edit = may(Function::people, Level::edit);
    return {
        {"POST", "/people/import", edit, Body::object,
         at_once([&](Call& call) { return open_import(imports, call); })},
        {"POST", "/people/batch", edit, Body::object,
         at_once([&](Call& call) { return open_batch(imports, call); })},
        {"GET", "/people/import/{id}", edit, Body::none,
         at_once([&](Call& call) { return ok_or_problem(imports.get(call.id(), importer(call))); })},
        {"POST", "/people/import/{id}/rows", edit, Body::object,
         at_once([&](Call& call) { return fill_import(imports, call); })},
        {"POST", "/people/import/{id}/begin", edit, Body::none, at_once([&](Call& call) {
             return ok_or_problem(
                 found.counted(call.actor(), [&] { return imports.begin(call.id(), importer(call)); }));
         })},
        {"DELETE", "/people/import/{id}", edit, Body::none,
         at_once([&](Call& call) { return nothing_or_problem(imports.cancel(call.id(), importer(call))); })},
    };
}

}  // namespace sallyport::server

#pragma once
// Small shapes that most operations share.
#include <utility>

#include <boost/json/array.hpp>
#include <fmt/core.h>

#include "codec/mail/mail.hpp"
#include "server/api/operation.hpp"
#include "server/wire/fields.hpp"
#include "server/wire/parameters.hpp"
#include "server/wire/time_text.hpp"

namespace sallyport::server {

[[nodiscard]] inline Answer<Reply> ok_or_problem(Answer<boost::json::object> answer) {
    if (!answer) return std::unexpected(std::move(answer.error()));
    return ok(*std::move(answer));
}
[[nodiscard]] inline Answer<Reply> created_or_problem(Answer<boost::json::object> answer) {
    if (!answer) return std::unexpected(std::move(answer.error()));
    return created(*std::move(answer));
}
[[nodiscard]] inline Answer<Reply> nothing_or_problem(Outcome outcome) {
    if (!outcome) return std::unexpected(std::move(outcome.error()));
    return no_content();
}

[[nodiscard]] inline std::unexpected<Problem> not_for_tokens() {
    return refuse(base::ErrorKind::forbidden, "not_for_tokens",
                  "A token cannot do this: it is for people who sign in with their password.");
}

/// Reads a body with `read(fields, errors)`, which gives a patch. With Sent::something an empty body is
/// wrong.
enum class Sent { anything, something };
template <class Read>
[[nodiscard]] auto read_body(const Call& call, Sent sent, Read read)
    -> Answer<std::invoke_result_t<Read, Fields&, std::vector<FieldError>&>> {
    std::vector<FieldError> errors;
    Fields fields(call.body, errors);
    auto patch = read(fields, errors);
    fields.finish();
    if (sent == Sent::something && call.body.empty())
        fields.wrong("", "too_short", "Send at least one member to change.");
    if (!errors.empty()) return std::unexpected(Problem(std::move(errors)));
    return patch;
}

/// Reads each object of a list with `read(fields)`; what is no object is named.
template <class T, class Read>
[[nodiscard]] std::optional<std::vector<T>> read_each(Fields& fields, std::vector<FieldError>& errors,
                                                      std::string_view name, std::size_t most, Read read) {
    const auto* list = fields.list(name, 0, most);
    if (list == nullptr) return std::nullopt;
    std::vector<T> all;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto* object = (*list)[i].if_object();
        if (object == nullptr) {
            fields.wrong(fmt::format("{}.{}", name, i), "type", "This must be an object.");
            continue;
        }
        Fields one(*object, errors, fields.path_of(fmt::format("{}.{}", name, i)));
        all.push_back(read(one));
        one.finish();
    }
    return all;
}

/// An id that has to be there; 0 when it is not.
[[nodiscard]] inline Id read_id(Fields& fields, std::string_view name) {
    const auto id = fields.nullable_id(name);
    if (!id || !*id) fields.wrong(name, "missing", "This is needed.");
    return id && *id ? **id : 0;
}

/// A page of a list without filters.
[[nodiscard]] inline Answer<Page> only_page(const Call& call) {
    Parameters parameters(call.request.query);
    auto page = parameters.page();
    if (auto read = parameters.finish(); !read) return std::unexpected(std::move(read.error()));
    return page;
}

/// A time of the day before its end.
[[nodiscard]] inline bool is_time_of_day(std::string_view text) {
    return second_from(text).has_value() && text != "24:00:00";
}
inline constexpr TextRule time_of_day_rule{0, 16, is_time_of_day, "A time of day looks like 08:00:00."};

inline constexpr TextRule name_rule{
    1, 64, is_name,
    "A name is one line that can be seen: without line breaks, tabs, control characters and marks that turn "
    "the direction of text.",
    "characters"};
inline constexpr std::int64_t newest_revision = std::int64_t{1} << 53;
/// The revision that a change was made from, which is sent with it or left out.
[[nodiscard]] inline std::optional<std::int64_t> read_revision(Fields& fields) {
    return fields.integer("revision", 1, newest_revision);
}
inline constexpr TextRule mail_rule{3, 254, codec::is_mail_address,
                                    "Write an address such as anna@example.org."};
inline constexpr TextRule remark_rule{0, 500, nullptr, {}};

}  // namespace sallyport::server

#pragma once
// Two who change the same thing: each row that operators edit has a revision, which grows with each change.
// A change that names the revision it was made from is refused once somebody else was quicker, and changes
// nothing; one that names none changes whatever is there (api/openapi.yaml, Revision).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ports/database.hpp"
#include "server/storage/id_source.hpp"
#include "server/wire/problem.hpp"

namespace sallyport::server {

/// conflict "changed_meanwhile": somebody else has saved since the change was begun.
[[nodiscard]] std::unexpected<Problem> changed_meanwhile(std::string_view name);

struct Revised {
    std::string_view table;
    Id id = 0;
    std::string_view name;  ///< of what is changed, for the sentence
    std::string_view column = "revision";
};
/// Inside a unit of work, before anything of a change is stored: the row's revision grows by one. Error
/// conflict "changed_meanwhile" when the change was made from another revision than the row has.
[[nodiscard]] Outcome begin_change(ports::Connection&, const Revised&, std::optional<std::int64_t> made_from);

}  // namespace sallyport::server

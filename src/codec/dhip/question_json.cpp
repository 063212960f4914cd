#include "codec/dhip/question_json.hpp"

#include "base/enum_text.hpp"
#include "codec/dhip/reader.hpp"
#include "codec/dhip/record_json.hpp"
#include "codec/dhip/time_text.hpp"

namespace sallyport::codec::dhip {

/// The members of the record that the attempt would be, but for those of time, place in the journal and
/// result.
boost::json::object to_json(const core::AskOperator& asked) {
    auto object = to_json(core::StoredRecord{{}, asked.attempt, {}, {}});
    for (const auto* name :
         {"generation", "sequence", "at", "utc_offset_s", "kind", "trace", "previous", "hash"}) {
        object.erase(name);
    }
    object["question"] = asked.question;
    object["expiresInMs"] = std::chrono::duration_cast<std::chrono::milliseconds>(asked.patience).count();
    return object;
}

base::Result<core::AskOperator> question_from(const boost::json::object& told) {
    Fault fault;
    const Reader from(told, "question", fault);
    core::AskOperator asked;
    asked.question = from["question"].count();
    asked.patience = std::chrono::milliseconds(from["expiresInMs"].integer(0, 120'000));
    if (fault) return std::unexpected(*std::move(fault));
    boost::json::value attempt = told;
    auto& members = attempt.as_object();
    members["generation"] = 1;
    members["sequence"] = 0;
    members["at"] = utc_text({});
    members["kind"] = base::text_of(core::RecordKind::access);
    auto read = record_from(attempt);
    if (!read) return std::unexpected(std::move(read.error()));
    asked.attempt = std::move(read->record);
    return asked;
}

}  // namespace sallyport::codec::dhip

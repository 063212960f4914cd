#include "codec/dhip/question_json.hpp"

#include "codec/dhip/record_json.hpp"

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

}  // namespace sallyport::codec::dhip

#pragma once
// Doors that ask an operator before they let somebody in (platform.md M3; docs/device-protocol.md,
// Verification): who stands there, how long the controller still waits, and whose answer counted. The
// first answer counts; who comes later is told whose it was. In memory only: a controller tells what it
// still asks to whoever attaches. Any thread.
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>
#include <boost/json/object.hpp>

#include "core/station/station.hpp"
#include "ports/clock.hpp"
#include "ports/database.hpp"
#include "server/doors/doors.hpp"
#include "server/live/live.hpp"
#include "server/rights/part.hpp"

namespace sallyport::server {

/// Also the words of the contract. unanswered: the time was over; withdrawn: the controller does not wait any
/// more, or is offline.
enum class VerificationState : std::uint8_t { waiting, granted, denied, unanswered, withdrawn };
BOOST_DESCRIBE_ENUM(VerificationState, waiting, granted, denied, unanswered, withdrawn)

/// An answer that counts, on its way to the controller.
struct TakenAnswer {
    Id device = 0;
    std::uint64_t question = 0;  ///< the controller's
    core::Verification answer = core::Verification::denied;
    Id door = 0;
    std::string door_name;
    std::optional<std::string> user_id;
};

class Verifications {
  public:
    /// That one controller may ask at once; a door asks one question at a time.
    static constexpr std::size_t at_once = base::max_doors;
    /// So long it is known how a question ended.
    static constexpr base::Duration remembered = std::chrono::minutes(1);

    /// All outlive this.
    Verifications(ports::Database& database, IdSource& ids, const ports::Clock& clock, const Doors& doors,
                  Live& live)
        : database_(database), ids_(ids), clock_(clock), doors_(doors), live_(live) {}

    /// A controller asks; once more when it is asked again after an interruption. Reads the database.
    void ask(Id device, const core::AskOperator&);
    /// It does not wait any more.
    void over(Id device, std::uint64_t question);
    /// The controller is offline.
    void lost(Id device);
    /// Ends what nobody answered, and forgets what ended long ago. About once a second.
    void sweep();

    /// Those that wait, the most urgent first: {"items", "next"} as in GET /verifications.
    [[nodiscard]] boost::json::object list(const Viewer&) const;
    /// As in api/openapi.yaml: Verification.
    [[nodiscard]] Answer<boost::json::object> get(Id, const Viewer&) const;
    /// From here on nobody else's answer counts. Errors: not_found, conflict "question_over" that says why.
    [[nodiscard]] Answer<TakenAnswer> take(Id, core::Verification, const Viewer&, const std::string& by);
    /// What became of it: when the controller did not take the answer, the question stands again, unless it
    /// is over.
    void settle(Id, const base::Status& taken);

  private:
    struct Question {
        Id id = 0;
        Id device = 0;
        std::uint64_t number = 0;  ///< the controller's
        Door door;
        core::Record attempt;
        boost::json::value person;
        boost::json::value department;
        std::optional<Id> department_id;
        base::UtcTime asked_at;
        base::Instant until;
        base::Duration patience{};
        VerificationState state = VerificationState::waiting;
        std::optional<core::Verification> answer;  ///< on its way to the controller
        std::string by;                            ///< whose answer counts
        base::Instant ended;
    };
    using Questions = std::map<Id, Question>;
    enum class Sees { nothing, attempt, all_but_card, all };
    [[nodiscard]] Sees seen_by(const Question&, const Viewer&) const;
    [[nodiscard]] boost::json::object told(const Question&, Sees) const;
    [[nodiscard]] Questions::const_iterator find(Id, const Viewer&) const;
    [[nodiscard]] std::size_t waiting_at(Id device) const;
    void read_person(Question&) const;
    void end(Question&, VerificationState) const;
    void publish(const Question&) const;

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    const Doors& doors_;
    Live& live_;
    mutable std::mutex mutex_;
    Questions questions_;
};

}  // namespace sallyport::server

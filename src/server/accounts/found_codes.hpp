#pragma once
// A public password opens doors by its digits alone. Who types digits and is told that they are taken has
// found one, so those answers are counted as wrong guesses are, and each stands in the audit log. Guesses
// that miss leave a person or a public password behind: the code is looked at when nothing else is wrong. Any
// thread.
#include "server/accounts/attempts.hpp"
#include "server/audit/audit.hpp"

namespace sallyport::server {

class FoundCodes {
  public:
    /// All outlive this.
    FoundCodes(ports::Database& database, const ports::Clock& clock, Audit& audit)
        : database_(database), audit_(audit), attempts_(database, clock) {}

    /// Makes a change that may answer conflict "code_taken" or "user_id_reserved", which is then counted for
    /// the account. Error: limit "too_many_attempts" after five, growing.
    template <class Change>
    [[nodiscard]] auto counted(const Actor& actor, Change change) -> decltype(change()) {
        const auto attempt = admit(actor);
        if (!attempt) return std::unexpected(attempt.error());
        auto answer = change();
        if (!answer && tells_a_code(answer.error()))
            if (auto noted = note(*attempt, actor); !noted) return std::unexpected(noted.error());
        return answer;
    }

    /// One was told already, in the background.
    void found(const Actor& actor) {
        if (const auto attempt = admit(actor)) (void)note(*attempt, actor);
    }

  private:
    [[nodiscard]] Answer<Attempts::Admitted> admit(const Actor& actor) {
        return attempts_.admit({{"code_found", actor.account.value_or("")}}, "too_many_attempts");
    }
    [[nodiscard]] static bool tells_a_code(const Problem& problem) {
        return problem.code == "code_taken" || problem.code == "user_id_reserved";
    }
    [[nodiscard]] Outcome note(const Attempts::Admitted&, const Actor&);

    ports::Database& database_;
    Audit& audit_;
    Attempts attempts_;
};

}  // namespace sallyport::server

#pragma once
// The data of a platform, for commands that are run beside it or without it.
#include <filesystem>
#include <memory>

#include "adapters/linux/machine_clock.hpp"
#include "base/result.hpp"
#include "ports/database.hpp"
#include "server/accounts/accounts.hpp"
#include "server/accounts/operators.hpp"

namespace sallyport::apps {

/// What the commands need of a platform that does not serve.
struct Opened {
    Opened(std::unique_ptr<ports::Database> store, server::Sealer key)
        : database(std::move(store)),
          sealer(std::move(key)),
          ids(clock,
              1'023),  // the running platform, which is another node, may write in the same millisecond
          audit(*database, ids, clock),
          rules(*database, audit),
          sessions(*database, ids, clock, rules),
          second_factors(*database, clock, audit, sessions, sealer),
          outbox({*database, clock, ids, audit, sealer, nullptr, nullptr, {}}),
          mailboxes(*database, clock, audit, outbox),
          accounts(*database, ids, clock, audit, sessions, second_factors, mailboxes, {}),
          operators(*database, ids, clock, audit, sessions, mailboxes, {}) {}
    adapters::MachineClock clock;
    std::unique_ptr<ports::Database> database;
    server::Sealer sealer;
    server::IdSource ids;
    server::Audit audit;
    server::SignInRules rules;
    server::Sessions sessions;
    server::SecondFactors second_factors;
    server::Outbox outbox;  ///< what is to be sent waits for the platform
    server::Mailboxes mailboxes;
    server::Accounts accounts;
    server::Operators operators;
};

/// Errors: not_found "no_store" when there is none.
[[nodiscard]] base::Result<std::unique_ptr<Opened>> open_platform(const std::filesystem::path& directory);

}  // namespace sallyport::apps

#include "apps/sallyport/opened.hpp"

#include "apps/sallyport/store.hpp"

namespace sallyport::apps {

base::Result<std::unique_ptr<Opened>> open_platform(const std::filesystem::path& directory) {
    const adapters::MachineClock clock;
    auto store = open_existing_store(directory, clock);
    if (!store) return std::unexpected(store.error());
    auto sealer = server::Sealer::open(directory / "secret.key");
    if (!sealer) return std::unexpected(sealer.error());
    auto opened = std::make_unique<Opened>(*std::move(store), *std::move(sealer));
    const auto last = server::last_id(*opened->database);
    if (!last) return std::unexpected(last.error());
    if (auto started = opened->ids.start_after(*last); !started) return std::unexpected(started.error());
    if (auto loaded = opened->outbox.load(); !loaded) return std::unexpected(loaded.error());
    return opened;
}

}  // namespace sallyport::apps

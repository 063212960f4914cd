#pragma once
// Searches for controllers (platform.md V2; docs/device-protocol.md "Discovery"): one multicast, and every
// address of a range one by one. What is found is what the network says; nothing of it is trusted.
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/describe/enum.hpp>

#include "base/result.hpp"
#include "codec/dhip/discovery.hpp"
#include "ports/transport.hpp"
#include "server/storage/id_source.hpp"

namespace sallyport::server {

enum class SearchState : std::uint8_t { running, done, cancelled };
BOOST_DESCRIBE_ENUM(SearchState, running, done, cancelled)

struct FoundDevice {
    ports::Endpoint from;  ///< where the answer came from; its own port is in `said`
    codec::dhip::Announcement said;
};

struct SearchResult {
    Id id = 0;
    SearchState state = SearchState::running;
    std::size_t scanned = 0;
    std::size_t total = 0;
    std::vector<FoundDevice> found;  ///< each serial once, in the order of the answers
};

class Searches {
  public:
    /// Makes a socket to ask with.
    using OpenSocket = std::function<base::Result<std::unique_ptr<ports::DatagramSocket>>()>;

    /// `everywhere`: where a search without a range asks, such as the multicast address. Empty: searching is
    /// off.
    Searches(boost::asio::io_context& loop, IdSource&, OpenSocket, std::vector<ports::Endpoint> everywhere);
    ~Searches();

    /// Starts a search and ends an earlier one of the same account. `told` is called once, on the loop: when
    /// it is over, or after `patience` with what was found so far. Errors: unavailable "search_off", those of
    /// parse_search_range and of the socket; `told` is not called then.
    [[nodiscard]] base::Status start(const std::string& account, const std::optional<std::string>& range,
                                     std::chrono::seconds patience, std::function<void(SearchResult)> told);
    /// None when there is no such search, or its ten minutes are over.
    [[nodiscard]] std::optional<SearchResult> find(Id) const;
    /// False when there is no such search.
    bool cancel(Id);

  private:
    struct Search;
    void forget_old();

    boost::asio::io_context& loop_;
    IdSource& ids_;
    OpenSocket open_;
    std::vector<ports::Endpoint> everywhere_;
    mutable std::mutex mutex_;
    std::map<Id, std::shared_ptr<Search>> searches_;  ///< under mutex_
};

}  // namespace sallyport::server

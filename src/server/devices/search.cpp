#include "server/devices/search.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/devices/search_range.hpp"

namespace sallyport::server {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t asked_at_once = 64;
constexpr milliseconds between_askings{20};  // 3,200 a second: no switch or radio link drops them
constexpr milliseconds answers_take{1'500};  // for answers after the last question
constexpr std::chrono::minutes kept_for{10};
constexpr std::size_t most_found = 10'000;

}  // namespace

/// One search: its coroutine runs on the loop, its result is read from anywhere.
struct Searches::Search {
    std::mutex mutex;
    SearchResult result;  ///< under mutex
    std::string account;
    std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    std::unique_ptr<ports::DatagramSocket> socket;
    std::vector<ports::Endpoint> targets;

    [[nodiscard]] SearchResult copy() {
        std::lock_guard lock(mutex);
        return result;
    }
    void heard(std::string_view bytes, const ports::Endpoint& from) {
        auto said = codec::dhip::announcement_from(bytes);
        if (!said) return;  // anybody can send anything
        std::lock_guard lock(mutex);
        auto& found = result.found;
        const auto same = [&](const auto& other) { return other.said.serial == said->serial; };
        if (found.size() < most_found && std::none_of(found.begin(), found.end(), same))
            found.push_back({from, std::move(*said)});
    }
    void set_scanned(std::size_t scanned) {
        std::lock_guard lock(mutex);
        result.scanned = scanned;
    }
    [[nodiscard]] bool running() {
        std::lock_guard lock(mutex);
        return result.state == SearchState::running;
    }
    /// True for the one call that ended it.
    bool end(SearchState state) {
        std::lock_guard lock(mutex);
        if (result.state != SearchState::running) return false;
        result.state = state;
        return true;
    }
};

namespace {

/// Tells the asker once: at the end, or when the asker's patience is over.
class Asker {
  public:
    Asker(std::chrono::seconds patience, std::function<void(SearchResult)> told)
        : deadline_(std::chrono::steady_clock::now() + patience), told_(std::move(told)) {}
    void tell(const SearchResult& result) {
        if (told_) std::exchange(told_, nullptr)(result);
    }
    [[nodiscard]] bool impatient() const { return told_ && std::chrono::steady_clock::now() >= deadline_; }

  private:
    std::chrono::steady_clock::time_point deadline_;
    std::function<void(SearchResult)> told_;
};

template <class Search>
asio::awaitable<void> run(asio::io_context& loop, std::shared_ptr<Search> search, Asker asker) {
    asio::steady_timer timer(loop);
    const auto question = codec::dhip::encode(codec::dhip::Search{});
    std::size_t next = 0;
    milliseconds waited{0};
    while (search->running() && (next < search->targets.size() || waited < answers_take)) {
        const auto end = std::min(next + asked_at_once, search->targets.size());
        if (next == end) waited += between_askings;
        for (; next < end; ++next) search->socket->send(question, search->targets[next]);
        search->set_scanned(next);
        if (asker.impatient()) asker.tell(search->copy());
        timer.expires_after(between_askings);
        co_await timer.async_wait(asio::use_awaitable);
    }
    search->end(SearchState::done);
    search->socket.reset();
    asker.tell(search->copy());
}

}  // namespace

Searches::Searches(asio::io_context& loop, IdSource& ids, OpenSocket open,
                   std::vector<ports::Endpoint> everywhere)
    : loop_(loop), ids_(ids), open_(std::move(open)), everywhere_(std::move(everywhere)) {}

Searches::~Searches() = default;

base::Status Searches::start(const std::string& account, const std::optional<std::string>& range,
                             std::chrono::seconds patience, std::function<void(SearchResult)> told) {
    if (everywhere_.empty()) {
        return base::fail(
            base::ErrorKind::unavailable, "search_off",
            "The platform was started with --discovery off. Add the controller by its address.");
    }
    auto search = std::make_shared<Search>();
    search->account = account;
    search->targets = everywhere_;
    if (range) {
        auto targets = parse_search_range(*range, everywhere_.front().port);
        if (!targets) return std::unexpected(targets.error());
        search->targets.insert(search->targets.end(), targets->begin(), targets->end());
    }
    auto socket = open_();
    if (!socket) return std::unexpected(socket.error());
    search->socket = std::move(*socket);
    search->socket->on_received = [weak = std::weak_ptr(search)](std::string_view bytes,
                                                                 const ports::Endpoint& from) {
        if (auto alive = weak.lock()) alive->heard(bytes, from);
    };
    search->result.id = ids_.next();
    search->result.total = search->targets.size();
    {
        std::lock_guard lock(mutex_);
        forget_old();
        for (auto& [id, other] : searches_) {
            if (other->account == account) other->end(SearchState::cancelled);
        }
        searches_[search->result.id] = search;
    }
    asio::co_spawn(loop_, run(loop_, std::move(search), Asker(patience, std::move(told))), asio::detached);
    return {};
}

std::optional<SearchResult> Searches::find(Id id) const {
    std::lock_guard lock(mutex_);
    auto found = searches_.find(id);
    if (found == searches_.end() || std::chrono::steady_clock::now() - found->second->begun > kept_for)
        return std::nullopt;
    return found->second->copy();
}

bool Searches::cancel(Id id) {
    std::lock_guard lock(mutex_);
    auto found = searches_.find(id);
    if (found == searches_.end()) return false;
    found->second->end(SearchState::cancelled);
    return true;
}

void Searches::forget_old() {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(searches_, [&](const auto& entry) { return now - entry.second->begun > kept_for; });
}

}  // namespace sallyport::server

#include "server/snmp/snmp_agent.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <fmt/core.h>

#include "base/log.hpp"

namespace sallyport::server {

namespace agentx = codec::agentx;
using agentx::Type;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::uint8_t patience_s = 5;
constexpr seconds first_answer{5};
constexpr seconds between_counts{10};
constexpr seconds counted_over{60};
constexpr seconds first_pause{1};
constexpr seconds longest_pause{60};

}  // namespace

SnmpAgent::State SnmpAgent::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void SnmpAgent::say(std::string_view word, std::string problem) {
    const std::lock_guard lock(mutex_);
    state_ = {word, std::move(problem)};
}

void SnmpAgent::start() {
    say("connecting");
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void SnmpAgent::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void SnmpAgent::run(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    auto pause = first_pause;
    bool said_so = false;
    while (!stop.stop_requested()) {
        const auto began = Steady::now();
        const auto why = serve(stop);
        if (stop.stop_requested()) return;
        say("failing", why.error().message);
        if (Steady::now() - began > longest_pause) pause = first_pause;
        if (!std::exchange(said_so, true) || pause == first_pause)
            base::log_warning("The SNMP agent is not reached: " + why.error().message);
        stopped.wait_for(lock, stop, pause, [] { return false; });
        pause = std::min(pause * 2, longest_pause);
    }
}

/// Until the connection is lost, or the platform stops.
base::Status SnmpAgent::serve(const std::stop_token& stop) {
    const auto stream = open_(path_);
    if (!stream) return std::unexpected(stream.error());
    auto& master = **stream;
    const auto session = said(master, agentx::open_packet(1, patience_s, snmp_root(), "Sallyport"), stop);
    if (!session) return std::unexpected(session.error());
    if (auto taken = said(master, agentx::enrol_packet(*session, 2, snmp_root()), stop); !taken)
        return std::unexpected(taken.error());
    say("connected");
    base::log_notice(fmt::format("The SNMP agent at {} asks for figures.", path_));
    for (;;) {
        const auto asked = receive(master, stop);
        if (!asked && asked.error().code == "timeout") {
            count(figures_().events);
            continue;
        }
        if (!asked) {
            (void)master.write(agentx::close_packet(*session, 3));
            return std::unexpected(asked.error());
        }
        if (asked->type == Type::close)
            return base::fail(base::ErrorKind::unavailable, "connection_lost", "It has said good-bye.");
        const auto reply = agentx::answer(*asked, tree());
        if (reply.empty()) continue;
        if (auto sent = master.write(reply); !sent) return sent;
    }
}

base::Result<SnmpAgent::Packet> SnmpAgent::receive(ports::LocalStream& master,
                                                   const std::stop_token& stop) const {
    const auto header = master.read(agentx::header_bytes, between_counts, stop);
    if (!header) return std::unexpected(header.error());
    const auto size = agentx::payload_size(*header);
    if (!size) return std::unexpected(size.error());
    const auto payload = master.read(*size, first_answer, stop);
    if (!payload) {
        auto why = payload.error();
        why.code = "connection_lost";  // in the middle of a packet nothing can be waited for
        return std::unexpected(why);
    }
    return agentx::parse(*header, *payload);
}

base::Result<std::uint32_t> SnmpAgent::said(ports::LocalStream& master, const std::string& packet,
                                            const std::stop_token& stop) const {
    if (auto sent = master.write(packet); !sent) return std::unexpected(sent.error());
    const auto answer = receive(master, stop);
    if (!answer) return std::unexpected(answer.error());
    if (answer->type == Type::response && answer->error == 0) return answer->session;
    return base::fail(base::ErrorKind::forbidden, "refused",
                      fmt::format("It refuses to ask for figures (AgentX error {}).", answer->error));
}

void SnmpAgent::count(std::uint64_t events) {
    const auto now = Steady::now();
    counted_.emplace_back(now, events);
    while (counted_.size() > 2 && now - counted_[1].first >= counted_over) counted_.pop_front();
}

const agentx::Tree& SnmpAgent::tree() {
    const auto now = Steady::now();
    if (!tree_.empty() && now - made_ < seconds{1}) return tree_;
    auto figures = figures_();
    if (counted_.empty() || now - counted_.back().first >= between_counts) count(figures.events);
    const auto& [since, before] = counted_.front();
    const auto took = std::chrono::duration_cast<milliseconds>(now - since).count();
    if (took > 0)
        figures.events_per_second = static_cast<std::uint32_t>((figures.events - before) * 1'000'000 /
                                                               static_cast<std::uint64_t>(took));
    tree_ = snmp_tree(figures);
    made_ = now;
    return tree_;
}

}  // namespace sallyport::server

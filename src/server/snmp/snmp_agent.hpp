#pragma once
// Figures for SNMP (platform.md I1, decision 0023), as a subagent of the SNMP agent on this machine, which
// does SNMPv3, its users and its encryption. It only tells: nothing can be set. A thread of its own talks to
// the agent and comes back when the connection was lost.
#include <chrono>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "ports/local_stream.hpp"
#include "server/snmp/snmp_figures.hpp"

namespace sallyport::server {

class SnmpAgent {
  public:
    /// `figures` is called on the thread, at most once a second; without the events per second, which are
    /// counted here.
    SnmpAgent(ports::OpenLocal open, std::string path, std::function<SnmpFigures()> figures)
        : open_(std::move(open)), path_(std::move(path)), figures_(std::move(figures)) {}
    ~SnmpAgent() { stop(); }
    SnmpAgent(const SnmpAgent&) = delete;
    SnmpAgent& operator=(const SnmpAgent&) = delete;

    /// Once.
    void start();
    void stop();
    /// Any thread. `word` is off, connecting, connected or failing; `problem`: why it failed.
    struct State {
        std::string_view word;
        std::string problem;
    };
    [[nodiscard]] State state() const;

  private:
    using Steady = std::chrono::steady_clock;
    using Packet = codec::agentx::Packet;
    void run(const std::stop_token&);
    [[nodiscard]] base::Status serve(const std::stop_token&);
    [[nodiscard]] base::Result<Packet> receive(ports::LocalStream&, const std::stop_token&) const;
    /// What the agent says to one of the first packets; its session.
    [[nodiscard]] base::Result<std::uint32_t> said(ports::LocalStream&, const std::string& packet,
                                                   const std::stop_token&) const;
    [[nodiscard]] const codec::agentx::Tree& tree();
    void count(std::uint64_t events);
    void say(std::string_view word, std::string problem = {});

    const ports::OpenLocal open_;
    const std::string path_;
    const std::function<SnmpFigures()> figures_;
    mutable std::mutex mutex_;
    State state_{"off", {}};  ///< under the mutex
    codec::agentx::Tree tree_;
    Steady::time_point made_{};
    std::deque<std::pair<Steady::time_point, std::uint64_t>> counted_;  ///< events, over the last minute
    std::jthread thread_;                                               ///< the last
};

}  // namespace sallyport::server

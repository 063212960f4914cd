#include "controller/loop.hpp"

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace sallyport::controller {

TEST(Aside, runs_one_after_the_other_away_from_the_loop_and_answers_on_it) {
    boost::asio::io_context loop{1};
    const auto open = boost::asio::make_work_guard(loop);
    Aside aside(loop);
    std::atomic<int> running{0};
    std::vector<int> answers;
    const auto here = std::this_thread::get_id();
    for (int i = 0; i < 50; ++i) {
        aside.run(
            [&running, here, i] {
                EXPECT_NE(std::this_thread::get_id(), here);
                EXPECT_EQ(running++, 0);
                --running;
                return i;
            },
            [&answers, here](int answer) {
                EXPECT_EQ(std::this_thread::get_id(), here);
                answers.push_back(answer);
            });
    }
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (answers.size() < 50 && std::chrono::steady_clock::now() < deadline)
        loop.run_one_for(std::chrono::milliseconds{100});
    ASSERT_EQ(answers.size(), 50U);
    for (int i = 0; i < 50; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)], i);
}

TEST(Aside, waits_for_what_runs_and_drops_what_has_not_begun) {
    boost::asio::io_context loop{1};
    std::atomic<bool> begun{false};
    std::atomic<int> ended{0};
    constexpr int more_than_it_gets_done = 1'000;
    {
        Aside aside(loop);
        for (int i = 0; i < more_than_it_gets_done; ++i) {
            aside.run(
                [&] {
                    begun = true;
                    begun.notify_all();
                    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds{20};
                    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
                    return ++ended;
                },
                [](int) { ADD_FAILURE() << "the loop does not run"; });
        }
        begun.wait(false);
    }
    EXPECT_GE(ended, 1);
    EXPECT_LT(ended, more_than_it_gets_done);
}

}  // namespace sallyport::controller

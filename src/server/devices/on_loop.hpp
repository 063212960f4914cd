#pragma once
// Where the work of `Devices` runs: on the sessions' loop what talks to controllers, elsewhere what blocks.
#include <functional>
#include <type_traits>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/result.hpp"
#include "ports/database.hpp"

namespace sallyport::server {

/// Runs what blocks on the workers and resumes where it was awaited.
template <class Work>
boost::asio::awaitable<std::invoke_result_t<Work>> on_workers(boost::asio::thread_pool& workers, Work work) {
    using Result = std::invoke_result_t<Work>;
    co_return co_await boost::asio::co_spawn(
        workers, [work = std::move(work)]() mutable -> boost::asio::awaitable<Result> { co_return work(); },
        boost::asio::use_awaitable);
}

template <class T>
void answer_with(boost::asio::io_context& loop, std::function<boost::asio::awaitable<base::Result<T>>()> work,
                 std::function<void(base::Result<T>)> later) {
    boost::asio::co_spawn(
        loop,
        [work = std::move(work), later = std::move(later)]() -> boost::asio::awaitable<void> {
            auto outcome = co_await work();
            later(std::move(outcome));
        },
        boost::asio::detached);
}

/// A unit of work that answers with nothing, awaited on the loop: a thousand controllers' changes share one
/// commit, and none of them keeps a thread waiting.
template <class Work>
boost::asio::awaitable<base::Status> write_on(boost::asio::io_context& loop, ports::Database& database,
                                              Work work) {
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(base::Status)>(
        [&loop, &database, &work](auto handler) {
            database.write(std::move(work), [&loop,
                                             handler = std::move(handler)](base::Status status) mutable {
                boost::asio::post(loop, [handler = std::move(handler), status = std::move(status)]() mutable {
                    std::move(handler)(std::move(status));
                });
            });
        },
        boost::asio::use_awaitable);
}

}  // namespace sallyport::server

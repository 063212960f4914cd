#pragma once
// Passwords of accounts: argon2id with 8 MiB (controller.md E4), computed on a thread of their own, because
// one takes as long as hundreds of decisions.
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace sallyport::controller {

/// 8 to 128 bytes. One sentence otherwise.
[[nodiscard]] base::Status check_password(const base::Secret&);
/// 6 to 8 digits, and not the factory's.
[[nodiscard]] base::Status check_keypad_password(const base::Secret&);
[[nodiscard]] base::Secret new_keypad_password();
/// 64 random hexadecimal digits.
[[nodiscard]] std::string new_session_key();

/// Called, and calls back, on the loop. At most 32 wait; more get `limit` "busy".
class Passwords {
  public:
    explicit Passwords(boost::asio::io_context& loop) : loop_(loop) {}
    /// Those that have not begun are dropped.
    ~Passwords() {
        pool_.stop();
        pool_.join();
    }
    Passwords(const Passwords&) = delete;
    Passwords& operator=(const Passwords&) = delete;

    /// libsodium's string form.
    void hash(base::Secret, std::move_only_function<void(base::Result<std::string>)> done);
    /// Success, or `unauthenticated` "wrong_password". An empty hash takes as long and never fits: nobody
    /// learns which accounts there are.
    void verify(base::Secret, std::string argon2id, std::move_only_function<void(base::Status)> done);

  private:
    template <class Work, class Done>
    void run(Work work, Done done);

    boost::asio::io_context& loop_;
    std::size_t waiting_ = 0;
    boost::asio::thread_pool pool_{1};
};

}  // namespace sallyport::controller

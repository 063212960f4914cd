#pragma once
// Passwords of accounts: argon2id with 8 MiB (controller.md E4), computed on a thread of their own, because
// one takes as long as hundreds of decisions.
#include <functional>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "controller/loop.hpp"

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
    /// Those that have not begun when it goes are dropped.
    explicit Passwords(boost::asio::io_context& loop) : aside_(loop) {}

    /// libsodium's string form.
    void hash(base::Secret, std::move_only_function<void(base::Result<std::string>)> done);
    /// Success, or `unauthenticated` "wrong_password". An empty hash takes as long and never fits: nobody
    /// learns which accounts there are.
    void verify(base::Secret, std::string argon2id, std::move_only_function<void(base::Status)> done);

  private:
    template <class Work, class Done>
    void run(Work work, Done done);

    std::size_t waiting_ = 0;
    Aside aside_;  // the last: what runs there uses the rest
};

}  // namespace sallyport::controller

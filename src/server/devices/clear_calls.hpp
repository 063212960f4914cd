#pragma once
// Calls of the dialect in clear (docs/compatibility.md): what an answer holds, or the API's error for what
// was refused.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "server/devices/conversation.hpp"
#include "server/devices/device_login.hpp"

namespace sallyport::server {

/// The answer's params.
[[nodiscard]] boost::asio::awaitable<base::Result<boost::json::object>> ask(Conversation&, std::string method,
                                                                            boost::json::object params = {},
                                                                            std::uint32_t object = 0);
/// The number by which a factory's object is named from now on.
[[nodiscard]] boost::asio::awaitable<base::Result<std::uint32_t>> make_object(Conversation&,
                                                                              std::string factory,
                                                                              boost::json::object params);
/// A table of settings.
[[nodiscard]] boost::asio::awaitable<base::Result<boost::json::value>> read_table(Conversation&,
                                                                                  std::string name);
[[nodiscard]] boost::asio::awaitable<base::Status> write_table(Conversation&, std::string name,
                                                               boost::json::value table);

/// The challenge is answered: the password itself does not travel.
[[nodiscard]] boost::asio::awaitable<base::Status> log_in_clear(Conversation&, const DeviceAddress&);

/// A whole list of AccessUser or AccessCard, page by page; `key` is the member that differs in each row.
/// Errors: limit "too_many_rows" past 200,000; corrupt "protocol_error" when a row comes twice, or not as
/// many come as there are said to be: somebody was at the keypad meanwhile, or it is not the list.
[[nodiscard]] boost::asio::awaitable<base::Status> read_list(
    Conversation&, std::string kind, std::string key,
    std::function<void(const boost::json::value& row)> take);
/// How long it is.
[[nodiscard]] boost::asio::awaitable<base::Result<std::uint64_t>> list_size(Conversation&, std::string kind);

/// What a member says; `otherwise` where it says nothing of the kind.
[[nodiscard]] std::string text_in(const boost::json::object&, std::string_view member);
[[nodiscard]] std::uint64_t count_in(const boost::json::object&, std::string_view member,
                                     std::uint64_t otherwise);

/// Whether the controller refused, rather than being gone or slow.
[[nodiscard]] inline bool is_refusal(const base::Error& error) {
    return error.kind != base::ErrorKind::timeout && error.kind != base::ErrorKind::unavailable;
}

}  // namespace sallyport::server

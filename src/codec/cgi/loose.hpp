#pragma once
// Reads what clients of the dialect send: a number may come as text and a text as a number, since CGI has
// texts only and clients of JSON disagree. Remembers the first thing that is wrong, like dhip::Reader.
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"
#include "codec/cgi/civil_text.hpp"
#include "codec/dhip/reader.hpp"

namespace sallyport::codec::cgi {

using dhip::Fault;

/// Holds references to document and fault, and lives no longer.
class Loose {
  public:
    Loose(const boost::json::object& document, Fault& fault) : object_(&document), fault_(fault) {}

    /// A member, which may be absent; of what is no object there are none.
    [[nodiscard]] Loose operator[](std::string_view name) const;
    /// The first of two names that is there: clients disagree on some.
    [[nodiscard]] Loose either(std::string_view name, std::string_view other) const;
    /// False for what is absent, null or an empty text.
    [[nodiscard]] bool present() const;
    [[nodiscard]] bool is_array() const { return value_ != nullptr && value_->is_array(); }
    [[nodiscard]] bool is_object() const { return value_ != nullptr && value_->is_object(); }

    /// Empty for what is not present; at most `most` bytes.
    [[nodiscard]] std::string text(std::size_t most) const;
    [[nodiscard]] std::int64_t integer(std::int64_t least, std::int64_t most) const;
    /// true, false, 1, 0, also as text.
    [[nodiscard]] bool yes_or_no() const;
    /// As parse_wall; a whole number that is no date such as 20260329 is seconds since 1970 UTC, told by
    /// `epoch`.
    struct When {
        std::optional<WallTime> wall;
        std::int64_t epoch = 0;
    };
    [[nodiscard]] When time() const;
    /// `element(Loose)` for each of at most `most`; what is no list is a list of one.
    template <std::invocable<const Loose&> F>
    void each(std::size_t most, F element) const {
        if (!is_array()) return present() ? element(*this) : void();
        const auto count = array_size(most);
        for (std::size_t i = 0; i < count && !fault_; ++i) element(at(i));
    }
    [[nodiscard]] std::size_t array_size(std::size_t most) const;
    [[nodiscard]] Loose at(std::size_t index) const;
    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const boost::json::value* value() const { return value_; }

    void complain(std::string_view words) const;

  private:
    Loose(const boost::json::value* value, std::string path, Fault& fault)
        : value_(value),
          object_(value == nullptr ? nullptr : value->if_object()),
          path_(std::move(path)),
          fault_(fault) {}

    const boost::json::value* value_ = nullptr;
    const boost::json::object* object_ = nullptr;
    std::string path_;
    Fault& fault_;
};

}  // namespace sallyport::codec::cgi

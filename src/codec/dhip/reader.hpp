#pragma once
// Reads a JSON document member by member and remembers the first thing that is wrong in it, in a sentence
// that names the member. After that every read gives a harmless value, so that a decoder is a plain list of
// members.
//
//     Fault fault;
//     const Reader person(value, "person", fault);
//     const auto uses = person["uses"].integer(0, 1'000);
//     if (fault) return std::unexpected(*fault);
//
// A reader holds references to its parent, its document and its fault: it lives no longer than any of them.
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace sallyport::codec::dhip {

/// `invalid` "invalid_parameter".
using Fault = std::optional<base::Error>;

class Reader {
  public:
    Reader(const boost::json::value& document, std::string_view name, Fault& fault)
        : value_(&document), name_(name), fault_(fault) {}
    /// The document is an object that the caller has already.
    Reader(const boost::json::object& document, std::string_view name, Fault& fault)
        : object_(&document), name_(name), fault_(fault) {}

    /// A member, which may be absent. A reader of what is no object has none, and says so.
    [[nodiscard]] Reader operator[](std::string_view name) const;
    /// False for what is absent or null.
    [[nodiscard]] bool present() const { return object_ != nullptr || (value_ && !value_->is_null()); }

    /// At most `most` bytes.
    [[nodiscard]] std::string_view text(std::size_t most) const;
    [[nodiscard]] std::int64_t integer(std::int64_t least, std::int64_t most) const;
    [[nodiscard]] std::uint64_t count(std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) const;
    /// 16 hexadecimal digits.
    [[nodiscard]] std::uint64_t hex64() const;
    /// The bytes of exactly 2 * `size` hexadecimal digits.
    [[nodiscard]] std::string hex_bytes(std::size_t size) const;
    [[nodiscard]] base::UtcTime time() const;
    [[nodiscard]] base::LocalDate date() const;
    [[nodiscard]] bool yes_or_no() const;
    /// A word that names an enumerator.
    template <class E>
    [[nodiscard]] E word() const {
        const auto said = text(64);
        if (const auto known = base::enum_from<E>(said)) return *known;
        complain(fmt::format("does not know the word '{}'", said));
        return E{};
    }
    /// `element(Reader)` for each of at most `most`.
    template <std::invocable<const Reader&> F>
    void each(std::size_t most, F element) const {
        const auto count = array_size(most);
        for (std::size_t i = 0; i < count && !fault_; ++i) element(at(i));
    }
    /// Exactly `count` elements are there; nothing is read where they are not.
    [[nodiscard]] bool has_elements(std::size_t count) const;
    [[nodiscard]] Reader at(std::size_t index) const;

    /// "upsert[3].cards is ..." with what is wrong in `words`; the first complaint counts.
    void complain(std::string_view words) const;

  private:
    Reader(const boost::json::value* value, const Reader* parent, std::string_view name, std::size_t index)
        : value_(value), parent_(parent), name_(name), index_(index), fault_(parent->fault_) {}
    [[nodiscard]] std::size_t array_size(std::size_t most) const;
    [[nodiscard]] std::string path() const;

    const boost::json::value* value_ = nullptr;
    const boost::json::object* object_ = nullptr;
    const Reader* parent_ = nullptr;
    std::string_view name_;
    std::size_t index_ = 0;
    Fault& fault_;
};

/// How many elements of a list are to be read: none where `fault` says in words what is wrong with it.
struct ListSize {
    std::size_t count = 0;
    std::string fault;
};
[[nodiscard]] ListSize list_size(const boost::json::value*, std::size_t most);

/// Text that JSON can carry: what is not UTF-8, and what passes `most` bytes, is cut off.
[[nodiscard]] std::string_view json_text(std::string_view text, std::size_t most);

}  // namespace sallyport::codec::dhip

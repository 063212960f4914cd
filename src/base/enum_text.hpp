#pragma once
// The names of enumerators, for records, JSON and golden scripts: the C++ name is the word on the wire.
#include <optional>
#include <string_view>

#include <boost/describe/enum.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

namespace sallyport::base {

/// The enumerator's name; "unknown" for a value that has none.
template <class E>
[[nodiscard]] std::string_view text_of(E value) {
    return boost::describe::enum_to_string(value, "unknown");
}

/// nullopt for a word that names no enumerator.
template <class E>
[[nodiscard]] std::optional<E> enum_from(std::string_view text) {
    std::optional<E> found;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto enumerator) {
        if (text == enumerator.name) found = enumerator.value;
    });
    return found;
}

}  // namespace sallyport::base

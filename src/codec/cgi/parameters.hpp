#pragma once
// The query of a CGI call as the JSON that the same call has elsewhere, and the answer's JSON as lines of
// text (device-protocol.md, CGI).
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "base/result.hpp"

namespace sallyport::codec::cgi {

/// Decoded, in order.
using Parameters = std::vector<std::pair<std::string, std::string>>;

enum class Plus : std::uint8_t { literal, space };
/// "%41" as "A". nullopt for a broken escape, a zero byte or what is no UTF-8.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view, Plus);

/// Of the text behind the '?': a space is "%20" and "+" both. `invalid` "invalid_parameter" for a broken
/// escape, a zero byte or what is no UTF-8.
[[nodiscard]] base::Result<Parameters> parse_query(std::string_view);

/// "A[0].B=1&A[0].C=x" as {"A":[{"B":"1","C":"x"}]}: all values are texts, which Loose reads as what they
/// have to be. Indexes may have gaps, which become null. `invalid` "invalid_parameter" naming a parameter
/// whose path is broken, passes the limits below, or makes of one thing two.
[[nodiscard]] base::Result<boost::json::object> object_of(const Parameters&);
inline constexpr std::size_t index_limit = 1'024;
inline constexpr std::size_t depth_limit = 8;
inline constexpr std::size_t parameter_limit = 8'192;

/// One line "path=value\r\n" for each leaf; `prefix` stands before the paths, and is the path of a leaf
/// itself. Line breaks in names and values become spaces.
[[nodiscard]] std::string lines_of(const boost::json::value&, std::string_view prefix = {});

}  // namespace sallyport::codec::cgi

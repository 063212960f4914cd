#include "server/rights/rights.hpp"

#include <algorithm>

#include <boost/json/parse.hpp>

#include "base/enum_text.hpp"

namespace sallyport::server {

namespace json = boost::json;

bool Rights::cover(const Rights& other) const {
    for (std::size_t i = 0; i < functions; ++i)
        if (levels_[i] < other.levels_[i]) return false;
    return true;
}

Rights both(const Rights& a, const Rights& b) {
    Rights found;
    for (std::size_t i = 0; i < functions; ++i) {
        const auto function = static_cast<Function>(i);
        found.set(function, std::min(a.of(function), b.of(function)));
    }
    return found;
}

json::object rights_json(const Rights& rights) {
    json::object all;
    for (std::size_t i = 0; i < functions; ++i) {
        const auto function = static_cast<Function>(i);
        all[base::text_of(function)] = base::text_of(rights.of(function));
    }
    return all;
}

Rights rights_from(std::string_view text) {
    Rights rights;
    boost::system::error_code failed;
    const auto stored = json::parse(text, failed);
    if (failed || !stored.is_object()) return rights;
    for (const auto& member : stored.get_object()) {
        const auto& word = member.value();
        const auto function = base::enum_from<Function>(std::string_view(member.key()));
        const auto level =
            word.is_string() ? base::enum_from<Level>(std::string_view(word.get_string())) : std::nullopt;
        if (function && level) rights.set(*function, *level);
    }
    return rights;
}

}  // namespace sallyport::server

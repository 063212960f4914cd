#include "core/keypad/menu.hpp"

#include <algorithm>
#include <charconv>

namespace sallyport::core {

std::optional<SettingWanted> NumberMenu::submit(std::string_view line) const {
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error != std::errc{} || end != line.data() + line.size()) return std::nullopt;
    if (value < least || value > most) return std::nullopt;
    return SettingWanted{setting, value};
}

std::optional<Menu> find_menu(std::string_view line) {
    if (line.size() != 1) return std::nullopt;
    const auto* const row = std::ranges::find(menu_rows, line[0], &MenuRow::key);
    return row == menu_rows.end() ? std::nullopt : std::optional(row->menu);
}

}  // namespace sallyport::core

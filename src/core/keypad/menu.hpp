#pragma once
// The procedures of the keypad's main menu (controller.md K3-K11; manual 5.1-5.9). A procedure is a small
// struct that judges one line of digits; a row of the table below gives it its key.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include <boost/describe/enum.hpp>

namespace sallyport::core {

enum class KeypadSetting : std::uint8_t { unlock_mode, hold_time };
BOOST_DESCRIBE_ENUM(KeypadSetting, unlock_mode, hold_time)

/// What a procedure wants stored; the panel turns green only after it is.
struct SettingWanted {
    KeypadSetting setting = KeypadSetting::unlock_mode;
    std::int32_t value = 0;
};

/// One number and `#` (K7, K8).
struct NumberMenu {
    KeypadSetting setting = KeypadSetting::unlock_mode;
    std::int32_t least = 0;
    std::int32_t most = 0;
    /// None for what is no number in the range: failure, and the same prompt again.
    [[nodiscard]] std::optional<SettingWanted> submit(std::string_view line) const;
};

using Menu = std::variant<NumberMenu>;

struct MenuRow {
    char key;
    Menu menu;
};
inline constexpr std::array menu_rows{MenuRow{'3', NumberMenu{KeypadSetting::unlock_mode, 0, 3}},
                                      MenuRow{'4', NumberMenu{KeypadSetting::hold_time, 1, 600}}};

/// The procedure behind a line of the main menu; none for another line.
[[nodiscard]] std::optional<Menu> find_menu(std::string_view line);

}  // namespace sallyport::core

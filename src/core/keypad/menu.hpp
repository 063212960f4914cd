#pragma once
// The procedures of the keypad's main menu (controller.md K3-K11; manual 5.1-5.9). A procedure is a small
// struct that judges what was entered at its prompt; the keypad knows where one is, and the station who is
// known.
//
// Choices that the specification leaves open:
// - `*` in a procedure drops half-entered digits or a swiped card first, then leaves for the main menu.
// - A swiped card takes the place of half-entered digits; digits after it spoil the entry.
// - A new admin password that is too short, or the factory's, fails at the first entry.
// - User ID 0000 cannot be added here: at the other prompt it means everybody.
// - Whatever fails while adding a user begins anew at the user ID.
// - Cards at a prompt that takes none are attempts at the door like any other; so are cards at the reader
//   inside, because nobody may be kept from leaving.
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include <boost/describe/enum.hpp>

#include "base/ids.hpp"
#include "base/secret.hpp"
#include "core/keypad/panel.hpp"

namespace sallyport::core {

enum class KeypadSetting : std::uint8_t { unlock_mode, hold_time, working_mode, detector };
BOOST_DESCRIBE_ENUM(KeypadSetting, unlock_mode, hold_time, working_mode, detector)

enum class Answer : std::uint8_t { yes, no };

// ---------------------------------------------------------------- what procedures ask of the station

/// Whether a new person may have this user ID.
struct UserIdAsked {
    base::UserId user_id;
};
/// Whether a new person may have this card.
struct CardAsked {
    base::CardNumber card;
};
// What is to be stored; the answer is yes only after it is durable.
struct SettingWanted {
    KeypadSetting setting = KeypadSetting::unlock_mode;
    std::int32_t value = 0;
};
struct AdminPasswordWanted {
    base::Secret password;
};
struct PersonWanted {
    base::UserId user_id;
    std::optional<base::CardNumber> card;
    std::optional<base::Secret> pin;
};
struct Everybody {};
struct RemovalWanted {
    std::variant<base::UserId, base::CardNumber, Everybody> who;
};
struct FactoryWanted {};

using MenuRequest = std::variant<UserIdAsked, CardAsked, SettingWanted, AdminPasswordWanted, PersonWanted,
                                 RemovalWanted, FactoryWanted>;

// ---------------------------------------------------------------- procedures

/// What the panel does next: shows a signal or nothing, and stays at the procedure's prompt or leaves it.
struct MenuNext {
    enum class Then : std::uint8_t { stay, main_menu };
    std::optional<Signal> signal;
    Then then = Then::stay;
};
using MenuStep = std::variant<MenuNext, MenuRequest>;

/// A procedure whose prompts take no card.
struct CardlessMenu {
    [[nodiscard]] static bool takes_card() { return false; }
    [[nodiscard]] static MenuStep swipe(base::CardNumber) { return MenuNext{}; }
    /// Forgets a card that was swiped but not entered; false when there was none.
    [[nodiscard]] static bool drop_card() { return false; }
};

/// One number (K7-K10).
struct NumberMenu : CardlessMenu {
    KeypadSetting setting = KeypadSetting::unlock_mode;
    std::int32_t least = 0;
    std::int32_t most = 0;
    NumberMenu(KeypadSetting what, std::int32_t from, std::int32_t to)
        : setting(what), least(from), most(to) {}
    [[nodiscard]] MenuStep submit(const base::Secret& line) const;
    [[nodiscard]] static MenuNext answered(Answer);
};

/// The new admin password, twice (K4).
struct PasswordMenu : CardlessMenu {
    std::optional<base::Secret> first;
    [[nodiscard]] MenuStep submit(const base::Secret& line);
    [[nodiscard]] static MenuNext answered(Answer);
};

/// User ID, card, PIN, and again (K5).
struct AddUserMenu {
    enum class Prompt : std::uint8_t { user_id, card, pin };
    Prompt prompt = Prompt::user_id;
    PersonWanted person;
    [[nodiscard]] MenuStep submit(const base::Secret& line);
    [[nodiscard]] MenuNext answered(Answer);
    [[nodiscard]] bool takes_card() const { return prompt == Prompt::card; }
    [[nodiscard]] MenuStep swipe(base::CardNumber);
    [[nodiscard]] bool drop_card();

  private:
    [[nodiscard]] MenuNext begin_anew(Signal);
};

/// A card, a user ID or 0000, and again (K6).
struct DeleteUserMenu {
    std::optional<base::CardNumber> card;
    [[nodiscard]] MenuStep submit(const base::Secret& line);
    [[nodiscard]] static MenuNext answered(Answer);
    [[nodiscard]] static bool takes_card() { return true; }
    [[nodiscard]] MenuStep swipe(base::CardNumber);
    [[nodiscard]] bool drop_card();
};

/// 000 (K11).
struct FactoryMenu : CardlessMenu {
    [[nodiscard]] static MenuStep submit(const base::Secret& line);
    [[nodiscard]] static MenuNext answered(Answer);
};

using Menu = std::variant<NumberMenu, PasswordMenu, AddUserMenu, DeleteUserMenu, FactoryMenu>;

/// The procedure behind a line of the main menu; none for another line.
[[nodiscard]] std::optional<Menu> find_menu(std::string_view line);

}  // namespace sallyport::core

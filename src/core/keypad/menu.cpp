#include "core/keypad/menu.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/access/settings.hpp"

namespace sallyport::core {

namespace {

constexpr std::string_view everybody = "0000";
constexpr std::string_view factory_code = "000";

constexpr MenuNext success_and_leave{Signal::success, MenuNext::Then::main_menu};
constexpr MenuNext failure_and_leave{Signal::failure, MenuNext::Then::main_menu};
constexpr MenuNext success_and_stay{Signal::success, MenuNext::Then::stay};
constexpr MenuNext failure_and_stay{Signal::failure, MenuNext::Then::stay};

bool is_new_admin_password(std::string_view text) {
    return text.size() >= 6 && is_pin(text) && text != factory_admin_password;
}

}  // namespace

// ---------------------------------------------------------------- one number

MenuStep NumberMenu::submit(const base::Secret& line) const {
    const std::string_view text = line.reveal();
    std::int32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return failure_and_stay;
    if (value < least || value > most) return failure_and_stay;
    return SettingWanted{setting, value};
}

MenuNext NumberMenu::answered(Answer stored) {
    return stored == Answer::yes ? success_and_leave : failure_and_stay;
}

// ---------------------------------------------------------------- admin password

MenuStep PasswordMenu::submit(const base::Secret& line) {
    if (!first) {
        if (!is_new_admin_password(line.reveal())) return failure_and_leave;
        first = line;
        return MenuNext{};
    }
    if (!first->equals(line)) return failure_and_leave;
    return AdminPasswordWanted{line};
}

MenuNext PasswordMenu::answered(Answer stored) {
    return stored == Answer::yes ? success_and_leave : failure_and_leave;
}

// ---------------------------------------------------------------- add users

MenuNext AddUserMenu::begin_anew(Signal signal) {
    *this = {};
    return {signal, MenuNext::Then::stay};
}

MenuStep AddUserMenu::submit(const base::Secret& line) {
    switch (prompt) {
        case Prompt::user_id: {
            const auto user_id = base::UserId::from(line.reveal());
            if (!user_id || line.reveal() == everybody) return begin_anew(Signal::failure);
            person.user_id = *user_id;
            return UserIdAsked{*user_id};
        }
        case Prompt::card:
            if (!line.empty()) return begin_anew(Signal::failure);
            prompt = Prompt::pin;
            return MenuNext{};
        case Prompt::pin:
            if (line.empty() ? !person.card : !is_pin(line.reveal())) return begin_anew(Signal::failure);
            if (!line.empty()) person.pin = line;
            return person;
    }
    return MenuNext{};
}

MenuNext AddUserMenu::answered(Answer answer) {
    if (answer == Answer::no) return begin_anew(Signal::failure);
    if (prompt == Prompt::pin) return begin_anew(Signal::success);
    prompt = Prompt::card;
    return {};
}

MenuStep AddUserMenu::swipe(base::CardNumber card) {
    person.card = card;
    return CardAsked{card};
}

bool AddUserMenu::drop_card() {
    return prompt == Prompt::card && std::exchange(person.card, std::nullopt).has_value();
}

// ---------------------------------------------------------------- delete users

MenuStep DeleteUserMenu::submit(const base::Secret& line) {
    if (const auto swiped = std::exchange(card, std::nullopt)) {
        if (!line.empty()) return failure_and_stay;
        return RemovalWanted{*swiped};
    }
    if (line.reveal() == everybody) return RemovalWanted{Everybody{}};
    const auto user_id = base::UserId::from(line.reveal());
    if (!user_id) return failure_and_stay;
    return RemovalWanted{*user_id};
}

MenuNext DeleteUserMenu::answered(Answer removed) {
    return removed == Answer::yes ? success_and_stay : failure_and_stay;
}

MenuStep DeleteUserMenu::swipe(base::CardNumber swiped) {
    card = swiped;
    return MenuNext{};
}

bool DeleteUserMenu::drop_card() {
    return std::exchange(card, std::nullopt).has_value();
}

// ---------------------------------------------------------------- factory defaults

MenuStep FactoryMenu::submit(const base::Secret& line) {
    if (line.reveal() != factory_code) return failure_and_stay;
    return FactoryWanted{};
}

MenuNext FactoryMenu::answered(Answer restored) {
    return restored == Answer::yes ? success_and_leave : failure_and_stay;
}

// ---------------------------------------------------------------- the main menu

std::optional<Menu> find_menu(std::string_view line) {
    if (line.size() != 1) return std::nullopt;
    switch (line[0]) {
        case '0': return PasswordMenu{};
        case '1': return AddUserMenu{};
        case '2': return DeleteUserMenu{};
        case '3': return NumberMenu{KeypadSetting::unlock_mode, 0, 3};
        case '4': return NumberMenu{KeypadSetting::hold_time, 1, 600};
        case '5': return NumberMenu{KeypadSetting::working_mode, 0, 1};
        case '6': return NumberMenu{KeypadSetting::detector, 0, 1};
        case '9': return FactoryMenu{};
        default: return std::nullopt;
    }
}

}  // namespace sallyport::core

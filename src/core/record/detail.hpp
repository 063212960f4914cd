#pragma once
// What a record's kind leaves open: a term of a closed list and its values, in no language (interfaces.md "an
// event"). Pages say it in words; api/details.json lists which values a term has and what they may be.
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/describe/enum.hpp>

#include "base/enum_text.hpp"

namespace sallyport::core {

/// A term that is added needs its line in api/details.json and its words in web/src/ui/words.
enum class DetailTerm : std::uint8_t {
    // restarted
    started,
    power_returned,
    mode_resumed,
    generation_began,
    restart_asked,
    // access
    public_password,
    facility_code,
    // alarm_started
    people_lost,
    tampered,
    reader_lost,
    line_fault,
    // bad_frame
    frame_too_long,
    frame_no_key,
    frame_length_unknown,
    frame_parity_wrong,
    frame_no_number,
    channel_refused,
    // remote_command
    commanded,
    person_pardoned,
    area_reset,
    verified,
    // scheduled_mode
    mode_scheduled,
    // keypad_admin
    menu_opened,
    menu_refused,
    user_added,
    user_not_added,
    user_deleted,
    user_not_deleted,
    all_users_deleted,
    // settings_changed
    setting_changed,
    admin_password_changed,
    admin_password_restored,
    plan_applied,
    roster_claimed,
    clock_set,
    initialised,
    backup_made,
    backup_restored,
    backup_with_people_restored,
    pairing_opened,
    pairing_cancelled,
    pairing_ended,
    reader_key_given,
    reader_key_taken,
    reader_key_refused,
    line_speed_changed,
    line_speed_refused,
    line_captured,
    card_formats_set,
    update_staged,
    update_refused,
    panel_key_taken,
    panel_key_forgotten,
    people_set,
    people_removed,
    public_passwords_set,
    table_set,
    account_set,
    account_removed,
    // factory_reset
    reset_in_menu,
    reset_after_power_on,
    // login
    login_accepted,
    login_refused,
    login_bypass_refused,
    search_refused,
    // records_overwritten
    overwritten_unread,
    lost_while_disk_failed
};
// In two parts: BOOST_DESCRIBE_ENUM takes 52 at most.
// clang-format off
BOOST_DESCRIBE_MAYBE_UNUSED BOOST_DESCRIBE_ENUM_BEGIN(DetailTerm)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, DetailTerm, started, power_returned, mode_resumed,
    generation_began, restart_asked, public_password, facility_code, people_lost, tampered, reader_lost,
    line_fault, frame_too_long, frame_no_key, frame_length_unknown, frame_parity_wrong, frame_no_number,
    channel_refused, commanded, person_pardoned, area_reset, verified, mode_scheduled, menu_opened,
    menu_refused, user_added, user_not_added, user_deleted, user_not_deleted, all_users_deleted)
BOOST_DESCRIBE_PP_FOR_EACH(BOOST_DESCRIBE_ENUM_ENTRY, DetailTerm, setting_changed, admin_password_changed,
    admin_password_restored, plan_applied, roster_claimed, clock_set, initialised, backup_made,
    backup_restored, backup_with_people_restored, pairing_opened, pairing_cancelled, pairing_ended,
    reader_key_given, reader_key_taken, reader_key_refused, line_speed_changed, line_speed_refused,
    line_captured, card_formats_set, update_staged, update_refused, panel_key_taken, panel_key_forgotten,
    people_set, people_removed, public_passwords_set, table_set, account_set, account_removed, reset_in_menu,
    reset_after_power_on, login_accepted, login_refused, login_bypass_refused, search_refused,
    overwritten_unread, lost_while_disk_failed)
BOOST_DESCRIBE_ENUM_END(DetailTerm);
// clang-format on

enum class DetailName : std::uint8_t {
    account,
    address,
    answer,
    at,
    bits,
    by,
    command,
    count,
    from,
    generation,
    input,
    line,
    manager,
    minutes,
    mode,
    number,
    parity,
    part,
    revision,
    serial,
    setting,
    to,
    version,
    why
};
BOOST_DESCRIBE_ENUM(DetailName, account, address, answer, at, bits, by, command, count, from, generation,
                    input, line, manager, minutes, mode, number, parity, part, revision, serial, setting, to,
                    version, why)

struct DetailValue {
    DetailName name = DetailName::account;
    std::string text;

    DetailValue(DetailName named, std::string_view value) : name(named), text(value) {}
    template <std::integral N>
    DetailValue(DetailName named, N value) : name(named), text(std::to_string(value)) {}
    template <class E>
        requires std::is_enum_v<E>
    DetailValue(DetailName named, E value) : name(named), text(base::text_of(value)) {}
    friend bool operator==(const DetailValue&, const DetailValue&) = default;
};

struct Detail {
    DetailTerm term = DetailTerm::started;
    std::vector<DetailValue> values;
    friend bool operator==(const Detail&, const Detail&) = default;
};

inline constexpr std::size_t longest_detail = 300;  ///< bytes of the written form

/// `setting_changed setting=hold_s to=10 from=3`, `login_refused account="Anna \"A\"" address=10.0.0.7`: the
/// form that stands in a record, UTF-8 of at most `longest_detail` bytes. A value of letters, digits and
/// `_ - . :` stands bare, any other between quotes, where a quote and a backslash follow a backslash and a
/// control character is \x and two digits. Bytes that are not UTF-8 become U+FFFD. What is too long loses
/// characters from the end of its longest value, never a part of one.
[[nodiscard]] std::string written(const Detail&);

/// The inverse of `written`: nullopt for everything that it does not write, such as a newer term or the free
/// text of old records.
[[nodiscard]] std::optional<Detail> detail_from(std::string_view);

}  // namespace sallyport::core

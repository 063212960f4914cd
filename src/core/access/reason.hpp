#pragma once
// Why a decision came out as it did: the closed list, in the order in which the rules are looked at
// (controller.md A2).
#include <cstdint>

#include <boost/describe/enum.hpp>

namespace sallyport::core {

enum class Reason : std::uint8_t {
    none,  ///< granted
    reader_mode,
    keypad_locked,
    unknown_card,
    unknown_user,
    blocklisted,
    card_lost,
    card_frozen,
    card_cancelled,
    not_yet_valid,
    expired,
    uses_exhausted,
    wrong_unlock_mode,
    wrong_pin,
    pin_timeout,
    denied_by_rule,
    no_permission,
    clock_invalid,
    outside_schedule,
    holiday,
    patrol_only,
    lockdown,
    door_always_closed,
    interlock,
    anti_passback,
    first_card_required,
    group_order,
    more_people_required,
    verification_denied,
    verification_timeout
};
BOOST_DESCRIBE_ENUM(Reason, none, reader_mode, keypad_locked, unknown_card, unknown_user, blocklisted,
                    card_lost, card_frozen, card_cancelled, not_yet_valid, expired, uses_exhausted,
                    wrong_unlock_mode, wrong_pin, pin_timeout, denied_by_rule, no_permission, clock_invalid,
                    outside_schedule, holiday, patrol_only, lockdown, door_always_closed, interlock,
                    anti_passback, first_card_required, group_order, more_people_required,
                    verification_denied, verification_timeout)

}  // namespace sallyport::core

#pragma once
// A card's number lets one copy the card: it is for those who may see people, wherever it stands
// (controller.md E4). Pure.
#include "server/rights/rights.hpp"

namespace sallyport::server {

[[nodiscard]] inline bool sees_card_numbers(const Rights& rights) {
    return rights.may(Function::people, Level::view);
}

}  // namespace sallyport::server

#pragma once
// Cards: whose each is, in which state, and who had it before (platform.md H4). A card that nobody has is
// returned, and may be given to somebody else; so may a cancelled one, which its last holder then gives back.
// Lost and frozen cards stay with their holder. Only active cards open. Any thread.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe/enum.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "ports/clock.hpp"
#include "server/audit/audit.hpp"

namespace sallyport::server {

/// Also the words of the contract.
enum class CardStatus { active, lost, frozen, cancelled, returned };
BOOST_DESCRIBE_ENUM(CardStatus, active, lost, frozen, cancelled, returned)

struct CardPatch {
    std::string number;  ///< canonical: upper-case hexadecimal of 8 or 16 digits
    std::string type;
    std::optional<CardStatus> status;  ///< none: as it was, or active where it is new; never returned
};

struct CardFilter {
    std::optional<std::string> part;  ///< of a number, or of the holder's name or user ID
    std::optional<CardStatus> status;
};

struct CardHolder {
    Id id = 0;
    std::string user_id;
};

class Cards {
  public:
    /// All outlive this.
    Cards(ports::Database& database, IdSource& ids, const ports::Clock& clock, Audit& audit)
        : database_(database), ids_(ids), clock_(clock), audit_(audit) {}

    /// Answers are as in api/openapi.yaml: CardList, CardDetail. Cards that nobody has are seen by those only
    /// who see the whole site; of a card that is seen, the former holders outside are not named.
    [[nodiscard]] Answer<boost::json::object> list(const CardFilter&, const Branches& seen,
                                                   const Page&) const;
    [[nodiscard]] Answer<boost::json::object> get(std::string_view number, const Branches& seen) const;

    /// Inside a unit of work. The cards become those of the list; what is not in it any more is returned.
    /// Error conflict "card_taken", which names who has it to those who see that person.
    [[nodiscard]] Outcome give(ports::Connection&, const CardHolder&, const std::vector<CardPatch>&,
                               const Branches& seen, const Actor&);

  private:
    struct Found;
    [[nodiscard]] base::Result<std::optional<Found>> find(ports::Connection&, std::string_view number) const;
    [[nodiscard]] Outcome place(ports::Connection&, const CardHolder&, const CardPatch&, std::size_t position,
                                const Branches& seen, const Actor&);
    [[nodiscard]] Outcome take_over(ports::Connection&, const Found&, const Branches& seen, const Actor&);
    [[nodiscard]] base::Status put(ports::Connection&, const CardHolder*, const CardPatch&,
                                   std::size_t position);
    [[nodiscard]] base::Status note(ports::Connection&, std::string_view number, const CardHolder&,
                                    CardStatus, const Actor&);

    ports::Database& database_;
    IdSource& ids_;
    const ports::Clock& clock_;
    Audit& audit_;
};

/// [{"number", "type", "status"}, ...] of each of the people, in their order.
[[nodiscard]] base::Result<std::map<Id, boost::json::array>> cards_of(ports::Connection&,
                                                                      const std::vector<Id>& people);

}  // namespace sallyport::server

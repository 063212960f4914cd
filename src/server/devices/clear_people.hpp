#pragma once
// Brings people and cards to a controller in clear by comparing with its tables, which are read back in pages
// (decision 0029). PINs are not shown and uses are spent there: what tells that they differ is the tag of the
// entry that was sent last.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "codec/cgi/record_rows.hpp"
#include "server/devices/conversation.hpp"
#include "server/devices/device_driver.hpp"

namespace sallyport::server {

/// What a person becomes in the dialect, and what of it the dialect cannot say.
struct ClearPerson {
    const DesiredEntry* entry = nullptr;
    codec::cgi::UserRow row;
    std::vector<core::Card> cards;
    base::Secret pin;                   ///< empty: none
    std::optional<std::uint32_t> uses;  ///< none: no limit
    std::optional<EntryFailure> short_of;
    core::EntryTag sent_as;  ///< another one than the entry's where the person is narrowed
};
/// Where something cannot be said, the person gets less: a door that is denied at some times is denied
/// always. Times are those of the controller's zone.
[[nodiscard]] base::Result<ClearPerson> clear_person(const DesiredEntry&, std::size_t doors,
                                                     const ports::TimeZones&, const std::string& zone);

class ClearPeople {
  public:
    template <class T>
    using Later = boost::asio::awaitable<T>;
    /// `records_go_on`: whether what is there was not reset, nor brought back from before.
    ClearPeople(const DeviceHooks& hooks, const ports::TimeZones& zones,
                std::function<Later<bool>()> records_go_on)
        : hooks_(hooks), zones_(zones), records_go_on_(std::move(records_go_on)) {}

    /// What it holds is not known any more.
    void forget() { held_.reset(); }
    void tell_failures_again() { recorded_failures_.reset(); }
    /// Forgets, unless as many are there as should be.
    [[nodiscard]] Later<base::Status> look(Conversation&);
    /// None before the tables were read.
    [[nodiscard]] std::optional<std::size_t> size() const {
        return held_ ? std::optional(held_->size()) : std::nullopt;
    }

    struct Target {
        std::size_t doors = 1;
        std::string zone;
        std::size_t batch = 10;  ///< people or cards in one call
    };
    /// narrowed: nobody new, and whoever is there may open what is wanted and was there before.
    enum class Extent : std::uint8_t { whole, narrowed };
    [[nodiscard]] Later<base::Status> bring(Conversation&, const Desired&, const Target&, Extent);

  private:
    struct Held {
        codec::cgi::UserRow row;
        std::map<base::CardNumber, core::Card> cards;
    };
    struct Compared {
        std::vector<ClearPerson> people;
        HeldRoster known;
        Difference missing;
    };
    [[nodiscard]] Later<base::Status> read_back(Conversation&);
    [[nodiscard]] Later<base::Status> read_once(Conversation&);
    [[nodiscard]] Later<base::Status> bring_difference(Conversation&, const Desired&, const Target&, Extent);
    [[nodiscard]] Later<base::Result<Compared>> compare(Conversation&, const Desired&, const Target&);
    /// Who was sent, and was deleted there since: some of them, on a controller that was not reset.
    [[nodiscard]] Later<base::Result<std::vector<base::UserId>>> deleted_there(Conversation&,
                                                                               const KnownRoster& sent);
    [[nodiscard]] std::vector<base::UserId> missing(const KnownRoster& sent) const;
    /// Reads both sides, and takes up who was deleted there.
    [[nodiscard]] Later<base::Result<HeldRoster>> read_both(Conversation&);
    /// Whether something of the person can be sent, and is not there yet.
    [[nodiscard]] bool narrow(ClearPerson&, const KnownRoster& sent) const;
    /// Adds whoever was added there with a card that is barred here.
    [[nodiscard]] Later<base::Status> take_barred_cards(HeldRoster&);
    [[nodiscard]] bool fits(const Held&, const ClearPerson&) const;
    [[nodiscard]] Later<base::Status> remove(Conversation&, std::vector<base::UserId>, std::size_t batch);
    [[nodiscard]] Later<base::Status> remove_cards(Conversation&, std::vector<base::CardNumber>,
                                                   std::size_t batch);
    /// Cards that somebody has who should not, or who is sent again because of his PIN.
    [[nodiscard]] Later<base::Status> clear_the_way(Conversation&, const std::vector<const ClearPerson*>&,
                                                    const KnownRoster& sent, std::size_t batch);
    [[nodiscard]] Later<base::Status> send(Conversation&, std::span<const ClearPerson* const>,
                                           const KnownRoster&, std::size_t batch, std::vector<EntryFailure>&);
    [[nodiscard]] Later<base::Status> send_users(Conversation&, std::span<const ClearPerson* const>,
                                                 const KnownRoster&);
    [[nodiscard]] Later<base::Status> send_cards(Conversation&, std::span<const ClearPerson* const>,
                                                 std::size_t batch);

    const DeviceHooks& hooks_;
    const ports::TimeZones& zones_;
    std::function<Later<bool>()> records_go_on_;
    std::optional<std::map<base::UserId, Held>> held_;
    base::UtcTime read_at_;                                       ///< a moment before it was read
    bool read_is_told_ = true;                                    ///< of that time
    std::optional<std::vector<EntryFailure>> recorded_failures_;  ///< as they were told last
};

}  // namespace sallyport::server

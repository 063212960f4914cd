#pragma once
// What a controller keeps: people, settings, accounts, and the journal of records. One contract suite
// (tests/contract) runs against every implementation: adapters/sqlite, adapters/memory.
//
// Blocking, called from the store thread only (controller/store_thread queues, groups commits and carries
// answers back to the loop).
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time_span.hpp"
#include "core/access/card_format.hpp"
#include "core/access/roster.hpp"
#include "core/access/settings.hpp"
#include "core/access/spent_uses.hpp"
#include "core/record/record.hpp"
#include "core/station/station.hpp"
#include "ports/reader_line.hpp"

namespace sallyport::ports {

enum class AccountRole : std::uint8_t { viewer, operating, admin };
struct Account {
    std::string name;
    AccountRole role = AccountRole::viewer;
    std::string argon2id;       ///< libsodium's string form
    std::string sealed_hash{};  ///< what the plain dialect logs in with, sealed; empty unless the password
                                ///< was set while `compatibility` was on (controller.md N5)
};

/// What a manager that owns the roster put in place besides people.
struct OwnerState {
    std::string manager;         ///< id of the platform that owns the roster; empty: nobody yet
    std::uint64_t revision = 0;  ///< of the last applied plan (settings, calendar, public passwords)
};

struct Cursor {
    std::string manager;
    core::RecordPosition acknowledged;
};

/// The speed that a line was set to over the network.
struct LineSpeed {
    std::string device;
    std::uint32_t baud = 0;
};

struct ControllerImage {
    std::vector<core::Person> people;
    std::vector<core::PublicPassword> public_passwords;
    core::SpentUses spent;  ///< of those who left
    core::Settings settings;
    core::Calendar calendar;
    std::vector<core::DoorMode> door_modes;
    std::vector<core::MovePerson> positions;                    ///< of people who are on the roster
    std::vector<std::optional<core::PeriodOfDay>> first_cards;  ///< of each door; may be shorter
    std::vector<Account> accounts;                              ///< empty: uninitialised
    OwnerState owner;
    std::vector<Cursor> cursors;
    std::vector<ReaderKeys> reader_keys;
    std::vector<LineSpeed> line_speeds;
    std::vector<core::CardFormat> card_formats;  ///< none: as configured
    core::PinKey pin_key;                        ///< made at first start
    std::string serial;                          ///< made at first start: "SP" and 12 hexadecimal digits
    core::RecordPosition last;                   ///< sequence 0: no record yet
    std::uint64_t oldest_sequence = 0;
    core::People people_known = core::People::known;
    /// A sentence where something could not be read: the file is damaged, or its disk fails. Damaged people
    /// alone are no damage of the whole: they are set aside, the rest is kept and written on. With it nothing
    /// can be written any more.
    std::string damage;
    bool chain_intact = true;  ///< verified while loading; false names the first broken record in chain_fault
    std::string chain_fault;
};

/// Sets some fields and leaves the others: settings come from the owner and from keypads, at the same moment
/// too. Runs on the store thread.
using SettingsChange = std::function<void(core::Settings&)>;

/// One durable step. All of it or nothing.
struct StoreWrite {
    std::vector<core::Person> upsert;  ///< what was spent stays spent: core::keep_spent, core::SpentUses
    std::vector<base::UserId> remove;
    bool remove_everyone = false;  ///< and whoever was lost is no longer missing
    bool people_known = false;     ///< the same, said by the roster's owner
    std::optional<std::vector<core::PublicPassword>> public_passwords;  ///< all of them; uses as above
    SettingsChange settings;  ///< of what is stored when its turn comes; may be empty
    std::optional<core::Calendar> calendar;
    std::optional<std::vector<core::DoorMode>> door_modes;
    std::optional<std::vector<Account>> accounts;
    std::optional<OwnerState> owner;
    std::optional<core::PinKey> pin_key;  ///< of the backup that all hashes of this write came with
    std::vector<core::CountUse> uses;
    std::vector<core::MovePerson> moves;
    std::vector<core::ForgetPosition> forgotten;  ///< after the moves
    std::vector<core::BeginFirstCard> first_cards;
    std::vector<ReaderKeys> reader_keys;  ///< each replaces what was kept of that reader
    std::vector<LineSpeed> line_speeds;   ///< each replaces what was kept of that line
    std::optional<std::vector<core::CardFormat>> card_formats;  ///< all of them
    /// People, settings, accounts, cursors; never records, serial or keys, and nothing that belongs to the
    /// readers.
    bool factory_reset = false;
    /// Records from this write on belong to this generation, from sequence 1; nothing happens unless it is
    /// newer than the present one.
    std::uint32_t generation = 0;
    std::vector<core::Record> records;
};

/// A search of the records of one generation, from after a position on.
struct RecordSearch {
    core::RecordPosition after;
    std::uint64_t upto = 0;  ///< sequence, included
    base::TimeSpan times;    ///< in which a record happened
    std::size_t limit = 0;   ///< records that are looked at; at least 1
};

struct FoundRecords {
    std::vector<core::StoredRecord> records;  ///< of those times, in the order of their sequence
    std::uint64_t searched = 0;               ///< sequence up to which it has been searched: go on after it
};

class ControllerStore {
  public:
    virtual ~ControllerStore() = default;
    /// Damage is no error, nor is a disk that cannot read some of it: what can be read is in the image, see
    /// there. Errors: `storage` when nothing can be, `timeout`.
    virtual base::Result<ControllerImage> load() = 0;
    /// Commits all writes in one transaction, in order; gives each record the next sequence; the ring loses
    /// its oldest past the capacity, and a `records_overwritten` record says how many the roster's owner had
    /// not acknowledged (codec/journal). Durable when it returns, and gives all records stored, that one
    /// included. On an error (`storage`) nothing of it is stored, and no sequence is used up.
    virtual base::Result<std::vector<core::StoredRecord>> commit(std::span<const StoreWrite>) = 0;
    /// At most `limit` records of this generation after `sequence`, oldest first; none for a position that
    /// never was. `corrupt` "record_corrupt" for one that was changed; `storage` while the disk does not take
    /// for good what the opening found, because that may yet be lost with the power.
    virtual base::Result<std::vector<core::StoredRecord>> read_after(core::RecordPosition,
                                                                     std::size_t limit) = 0;
    /// Goes on where such times may be and looks at no more than `limit` records, so that commits come in
    /// between. What was changed or damaged is left out. Always gets on; at the end `searched` is `upto`.
    virtual base::Result<FoundRecords> search(const RecordSearch&) = 0;
    /// Never moves a cursor backwards. `invalid` "position_unknown" for a position that never was.
    virtual base::Status acknowledge(const Cursor&) = 0;
};

}  // namespace sallyport::ports

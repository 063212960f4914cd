#include "adapters/sqlite/controller_store.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <sodium.h>

#include "adapters/sqlite/controller_rows.hpp"
#include "adapters/sqlite/migrations.hpp"
#include "adapters/sqlite/spent_rows.hpp"
#include "codec/dhip/record_json.hpp"
#include "embedded/controller_schema.hpp"

namespace sallyport::adapters {
namespace {

using ports::Blob;

Blob blob_of(const core::ChainHash& hash) {
    return {std::string(hash.bytes.begin(), hash.bytes.end())};
}

core::ChainHash hash_from(std::string_view bytes) {
    core::ChainHash hash;
    std::ranges::copy(bytes.substr(0, hash.bytes.size()), hash.bytes.begin());
    return hash;
}

base::Status run(ports::Connection& connection, std::string_view sql,
                 const ports::Parameters& parameters = {}) {
    auto changed = connection.execute(sql, parameters);
    if (!changed) return std::unexpected(changed.error());
    return {};
}

std::string new_serial() {
    std::string bytes(6, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    return "SP" + base::to_hex(bytes);
}

// The stored bytes are the record; the hash says whether they still are.
base::Result<core::StoredRecord> record_from(const ports::Row& row) {
    const auto previous = hash_from(row.blob(1));
    const auto hash = hash_from(row.blob(2));
    const auto& body = row.blob(3);
    if (codec::chain_hash(previous, body) == hash) {
        if (auto stored = codec::dhip::record_from(body)) {
            stored->previous = previous;
            stored->hash = hash;
            return stored;
        }
    }
    return base::fail(
        base::ErrorKind::corrupt, "record_corrupt",
        fmt::format("The stored record {} was changed or damaged. Keep a copy of the database for "
                    "an investigation.",
                    row.integer(0)));
}

/// What keeps a part from being read goes into the image, so that the doors go on with the others. But not
/// that somebody else has the file in use: there is nothing wrong with it.
base::Status note_damage(base::Status status, ports::ControllerImage& image) {
    if (status || status.error().kind == base::ErrorKind::timeout) return status;
    if (image.damage.empty()) image.damage = status.error().message;
    return {};
}

}  // namespace

bool is_damage(const base::Error& error) {
    return error.kind == base::ErrorKind::corrupt || error.kind == base::ErrorKind::internal;
}

base::Result<std::unique_ptr<SqliteControllerStore>> SqliteControllerStore::open(
    const std::filesystem::path& file, std::uint64_t records_limit) {
    std::unique_ptr<SqliteControllerStore> store(
        new SqliteControllerStore(file, std::max<std::uint64_t>(1, records_limit)));
    if (auto status = store->open_as_can_be(); !status) return std::unexpected(status.error());
    return store;
}

/// SQLite takes up the log of a killed program by writing; a disk without room must not keep a door shut.
base::Status SqliteControllerStore::open_as_can_be() {
    using Access = SqliteConnection::Access;
    base::Status status;
    for (const auto access : {Access::read_write, Access::read_write_alone, Access::read_only_alone}) {
        status = open_as(access);
        if (status || status.error().kind != base::ErrorKind::storage) break;
    }
    if (!status) connection_.reset();
    return status;
}

base::Status SqliteControllerStore::open_as(SqliteConnection::Access access) {
    connection_.reset();
    auto connection = SqliteConnection::open(file_, access);
    if (!connection) return std::unexpected(connection.error());
    connection_ = *std::move(connection);
    auto status = migrate(*connection_, controller_schema::files());
    if (status) status = make_first_rows();
    if (status) status = read_standing();
    settled_ = false;
    return status;
}

/// What a program wrote before it was killed can be read, and yet be lost with the power: then the number of
/// a record that was told would be another one's. A disk that refuses is asked again by whoever reads records
/// or writes.
base::Status SqliteControllerStore::settle() {
    auto status = ready();
    if (status && !settled_) {
        status = connection_->sync_log();
        settled_ = status.has_value();
    }
    return status;
}

/// A file that was opened for reading only is opened for writing as soon as the disk lets it. Not while the
/// first one is open: SQLite would share with it what it may not write.
base::Status SqliteControllerStore::ready() {
    if (connection_ && (!connection_->is_read_only() || !SqliteConnection::is_writable(file_))) return {};
    return open_as_can_be();
}

base::Status SqliteControllerStore::transact(const std::function<base::Status()>& work) {
    auto status = connection_->script("BEGIN IMMEDIATE");
    if (!status) return status;
    status = work();
    if (status) status = connection_->script("COMMIT");
    if (!status && connection_->in_transaction()) static_cast<void>(connection_->script("ROLLBACK"));
    return status;
}

base::Status SqliteControllerStore::make_first_rows() {
    auto known = connection_->query("SELECT count(*) FROM device");
    if (!known) return std::unexpected(known.error());
    if (known->front().integer(0) != 0) return {};
    return transact([&]() -> base::Status {
        Blob key{std::string(core::PinKey{}.bytes.size(), '\0')};
        randombytes_buf(key.bytes.data(), key.bytes.size());
        auto status = run(*connection_, "INSERT INTO device (id, serial, pin_key) VALUES (1, $1, $2)",
                          {new_serial(), key});
        if (status) {
            status = run(*connection_,
                         "INSERT INTO settings (id, working_mode, duress, zone, owner, revision) "
                         "VALUES (1, 0, 0, '', '', 0)");
        }
        if (status) status = write_settings(*connection_, core::Settings{});
        if (status) {
            status = run(*connection_,
                         "INSERT INTO journal (id, last_ordinal, last_hash, unreported, reported_cursor) "
                         "VALUES (1, 0, zeroblob(32), 0, -1)");
        }
        if (status) status = run(*connection_, "INSERT INTO generations VALUES (1, 1)");
        return status;
    });
}

base::Status SqliteControllerStore::read_standing() {
    auto journal =
        connection_->query("SELECT last_ordinal, last_hash, unreported, reported_cursor FROM journal");
    if (!journal) return std::unexpected(journal.error());
    auto generations =
        connection_->query("SELECT generation, first_ordinal FROM generations ORDER BY generation");
    if (!generations) return std::unexpected(generations.error());
    auto owner = connection_->query("SELECT owner FROM settings");
    if (!owner) return std::unexpected(owner.error());
    auto cursors = connection_->query("SELECT manager, generation, sequence FROM cursors");
    if (!cursors) return std::unexpected(cursors.error());
    if (journal->empty() || generations->empty() || owner->empty()) {
        return base::fail(base::ErrorKind::corrupt, "database_corrupt",
                          "The database lacks rows that it was made with: restore a backup, or move the file "
                          "away to start anew.");
    }
    const auto& row = journal->front();
    auto& state = standing_.journal;
    state.last_ordinal = static_cast<std::uint64_t>(row.integer(0));
    state.last_hash = hash_from(row.blob(1));
    state.unreported = static_cast<std::uint64_t>(row.integer(2));
    state.reported_cursor = row.integer(3);
    state.generations.clear();
    for (const auto& one : *generations) {
        state.generations.push_back(
            {static_cast<std::uint32_t>(one.integer(0)), static_cast<std::uint64_t>(one.integer(1))});
    }
    standing_.owner = owner->front().text(0);
    for (const auto& one : *cursors) {
        standing_.cursors[one.text(0)] = {static_cast<std::uint32_t>(one.integer(1)),
                                          static_cast<std::uint64_t>(one.integer(2))};
    }
    return {};
}

base::Result<ports::ControllerImage> SqliteControllerStore::load() {
    ports::ControllerImage image;
    auto status = ready();
    if (status) status = load_people(image);
    if (status) status = note_damage(read_rows(*connection_, image), image);
    image.last = standing_.journal.last();
    if (status) status = note_damage(verify_chain(image), image);
    if (!status) return std::unexpected(status.error());
    damage_ = image.damage;
    return image;
}

base::Status SqliteControllerStore::load_people(ports::ControllerImage& image) {
    auto status = read_people(*connection_, image.people);
    if (status || status.error().kind == base::ErrorKind::timeout) return status;
    image.people.clear();
    image.people_known = core::People::lost;
    // Of a disk that fails they may come back; the next start tries anew.
    if (!is_damage(status.error())) return note_damage(std::move(status), image);
    status = set_people_aside();
    return status || !is_damage(status.error()) ? base::Status{} : note_damage(std::move(status), image);
}

/// What cannot be read stays in the database for an investigation, under another name, and a table takes its
/// place that can be written. The journal and everything else go on.
base::Status SqliteControllerStore::set_people_aside() {
    return transact([&]() -> base::Status {
        auto kept =
            connection_->query("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'damaged_people_%'");
        if (!kept) return std::unexpected(kept.error());
        auto schema = connection_->query("SELECT sql FROM sqlite_schema WHERE name = 'people'");
        if (!schema) return std::unexpected(schema.error());
        if (schema->empty())
            return base::fail(base::ErrorKind::corrupt, "database_corrupt",
                              "The database has lost the table of its people: restore a backup.");
        return connection_->script(
            fmt::format("ALTER TABLE people RENAME TO damaged_people_{};"
                        "{};"
                        "DELETE FROM positions; UPDATE settings SET people_lost = 1",
                        kept->front().integer(0) + 1, schema->front().text(0)));
    });
}

// In pages: 60,000 records do not have to be in memory at once.
base::Status SqliteControllerStore::verify_chain(ports::ControllerImage& image) {
    constexpr std::size_t page = 1'000;
    const auto& journal = standing_.journal;
    std::uint64_t expected = journal.last_ordinal - std::min(journal.last_ordinal, records_limit_) + 1;
    std::optional<core::ChainHash> previous;
    times_ = {};
    const auto broken = [&](std::uint64_t ordinal) {
        const auto position = journal.position_of(ordinal);
        image.chain_intact = false;
        image.chain_fault = fmt::format("record {} of generation {}", position.sequence, position.generation);
    };
    for (std::size_t count = page; count == page;) {
        auto rows = connection_->query(
            "SELECT ordinal, previous, hash, body FROM records WHERE ordinal >= $1 ORDER BY ordinal LIMIT $2",
            {expected, page});
        if (!rows) return std::unexpected(rows.error());
        count = rows->size();
        for (const auto& row : *rows) {
            const auto ordinal = static_cast<std::uint64_t>(row.integer(0));
            if (image.oldest_sequence == 0) {
                // A smaller capacity than before keeps fewer; a larger one finds fewer than it could keep.
                expected = ordinal;
                image.oldest_sequence = journal.position_of(ordinal).sequence;
            }
            const auto before = hash_from(row.blob(1));
            const auto hash = hash_from(row.blob(2));
            if (ordinal != expected || (previous && *previous != before) ||
                codec::chain_hash(before, row.blob(3)) != hash) {
                broken(ordinal != expected ? expected : ordinal);
                return {};
            }
            if (const auto at = codec::dhip::time_of_body(row.blob(3))) times_.note(ordinal, *at);
            previous = hash;
            ++expected;
        }
    }
    if (expected != journal.last_ordinal + 1 || previous.value_or(journal.last_hash) != journal.last_hash)
        broken(expected);
    return {};
}

base::Result<std::vector<core::StoredRecord>> SqliteControllerStore::commit(
    std::span<const ports::StoreWrite> writes) {
    if (!damage_.empty()) return base::fail(base::ErrorKind::storage, "storage", damage_);
    if (auto settled = settle(); !settled) return std::unexpected(settled.error());
    Standing next = standing_;
    std::vector<core::StoredRecord> stored;
    auto status = transact([&]() -> base::Status {
        for (const auto& write : writes)
            if (auto written = write_one(write, next); !written) return written;
        return write_records(writes, next, stored);
    });
    if (!status) return std::unexpected(status.error());
    standing_ = std::move(next);
    note_times(stored);
    return stored;
}

void SqliteControllerStore::note_times(const std::vector<core::StoredRecord>& stored) {
    const auto last = standing_.journal.last_ordinal;
    auto ordinal = last - stored.size();
    for (const auto& one : stored) times_.note(++ordinal, one.record.at);
    times_.forget(last - std::min(last, records_limit_));
}

base::Status SqliteControllerStore::write_one(const ports::StoreWrite& write, Standing& next) {
    auto& connection = *connection_;
    base::Status status;
    if (write.factory_reset) {
        status = connection.script(
            "DELETE FROM people; DELETE FROM public_passwords; DELETE FROM schedules; DELETE FROM holidays;"
            "DELETE FROM accounts; DELETE FROM cursors; DELETE FROM door_modes;"
            "DELETE FROM positions; DELETE FROM first_cards; DELETE FROM spent_uses;"
            "UPDATE settings SET owner = '', revision = 0, people_lost = 0");
        if (status) status = write_settings(connection, core::Settings{});
        next.owner.clear();
        next.cursors.clear();
    }
    if (status && write.remove_everyone) status = remove_everyone(connection);
    if (status && (write.remove_everyone || write.people_known))
        status = connection.script("UPDATE settings SET people_lost = 0");
    for (std::size_t i = 0; status && i < write.remove.size(); ++i)
        status = remove_person(connection, write.remove[i]);
    for (std::size_t i = 0; status && i < write.upsert.size(); ++i)
        status = write_person(connection, write.upsert[i]);
    if (status && write.public_passwords)
        status = write_public_passwords(connection, *write.public_passwords);
    if (status && (write.remove_everyone || !write.remove.empty() || write.public_passwords))
        status = forget_oldest_spent(connection);
    if (status && write.settings) status = change_settings(connection, write.settings);
    if (status && write.calendar) status = write_calendar(connection, *write.calendar);
    if (status && write.door_modes) status = write_door_modes(connection, *write.door_modes);
    if (status && write.accounts) status = write_accounts(connection, *write.accounts);
    if (status && write.pin_key) {
        const auto& key = write.pin_key->bytes;
        status =
            run(connection, "UPDATE device SET pin_key = $1", {Blob{std::string(key.begin(), key.end())}});
    }
    if (status && write.owner) {
        status = run(connection, "UPDATE settings SET owner = $1, revision = $2",
                     {write.owner->manager, write.owner->revision});
        next.owner = write.owner->manager;
    }
    for (std::size_t i = 0; status && i < write.uses.size(); ++i)
        status = write_use(connection, write.uses[i]);
    if (status) status = write_whereabouts(connection, write);
    for (std::size_t i = 0; status && i < write.reader_keys.size(); ++i)
        status = write_reader_keys(connection, write.reader_keys[i]);
    for (std::size_t i = 0; status && i < write.line_speeds.size(); ++i)
        status = write_line_speed(connection, write.line_speeds[i]);
    if (status && write.card_formats) status = write_card_formats(connection, *write.card_formats);
    return status;
}

base::Status SqliteControllerStore::write_records(std::span<const ports::StoreWrite> writes, Standing& next,
                                                  std::vector<core::StoredRecord>& stored) {
    std::optional<std::uint64_t> owner_cursor;
    if (!next.owner.empty()) {
        const auto cursor = next.cursors.find(next.owner);
        owner_cursor = cursor == next.cursors.end() ? 0 : next.journal.ordinal_of(cursor->second).value_or(0);
    }
    codec::JournalBatch batch(next.journal, records_limit_, owner_cursor);
    base::Status status;
    const core::Record* newest = nullptr;
    for (const auto& write : writes) {
        batch.begin_generation(write.generation);
        for (const auto& record : write.records) {
            if (status) status = insert(batch.append(record), stored);
            newest = &record;
        }
    }
    if (status && newest != nullptr)
        if (auto report = batch.report_losses(newest->at, newest->utc_offset_s))
            status = insert(*report, stored);
    if (status && batch.gone() > 0)
        status = run(*connection_, "DELETE FROM records WHERE ordinal <= $1", {batch.gone()});
    if (status) status = write_journal(next.journal, batch.state());
    next.journal = batch.state();
    return status;
}

base::Status SqliteControllerStore::insert(codec::JournalRow row, std::vector<core::StoredRecord>& stored) {
    auto status =
        run(*connection_, "INSERT INTO records (ordinal, previous, hash, body) VALUES ($1, $2, $3, $4)",
            {row.ordinal, blob_of(row.stored.previous), blob_of(row.stored.hash), Blob{std::move(row.body)}});
    stored.push_back(std::move(row.stored));
    return status;
}

base::Status SqliteControllerStore::write_journal(const codec::JournalState& before,
                                                  const codec::JournalState& after) {
    if (before == after) return {};
    auto status =
        run(*connection_,
            "UPDATE journal SET last_ordinal = $1, last_hash = $2, unreported = $3, reported_cursor = $4",
            {after.last_ordinal, blob_of(after.last_hash), after.unreported, after.reported_cursor});
    for (std::size_t i = before.generations.size(); status && i < after.generations.size(); ++i) {
        status = run(*connection_, "INSERT INTO generations (generation, first_ordinal) VALUES ($1, $2)",
                     {after.generations[i].number, after.generations[i].first_ordinal});
    }
    return status;
}

base::Result<std::vector<core::StoredRecord>> SqliteControllerStore::read_after(core::RecordPosition after,
                                                                                std::size_t limit) {
    const auto& journal = standing_.journal;
    std::vector<core::StoredRecord> records;
    const auto from = journal.ordinal_of(after);
    if (!from) return records;
    if (auto settled = settle(); !settled) return std::unexpected(settled.error());
    auto rows = connection_->query(
        "SELECT ordinal, previous, hash, body FROM records WHERE ordinal > $1 AND ordinal <= $2 "
        "ORDER BY ordinal LIMIT $3",
        {*from, journal.end_of(after.generation), limit});
    if (!rows) return std::unexpected(rows.error());
    records.reserve(rows->size());
    for (const auto& row : *rows) {
        auto record = record_from(row);
        if (!record) return std::unexpected(record.error());
        records.push_back(*std::move(record));
    }
    return records;
}

base::Result<ports::FoundRecords> SqliteControllerStore::search(const ports::RecordSearch& wanted) {
    const auto& journal = standing_.journal;
    ports::FoundRecords found{{}, wanted.upto};
    const auto from = journal.ordinal_of(wanted.after);
    if (!from || wanted.upto <= wanted.after.sequence) return found;
    const auto before_first = *from - wanted.after.sequence;
    const auto end = std::min(before_first + wanted.upto, journal.end_of(wanted.after.generation));
    const auto stretch = times_.next(*from, end, wanted.times);
    if (!stretch) return found;
    if (auto settled = settle(); !settled) return std::unexpected(settled.error());
    auto rows = connection_->query(
        "SELECT ordinal, previous, hash, body FROM records WHERE ordinal >= $1 AND ordinal <= $2 "
        "ORDER BY ordinal LIMIT $3",
        {stretch->first, stretch->last, wanted.limit});
    if (!rows) return std::unexpected(rows.error());
    const bool whole = rows->size() < wanted.limit;
    const auto searched = whole ? stretch->last : static_cast<std::uint64_t>(rows->back().integer(0));
    if (searched < end) found.searched = searched - before_first;
    for (const auto& row : *rows) {
        auto record = record_from(row);
        if (record && wanted.times.contains(record->record.at)) found.records.push_back(*std::move(record));
    }
    return found;
}

base::Status SqliteControllerStore::acknowledge(const ports::Cursor& cursor) {
    auto& known = standing_.cursors;
    if (!standing_.journal.ordinal_of(cursor.acknowledged)) {
        return base::fail(base::ErrorKind::invalid, "position_unknown",
                          fmt::format("There is no record {} of generation {}.", cursor.acknowledged.sequence,
                                      cursor.acknowledged.generation));
    }
    auto status = settle();
    const auto held = known.find(cursor.manager);
    if (status && held != known.end() && cursor.acknowledged <= held->second) return {};
    if (status)
        status = run(*connection_,
                     "INSERT OR REPLACE INTO cursors (manager, generation, sequence) VALUES ($1, $2, $3)",
                     {cursor.manager, cursor.acknowledged.generation, cursor.acknowledged.sequence});
    if (status) known[cursor.manager] = cursor.acknowledged;
    return status;
}

}  // namespace sallyport::adapters

#include "server/devices/device_rows.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/enum_text.hpp"
#include "server/devices/devices.hpp"
#include "server/issue/keypad_removals.hpp"
#include "server/issue/plan_secrets.hpp"
#include "server/wire/revision.hpp"

namespace sallyport::server {

using base::ErrorKind;

namespace {

/// EntryTag is unsigned, a column is signed: the bits are what counts.
std::int64_t column_of(core::EntryTag tag) {
    return static_cast<std::int64_t>(tag.value);
}

boost::json::object told_of(const std::string& name, const DeviceAddress& address) {
    return {{"name", name},
            {"address", ports::text_of(address.endpoint)},
            {"account", address.account},
            {"fingerprint", address.fingerprint}};
}

std::string password_of(std::int64_t device_id) {
    return fmt::format("device.password:{}", device_id);
}

std::unexpected<base::Error> exists(std::string_view what) {
    return base::fail(ErrorKind::conflict, "device_exists",
                      fmt::format("A device with this {} is in the list already.", what));
}

/// What a door is called until somebody names it.
std::string first_name_of(const std::string& device, std::size_t doors, std::int64_t number) {
    return doors == 1 ? device : fmt::format("{} {}", device, number);
}

/// Doors that nobody has named go along with their device's name.
base::Status rename_doors(ports::Connection& connection, Id device_id, const std::string& from,
                          const std::string& to, Audit& audit, const Actor& actor) {
    const auto rows = connection.query("SELECT id, number, name FROM door WHERE device_id = $1",
                                       ports::Parameters{device_id});
    if (!rows) return std::unexpected(rows.error());
    for (const auto& row : *rows) {
        if (row.text(2) != first_name_of(from, rows->size(), row.integer(1))) continue;
        const auto name = first_name_of(to, rows->size(), row.integer(1));
        const auto renamed =
            connection.execute("UPDATE door SET name = $2, revision = revision + 1 WHERE id = $1",
                               ports::Parameters{row.integer(0), name});
        if (!renamed) return std::unexpected(renamed.error());
        const boost::json::object before{{"name", row.text(2)}};
        const boost::json::object after{{"name", name}};
        const auto noted = audit.append(connection, actor, "door.changed",
                                        Subject{"door", id_text(row.integer(0)), name}, &before, &after);
        if (!noted) return std::unexpected(noted.error());
    }
    return {};
}

DeviceAddress patched(const DeviceAddress& old, const DevicePatch& change,
                      const base::Result<base::Secret>& known) {
    return {{change.host.value_or(old.endpoint.address), change.port.value_or(old.endpoint.port)},
            change.account.value_or(old.account),
            change.password.value_or(known.value_or(base::Secret{})),
            change.fingerprint.value_or(old.fingerprint),
            old.wire};
}

bool replaces(const DevicePatch& change, const DeviceAddress& before, const DeviceAddress& after) {
    return change.replaced || before.fingerprint != after.fingerprint;
}

/// Nobody reads the stored password: it must not be had by having it sent to another place, or to whoever
/// shows another certificate.
base::Status check_password_said(const DevicePatch& change, const DeviceAddress& before,
                                 const DeviceAddress& after) {
    const bool is_same = ports::text_of(before.endpoint) == ports::text_of(after.endpoint) &&
                         before.account == after.account && !replaces(change, before, after);
    if (is_same || change.password || change.moved_by == MovedBy::itself) return {};
    return base::fail(
        ErrorKind::invalid, "password_missing",
        "Type the device's password again: it would go to another place, or to another device.");
}

base::Status check_place(ports::Connection& connection, Id id, const DevicePatch& change,
                         const DeviceAddress& address) {
    if (!change.host && !change.port) return {};
    auto other = connection.query("SELECT id FROM device WHERE address = $1 AND port = $2 AND id <> $3",
                                  ports::Parameters{address.endpoint.address, address.endpoint.port, id});
    if (!other) return std::unexpected(other.error());
    if (!other->empty()) return exists("address and port");
    return {};
}

base::Status keep_keypad_password(ports::Connection& connection, Id id,
                                  const std::optional<base::Secret>& password, const Sealer& sealer,
                                  base::UtcTime now) {
    const auto purpose = keypad_password_purpose(id);
    std::optional<ports::Blob> box;
    std::optional<std::string> mark;
    if (password) box = sealer.seal(*password, purpose);
    if (password) mark = sealer.mark(*password, purpose);
    return ports::ran(connection.execute(
        "UPDATE device SET keypad_password = $2, keypad_mark = $3, keypad_set_at = $4, keypad_changed_at = "
        "NULL WHERE id = $1",
        {id, box, mark, password ? std::optional(now) : std::nullopt}));
}

/// Those that were not there before were not until it was read for the last time.
base::Status insert_entries(ports::Connection& connection, std::int64_t device_id, const KnownRoster& entries,
                            base::UtcTime now) {
    for (const auto& entry : entries) {
        auto done = connection.execute(
            "INSERT INTO device_entry (device_id, user_id, tag, since, not_before) SELECT $1, $2, $3, $4, "
            "people_read_at FROM device WHERE id = $1 ON CONFLICT (device_id, user_id) DO UPDATE SET "
            "tag = $3, since = $4, not_before = excluded.not_before WHERE tag <> $3",
            ports::Parameters{device_id, entry.user_id.view(), column_of(entry.tag), now});
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

}  // namespace

base::Result<std::vector<StoredDevice>> load_devices(ports::Connection& connection, const Sealer& sealer) {
    auto rows = connection.query(
        "SELECT id, address, port, account, password, fingerprint, connection FROM device "
        "ORDER BY id");
    if (!rows) return std::unexpected(rows.error());
    std::vector<StoredDevice> devices;
    for (const auto& row : *rows) {
        auto password = sealer.unseal(row.blob(4), password_of(row.integer(0)));
        devices.push_back({row.integer(0),
                           {{row.text(1), static_cast<std::uint16_t>(row.integer(2))},
                            row.text(3),
                            password ? std::move(*password) : base::Secret{},
                            row.text(5),
                            base::enum_from<Wire>(row.text(6)).value_or(Wire::encrypted)}});
    }
    return devices;
}

base::Result<bool> is_known(ports::Connection& connection, const ports::Endpoint& endpoint) {
    auto rows = connection.query("SELECT id FROM device WHERE address = $1 AND port = $2",
                                 ports::Parameters{endpoint.address, endpoint.port});
    if (!rows) return std::unexpected(rows.error());
    if (!rows->empty()) return exists("address and port");
    return false;
}

base::Status check_new_serial(ports::Connection& connection, const std::string& serial) {
    auto same = connection.query("SELECT id FROM device WHERE serial = $1 AND serial <> ''",
                                 ports::Parameters{serial});
    if (!same) return std::unexpected(same.error());
    if (!same->empty()) return exists("serial number (" + serial + ")");
    return {};
}

base::Status insert_device(ports::Connection& connection, std::int64_t id, const NewDevice& device,
                           const DeviceStatus& status, const Sealer& sealer, base::UtcTime now) {
    const auto& said = status.said;
    if (auto serial = check_new_serial(connection, said.serial); !serial) return serial;
    if (auto known = is_known(connection, device.address.endpoint); !known)
        return std::unexpected(known.error());
    const auto password = sealer.seal(device.address.password, password_of(id));
    auto inserted = ports::ran(connection.execute(
        "INSERT INTO device (id, name, address, port, account, password, fingerprint, pinning, serial, "
        "model, firmware, created_at, area_id, connection) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        ports::Parameters{id, device.name, device.address.endpoint.address, device.address.endpoint.port,
                          device.address.account, password, status.fingerprint,
                          device.address.wire == Wire::in_clear ? "none"
                          : device.address.fingerprint.empty()  ? "first_use"
                                                                : "given",
                          said.serial, said.model, said.firmware, now, device.area_id,
                          base::text_of(device.address.wire)}));
    if (!inserted) return inserted;
    // What it was sent while it was in the list before is not its keypad's.
    inserted = ports::ran(connection.execute(
        "INSERT INTO device_entry (device_id, user_id, tag, since) SELECT $1, user_id, tag, $3 FROM "
        "former_entry WHERE serial = $2",
        ports::Parameters{id, said.serial, now}));
    if (!inserted) return inserted;
    return ports::ran(
        connection.execute("DELETE FROM former_entry WHERE serial = $1", ports::Parameters{said.serial}));
}

base::Status insert_doors(ports::Connection& connection, Doors& doors, Id device_id,
                          const std::string& device_name, const std::vector<codec::dhip::DoorState>& said) {
    for (const auto& door : said) {
        const auto name = first_name_of(device_name, said.size(), door.number.value);
        const DoorSettings settings{door.hold_s, door.unlock_mode, door.detector, door.overtime_s,
                                    core::Duress::off};
        if (auto done = doors.insert(connection, device_id, door.number.value, name, settings); !done)
            return done;
    }
    return {};
}

base::Result<DeviceAddress> update_device(ports::Connection& connection, Id id, const DevicePatch& change,
                                          const Sealer& sealer, base::UtcTime now, Audit& audit,
                                          const Actor& actor) {
    auto rows = connection.query(
        "SELECT address, port, account, password, fingerprint, name, area_id, connection, serial FROM device "
        "WHERE id = $1",
        ports::Parameters{id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return base::fail(ErrorKind::not_found, "not_found", "There is no such device.");
    const auto& row = rows->front();
    if (auto begun = begin_change(connection, {"device", id, row.text(5)}, change.revision); !begun)
        return std::unexpected(begun.error());
    const DeviceAddress old{{row.text(0), static_cast<std::uint16_t>(row.integer(1))},
                            row.text(2),
                            {},
                            row.text(4),
                            base::enum_from<Wire>(row.text(7)).value_or(Wire::encrypted)};
    const auto address = patched(old, change, sealer.unseal(row.blob(3), password_of(id)));
    if (auto said = check_password_said(change, old, address); !said) return std::unexpected(said.error());
    if (auto free = check_place(connection, id, change, address); !free) return std::unexpected(free.error());
    const bool is_replaced = replaces(change, old, address);
    std::optional<ports::Blob> sealed;
    if (change.password) sealed = sealer.seal(*change.password, password_of(id));
    auto done = connection.execute(
        "UPDATE device SET name = coalesce($2, name), address = $3, port = $4, account = $5, "
        "password = coalesce($6, password), fingerprint = $7, "
        "pinning = CASE WHEN $8 THEN 'given' ELSE pinning END, area_id = CASE WHEN $9 THEN $10 ELSE area_id "
        "END, serial = CASE WHEN $11 THEN '' ELSE serial END, plan_in_place = CASE WHEN $11 THEN NULL ELSE "
        "plan_in_place END WHERE id = $1",
        ports::Parameters{id, change.name, address.endpoint.address, address.endpoint.port, address.account,
                          sealed, address.fingerprint, change.fingerprint ? 1 : 0, change.area_id ? 1 : 0,
                          change.area_id.value_or(std::nullopt), is_replaced ? 1 : 0});
    if (!done) return std::unexpected(done.error());
    const auto name = change.name.value_or(row.text(5));
    auto told = changes(told_of(row.text(5), old), told_of(name, address));
    if (change.password) told.after["password"] = "changed";
    if (is_replaced) {
        told.before["serial"] = row.text(8);
        told.after["serial"] = nullptr;
    }
    if (change.keypad_password) {
        if (*change.keypad_password && address.wire == Wire::in_clear)
            return base::fail(base::ErrorKind::conflict, "not_spoken",
                              "This controller is connected in clear, and that dialect has no words for the "
                              "password of its keypad: set it there.");
        if (auto kept = keep_keypad_password(connection, id, *change.keypad_password, sealer, now); !kept)
            return std::unexpected(kept.error());
        told.after["keypad_password"] = *change.keypad_password ? "changed" : "removed";
    }
    if (change.area_id && *change.area_id != row.integer_or_null(6)) {
        auto was = named_branch(connection, TreeOf::areas, row.integer_or_null(6));
        auto is = named_branch(connection, TreeOf::areas, *change.area_id);
        for (auto* read : {&was, &is})
            if (!*read) return std::unexpected(read->error());
        told.before["area"] = *std::move(was);
        told.after["area"] = *std::move(is);
    }
    const auto noted = audit.append(connection, actor, "device.changed", Subject{"device", id_text(id), name},
                                    &told.before, &told.after);
    if (!noted) return std::unexpected(noted.error());
    if (name != row.text(5))
        if (auto renamed = rename_doors(connection, id, row.text(5), name, audit, actor); !renamed)
            return std::unexpected(renamed.error());
    return address;
}

base::Status update_identity(ports::Connection& connection, std::int64_t id, const DeviceStatus& status) {
    return ports::ran(connection.execute(
        "UPDATE device SET model = $2, firmware = $3, cards_per_person = $4 WHERE id = $1",
        ports::Parameters{id, status.said.model, status.said.firmware, status.said.cards_per_person}));
}

base::Result<bool> recognise(ports::Connection& connection, Id id, const std::string& serial) {
    const auto rows = connection.query(
        "SELECT d.serial, (SELECT count(*) FROM device o WHERE o.serial = $2 AND o.serial <> '' AND o.id <> "
        "$1) FROM device d WHERE d.id = $1",
        ports::Parameters{id, serial});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return base::fail(ErrorKind::not_found, "not_found", "There is no such device.");
    const auto& row = rows->front();
    const bool is_unsaid = row.text(0).empty();
    if (row.integer(1) != 0 || (!is_unsaid && row.text(0) != serial))
        return std::unexpected(another_device(serial));
    return is_unsaid && !serial.empty();
}

base::Status store_serial(ports::Connection& connection, Id id, const std::string& serial) {
    return ports::ran(connection.execute("UPDATE device SET serial = $2 WHERE id = $1 AND serial = ''",
                                         ports::Parameters{id, serial}));
}

base::Result<Id> delete_device(ports::Connection& connection, Id id, Audit& audit, const Actor& actor) {
    auto rows = connection.query(
        "SELECT name, address, port, (SELECT sum(last_sequence - first_sequence + 1) FROM "
        "event_gap WHERE device_id = device.id) FROM device WHERE id = $1",
        ports::Parameters{id});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return base::fail(ErrorKind::not_found, "not_found", "There is no such device.");
    const auto& row = rows->front();
    for (const auto* step :
         {"INSERT INTO former_device (id, name) SELECT id, name FROM device WHERE id = $1",
          "INSERT INTO former_door (id, name) SELECT id, name FROM door WHERE device_id = $1",
          "INSERT INTO former_entry (serial, user_id, tag) SELECT d.serial, e.user_id, e.tag FROM device d "
          "JOIN device_entry e ON e.device_id = d.id WHERE d.id = $1 AND d.serial <> '' AND e.tag <> 0",
          "DELETE FROM event_gap WHERE device_id = $1", "DELETE FROM device WHERE id = $1"})
        if (auto done = connection.execute(step, ports::Parameters{id}); !done)
            return std::unexpected(done.error());
    boost::json::object before{{"name", row.text(0)}, {"address", row.text(1)}, {"port", row.integer(2)}};
    if (const auto missing = row.integer_or_null(3)) before["missing_events"] = *missing;
    auto noted = audit.append(connection, actor, "device.removed",
                              Subject{"device", id_text(id), row.text(0)}, &before);
    if (!noted) return std::unexpected(noted.error());
    return id;
}

namespace {

base::Result<KnownRoster> load_known(ports::Connection& connection, std::int64_t device_id) {
    auto rows =
        connection.query("SELECT user_id, tag FROM device_entry WHERE device_id = $1 ORDER BY user_id",
                         ports::Parameters{device_id});
    if (!rows) return std::unexpected(rows.error());
    KnownRoster known;
    known.reserve(rows->size());
    for (const auto& row : *rows) {
        if (auto user = base::UserId::from(row.text(0)))
            known.push_back({*user, {static_cast<std::uint64_t>(row.integer(1))}});
    }
    return known;
}

}  // namespace

base::Result<HeldRoster> load_held(ports::Connection& connection, std::int64_t device_id, base::UtcTime now) {
    auto known = load_known(connection, device_id);
    if (!known) return std::unexpected(known.error());
    auto removals = load_removals(connection, device_id, now);
    if (!removals) return std::unexpected(removals.error());
    return HeldRoster{*std::move(known), *std::move(removals), now};
}

base::Status replace_known(ports::Connection& connection, std::int64_t device_id, const KnownRoster& known,
                           base::UtcTime as_of, base::UtcTime now) {
    // Those that stay keep since when they are there.
    const auto before = load_known(connection, device_id);
    if (!before) return std::unexpected(before.error());
    for (const auto& entry : *before) {
        if (std::ranges::binary_search(known, entry.user_id, {}, &KnownEntry::user_id)) continue;
        auto gone = connection.execute("DELETE FROM device_entry WHERE device_id = $1 AND user_id = $2",
                                       ports::Parameters{device_id, entry.user_id.view()});
        if (!gone) return std::unexpected(gone.error());
    }
    if (auto inserted = insert_entries(connection, device_id, known, now); !inserted) return inserted;
    return ports::ran(connection.execute("UPDATE device SET people_read_at = $2 WHERE id = $1",
                                         ports::Parameters{device_id, as_of}));
}

base::Status record_issued(ports::Connection& connection, std::int64_t device_id,
                           const std::vector<KnownEntry>& issued, const std::vector<base::UserId>& removed,
                           base::UtcTime now) {
    for (const auto& user : removed) {
        auto done = connection.execute("DELETE FROM device_entry WHERE device_id = $1 AND user_id = $2",
                                       ports::Parameters{device_id, user.view()});
        if (!done) return std::unexpected(done.error());
        if (auto forgotten = forget_removal(connection, device_id, user); !forgotten) return forgotten;
    }
    const auto removals = load_removals(connection, device_id, now);
    if (!removals) return std::unexpected(removals.error());
    for (const auto& entry : issued) {
        if (!removals->contains(entry.user_id)) continue;
        if (auto forgotten = forget_removal(connection, device_id, entry.user_id); !forgotten)
            return forgotten;
    }
    return insert_entries(connection, device_id, issued, now);
}

base::Status replace_failures(ports::Connection& connection, std::int64_t device_id,
                              const std::vector<EntryFailure>& failures, base::UtcTime now) {
    auto cleared =
        connection.execute("DELETE FROM issue_failure WHERE device_id = $1", ports::Parameters{device_id});
    if (!cleared) return std::unexpected(cleared.error());
    for (const auto& failure : failures) {
        auto done = connection.execute(
            "INSERT INTO issue_failure (device_id, user_id, tag, code, message, since) VALUES ($1, $2, $3, "
            "$4, $5, $6) "
            "ON CONFLICT (device_id, user_id) DO NOTHING",
            ports::Parameters{device_id, failure.user_id.view(), column_of(failure.tag), failure.code,
                              failure.message, now});
        if (!done) return std::unexpected(done.error());
    }
    return {};
}

base::Result<std::uint64_t> plan_in_place(ports::Connection& connection, std::int64_t device_id) {
    const auto rows =
        connection.query("SELECT plan_in_place FROM device WHERE id = $1", ports::Parameters{device_id});
    if (!rows) return std::unexpected(rows.error());
    return static_cast<std::uint64_t>(rows->empty() ? 0 : rows->front().integer_or_null(0).value_or(0));
}

base::Status put_plan_in_place(ports::Connection& connection, std::int64_t device_id,
                               std::uint64_t revision) {
    const auto known = revision == 0 ? std::nullopt : std::optional(static_cast<std::int64_t>(revision));
    return ports::ran(connection.execute("UPDATE device SET plan_in_place = $2 WHERE id = $1",
                                         ports::Parameters{device_id, known}));
}

}  // namespace sallyport::server
